"""The same card by us and by WeasyPrint, warm and cold. Prints CPU time and the ratio.

Run with `make bench`. Both draw two pages with the same texts, a frame, a QR code and the same
palette. Ours also checks every character for ink, chooses sizes that fit, and writes bleed, boxes
and tags; `drawing` is our PDF alone, `with previews` adds the two PNG that the shop looks at.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from html import escape
from pathlib import Path

from retention_sdk.inserts import Card, render_card
from retention_sdk.inserts.qr import build_qr

NOW = datetime(2026, 11, 21, tzinfo=UTC)
SAMPLES = json.loads((Path(__file__).parents[1] / "golden/cards/samples.json").read_text())
LOCALES = ("en", "de", "fa", "he", "hy", "ja", "th")
ROUNDS = 25
COLD_OURS = """
import json, sys
from datetime import UTC, datetime
from retention_sdk.inserts import Card, render_card
card = Card.model_validate_json(sys.argv[1])
render_card(card, created_at=datetime(2026, 11, 21, tzinfo=UTC))
"""
COLD_PEER = """
import sys
from weasyprint import HTML
HTML(string=sys.argv[1]).write_pdf()
"""


def cpu_ms(work: Callable[[], object]) -> float:
    begin = time.process_time()
    work()
    return (time.process_time() - begin) * 1000


def median_ms(work: Callable[[], object]) -> float:
    work()
    return statistics.median(cpu_ms(work) for _ in range(ROUNDS))


def cold_ms(code: str, argument: str) -> float:
    """CPU milliseconds of a new process, from start to first card; the median of five."""
    import resource

    taken = []
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-c", code, argument], check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        taken.append((after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000)
    return statistics.median(taken)


def draw_pdf_only(card: Card) -> None:
    """Draw without the pictures."""
    render_card(card, created_at=NOW, preview=False)


def peer_page(card: Card) -> str:
    """Return the card as HTML with print CSS, as a shop would write it for WeasyPrint."""
    look = card.palette
    style = f"""
    @page {{ size: 105mm 148mm; bleed: 3mm; margin: 12mm; background: {look.paper} }}
    body {{ font: 9pt/1.5 "Noto Sans", serif; color: {look.ink}; margin: 0 }}
    .side {{ height: 120mm; border: .3pt solid {look.accent}; padding: 6mm; break-after: page }}
    h1 {{ font-size: 22pt; font-weight: 400; color: {look.primary} }} small {{ font-size: 7pt }}
    """
    body = "".join(f"<p>{escape(text)}</p>" for text in (card.salutation, *card.body))
    items = "".join(f"<p>{escape(i.quantity)} × {escape(i.title)}</p>" for i in card.items)
    points = "".join(f"<p>{escape(each.text)}</p>" for each in card.points)
    code = b64encode(build_qr(card.code.url).svg).decode() if card.code else ""
    return f"""<html lang="{card.language}" dir="{card.direction}"><style>{style}</style>
    <div class="side"><h1>{escape(card.headline)}</h1>{body}<p>{escape(card.signoff)}</p>
    <p>{escape(card.sender_name)}</p></div>
    <div class="side"><h1>{escape(card.brand_name)}</h1><p>{escape(card.tagline)}</p>
    <p>{escape(card.order_number)} {escape(card.order_date)}</p>{items}{points}
    <img style="width: 26mm; height: 26mm" src="data:image/svg+xml;base64,{code}"><small>{escape(card.contact)}
    {escape(card.legal)}</small></div></html>"""


def main() -> None:
    from weasyprint import HTML

    cards = {name: Card.model_validate_json(json.dumps(SAMPLES[name])) for name in LOCALES}
    print(
        f"Python {sys.version.split()[0]}, {ROUNDS} rounds, median CPU ms per card of two pages\n"
    )
    print(f"{'':6}{'drawing':>10}{'with previews':>15}{'WeasyPrint':>12}{'ratio of drawing':>19}")
    for name, card in cards.items():
        drawing = median_ms(lambda card=card: draw_pdf_only(card))
        whole = median_ms(lambda card=card: render_card(card, created_at=NOW))
        page = peer_page(card)
        peer = median_ms(lambda page=page: HTML(string=page).write_pdf())
        print(f"{name:6}{drawing:10.1f}{whole:15.1f}{peer:12.1f}{peer / drawing:18.1f}x")
    ours = cold_ms(COLD_OURS, json.dumps(SAMPLES["en"]))
    peer = cold_ms(COLD_PEER, peer_page(cards["en"]))
    print(
        f"\ncold, new process to first card: {ours:.0f} ms, WeasyPrint {peer:.0f} ms: {peer / ours:.1f}x"
    )


if __name__ == "__main__":
    main()
