"""Other media than one sheet of paper per card: press sheets, labels, screens, receipts, pens."""

from .dots import Dots, read_dots
from .fold import fold
from .impose import Imposition, cards_per_sheet, impose, impose_files
from .medium import MEDIA, draw_as
from .plain import plain_text
from .plotter import plotter_svg
from .preview import preview_svg
from .sheets import SHEETS, Place, Sheet, get_sheet
from .thermal import thermal_dots, thermal_png, thermal_zpl
from .zpl import encode_zpl

__all__ = [
    "MEDIA",
    "SHEETS",
    "Dots",
    "Imposition",
    "Place",
    "Sheet",
    "cards_per_sheet",
    "draw_as",
    "encode_zpl",
    "fold",
    "get_sheet",
    "impose",
    "impose_files",
    "plain_text",
    "plotter_svg",
    "preview_svg",
    "read_dots",
    "thermal_dots",
    "thermal_png",
    "thermal_zpl",
]
