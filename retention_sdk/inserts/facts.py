"""What rules look at: a few facts about an order and its buyer, read from the snapshot once."""

from __future__ import annotations

import re
from calendar import isleap
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, ValidationError

from ..errors import PluginError
from ..model import ConsentChannel, ConsentState, Context, Money, Order, OrderLine, Record
from ..model.base import Line
from ..model.customer import MonthDay

PLUGIN_KEY = "card"
_WORDS = re.compile(r"[^a-z0-9]+")


class PluginFacts(Record):
    """What a plugin may know better: ``retention_enrich_context`` returns it under ``card``.

    ``tags`` join those of the customer; the other fields stand where the shop's platform is
    silent.
    """

    tags: Annotated[tuple[Line, ...], Field(strict=False)] = ()
    tier: Line = ""
    tier_before: Line = ""
    tier_until: Annotated[date | None, Field(strict=False)] = None
    birthday: MonthDay | Literal[""] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Facts about one order. Days are whole and never negative; None where nobody knows.

    Lists are folded to lower case. ``nth`` is 1 for the first order. Guests may have bought before
    under another address, so no guest is called new.
    """

    nth: int = 1
    is_first: bool = False
    is_repeat: bool = False
    is_new_tier: bool = False
    tier: str = ""
    tier_until: date | None = None
    birthday_days: int | None = None
    anniversary_days: int | None = None
    years: int = 0
    away_days: int | None = None
    late_days: int | None = None
    products: frozenset[str] = frozenset()
    skus: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()
    total: Money | None = None
    tags: frozenset[str] = frozenset()
    sales_channels: frozenset[str] = frozenset()
    subscription: frozenset[str] = frozenset()
    has_permission: bool = False

    @property
    def tiers(self) -> frozenset[str]:
        """The customer's tier as a list, as rules read it."""
        return _folded((self.tier,))


def read_facts(context: Context) -> Facts:
    """Return the facts of a snapshot.

    Raises:
        PluginError: a plugin left facts under ``card`` that are not of the kind.
    """
    brought, order = _brought(context), context.order
    today = context.now.astimezone(ZoneInfo(context.shop.time_zone)).date()
    customer, before = context.customer, context.history.orders_count
    tier = context.loyalty.tier or brought.tier
    tier_before = context.loyalty.tier_before if context.loyalty.tier else brought.tier_before
    anniversary_days, years = _anniversary(context, today)
    lines = _packed(order) if order else ()
    return Facts(
        nth=before + 1,
        is_first=not before and customer is not None and not customer.is_guest,
        is_repeat=before > 0,
        is_new_tier=bool(tier) and tier != tier_before,
        tier=tier,
        tier_until=context.loyalty.tier_until or brought.tier_until,
        birthday_days=_birthday(customer.birthday if customer else "", brought.birthday, today),
        anniversary_days=anniversary_days,
        years=years,
        away_days=_away(context),
        late_days=_late(order, context, today),
        products=_folded(line.product_id for line in lines),
        skus=_folded(line.sku for line in lines),
        categories=_folded(name for line in lines for name in line.categories),
        countries=_folded((_country(order),)),
        total=order.total if order else None,
        tags=_folded(
            (*(customer.tags if customer else ()), *(order.tags if order else ()), *brought.tags)
        ),
        sales_channels=channel_words(order.sales_channel if order else ""),
        subscription=_folded((order.subscription if order else "",)),
        has_permission=_has_permission(context),
    )


def channel_words(sales_channel: str) -> frozenset[str]:
    """Return a sales channel and the words in it: ``Amazon.de`` is met by ``amazon``."""
    folded = sales_channel.casefold()
    return _folded((folded, *_WORDS.split(folded)))


def days_to(month_day: str, today: date) -> tuple[int, date]:
    """Return how far the nearest such day is, to either side, and that day.

    29 February is the 28th in years that have none.
    """
    month, day = (int(part) for part in month_day.split("-"))
    days = (_day_of(year, month, day) for year in (today.year - 1, today.year, today.year + 1))
    nearest = min(days, key=lambda each: abs((each - today).days))
    return abs((nearest - today).days), nearest


def _day_of(year: int, month: int, day: int) -> date:
    is_missing = (month, day) == (2, 29) and not isleap(year)
    return date(year, month, 28 if is_missing else day)


def _brought(context: Context) -> PluginFacts:
    """Join what plugins know, in the order of their names; the first answer counts."""
    facts = PluginFacts()
    for name in sorted(context.extras):
        answer = context.extras[name].get(PLUGIN_KEY)
        if answer is None:
            continue
        try:
            news = PluginFacts.model_validate(answer)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            key = ".".join(str(part) for part in (PLUGIN_KEY, *first["loc"]))
            raise PluginError(f"plugin {name!r}: {key}: {first['msg']}") from None
        known = {key: value for key, value in facts if value}
        fresh = {key: value for key, value in news if value and key not in known}
        tags = (*facts.tags, *news.tags)
        facts = facts.model_copy(update={**fresh, "tags": tags})
    return facts


def _birthday(own: str, brought: str, today: date) -> int | None:
    month_day = own or brought
    return days_to(month_day, today)[0] if month_day else None


def _anniversary(context: Context, today: date) -> tuple[int | None, int]:
    first = context.history.first_order_at
    if first is None:
        return None, 0
    day = first.astimezone(ZoneInfo(context.shop.time_zone)).date()
    distance, nearest = days_to(f"{day.month:02d}-{day.day:02d}", today)
    years = nearest.year - day.year
    return (distance, years) if years > 0 else (None, 0)


def _away(context: Context) -> int | None:
    last, order = context.history.last_order_at, context.order
    if last is None or order is None:
        return None
    return max((order.placed_at - last).days, 0)


def _late(order: Order | None, context: Context, today: date) -> int | None:
    if order is None or order.ship_by is None:
        return None
    promised = order.ship_by.astimezone(ZoneInfo(context.shop.time_zone)).date()
    return max((today - promised).days, 0)


def _packed(order: Order) -> tuple[OrderLine, ...]:
    """Return the lines in the parcel that gets the card; all of them while none is planned."""
    fulfilment = order.insert_fulfilment
    if fulfilment is None:
        return order.lines
    inside = {part.line_id for part in fulfilment.lines}
    return tuple(line for line in order.lines if line.id in inside)


def _country(order: Order | None) -> str:
    address = order and (order.shipping_address or order.billing_address)
    return (address and address.country) or ""


def _has_permission(context: Context) -> bool:
    customer = context.customer
    granted = ConsentState.GRANTED
    channel = ConsentChannel.PARCEL_INSERT
    return customer is not None and customer.consent_for(channel) is granted


def _folded(values: Iterable[str]) -> frozenset[str]:
    return frozenset(value.casefold() for value in values if value)
