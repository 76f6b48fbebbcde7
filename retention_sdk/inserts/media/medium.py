"""One name for each other medium, so that a command or a setting can ask for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal, TypedDict, get_args

from ...errors import PrintError
from ...model import Artifact
from ..card import Card
from ..formats import DEFAULT_FORMAT
from ..style import CardStyle
from ..template import CardTemplate
from .plain import plain_text
from .plotter import plotter_svg
from .preview import preview_svg
from .thermal import thermal_png, thermal_zpl

MediumName = Literal["thermal-png", "zpl", "text", "plotter", "svg"]
MEDIA: tuple[MediumName, ...] = get_args(MediumName)

_FLAT = ("front", "back")
_FOLDED = ("cover", "inside-left", "inside-right", "back")


class _Look(TypedDict):
    template: CardTemplate | None
    styles: Mapping[str, CardStyle] | None


def draw_as(
    medium: str,
    card: Card,
    *,
    created_at: datetime,
    format: str = DEFAULT_FORMAT,  # noqa: A002 - the word of the trade
    dpi: int = 203,
    template: CardTemplate | None = None,
    styles: Mapping[str, CardStyle] | None = None,
) -> tuple[Artifact, ...]:
    """Return the files of a card in a medium: one, or one for each page.

    ``dpi`` is a label printer's. ``template`` and ``styles`` count where the medium is drawn by
    them; text and pens have none.

    Raises:
        PrintError: there is no such medium, or as the medium's own function.
    """
    look: _Look = {"template": template, "styles": styles}
    if medium == "text":
        return (_file("card.txt", "text/plain", plain_text(card).encode()),)
    if medium == "plotter":
        svg = plotter_svg(card, format=format).encode()
        return (_file("card-pen.svg", "image/svg+xml", svg),)
    if medium == "svg":
        drawn = preview_svg(card, created_at=created_at, format=format, **look)
        return _files(drawn, "svg", "image/svg+xml")
    if medium == "zpl":
        zpl = thermal_zpl(card, created_at=created_at, format=format, dpi=dpi, **look)
        return (_file("card.zpl", "application/vnd.zebra-zpl", zpl),)
    if medium == "thermal-png":
        pictures = thermal_png(card, created_at=created_at, format=format, dpi=dpi, **look)
        return _files(pictures, "png", "image/png")
    raise PrintError(f"no medium {medium!r}; there are: {', '.join(MEDIA)}")


def _files(pages: Sequence[bytes], ending: str, media_type: str) -> tuple[Artifact, ...]:
    names = _FLAT if len(pages) == len(_FLAT) else _FOLDED
    return tuple(
        _file(f"card-{name}.{ending}", media_type, page)
        for name, page in zip(names, pages, strict=True)
    )


def _file(name: str, media_type: str, data: bytes) -> Artifact:
    return Artifact(name=name, media_type=media_type, data=data)
