"""Draw a card. The only home of Typst.

Texts reach the template as JSON strings and are never parsed as markup. Virtual file names are
constant, because every new one stays in the typesetter's memory.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

from ..errors import MissingGlyph, PrintError, TextOverflow
from ..model import Artifact
from .card import Card, RenderedCard
from .fonts import FontLibrary, load_fonts
from .ink import check_ink
from .layout import lay_out, texts_of
from .logo import check_logo
from .press import finish
from .qr import build_qr
from .template import REPLACEABLE, CardTemplate

PREVIEW_PPI = 144

_MAIN = b'#import "card.typ": card\n#card(json("data.json"))\n'
_NO_DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'
_PACKAGE = re.compile(rb"(import|include)\s*\(?\s*\"@")
_OVERFLOW = re.compile(r"overflow:([a-z_.]+)")


def render_card(
    card: Card,
    *,
    created_at: datetime,
    preview_ppi: int = PREVIEW_PPI,
    fonts: FontLibrary | None = None,
    template: CardTemplate | None = None,
) -> RenderedCard:
    """Return the PDF of a card with pictures of both sides.

    Equal arguments give equal bytes. Optional blocks that do not fit are left out, the last
    ones first. ``template`` replaces built-in Typst files. The PDF is tagged (PDF/UA-1), has 3 mm
    of bleed, and embeds its faces; the pictures show the trimmed card.

    Raises:
        MissingFont: a face is not installed.
        MissingGlyph: a character has no ink in any face.
        TextOverflow: a text does not fit, even at the smallest allowed size.
        ConfigError: the logo is not safe to draw.
        PrintError: the link is too long for a code, or the card is not two pages.
    """
    library = fonts or load_fonts()
    check_ink(texts_of(card), library)
    for left_out, shown in enumerate(_fewer_blocks(card)):
        try:
            files = _files(shown, library, template)
            return _render(files, created_at, preview_ppi, library, left_out=left_out)
        except TextOverflow:
            if not any(block.is_optional for block in shown.blocks):
                raise
    raise AssertionError("the last attempt returns or raises")


def _fewer_blocks(card: Card) -> list[Card]:
    """Return the card, then the card without its last optional block, and so on."""
    attempts = [card]
    blocks = list(card.blocks)
    for block in reversed(card.blocks):
        if block.is_optional:
            blocks.remove(block)
            attempts.append(card.model_copy(update={"blocks": tuple(blocks)}))
    return attempts


def _render(
    files: Mapping[str, bytes],
    created_at: datetime,
    ppi: int,
    library: FontLibrary,
    *,
    left_out: int,
) -> RenderedCard:
    typesetter = _typesetter(library)
    pdf = typesetter.compile(files, "pdf", created_at)
    pages = typesetter.compile(files, "png", created_at, ppi=ppi)
    data = finish(_only(pdf))
    front, back = pages
    return RenderedCard(
        pdf=Artifact(name="card.pdf", media_type="application/pdf", data=data),
        front_png=Artifact(name="card-front.png", media_type="image/png", data=front),
        back_png=Artifact(name="card-back.png", media_type="image/png", data=back),
        left_out=left_out,
    )


def _files(card: Card, library: FontLibrary, template: CardTemplate | None) -> dict[str, bytes]:
    code = build_qr(card.code.url) if card.code else None
    data = lay_out(card, library, code_mm=code.width_mm if code else 0.0)
    return {
        "main.typ": _MAIN,
        "data.json": json.dumps(data, ensure_ascii=False).encode(),
        "logo.svg": check_logo(card.logo) if card.logo else _NO_DRAWING,
        "qr.svg": code.svg if code else _NO_DRAWING,
        **_templates(),
        **(template.sources if template else {}),
    }


@cache
def _templates() -> Mapping[str, bytes]:
    return read_templates(Path(__file__).with_name("templates"))


def read_templates(folder: Path) -> Mapping[str, bytes]:
    """Return the templates of a folder.

    Raises:
        PrintError: one imports a package, which the typesetter would fetch from the network.
    """
    sources = {name: (folder / name).read_bytes() for name in REPLACEABLE}
    for name, source in sources.items():
        if _PACKAGE.search(source):
            raise PrintError(f"{name} imports a package; templates stand alone")
    return sources


@cache
def _typesetter(library: FontLibrary) -> Typesetter:
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
        kind: Literal["pdf", "png"],
        created_at: datetime,
        *,
        ppi: float | None = None,
    ) -> tuple[bytes, ...]:
        """Return the pages of a PNG, or the one document of a PDF.

        Raises:
            TextOverflow, MissingGlyph, PrintError: as the typesetter reports it.
        """
        import typst

        options: dict[str, Any] = {"pdf_standards": "ua-1"} if kind == "pdf" else {"ppi": ppi}
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
            root = str(Path(__file__).with_name("templates"))
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


def _only(documents: tuple[bytes, ...]) -> bytes:
    (document,) = documents
    return document
