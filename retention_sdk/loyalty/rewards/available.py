"""Which rewards somebody may have now, and why not the others. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from ...model import History, Record
from ...model.base import Line
from ..earning.clocks import moment_of, period_of
from .catalogue import Reward, Segment

RefusalCode = Literal[
    "platform", "not_yet", "over", "currency", "country", "locale", "tier", "segment", "sold_out",
    "limit", "points",
]  # fmt: skip
"""Why not: ``points`` alone means that it only takes more points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """All that decides about somebody's rewards at ``now``.

    ``points`` can be spent. ``taken`` are the moments at which this person got each reward,
    ``gone`` how many of each everybody got; what was given back is in neither. ``makes`` are the
    kinds that can be issued here. Market facts are empty where nobody knows them.
    """

    now: datetime
    points: int
    currency: str = ""
    country: str = ""
    locale: str = ""
    tier: str = ""
    history: History = field(default_factory=History)
    taken: Mapping[str, Sequence[datetime]] = field(default_factory=dict)
    gone: Mapping[str, int] = field(default_factory=dict)
    makes: frozenset[str] | None = None


class Refusal(Record):
    """One reason against a reward, as a word for programs and a sentence for the shop."""

    code: RefusalCode
    reason: Line


class RewardOffer(Record):
    """A reward as somebody stands: what speaks against it, and how many points are missing.

    ``left`` is how many there still are, None for any number. ``spendable`` is out of the price,
    for a bar of progress.
    """

    reward: Reward
    refusals: tuple[Refusal, ...] = ()
    missing: int = 0
    spendable: int = 0
    left: int | None = None

    @property
    def is_available(self) -> bool:
        """Whether it can be had now."""
        return not self.refusals

    @property
    def is_in_reach(self) -> bool:
        """Whether nothing but points is missing: what is worth showing with its progress."""
        return all(refusal.code == "points" for refusal in self.refusals)


def available(
    catalogue: Iterable[Reward], standing: Standing, *, time_zone: str = "UTC"
) -> tuple[RewardOffer, ...]:
    """Return all rewards in the order of the catalogue, each with every reason against it.

    For example::

        [offer.reward.id for offer in available(program.rewards, standing) if offer.is_available]
    """
    zone = ZoneInfo(time_zone)
    return tuple(_offer(reward, standing, zone) for reward in catalogue)


def _offer(reward: Reward, who: Standing, zone: ZoneInfo) -> RewardOffer:
    found = (
        *_of_time(reward, who.now, zone),
        *_of_market(reward, who),
        *_of_person(reward, who),
        *_of_numbers(reward, who, zone),
    )
    return RewardOffer(
        reward=reward,
        refusals=tuple(Refusal(code=code, reason=reason) for code, reason in found),
        missing=max(0, reward.points - who.points),
        spendable=max(0, min(who.points, reward.points)),
        left=None if reward.stock is None else max(0, reward.stock - who.gone.get(reward.id, 0)),
    )


_Found = Iterable[tuple[RefusalCode, str]]


def _of_time(reward: Reward, now: datetime, zone: ZoneInfo) -> _Found:
    if reward.starts and now < moment_of(reward.starts, zone):
        yield "not_yet", f"from {reward.starts.isoformat(' ', 'minutes')} on"
    if reward.ends and now >= moment_of(reward.ends, zone):
        yield "over", f"ended at {reward.ends.isoformat(' ', 'minutes')}"


def _of_market(reward: Reward, who: Standing) -> _Found:
    if who.makes is not None and reward.kind not in who.makes:
        yield "platform", f"nothing here can make a reward of kind {reward.kind!r}"
    if reward.currencies and who.currency not in reward.currencies:
        yield "currency", f"only in {_listed(reward.currencies)}"
    elif who.currency not in (reward.priced_in or (who.currency,)):
        yield "currency", f"has no amount in {who.currency or 'an unknown currency'}"
    if reward.countries and who.country not in reward.countries:
        yield "country", f"only in {_listed(reward.countries)}"
    if reward.locales and not any(_reads(who.locale, tag) for tag in reward.locales):
        yield "locale", f"only in the language {_listed(reward.locales)}"


def _of_person(reward: Reward, who: Standing) -> _Found:
    if reward.tiers and who.tier not in reward.tiers:
        yield "tier", f"only with the rank {_listed(reward.tiers)}"
    if reward.segment and (reason := _outside(reward.segment, who)):
        yield "segment", reason


def _of_numbers(reward: Reward, who: Standing, zone: ZoneInfo) -> _Found:
    if reward.stock is not None and who.gone.get(reward.id, 0) >= reward.stock:
        yield "sold_out", "none is left"
    if reward.per_customer and _in_period(reward, who, zone) >= reward.per_customer:
        when = "" if reward.per == "ever" else f" a {reward.per}"
        yield "limit", f"at most {reward.per_customer} for each customer{when}"
    if who.points < reward.points:
        yield "points", f"{reward.points - who.points} points are missing"


def _in_period(reward: Reward, who: Standing, zone: ZoneInfo) -> int:
    """Return how many of a reward somebody got in the period that counts."""
    taken = who.taken.get(reward.id, ())
    if reward.per == "ever":
        return len(taken)
    start, end = period_of(who.now, reward.per, zone)
    return sum(start <= moment < end for moment in taken)


def _outside(segment: Segment, who: Standing) -> str:
    """Return why somebody is not in a segment, nothing if they are."""
    history = who.history
    orders = history.orders_count
    quiet = _days(history.last_order_at, who.now)
    member = _days(history.first_order_at, who.now)
    limits: tuple[tuple[int | None, int | None, int | None, str], ...] = (
        (orders, segment.orders_from, segment.orders_to, "orders"),
        (quiet, segment.quiet_days_from, segment.quiet_days_to, "days since the last order"),
        (member, segment.member_days_from, None, "days since the first order"),
    )
    for value, low, high, what in limits:
        if low is None and high is None:
            continue
        if value is None:
            return "only for who ordered before"
        if low is not None and value < low:
            return f"only from {low} {what} on"
        if high is not None and value > high:
            return f"only up to {high} {what}"
    return ""


def _days(then: datetime | None, now: datetime) -> int | None:
    return (now - then).days if then else None


def _reads(locale: str, tag: str) -> bool:
    """Whether a locale is a tag or a narrower one: ``de-AT`` reads ``de``."""
    spoken, wanted = (f"{each}-".replace("_", "-").casefold() for each in (locale, tag))
    return spoken.startswith(wanted)


def _listed(words: Sequence[str]) -> str:
    return ", ".join(words)
