"""A page as HTML that needs no script, no cookie and nothing from elsewhere."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from html import escape

from ...model import Brand
from .page import Anchor, Box, Button, Group, Page, Section
from .speech import Contact, Speech, own_name
from .style import style_of

SHOWN = "shown"
"""The field that lists the boxes of a form."""


@dataclass(frozen=True, slots=True)
class Document:
    """Finished HTML, and the policy that lets a browser do nothing with it but show and post."""

    html: str
    policy: str
    status: int


def render_page(page: Page, speech: Speech, *, brand: Brand, languages: Sequence[str]) -> Document:
    """Return the document; the same page always makes the same bytes."""
    style = style_of(brand.palette, speech.words.script)
    words = speech.words
    parts = (
        '<!DOCTYPE html>\n<html lang="',
        escape(words.tag),
        f'" dir="{words.direction}">\n<head>\n<meta charset="utf-8">\n',
        '<meta name="viewport" content="width=device-width,initial-scale=1">\n',
        '<meta name="robots" content="noindex,nofollow">\n',
        '<meta name="referrer" content="no-referrer">\n',
        f"<title>{escape(page.title)} · {escape(brand.name)}</title>\n",
        f"<style>{style}</style>\n</head>\n<body>\n",
        f'<div class="sheet">\n<header>{_mark(brand)}</header>\n<main>\n',
        _main(page, speech.contact),
        "</main>\n</div>\n",
        _footer(speech, languages),
        "</body>\n</html>\n",
    )
    return Document("".join(parts), _policy(style), page.status)


def _policy(style: str) -> str:
    digest = b64encode(sha256(style.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    )


def _main(page: Page, contact: Contact) -> str:
    news = "".join(f"<p>{escape(text)}</p>" for text in page.news)
    lines = [
        f'<div class="news" role="status">{news}</div>\n' if news else "",
        f"<h1>{escape(page.title)}</h1>\n",
        *(f"<p>{_linked(text, contact)}</p>\n" for text in page.paragraphs),
        _form(page.groups, page.buttons) if page.buttons else "",
        *(_anchor(anchor) for anchor in page.anchors),
        *(_section(section, contact) for section in page.sections),
    ]
    return "".join(lines)


def _form(groups: Iterable[Group], buttons: Iterable[Button]) -> str:
    """Return a form that posts to where the page is: its address holds the authority."""
    inner = "".join([*map(_group, groups), '<div class="buttons">\n', *map(_button, buttons)])
    return f'<form method="post">\n{inner}</div>\n</form>\n'


def _group(group: Group) -> str:
    boxes = "".join(map(_box, group.boxes))
    return f"<fieldset>\n<legend>{escape(group.legend)}</legend>\n{boxes}</fieldset>\n"


def _box(box: Box) -> str:
    name = escape(box.name)
    state = (" checked" if box.is_ticked else "") + (" disabled" if box.is_fixed else "")
    # A box that is not ticked sends nothing; this tells that it was there.
    shown = "" if box.is_fixed else f'<input type="hidden" name="{SHOWN}" value="{name}">\n'
    note = f"<small>{escape(box.note)}</small>" if box.note else ""
    return (
        f'<label class="box" for="{name}"><input type="checkbox" id="{name}" name="{name}" '
        f'value="1"{state}><span>{escape(box.label)}{note}</span></label>\n{shown}'
    )


def _button(button: Button) -> str:
    look = ' class="main"' if button.is_main else ""
    return (
        f'<button{look} type="submit" name="{escape(button.name)}" value="{escape(button.value)}">'
        f"{escape(button.label)}</button>\n"
    )


def _anchor(anchor: Anchor) -> str:
    return f'<p class="anchors"><a href="{escape(anchor.url)}">{escape(anchor.text)}</a></p>\n'


def _section(section: Section, contact: Contact) -> str:
    return (
        f"<section>\n<h2>{escape(section.title)}</h2>\n<p>{_linked(section.text, contact)}</p>\n"
        "</section>\n"
    )


def _linked(text: str, contact: Contact) -> str:
    """Return a text in which the shop's contact can be pressed."""
    plain = escape(text)
    if not contact.text:
        return plain
    link = f'<a href="{escape(contact.url)}" dir="ltr">{escape(contact.text)}</a>'
    return plain.replace(escape(contact.text), link, 1)


def _mark(brand: Brand) -> str:
    """Return the logo as a picture: what is drawn in it can load nothing and run nothing."""
    if brand.logo is None:
        return f'<p class="brand"><bdi>{escape(brand.name)}</bdi></p>'
    data = b64encode(brand.logo.encode()).decode()
    return f'<img class="logo" src="data:image/svg+xml;base64,{data}" alt="{escape(brand.name)}">'


def _footer(speech: Speech, languages: Sequence[str]) -> str:
    legal = f"<p><bdi>{escape(speech.legal_line)}</bdi></p>\n" if speech.legal_line else ""
    return f"<footer>\n{legal}{_switcher(speech, languages)}</footer>\n"


def _switcher(speech: Speech, languages: Sequence[str]) -> str:
    """Return links to the same page in other languages, each in its own words."""
    if len(languages) <= 1:
        return ""
    label = escape(speech.say("privacy.language.label"))
    links = "".join(
        f'<li><a href="?lang={tag}" lang="{tag}" hreflang="{tag}" dir="auto">'
        f"{escape(own_name(tag))}</a></li>\n"
        for tag in languages
    )
    return (
        f'<nav aria-label="{label}">\n<details>\n<summary>{label}</summary>\n'
        f'<ul class="languages">\n{links}</ul>\n</details>\n</nav>\n'
    )
