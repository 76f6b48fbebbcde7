"""The plain-text alternative: everything the HTML says, for readers that show no HTML."""

from __future__ import annotations

from collections.abc import Iterator

from .message import Fact, Message, Summary

_RULE = "-" * 24


def render_text(message: Message) -> str:
    """Return the e-mail as text; paragraphs are not wrapped, screens differ too much."""
    return "\n".join(line.rstrip(" ") for line in _lines(message)) + "\n"


def _lines(message: Message) -> Iterator[str]:
    yield message.headline
    yield from ("", message.greeting)
    for paragraph in message.paragraphs:
        yield from ("", paragraph)
    for apart in filter(None, (message.tracking, message.highlights)):
        yield from ("", *apart)
    if link := message.call_to_action:
        yield from ("", _label(link.text, message), link.url)
    if message.summary:
        yield from _summary(message.summary, message.colon)
    if message.points:
        yield from ("", *message.points)
    for block in message.blocks:
        yield from ("", block.title, block.text) if block.title else ("", block.text)
    yield from ("", message.signoff, message.signer)
    if message.signer_role:
        yield message.signer_role
    yield from ("", _RULE, *message.footer)
    if refusal := message.unsubscribe:
        yield from ("", _label(refusal.text, message), refusal.url)
        if link := refusal.preferences:
            yield from ("", _label(link.text, message), link.url)


def _label(text: str, message: Message) -> str:
    return text + message.colon.rstrip()


def _summary(summary: Summary, colon: str) -> Iterator[str]:
    yield from ("", summary.title, _RULE)
    yield from (_fact(fact, colon) for fact in summary.facts)
    yield ""
    for row in summary.rows:
        yield f"{row.quantity} × {row.title}{colon}{row.price}"
    if summary.more_items:
        yield summary.more_items
    yield _RULE
    yield from (_fact(fact, colon) for fact in summary.totals)


def _fact(fact: Fact, colon: str) -> str:
    return f"{fact.label}{colon}{fact.value}"
