"""Finish the PDF of a card for a printer: boxes, inks, PDF/X."""

from .finishing import finish_for_press, press_card
from .icc import own_profile

__all__ = ["finish_for_press", "own_profile", "press_card"]
