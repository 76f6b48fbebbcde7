"""What is on record about one person at one moment."""

from __future__ import annotations

from calendar import monthrange
from datetime import datetime
from typing import NamedTuple

from ..model import Consent, ConsentChannel, ConsentState, Context, Customer, OptInLevel, Order


class Standing(NamedTuple):
    """What a person said about marketing over one channel, and what they bought.

    ``yes`` is the recorded opt-in that counts, ``no`` the objection; ``sale`` is a paid order
    that was not taken back, the ground of a soft opt-in.
    """

    yes: Consent | None
    no: Consent | None
    sale: Order | None
    is_known: bool


def read_standing(context: Context, channel: ConsentChannel) -> Standing:
    """Return what the snapshot says; the shop's own record of the customer comes first.

    An objection counts whichever record holds it. A yes dated after ``now`` is not given yet.
    """
    own = context.customer
    ordering = context.order.customer if context.order else None
    people = [person for person in (own, ordering) if person is not None]
    objections = (_objection(person, channel) for person in people)
    return Standing(
        yes=_opt_in(people[0], channel, context.now) if people else None,
        no=next((consent for consent in objections if consent), None),
        sale=_sale(context.order),
        is_known=bool(people),
    )


def is_proved(consent: Consent, *, proof: str) -> bool:
    """Whether the yes was given in the way a rule asks for."""
    return proof != "confirmed" or consent.opt_in_level is OptInLevel.CONFIRMED


def is_fresh(since: datetime | None, *, months: int | None, now: datetime) -> bool:
    """Whether so many months have not passed yet. Without a date nobody can say so: no."""
    if months is None:
        return True
    return since is not None and now < _plus_months(since, months)


def _objection(person: Customer, channel: ConsentChannel) -> Consent | None:
    if person.consent_for(channel) is not ConsentState.DENIED:
        return None
    return _newest(person, ConsentState.DENIED, channel)


def _opt_in(person: Customer, channel: ConsentChannel, now: datetime) -> Consent | None:
    if person.consent_for(channel) is not ConsentState.GRANTED:
        return None
    consent = _newest(person, ConsentState.GRANTED, channel)
    if consent and consent.recorded_at and consent.recorded_at > now:
        return None
    return consent


def _newest(person: Customer, state: ConsentState, channel: ConsentChannel) -> Consent | None:
    covering = (channel, ConsentChannel.ANY)
    fitting = [c for c in person.consents if c.state is state and c.channel in covering]
    fitting.sort(key=lambda c: c.recorded_at.timestamp() if c.recorded_at else float("-inf"))
    return fitting[-1] if fitting else None


def _sale(order: Order | None) -> Order | None:
    return order if order and order.is_paid and not order.is_fully_refunded else None


def _plus_months(moment: datetime, months: int) -> datetime:
    """The same day some months later; the last of the month where there is no such day."""
    index = moment.year * 12 + moment.month - 1 + months
    year, month = divmod(index, 12)
    day = min(moment.day, monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)
