"""The page that shows what the demonstration made. One file, no network, no script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files


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
    no_card: str = "No card: nothing of this event goes into a parcel."


def gallery(entries: Sequence[Entry], *, figures: Sequence[tuple[str, str]]) -> str:
    """Return the page; ``figures`` are pairs of a number and what it counts."""
    style = (files(__package__) / "data/gallery.css").read_text(encoding="utf-8")
    counted = "".join(
        f"<li><b>{escape(number)}</b><span>{escape(what)}</span></li>" for number, what in figures
    )
    articles = "".join(_article(entry) for entry in entries)
    return _PAGE.format(style=style, figures=counted, articles=articles)


_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Kiln &amp; Leaf says thank you</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>{style}</style></head>
<body><header><h1>One order, one thank‑you, in the customer’s own script</h1>
<p class="lead">Each card below was made from an order in the structure that a real platform sends.
Names, products and addresses are invented; the consent decisions, the points and the press files
are not.</p>
<ul class="figures">{figures}</ul></header>
<main>{articles}</main>
<footer>Made offline by <code>retention demo</code>. The consent rules are an engineering summary,
not legal advice. Every decision and posting is in <a href="log.json">log.json</a>.</footer>
</body></html>
"""


def _article(entry: Entry) -> str:
    badge = f'<span class="badge">{escape(entry.badge)}</span>' if entry.badge else ""
    return f"""<article><div>{_cards(entry)}</div><div>
<h2><bdi>{escape(entry.who)}</bdi>{badge}</h2>
<p class="meta">{escape(entry.locale)} · {escape(entry.source)}</p>
<dl>{"".join(_rows(entry))}</dl>{_decisions(entry)}</div></article>
"""


def _cards(entry: Entry) -> str:
    if not entry.front:
        return f'<p class="none">{escape(entry.no_card)}</p>'
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
    look = f'<a href="{escape(entry.mail_page)}">look at it</a>'
    links = f'{look}, <a href="{escape(entry.mail)}">.eml</a>'
    return f"{escape(entry.mail_sentence)} {links}".strip()


def _decisions(entry: Entry) -> str:
    if not entry.decisions:
        return ""
    items = "".join(f"<li>{escape(text)}</li>" for text in entry.decisions)
    return f"<details><summary>Why, in sentences</summary><ul>{items}</ul></details>"
