"""The page that shows what the demonstration made. One file, no network, no script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

STYLE = """
:root { --paper: #f6f1e7; --ink: #2b2a26; --quiet: #7a7467; --green: #2f4f3e; --clay: #b5763a; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 Georgia, "Noto Serif", "Times New Roman", serif; }
header, main, footer { max-width: 76rem; margin: 0 auto; padding: 0 2rem; }
header { padding-top: 4.5rem; padding-bottom: 2.5rem; }
h1 { margin: 0; font-size: clamp(2.2rem, 5vw, 3.6rem); line-height: 1.08; font-weight: 400;
  letter-spacing: -.015em; max-width: 20ch; }
.lead { max-width: 46rem; color: var(--quiet); font-size: 1.1rem; }
.figures { display: flex; flex-wrap: wrap; gap: 2.5rem; margin: 2rem 0 0; padding: 0; list-style: none; }
.figures b { display: block; font-size: 2rem; font-weight: 400; color: var(--green); line-height: 1.1; }
.figures span { color: var(--quiet); font-size: .9rem; }
article { border-top: 1px solid #ddd3c1; padding: 2.5rem 0 3rem; display: grid; gap: 2.5rem;
  grid-template-columns: minmax(0, 27rem) minmax(0, 1fr); align-items: start; }
.cards { display: grid; grid-template-columns: 1fr 1fr; gap: 1.1rem; }
.cards img { display: block; width: 100%; height: auto; background: #fff;
  box-shadow: 0 1px 2px rgb(60 45 20 / .18), 0 10px 28px -8px rgb(60 45 20 / .28); }
.none { color: var(--quiet); border: 1px dashed #cbbfa9; padding: 2rem 1.2rem; font-style: italic; }
h2 { margin: 0 0 .1rem; font-weight: 400; font-size: 1.6rem; }
.meta { color: var(--quiet); margin: 0 0 1.1rem; font-size: .95rem; }
.badge { display: inline-block; padding: .05rem .6rem; border-radius: 1rem; font-size: .82rem;
  border: 1px solid var(--clay); color: var(--clay); vertical-align: .2em; margin-inline-start: .5rem; }
dl { margin: 0; display: grid; grid-template-columns: 8.5rem 1fr; gap: .45rem 1rem; }
dt { color: var(--quiet); } dd { margin: 0; }
a { color: var(--green); text-decoration-thickness: 1px; text-underline-offset: .18em; }
details { margin-top: 1rem; } summary { cursor: pointer; color: var(--green); }
details li { margin: .35rem 0; } details ul { padding-inline-start: 1.2rem; }
footer { border-top: 1px solid #ddd3c1; padding-top: 2rem; padding-bottom: 4rem; color: var(--quiet); }
@media (max-width: 56rem) { article { grid-template-columns: 1fr; } dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: .6rem; } header, main, footer { padding-left: 1.2rem; padding-right: 1.2rem; } }
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One event as the gallery shows it. File names are relative to the page."""

    who: str
    locale: str
    source: str
    badge: str = ""
    front: str = ""
    back: str = ""
    pdf: str = ""
    mail: str = ""
    mail_page: str = ""
    points: str = ""
    card_sentence: str = ""
    mail_sentence: str = ""
    decisions: Sequence[str] = ()


def gallery(entries: Sequence[Entry], *, figures: Sequence[tuple[str, str]]) -> str:
    """Return the page; ``figures`` are pairs of a number and what it counts."""
    counted = "".join(
        f"<li><b>{escape(n)}</b><span>{escape(what)}</span></li>" for n, what in figures
    )
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Kiln &amp; Leaf says thank you</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head>
<body><header><h1>Thank you, in the customer’s own hand of type</h1>
<p class="lead">Every card below was made from an order in the structure a real platform sends. Names,
products and addresses are invented; the consent decisions, points and press files are not.</p>
<ul class="figures">{counted}</ul></header>
<main>{"".join(_article(entry) for entry in entries)}</main>
<footer>Made offline by <code>retention demo</code>. Rules are an engineering summary, not legal advice.
The full record of decisions and postings is in <a href="log.json">log.json</a>.</footer></body></html>
"""


def _article(entry: Entry) -> str:
    badge = f'<span class="badge">{escape(entry.badge)}</span>' if entry.badge else ""
    return f"""<article><div>{_cards(entry)}</div><div>
<h2 dir="auto">{escape(entry.who)}{badge}</h2>
<p class="meta">{escape(entry.locale)} · {escape(entry.source)}</p>
<dl>{"".join(_rows(entry))}</dl>{_decisions(entry)}</div></article>
"""


def _cards(entry: Entry) -> str:
    if not entry.front:
        return '<p class="none">No card: nothing of this event goes into a parcel.</p>'
    sides = ((entry.front, "front"), (entry.back, "back"))
    images = "".join(
        f'<a href="{escape(entry.pdf)}"><img src="{escape(name)}" alt="{side} of the card" '
        f'loading="lazy" width="620" height="874"></a>'
        for name, side in sides
        if name
    )
    return f'<div class="cards">{images}</div>'


def _rows(entry: Entry) -> list[str]:
    rows = [
        ("Card", escape(entry.card_sentence)),
        ("E-mail", _mail(entry)),
        ("Points", escape(entry.points)),
    ]
    if entry.pdf:
        rows.append(("Press file", f'<a href="{escape(entry.pdf)}">PDF with 3 mm bleed</a>'))
    return [f"<dt>{name}</dt><dd>{text}</dd>" for name, text in rows if text]


def _mail(entry: Entry) -> str:
    if not entry.mail:
        return escape(entry.mail_sentence)
    links = f'<a href="{escape(entry.mail_page)}">look at it</a>, <a href="{escape(entry.mail)}">.eml</a>'
    return f"{escape(entry.mail_sentence)} {links}".strip()


def _decisions(entry: Entry) -> str:
    if not entry.decisions:
        return ""
    items = "".join(f"<li>{escape(text)}</li>" for text in entry.decisions)
    return f"<details><summary>Why, in sentences</summary><ul>{items}</ul></details>"
