"""A card as plain text: for receipt printers, for people who write it by hand, for logs."""

from __future__ import annotations

from collections.abc import Iterator

from ...errors import PrintError
from ..card import Card
from .columns import without_controls, wrap

COLUMNS = 42
"""The width of an 80 mm receipt; 58 mm has 32 columns, a letter 72."""
_COLUMNS_MIN = 16
_RULE = "-"

Blocks = list[list[str]]


def plain_text(card: Card, *, columns: int = COLUMNS, has_controls: bool = True) -> str:
    """Return front and back of a card in UTF-8 text, a rule between them.

    No line is wider than ``columns``, wide characters counting two. Isolates and direction marks
    keep mixed text in order; ``has_controls=False`` leaves them out for printers that would show
    them as boxes.

    Raises:
        PrintError: lines of fewer than 16 columns.
    """
    if columns < _COLUMNS_MIN:
        raise PrintError(f"a line has at least {_COLUMNS_MIN} columns, not {columns}")
    sides = [_set(blocks, card, columns) for blocks in (_front(card), _back(card))]
    text = f"\n\n{_RULE * columns}\n\n".join(side for side in sides if side) + "\n"
    return text if has_controls else without_controls(text)


def _set(blocks: Blocks, card: Card, columns: int) -> str:
    return "\n\n".join(
        "\n".join(line for paragraph in block for line in wrap(paragraph, columns, card.direction))
        for block in ([text for text in block if text] for block in blocks)
        if block
    )


def _front(card: Card) -> Blocks:
    return [
        [card.brand_name],
        [card.badge],
        [card.headline],
        [card.salutation],
        *_quote(card),
        *([text] for text in card.body),
        list(_steps(card)),
        *_coupon(card),
        [card.signoff, card.sender_name, card.sender_role],
    ]


def _quote(card: Card) -> Blocks:
    if card.quote is None:
        return []
    said = [[text] for text in card.quote.paragraphs]
    return [[card.quote.recipient], *said, [card.quote.giver]]


def _steps(card: Card) -> Iterator[str]:
    for number, text in enumerate(card.steps, 1):
        yield f"{number}. {text}" if card.are_steps_numbered else f"• {text}"


def _coupon(card: Card) -> Blocks:
    coupon = card.coupon
    return [[coupon.value, coupon.code, coupon.terms]] if coupon else []


def _back(card: Card) -> Blocks:
    items = [f"{item.quantity} × {item.title}" for item in card.items]
    code = card.code
    return [
        [card.tagline],
        [card.order_number, card.order_date],
        [*items, card.more_items],
        [line.text for line in card.points],
        *([block.title, block.text] for block in card.blocks),
        [code.caption, code.url, code.label] if code else [],
        [card.contact, card.legal],
        [card.notice],
    ]
