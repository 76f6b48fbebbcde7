"""The brand kit: read it from its file, look it over, draft it from a shop."""

from .load import load_brand

__all__ = ["load_brand"]
