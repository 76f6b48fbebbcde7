"""The same card by six engines: each a class that draws one card, or many into one file.

Every engine gets the same texts, colours and QR code, two pages of A6 with 3 mm of bleed where it
knows bleed, and our faces. Peers are written as their manuals show it. Only the work counts that
a shop would pay for a card: no peer checks for missing ink, fits texts or writes boxes and tags.
"""

from __future__ import annotations

import io
import os
import tempfile
from base64 import b64encode
from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from pathlib import Path

from retention_sdk.inserts import Card, render_card
from retention_sdk.inserts.fonts import load_fonts
from retention_sdk.inserts.formats import get_format
from retention_sdk.inserts.profiles import get_profile
from retention_sdk.inserts.qr import build_qr
from retention_sdk.inserts.typography import typography_for

NOW = datetime(2026, 11, 22, tzinfo=UTC)
PRESS, A6 = get_profile("coated_fogra39"), get_format("a6")
MM = 72 / 25.4
_CSS = """
@page {{ size: 105mm 148mm; bleed: 3mm; margin: 12mm; background: {paper} }}
body {{ font: 9pt/1.5 "{face}", "EB Garamond"; color: {ink}; margin: 0 }}
.side {{ height: 120mm; border: .3pt solid {accent}; padding: 6mm; box-sizing: border-box;
         break-after: page; overflow: hidden }}
h1 {{ font-size: 22pt; font-weight: 400; color: {primary} }} small {{ font-size: 7pt }}
img {{ width: 26mm; height: 26mm }}
"""


def face_of(card: Card) -> str:
    return typography_for(card.language, card.script).body.family


def front_lines(card: Card) -> list[str]:
    return [card.salutation, *card.body, card.signoff, card.sender_name, card.sender_role]


def back_lines(card: Card) -> list[str]:
    items = [f"{item.quantity} × {item.title}" for item in card.items]
    order = [card.order_number, card.order_date, *items, *(each.text for each in card.points)]
    return [card.tagline, *order, card.contact, card.legal]


def sides(card: Card) -> str:
    def paragraphs(lines: Sequence[str]) -> str:
        return "".join(f"<p>{escape(line)}</p>" for line in lines if line)

    code = b64encode(build_qr(card.code.url).svg).decode() if card.code else ""
    picture = f'<img src="data:image/svg+xml;base64,{code}">' if code else ""
    return (
        f'<div class="side" lang="{card.language}" dir="{card.direction}">'
        f"<h1>{escape(card.headline)}</h1>{paragraphs(front_lines(card))}</div>"
        f'<div class="side" lang="{card.language}" dir="{card.direction}">'
        f"<h1>{escape(card.brand_name)}</h1>{paragraphs(back_lines(card))}{picture}</div>"
    )


def page_of(cards: Sequence[Card]) -> str:
    look, face = cards[0].palette, face_of(cards[0])
    style = _CSS.format(
        paper=look.paper, ink=look.ink, accent=look.accent, primary=look.primary, face=face
    )
    body = "".join(map(sides, cards))
    return f'<!doctype html><html><meta charset="utf-8"><style>{style}</style><body>{body}</html>'


def use_our_faces() -> str:
    """Tell fontconfig of our folders and of nothing else; return the path of its file."""
    folders = "".join(f"<dir>{folder}</dir>" for folder in load_fonts().directories)
    made = Path(tempfile.mkdtemp()) / "fonts.conf"
    cache = f"<cachedir>{made.parent / 'cache'}</cachedir>"
    head = '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">'
    made.write_text(f"{head}<fontconfig>{folders}{cache}</fontconfig>")
    os.environ["FONTCONFIG_FILE"] = str(made)
    return str(made)


class Ours:
    """Typst, with all our checks: ink, fit, bleed, boxes, tags. No pictures to look at."""

    def draw(self, card: Card) -> bytes:
        return render_card(card, created_at=NOW, preview=False).pdf.data

    def batch(self, cards: Sequence[Card]) -> int:
        from retention_sdk.inserts import render_document

        return len(render_document(cards, created_at=NOW))

    def files(self, cards: Sequence[Card]) -> int:
        """Draw each card as a file of its own, tagged."""
        from retention_sdk.inserts import render_cards

        made = render_cards(cards, created_at=NOW)
        return sum(len(each.pdf.data) for each in made)

    def press(self, cards: Sequence[Card]) -> int:
        """Draw cards as one PDF/X-4 and read each back, its code included."""
        from retention_sdk.inserts import render_document

        data = self._in_inks(render_document(cards, created_at=NOW), cards[0])
        return self._proved(cards, data)

    def press_files(self, cards: Sequence[Card]) -> int:
        """Draw cards as a PDF/X-4 each and read each back, as ``retention print`` does."""
        from retention_sdk.inserts.batch import THREADS
        from retention_sdk.threads import in_threads

        def pressed(card: Card) -> tuple[Card, bytes]:
            return card, self._in_inks(self.draw(card), card)

        drawn = in_threads(cards, pressed, THREADS, name="cards")
        return sum(self._proved([card], data) for card, data in drawn)

    def _in_inks(self, drawn: bytes, card: Card) -> bytes:
        from retention_sdk.inserts.press import finish_for_press

        return finish_for_press(
            drawn,
            profile=PRESS,
            palette=card.palette,
            format=A6,
            created_at=NOW,
            pdfx="x-4",
        )

    def _proved(self, cards: Sequence[Card], data: bytes) -> int:
        from retention_sdk.inserts.preflight import preflight_batch

        codes = [card.code.url if card.code else None for card in cards]
        report = preflight_batch(data, codes=codes, profile=PRESS, format=A6, pdfx="x-4")
        assert not [each for each in report.findings if each.severity == "error"]
        return len(data)


class WeasyPrint:
    def __init__(self) -> None:
        use_our_faces()
        from weasyprint import HTML

        self._html = HTML

    def draw(self, card: Card) -> bytes:
        return self._html(string=page_of([card])).write_pdf()

    def batch(self, cards: Sequence[Card]) -> int:
        return len(self._html(string=page_of(cards)).write_pdf())


class PlutoPrint:
    def __init__(self) -> None:
        import plutoprint

        plutoprint.plutobook_set_fontconfig_path(use_our_faces())
        self._module = plutoprint

    def draw(self, card: Card) -> bytes:
        return self._print(page_of([card]))

    def batch(self, cards: Sequence[Card]) -> int:
        return len(self._print(page_of(cards)))

    def _print(self, html: str) -> bytes:
        size = self._module.PageSize(105 * MM, 148 * MM)
        book = self._module.Book(size, self._module.PAGE_MARGINS_NONE)
        book.load_html(html)
        out = io.BytesIO()
        book.write_to_pdf_stream(out)
        return out.getvalue()


class Chromium:
    """One browser for all cards, driven over its debugging protocol."""

    def __init__(self) -> None:
        import shutil

        from playwright.sync_api import sync_playwright

        use_our_faces()
        self._driver = sync_playwright().start()
        path = shutil.which("chromium") or shutil.which("google-chrome")
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        self._browser = self._driver.chromium.launch(executable_path=path, args=arguments)
        self._page = self._browser.new_page()

    def draw(self, card: Card) -> bytes:
        return self._print(page_of([card]))

    def batch(self, cards: Sequence[Card]) -> int:
        return len(self._print(page_of(cards)))

    def _print(self, html: str) -> bytes:
        self._page.set_content(html)
        return self._page.pdf(width="105mm", height="148mm", print_background=True)

    def close(self) -> None:
        self._browser.close()
        self._driver.stop()


class ReportLab:
    """Coordinates and paragraphs; right-to-left text is neither joined nor ordered."""

    def __init__(self) -> None:
        from reportlab.pdfbase import pdfmetrics
        from reportlab.pdfbase.ttfonts import TTFont

        self._fonts = set(pdfmetrics.getRegisteredFontNames())
        self._register = lambda name, path: pdfmetrics.registerFont(TTFont(name, path))

    def draw(self, card: Card) -> bytes:
        return self._draw([card])

    def batch(self, cards: Sequence[Card]) -> int:
        return len(self._draw(cards))

    def _draw(self, cards: Sequence[Card]) -> bytes:
        from reportlab.pdfgen.canvas import Canvas

        out = io.BytesIO()
        canvas = Canvas(out, pagesize=(105 * MM, 148 * MM))
        for card in cards:
            self._side(canvas, card, card.headline, front_lines(card), None)
            code = card.code.url if card.code else None
            self._side(canvas, card, card.brand_name, back_lines(card), code)
        canvas.save()
        return out.getvalue()

    def _side(self, canvas, card, title, lines, url) -> None:
        from reportlab.lib.styles import ParagraphStyle
        from reportlab.platypus import Paragraph

        font = self._font(card)
        canvas.setFillColor(card.palette.paper)
        canvas.rect(0, 0, 105 * MM, 148 * MM, stroke=0, fill=1)
        canvas.setStrokeColor(card.palette.accent)
        canvas.rect(12 * MM, 12 * MM, 81 * MM, 124 * MM)
        top = 128 * MM
        for size, text in [(22, title), *((9, line) for line in lines if line)]:
            style = ParagraphStyle("p", fontName=font, fontSize=size, leading=size * 1.5)
            paragraph = Paragraph(escape(text), style)
            _, height = paragraph.wrap(69 * MM, top)
            paragraph.drawOn(canvas, 18 * MM, top - height)
            top -= height + 4
        if url:
            self._code(canvas, url)
        canvas.showPage()

    def _code(self, canvas, url) -> None:
        import segno

        rows = list(segno.make(url, error="m", mask=3).matrix_iter(border=4))
        side = 26 * MM / len(rows)
        canvas.setFillColor("#000000")
        for y, row in enumerate(rows):
            for x, dark in enumerate(row):
                if dark:
                    canvas.rect(66 * MM + x * side, 40 * MM - y * side, side, side, 0, 1)

    def _font(self, card: Card) -> str:
        path = str(load_fonts().file_for(face_of(card), is_italic=False))
        if path not in self._fonts:
            self._register(path, path)
            self._fonts.add(path)
        return path


class Fpdf2:
    """With HarfBuzz for shaping, as its manual advises for scripts that join."""

    def draw(self, card: Card) -> bytes:
        return self._draw([card])

    def batch(self, cards: Sequence[Card]) -> int:
        return len(self._draw(cards))

    def _draw(self, cards: Sequence[Card]) -> bytes:
        from fpdf import FPDF

        pdf = FPDF(unit="mm", format=(105, 148))
        pdf.set_auto_page_break(False)
        for card in cards:
            family = face_of(card)
            if family.lower() not in pdf.fonts:
                pdf.add_font(family, fname=str(load_fonts().file_for(family, is_italic=False)))
            pdf.set_text_shaping(use_shaping_engine=True, direction=card.direction)
            code = card.code.url if card.code else None
            self._side(pdf, card, card.headline, front_lines(card), None)
            self._side(pdf, card, card.brand_name, back_lines(card), code)
        return bytes(pdf.output())

    def _side(self, pdf, card, title, lines, url) -> None:
        pdf.add_page()
        pdf.set_fill_color(card.palette.paper)
        pdf.rect(0, 0, 105, 148, style="F")
        pdf.rect(12, 12, 81, 124)
        pdf.set_xy(18, 20)
        for size, text in [(22, title), *((9, line) for line in lines if line)]:
            pdf.set_font(face_of(card), size=size)
            pdf.set_x(18)
            pdf.multi_cell(69, size * 0.53, text, align="R" if card.direction == "rtl" else "L")
        if url:
            pdf.image(io.BytesIO(build_qr(url).svg), x=66, y=108, w=26)


ENGINES = {
    "retention_sdk": Ours,
    "WeasyPrint": WeasyPrint,
    "ReportLab": ReportLab,
    "fpdf2": Fpdf2,
    "PlutoPrint": PlutoPrint,
    "Chromium": Chromium,
}
