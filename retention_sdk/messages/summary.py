"""The table of what was ordered."""

from __future__ import annotations

from collections.abc import Iterator

from ..l10n import isolate, isolate_ltr
from ..model import Money, Order
from .message import Fact, Summary, SummaryRow
from .totals import break_down
from .words import Words

ROWS_MAX = 40
_TITLE_CHARS_MAX = 100


def compose_summary(order: Order, words: Words, *, time_zone: str) -> Summary:
    """Return the order as rows and sums; what does not fit is counted."""
    hidden = len(order.lines) - ROWS_MAX
    return Summary(
        title=words.say("email.summary.title"),
        columns=(
            words.say("email.summary.item"),
            words.say("email.summary.quantity"),
            words.say("email.summary.price"),
        ),
        facts=(
            Fact(
                label=words.say("label.order_number"),
                value=words.tidy(isolate_ltr(order.number)),
            ),
            Fact(
                label=words.say("label.order_date"),
                value=words.localizer.date(order.placed_at, time_zone=time_zone),
            ),
        ),
        rows=tuple(
            SummaryRow(
                title=words.text(_shorten(line.title)),
                quantity=words.localizer.number(line.quantity),
                price=_money(line.total, words),
            )
            for line in order.lines[:ROWS_MAX]
        ),
        more_items=words.say("card.order.more_items", count=hidden) if hidden > 0 else "",
        totals=tuple(_totals(order, words)),
    )


def _totals(order: Order, words: Words) -> Iterator[Fact]:
    parts = break_down(order)
    taken_off = parts.discount and Money.zero(order.currency) - parts.discount
    for key, money in (
        ("label.subtotal", parts.subtotal),
        ("label.discount", taken_off),
        ("label.shipping", parts.shipping),
        ("label.tax", parts.added_tax),
    ):
        if money:
            yield Fact(label=words.say(key), value=_money(money, words), is_minor=True)
    yield Fact(label=words.say("label.total"), value=_money(parts.total, words))
    if parts.included_tax:
        value = _money(parts.included_tax, words)
        yield Fact(label=words.say("label.tax"), value=value, is_minor=True)


def _money(money: Money, words: Words) -> str:
    return words.tidy(isolate(words.localizer.money(money)))


def _shorten(title: str) -> str:
    if len(title) <= _TITLE_CHARS_MAX:
        return title
    return title[: _TITLE_CHARS_MAX - 1].rstrip() + "…"
