"""Sentences about points, ranks and rewards that more than one surface says. Pure.

Who says them chooses manners, and what is done with isolates: ``say`` is ``Localizer.message``,
or what an e-mail or a card makes of it.
"""

from __future__ import annotations

import unicodedata
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal, Protocol

from ..model import Money

if TYPE_CHECKING:
    from datetime import date

    from ..l10n import Localizer
    from ..model.context import TierProgress
    from .names import Names
    from .rewards import Reward

Counts = Literal["spend", "points", "orders"]
Surface = Literal["loyalty", "card"]

_HOW = {
    "amount": "checkout",
    "percent": "checkout",
    "free_shipping": "checkout",
    "free_product": "checkout",
    "store_credit": "checkout",
    "gift": "parcel",
    "donation": "donation",
    "invitation": "door",
    "access": "account",
    "account_credit": "credit",
    "partner": "partner",
}


class Say(Protocol):
    """Says a registered message."""

    def __call__(self, key: str, **arguments: Any) -> str:
        """Return the finished text of a message."""


def progress_line(
    progress: TierProgress | None, say: Say, words: Localizer, *, surface: Surface = "loyalty"
) -> str:
    """Say how far the next rank is; nothing on the highest, and for a rank without a name."""
    if progress is None or not progress.name:
        return ""
    missing = _missing(progress.counts, progress.missing, progress.currency, words)
    return say(f"{surface}.progress.{progress.counts}", tier=progress.name, **missing)


def keep_line(
    counts: Counts, missing: int, currency: str, *, tier: str, on: date, say: Say, words: Localizer
) -> str:
    """Say what it takes to keep a rank beyond its last day; ``missing`` is as in ``News``."""
    needed = _missing(counts, missing, currency, words)
    return say(f"loyalty.keep.{counts}", tier=tier, date=on, **needed)


def how_line(kind: str, say: Say) -> str:
    """Say how a reward of a kind is used; nothing for a kind nobody knows."""
    return say(f"loyalty.reward.how.{_HOW[kind]}") if kind in _HOW else ""


def reward_name(reward: Reward, words: Localizer, *, currency: str = "") -> str:
    """Return what a reward is called: by the shop, if it named it in this language, else by us.

    An amount can be said only in a currency it is given in: ``currency``, or its only one.
    Otherwise, the shop's name in another language is better than none.
    """
    own = reward.names.find(words.tag)
    return own or _usual_name(reward, words, currency) or reward.names.pick(words.tag)


def name_in(names: Names | None, words: Localizer) -> str:
    """Return what something is called for readers of a language; nothing if nobody named it.

    Without a name in the language, one in Latin letters stands: readers of any script know those,
    and every card can print them.
    """
    if names is None:
        return ""
    own, other = names.find(words.tag), names.pick(words.tag)
    return own or (other if _is_latin(other) else "")


def _is_latin(text: str) -> bool:
    letters = (char for char in text if char.isalpha())
    return all(unicodedata.name(char, "").startswith("LATIN") for char in letters)


def only_minimum(reward: Reward) -> Money | None:
    """Return the least order a reward works for; None where that depends on the currency."""
    amounts: dict[str, int] = getattr(reward, "minimum_minor", {})
    if len(amounts) != 1:
        return None
    ((currency, minor),) = amounts.items()
    return Money(minor=minor, currency=currency)


def _usual_name(reward: Reward, words: Localizer, currency: str) -> str:
    # Both are money to spend in the shop, over several orders.
    kind = "store_credit" if reward.kind == "account_credit" else reward.kind
    key = f"loyalty.reward.{kind}"
    arguments: dict[str, Any] = {}
    if reward.kind == "percent":
        arguments = {"percent": words.percent(Fraction(reward.percent, 100))}
    elif amounts := getattr(reward, "worth_minor", {}):
        worth = reward.worth_in(currency or (next(iter(amounts)) if len(amounts) == 1 else ""))
        if worth is None:
            return ""
        arguments = {"amount": words.money(worth)}
    return words.message(key, **arguments) if words.can_say(key) else ""


def _missing(counts: Counts, missing: int, currency: str, words: Localizer) -> dict[str, Any]:
    if counts == "spend":
        return {"amount": words.money(Money(minor=missing, currency=currency))}
    return {counts: missing}
