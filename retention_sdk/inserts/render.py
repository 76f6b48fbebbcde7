"""Draw a card. The only home of Typst.

Texts reach the template as JSON strings and are never parsed as markup. Virtual file names are
constant, because every new one stays in the typesetter's memory.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Literal

from ..errors import MissingGlyph, PrintError, TextOverflow
from ..model import Artifact
from .appearance import Setting, set_up, texts_of
from .boxes import set_boxes
from .card import Card, RenderedCard
from .fonts import FontLibrary, load_fonts
from .formats import DEFAULT_FORMAT, CardFormat, get_format
from .ink import check_texts
from .layout import lay_out
from .qr import build_qr
from .style import CardStyle, get_style, template_root
from .template import CardTemplate

PREVIEW_PPI = 144

_MAIN = """\
#import "/card.typ": cards
#import "/{folder}/front.typ": front
#import "/{folder}/back.typ": back, cover, inside
#cards(json("data.json"), (front: front, back: back, cover: cover, inside: inside))
"""
_OVERFLOW = re.compile(r"overflow:([a-z_.]+)")
_NO_STYLES: Mapping[str, CardStyle] = {}


def render_card(
    card: Card,
    *,
    created_at: datetime,
    preview_ppi: int = PREVIEW_PPI,
    fonts: FontLibrary | None = None,
    template: CardTemplate | None = None,
    styles: Mapping[str, CardStyle] = _NO_STYLES,
    format: str = DEFAULT_FORMAT,  # noqa: A002 - what printers call it
    preview: bool = True,
) -> RenderedCard:
    """Return the PDF of a card with pictures of its first and last page.

    Equal arguments give equal bytes. Optional blocks that do not fit are left out, the last
    ones first, then what stands in the way of a coupon; what a small format leaves out is in
    ``grid``. ``template`` replaces Typst files, ``styles`` are looks beside the built-in ones.
    The PDF is tagged (PDF/UA-1, unless a PDF logo is placed), has the bleed of its format, and
    embeds its faces. The pictures show the trimmed card; without ``preview`` they are empty.

    Raises:
        MissingFont: a face is not installed.
        MissingGlyph: a character has no ink in any face.
        TextOverflow: a text does not fit, even at the smallest allowed size.
        ConfigError: the logo is not safe to draw.
        PrintError: there is no such format or style, or the link is too long for a code.
    """
    library = fonts or load_fonts()
    paper = get_format(format)
    look = get_style(card.style, styles)
    ppi = preview_ppi if preview else None
    texts = texts_of(set_up(card, style=look, paper=paper))
    check_texts(texts, library, is_rtl=card.direction == "rtl")
    refusal = TextOverflow("the card does not fit")
    for left_out, shown in enumerate(attempts(card)):
        setting = set_up(shown, style=look, paper=paper)
        try:
            files = source_files([setting], library, template)
            return _render(
                files,
                created_at,
                ppi,
                library,
                paper,
                left_out=left_out,
                is_accessible=card.logo_pdf is None,
            )
        except TextOverflow as error:
            refusal = error
    raise refusal


def attempts(card: Card) -> list[Card]:
    """Return the card, then the card with less and less of what is optional.

    The last optional block goes first. A coupon, which is what its card is for, then makes room
    for itself where points and tagline stand.
    """
    tried = [card]
    blocks = list(card.blocks)
    for block in reversed(card.blocks):
        if block.is_optional:
            blocks.remove(block)
            tried.append(card.model_copy(update={"blocks": tuple(blocks)}))
    if card.coupon:
        for name in ("points", "tagline"):
            if getattr(card, name):
                tried.append(tried[-1].model_copy(update={name: () if name == "points" else ""}))
    return tried


def _render(
    files: Mapping[str, bytes],
    created_at: datetime,
    ppi: int | None,
    library: FontLibrary,
    paper: CardFormat,
    *,
    left_out: int,
    is_accessible: bool,
) -> RenderedCard:
    typesetter = typesetter_for(library)
    (pdf,) = typesetter.compile(files, "pdf", created_at, is_accessible=is_accessible)
    pages = typesetter.compile(files, "png", created_at, ppi=ppi) if ppi else (b"",)
    data = set_boxes(pdf, paper)
    return RenderedCard(
        pdf=Artifact(name="card.pdf", media_type="application/pdf", data=data),
        front_png=Artifact(name="card-front.png", media_type="image/png", data=pages[0]),
        back_png=Artifact(name="card-back.png", media_type="image/png", data=pages[-1]),
        left_out=left_out,
    )


def source_files(
    settings: Sequence[Setting], library: FontLibrary, template: CardTemplate | None
) -> dict[str, bytes]:
    """Return what the typesetter reads from memory, for cards of one style and one format.

    What is built in lies on its disk already, parsed; a file of the same name here replaces it.
    """
    style = settings[0].style
    return {
        "main.typ": _MAIN.format(folder=style.folder).encode(),
        "data.json": json.dumps(
            {"cards": [_data(setting, library) for setting in settings]}, ensure_ascii=False
        ).encode(),
        **style.files,
        **(template_files(template, style) if template else {}),
    }


def template_files(template: CardTemplate, style: CardStyle) -> dict[str, bytes]:
    """Return the Typst files of a template by the paths that they replace."""
    return {style.path_of(name): source for name, source in template.sources.items()}


def _data(setting: Setting, library: FontLibrary) -> dict[str, Any]:
    link = setting.card.code
    code = build_qr(link.url, patch_max_mm=setting.grid.patch_mm) if link else None
    return lay_out(setting, library, code=code)


@cache
def typesetter_for(library: FontLibrary) -> Typesetter:
    """Return the typesetter of some faces, made once per process."""
    return Typesetter(library)


class Typesetter:
    """Typst with our faces and nothing else. Safe to share between threads."""

    def __init__(self, library: FontLibrary) -> None:
        import typst

        self._fonts = typst.Fonts(
            include_system_fonts=False,
            include_embedded_fonts=False,
            font_paths=[str(folder) for folder in library.directories],
        )
        self._local = threading.local()

    def compile(
        self,
        files: Mapping[str, bytes],
        kind: Literal["pdf", "png", "svg"],
        created_at: datetime,
        *,
        ppi: float | None = None,
        is_accessible: bool = True,
    ) -> tuple[bytes, ...]:
        """Return the pages of a PNG or SVG, or the one document of a PDF.

        Raises:
            TextOverflow, MissingGlyph, PrintError: as the typesetter reports it.
        """
        import typst

        options: dict[str, Any] = {"ppi": ppi}
        if kind == "pdf":
            options = {"pdf_standards": "ua-1"} if is_accessible else {}
        try:
            result = self._compiler().compile(
                input=dict(files), format=kind, timestamp=int(created_at.timestamp()), **options
            )
        except typst.TypstError as error:
            raise _translated(error) from None
        return (result,) if isinstance(result, bytes) else tuple(result)

    def _compiler(self) -> Any:
        """Return this thread's compiler: one that is shared refuses to be used twice at once."""
        import typst

        compiler = getattr(self._local, "compiler", None)
        if compiler is None:
            root = str(template_root())
            compiler = typst.Compiler(b"", root=root, font_paths=self._fonts)
            self._local.compiler = compiler
        return compiler


def _translated(error: Exception) -> PrintError:
    """Return our error for Typst's. Its own message is not quoted when it may hold a name."""
    message = str(error)
    overflow = _OVERFLOW.search(message)
    if overflow:
        return TextOverflow(
            f"{overflow[1]}: the text does not fit, even at the smallest size that prints; "
            "shorten it"
        )
    if "could not be displayed" in message or "glyph" in message:
        return MissingGlyph("the typesetter found a character without a glyph")
    return PrintError(f"the card cannot be typeset: {message.splitlines()[0][:200]}")
