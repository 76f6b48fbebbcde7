"""Choose and order ways to pay, with a sentence for every reason.

The table explains, orders and names; what can be paid with today only the provider knows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Self

from pydantic import model_validator

from ...model import Money, Record
from ...model.base import Line
from ..resources import supplemental
from ..tags import Tag, maximize, parse
from .credit import credit_citation
from .method import CREDIT_KINDS, Limit, PaymentKind, PaymentMethod, load_methods

# The home of a method is its first country, except in lists of whole continents.
_HOME_REACH_MAX = 12
_KINDS = tuple(PaymentKind)
_CONFIDENCES = ("high", "medium", "low")


class PaymentChoice(Record):
    """One way to pay that can be offered; ``name`` is for the customer, ``reasons`` for the shop.

    ``needs_credit_text`` means that it is credit: show it only with the text that the law named
    in ``credit_citation`` asks for. ``plugin`` signs what a plugin added.

    .. versionadded:: 0.1.0
    """

    method_id: Line
    name: Line
    kind: PaymentKind
    reasons: tuple[Line, ...] = ()
    is_domestic: bool = False
    needs_credit_text: bool = False
    credit_citation: Line = ""
    confidence: Literal["high", "medium", "low"] = "medium"
    plugin: Line = ""

    @model_validator(mode="after")
    def _credit_is_called_so(self) -> Self:
        if self.kind in CREDIT_KINDS and not self.needs_credit_text:
            raise ValueError("what is paid later is credit: set needs_credit_text")
        return self


class PaymentRefusal(Record):
    """One way to pay that is not offered, and why."""

    method_id: Line
    reason: Line


class PaymentAdvice(Record):
    """What to offer, the best first, and what was left out although it could be expected."""

    choices: tuple[PaymentChoice, ...]
    refused: tuple[PaymentRefusal, ...]


@dataclass(frozen=True, slots=True)
class _Checkout:
    """Who pays, where, and how much. Empty strings are unknown."""

    country: str
    currency: str
    amount: Money | None
    past: tuple[str, ...]
    enabled: frozenset[str] | None
    language: Tag
    is_business: bool


def payment_methods(
    country: str | None,
    currency: str | None,
    *,
    amount: Money | None = None,
    past_methods: Sequence[str] = (),
    enabled_on_platform: Collection[str] | None = None,
    locale: str = "en",
    is_business: bool = False,
    methods: Sequence[PaymentMethod] | None = None,
) -> tuple[PaymentChoice, ...]:
    """Return the ways to pay to offer, the best first; see ``advise_payment``."""
    return advise_payment(
        country,
        currency,
        amount=amount,
        past_methods=past_methods,
        enabled_on_platform=enabled_on_platform,
        locale=locale,
        is_business=is_business,
        methods=methods,
    ).choices


def advise_payment(
    country: str | None,
    currency: str | None,
    *,
    amount: Money | None = None,
    past_methods: Sequence[str] = (),
    enabled_on_platform: Collection[str] | None = None,
    locale: str = "en",
    is_business: bool = False,
    methods: Sequence[PaymentMethod] | None = None,
) -> PaymentAdvice:
    """Return what to offer, what not, and why. Pure; it never raises.

    Methods are named by id or by a provider's code. ``past_methods`` are those the customer paid
    with, the last one first. ``enabled_on_platform`` is what the shop can take; None means that
    nobody knows. Order: paid with before, domestic, regional, international; within these by
    kind and confidence. Credit stands behind what is paid at once, cash on delivery last.

    .. versionadded:: 0.1.0
    """
    checkout = _Checkout(
        country=_country(country),
        currency=currency or (amount.currency if amount else ""),
        amount=amount,
        past=tuple(past_methods),
        enabled=None if enabled_on_platform is None else frozenset(enabled_on_platform),
        language=parse(locale) or Tag("en"),
        is_business=is_business,
    )
    known = load_methods() if methods is None else tuple(methods)
    judged = [(method, _objection(method, checkout)) for method in known]
    offered = sorted(
        (method for method, objection in judged if not objection),
        key=lambda method: _rank(method, checkout),
    )
    has_domestic = any(_is_domestic(method, checkout.country) for method in offered)
    return PaymentAdvice(
        choices=tuple(_choice(m, checkout, has_domestic=has_domestic) for m in offered),
        refused=(*_refused(judged, checkout), *_unknown(known, checkout)),
    )


def _rank(method: PaymentMethod, checkout: _Checkout) -> tuple[int, ...]:
    return (
        _used(method, checkout),
        method.kind is PaymentKind.COD,
        method.needs_credit_text,
        _tier(method, checkout.country),
        method.status == "check",
        _KINDS.index(method.kind),
        _CONFIDENCES.index(method.confidence),
    )


def _used(method: PaymentMethod, checkout: _Checkout) -> int:
    """Return how many payments ago the customer last paid with it; more than all if never."""
    past = checkout.past
    return next((ago for ago, name in enumerate(past) if _is_named(method, name)), len(past))


def _is_named(method: PaymentMethod, name: str) -> bool:
    return method.is_called(frozenset((name,)))


def _is_domestic(method: PaymentMethod, country: str) -> bool:
    return country in method.countries[:1] and len(method.countries) <= _HOME_REACH_MAX


def _tier(method: PaymentMethod, country: str) -> int:
    if _is_domestic(method, country):
        return 0
    return 1 if method.countries else 2


def _objection(method: PaymentMethod, checkout: _Checkout) -> str:
    """Return why a method must not be offered here, or nothing."""
    name, country, currency = _plain(method.name), checkout.country, checkout.currency
    if method.status == "discontinued":
        why = method.note or method.source
        return f"{name} was discontinued: take it out of the shop's settings. {why}".strip()
    if not _serves(method.countries, country) or country in method.not_in:
        return f"{name} is not used in {country or 'an unknown country'}."
    if not _serves(method.currencies, currency):
        return f"{name} does not take {currency or 'an unknown currency'}."
    if method.is_business_only and not checkout.is_business:
        return f"{name} is for business buyers only."
    if checkout.enabled is not None and not method.is_called(checkout.enabled):
        return f"{name} is used in {country or 'many countries'}, but the shop has not enabled it."
    return _limit_objection(name, method, checkout)


def _serves(listed: tuple[str, ...], wanted: str) -> bool:
    return not listed or wanted in listed


def _limit_objection(name: str, method: PaymentMethod, checkout: _Checkout) -> str:
    amount = checkout.amount
    least, most = _bounds(method, checkout)
    if amount and least and amount < least:
        return f"{name} takes {least} at the least, as its source says."
    if amount and most and most < amount:
        return f"{name} takes {most} at the most, as its source says."
    return ""


def _bounds(method: PaymentMethod, checkout: _Checkout) -> tuple[Money | None, Money | None]:
    return _bound(method.minimum, checkout), _bound(method.maximum, checkout)


def _bound(limits: tuple[Limit, ...], checkout: _Checkout) -> Money | None:
    """Return the limit in the currency of the amount; the country's own one before the common."""
    currency = checkout.amount.currency if checkout.amount else checkout.currency
    fitting = [limit for limit in limits if limit.amount.currency == currency]
    own = [limit.amount for limit in fitting if checkout.country in limit.countries]
    common = [limit.amount for limit in fitting if not limit.countries]
    return next(iter((*own, *common)), None)


def _choice(method: PaymentMethod, checkout: _Checkout, *, has_domestic: bool) -> PaymentChoice:
    reasons = (
        *_why_here(method, checkout, has_domestic=has_domestic),
        *_why_amount(method, checkout),
        *_why_doubt(method, checkout),
        *_why_last(method, checkout),
    )
    return PaymentChoice(
        method_id=method.method_id,
        name=_display_name(method, checkout.language),
        kind=method.kind,
        reasons=tuple(_short(reason) for reason in reasons),
        is_domestic=_is_domestic(method, checkout.country),
        needs_credit_text=method.needs_credit_text,
        credit_citation=credit_citation(checkout.country) if method.needs_credit_text else "",
        confidence=method.confidence,
    )


def _why_here(method: PaymentMethod, checkout: _Checkout, *, has_domestic: bool) -> Iterator[str]:
    country, ago = checkout.country, _used(method, checkout)
    if ago < len(checkout.past):
        yield "The customer paid with it before." if ago else "The customer paid with it last."
    if _is_domestic(method, country):
        yield f"It is at home in {country}."
    elif method.countries:
        yield f"It is used in {len(method.countries)} countries, {country} among them."
    else:
        yield "It is used in most countries."
    if not has_domestic:
        where = f"{country or 'an unknown country'} and {checkout.currency or 'unknown currency'}"
        yield f"No domestic method is known for {where}."


def _why_amount(method: PaymentMethod, checkout: _Checkout) -> Iterator[str]:
    if checkout.amount is None:
        return
    least, most = _bounds(method, checkout)
    if least or most:
        yield f"It takes {f'{least} to ' if least else 'up to '}{most or 'any amount'}."
    elif method.minimum or method.maximum:
        yield f"Its limits are not known in {checkout.amount.currency}."
    if method.limits_note:
        yield f"Limits as the source words them: {method.limits_note}."


def _why_doubt(method: PaymentMethod, checkout: _Checkout) -> Iterator[str]:
    if checkout.enabled is None:
        yield "Whether the shop can take it is not known: ask its payment provider."
    if method.status == "check":
        yield f"Whether it still works has to be checked. {method.note}".strip()
    if "all" in method.unverified_fields:
        yield "Nothing about it has been verified with its operator."
    elif method.unverified_fields:
        yield f"Not verified: {', '.join(method.unverified_fields)}."


def _why_last(method: PaymentMethod, checkout: _Checkout) -> Iterator[str]:
    if method.needs_credit_text:
        yield f"It is credit: show the text that {credit_citation(checkout.country)} asks for."
    if method.kind is PaymentKind.COD:
        yield "It is paid on delivery, so it stands last."


def _refused(
    judged: Sequence[tuple[PaymentMethod, str]], checkout: _Checkout
) -> Iterator[PaymentRefusal]:
    """Yield what somebody could miss: methods of the place, and those named by the caller."""
    named = frozenset(checkout.past) | (checkout.enabled or frozenset())
    for method, objection in judged:
        is_local = checkout.country in method.countries and method.status != "discontinued"
        is_local = is_local and _serves(method.currencies, checkout.currency)
        if objection and (is_local or method.is_called(named)):
            yield PaymentRefusal(method_id=method.method_id, reason=_short(objection))


def _unknown(known: Sequence[PaymentMethod], checkout: _Checkout) -> Iterator[PaymentRefusal]:
    for name in sorted(checkout.enabled or ()):
        if not any(_is_named(method, name) for method in known):
            reason = "No such method is known; a plugin can register it as a payment method."
            yield PaymentRefusal(method_id=_short(name), reason=reason)


def _display_name(method: PaymentMethod, language: Tag) -> str:
    """Return the name in the customer's language if the table has it, else the brand's."""
    native = parse(method.native_language) if method.native_name else None
    return method.native_name if native and _is_same(native, language) else _plain(method.name)


def _is_same(one: Tag, other: Tag) -> bool:
    """Whether who reads one of them reads the other: Traditional Chinese is not Simplified."""
    is_script = maximize(one).script == maximize(other).script
    return is_script and one.language == other.language


def _plain(name: str) -> str:
    """Return a name without the remark in brackets at its end."""
    return name.partition(" (")[0]


def _country(text: str | None) -> str:
    code = (text or "").strip().upper()
    found: str = supplemental()["regions"].get(code, code)
    return found if len(found) == 2 and found.isascii() and found.isalpha() else ""  # noqa: PLR2004 - ISO 3166


def _short(text: str) -> str:
    """Keep a sentence within the length of a line."""
    return text[:500]
