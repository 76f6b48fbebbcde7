"""Public names of a package whose modules are imported on first use (PEP 562)."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module


def name_by_name(package: str, homes: Mapping[str, str]) -> Callable[[str], object]:
    """Return the ``__getattr__`` of a package; ``homes`` are names and their relative modules.

    Each name is looked up once, and is an ordinary name of the package from then on.
    """

    def get(name: str) -> object:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value: object = getattr(import_module(homes[name], package), name)
        sys.modules[package].__dict__[name] = value
        return value

    return get


def homes_of(names: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Return the module of each name, from the names of each module."""
    return {name: module for module, inside in names.items() for name in inside}
