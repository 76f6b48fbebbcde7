"""One card, warm and cold, beside WeasyPrint drawing the same texts. Prints the ratio.

Run with `make bench`. CPU time of the process; medians.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from html import escape

from retention_sdk import Retention
from retention_sdk.testing import a_customer, an_order

NOW = datetime(2026, 11, 21, tzinfo=UTC)
ROUNDS = 30
LOCALES = ("en", "de", "fa", "ja")
COLD_OURS = """
from retention_sdk import Retention
from retention_sdk.testing import an_order
Retention.offline("Kiln & Leaf", sender="Mira Sand").print_card(an_order())
"""
COLD_PEER = """
from weasyprint import HTML
HTML(string="<style>@page{size:105mm 148mm}</style><h1>Thank you</h1>").write_pdf()
"""


def cpu_ms(work: Callable[[], object]) -> float:
    begin = time.process_time()
    work()
    return (time.process_time() - begin) * 1000


def median_ms(work: Callable[[], object]) -> float:
    work()
    return statistics.median(cpu_ms(work) for _ in range(ROUNDS))


def cold_ms(code: str) -> float:
    """CPU milliseconds of a new process, from start to first PDF; the median of five."""
    import resource

    taken = []
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-c", code], check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        taken.append((after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000)
    return statistics.median(taken)


def peer_page(texts: list[str], direction: str) -> str:
    paragraphs = "".join(f"<p>{escape(text)}</p>" for text in texts)
    style = "@page{size:105mm 148mm;bleed:3mm;margin:9mm} body{font:8pt 'Noto Sans',sans-serif}"
    return f"<html dir={direction}><style>{style}</style><h1>{paragraphs}</h1></html>"


def main() -> None:
    from weasyprint import HTML

    from retention_sdk.inserts import compose_card, render_card  # noqa: F401 - warms the import

    shop = Retention.offline("Kiln & Leaf", sender="Mira Sand", clock=lambda: NOW)
    print(f"Python {sys.version.split()[0]}, {ROUNDS} rounds, median CPU ms per card\n")
    print(f"{'':10}{'ours: PDF + 2 PNG':>20}{'WeasyPrint: PDF':>18}{'ratio':>8}")
    for locale in LOCALES:
        order = an_order(customer=a_customer(), language=locale)
        ours = median_ms(lambda order=order: shop.print_card(order))
        texts = ["Thank you", "Your order was packed with care.", "Rose tea, 100 g", "Mira Sand"]
        page = peer_page(texts * 3, "rtl" if locale == "fa" else "ltr")
        peer = median_ms(lambda page=page: HTML(string=page).write_pdf())
        print(f"{locale:10}{ours:20.1f}{peer:18.1f}{peer / ours:8.1f}")
    ours, peer = cold_ms(COLD_OURS), cold_ms(COLD_PEER)
    print(f"{'cold':10}{ours:20.0f}{peer:18.0f}{peer / ours:8.1f}")


if __name__ == "__main__":
    main()
