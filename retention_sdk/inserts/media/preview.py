"""A card as SVG: exact at any size on a screen, and lighter than a picture."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from ...errors import TextOverflow
from ..appearance import set_up, texts_of
from ..card import Card
from ..fonts import FontLibrary, load_fonts
from ..formats import DEFAULT_FORMAT, get_format
from ..ink import check_texts
from ..render import attempts, source_files, typesetter_for
from ..style import CardStyle, get_style
from ..template import CardTemplate


def preview_svg(
    card: Card,
    *,
    created_at: datetime,
    format: str = DEFAULT_FORMAT,  # noqa: A002 - the word of the trade
    fonts: FontLibrary | None = None,
    template: CardTemplate | None = None,
    styles: Mapping[str, CardStyle] | None = None,
) -> tuple[bytes, ...]:
    """Return each trimmed page as SVG. Letters are outlines, so no face is needed to show it.

    Raises:
        MissingFont, MissingGlyph, TextOverflow, ConfigError, PrintError: as ``render_card``.
    """
    library, paper = fonts or load_fonts(), get_format(format)
    look = get_style(card.style, styles or {})
    typesetter = typesetter_for(library)
    texts = texts_of(set_up(card, style=look, paper=paper))
    check_texts(texts, library, is_rtl=card.direction == "rtl")
    refusal = TextOverflow("the card does not fit")
    for shown in attempts(card):
        files = source_files([set_up(shown, style=look, paper=paper)], library, template)
        try:
            return typesetter.compile(files, "svg", created_at)
        except TextOverflow as error:
            refusal = error
    raise refusal
