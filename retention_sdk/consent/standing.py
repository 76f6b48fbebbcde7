"""What is on record about one person at one moment."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from datetime import MAXYEAR, UTC, datetime
from types import MappingProxyType
from typing import NamedTuple

from ..model import (
    Consent,
    ConsentAct,
    ConsentChannel,
    ConsentState,
    Context,
    OptInLevel,
    Order,
    Purpose,
)

OWN = frozenset(
    {Purpose.MARKETING, Purpose.OFFERS, Purpose.REVIEWS, Purpose.SURVEYS, Purpose.LOYALTY}
)
"""Advertising of the shop's own: a yes or a no to MARKETING answers for all of it."""

_NEVER = datetime.min.replace(tzinfo=UTC)
_IMPLIED = (ConsentAct.IMPLIED_BY_PURCHASE, ConsentAct.IMPLIED_BY_INQUIRY)
# Python 3.11 looks a member of an enumeration up by name each time, in a tenth of a microsecond.
_ANY, _SALE = ConsentChannel.ANY, Purpose.SALE_OR_SHARING
_GRANTED, _DENIED, _UNKNOWN = ConsentState.GRANTED, ConsentState.DENIED, ConsentState.UNKNOWN
_EXPRESS = ConsentAct.EXPRESS


_Key = tuple[ConsentChannel, Purpose]


class Asking(NamedTuple):
    """What a candidate asks a person's record.

    It needs a yes to each purpose of ``wanted``: one of the answers that ``keys`` names, the most
    exact first. ``touched`` tells which of its purposes a no to some purpose stops.
    """

    channel: ConsentChannel
    wanted: tuple[Purpose, ...]
    keys: Mapping[Purpose, tuple[_Key, ...]]
    touched: Mapping[Purpose, tuple[Purpose, ...]]


class Objection(NamedTuple):
    """A no that counts; ``is_conflict`` when the same instant also brought a yes."""

    consent: Consent
    is_conflict: bool


class Standing(NamedTuple):
    """What a person said about a candidate's channel and purposes, and what they bought.

    ``answers`` are those of the shop's own record; ``sale`` is a paid order that was not taken
    back, the ground of a soft opt-in. ``lifted`` is an old objection that a newer yes ended.
    """

    answers: Answers
    objection: Objection | None
    lifted: Consent | None
    sale: Order | None


def asking(channel: ConsentChannel, wanted: Sequence[Purpose], *, is_personalised: bool) -> Asking:
    """Return what to look up for a candidate with these purposes.

    Choosing by name, history or segment is profiling, on any channel; advertising of others for
    chosen people is sale or sharing (Cal. Civ. Code 1798.140(ad), (ah)).
    """
    noes = {purpose: {purpose, Purpose.MARKETING} for purpose in wanted}
    if is_personalised:
        noes.setdefault(Purpose.PROFILING, {Purpose.PROFILING})
    if is_personalised and Purpose.THIRD_PARTY in wanted:
        noes.setdefault(_SALE, {_SALE})
    return Asking(
        channel,
        tuple(wanted),
        keys={purpose: _keys(channel, purpose) for purpose in wanted},
        touched={no: tuple(p for p, found in noes.items() if no in found) for no in Purpose},
    )


def read_standing(context: Context, asked: Asking) -> Standing:
    """Return what the snapshot says; the shop's own record of the customer comes first.

    An objection counts whichever record holds it. A yes dated after ``now`` is not given yet, and
    a time without a zone is no time.
    """
    own, order, now = context.customer, context.order, context.now
    sale = order if order and order.is_paid and not order.is_fully_refunded else None
    ordering = order.customer if order else None
    if not ((own and own.consents) or (ordering and ordering.consents)):
        return Standing(_NOTHING, None, None, sale)
    said = [person.consents for person in (own, ordering) if person]
    if len(said) > 1 and said[0] is said[1]:
        said.pop()
    records = [_newest(consents, asked.channel, now) for consents in said]
    objection, lifted = _objection(records, asked, now)
    return Standing(records[0], objection, lifted, sale)


def opt_ins(answers: Answers, asked: Asking, purpose: Purpose) -> list[Consent]:
    """Return what was granted in words for a purpose, the most exact answer first."""
    if not answers:
        return []
    found = [answers[key].yes for key in asked.keys[purpose] if key in answers]
    return [yes for yes in found if yes is not None]


def implied(answers: Answers, channel: ConsentChannel) -> list[Consent]:
    """Return what doing business implied about the shop's own advertising (CASL s. 10(10))."""
    return [
        answer.implied
        for (where, purpose), answer in answers.items()
        if answer.implied is not None and purpose in OWN and (where is channel or where is _ANY)
    ]


def is_proved(consent: Consent, *, proof: str, now: datetime) -> bool:
    """Whether the yes was given in the way a rule asks for."""
    return proof != "confirmed" or is_confirmed(consent, now=now)


def is_confirmed(consent: Consent, *, now: datetime) -> bool:
    """Whether the second step of a double opt-in was made by now."""
    confirmed_at = consent.confirmed_at
    if confirmed_at is None:
        return consent.opt_in_level is OptInLevel.CONFIRMED
    is_past = _NEVER < moment_of(confirmed_at) <= now
    return is_past and consent.opt_in_level is not OptInLevel.SINGLE


def is_expired(consent: Consent, *, now: datetime) -> bool:
    """Whether what was granted for a time only has ended; an end nobody can read has."""
    return consent.expires_at is not None and moment_of(consent.expires_at) <= now


def is_fresh(since: datetime | None, *, months: int | None, now: datetime) -> bool:
    """Whether so many months have not passed yet. Without a date nobody can say so: no."""
    if months is None:
        return True
    moment = moment_of(since)
    return moment > _NEVER and now < plus_months(moment, months)


def moment_of(moment: datetime | None) -> datetime:
    """Return an aware moment; the earliest of all for None, and for a time without a zone."""
    if moment is None or moment.tzinfo is None:
        return _NEVER
    return moment


def plus_months(moment: datetime, months: int) -> datetime:
    """The same day some months later; the last of the month where there is no such day."""
    index = moment.year * 12 + moment.month - 1 + months
    year, month = divmod(index, 12)
    if year > MAXYEAR:
        return moment.replace(year=MAXYEAR, month=12, day=31)
    day = min(moment.day, monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)


class Answer(NamedTuple):
    """What counts of one record for one channel and purpose: a yes in words, or a no.

    ``implied`` is what doing business implied since; ``is_conflict`` when the same instant
    brought the no and a yes.
    """

    yes: Consent | None = None
    no: Consent | None = None
    implied: Consent | None = None
    is_conflict: bool = False


Answers = Mapping[_Key, Answer]
_NOTHING: Answers = MappingProxyType({})
_SILENT = Answer()


def _newest(
    consents: Sequence[Consent], channel: ConsentChannel, now: datetime
) -> dict[_Key, Answer]:
    """Return what counts of one record for each channel and purpose that may matter."""
    found: dict[_Key, Answer] = {}
    several: set[_Key] = set()
    for consent in consents:
        where, purpose = consent.channel, consent.purpose
        # Handing data on has no channel.
        if where is not channel and where is not _ANY and purpose is not _SALE:
            continue
        key = (where, purpose)
        if key in found:
            several.add(key)
        else:
            found[key] = _weigh_one(consent, now)
    for key in several:  # their order means nothing: each is weighed by itself
        same = [each for each in consents if (each.channel, each.purpose) == key]
        found[key] = _weigh(same, now)
    return found


def _weigh(consents: Sequence[Consent], now: datetime) -> Answer:
    """Return what counts of several answers to one question.

    The newest does, and at the same instant the no. Silence ends a yes but never a no; what doing
    business implied ends neither. Without a time an answer is older than any with one.
    """
    given = [c for c in consents if moment_of(c.recorded_at) <= now]
    no = _latest(c for c in consents if c.state is _DENIED)
    silence = _latest(c for c in given if c.state is _UNKNOWN)
    granted = [c for c in given if c.state is _GRANTED and _is_newer(c, silence)]
    yes = _latest(c for c in granted if c.act is _EXPRESS)
    meant = _latest(c for c in granted if c.act in _IMPLIED)
    is_conflict = no is not None and any(
        moment_of(c.recorded_at) == moment_of(no.recorded_at) for c in granted
    )
    yes = yes if yes is not None and _is_newer(yes, no) else None
    meant = meant if meant is not None and _is_newer(meant, no) else None
    return Answer(yes, None if yes is not None else no, meant, is_conflict)


def _weigh_one(consent: Consent, now: datetime) -> Answer:
    if consent.state is _DENIED:
        return Answer(no=consent)
    if consent.state is _UNKNOWN or moment_of(consent.recorded_at) > now:
        return _SILENT
    if consent.act is _EXPRESS:
        return Answer(yes=consent)
    return Answer(implied=consent) if consent.act in _IMPLIED else _SILENT


def _latest(consents: Iterable[Consent]) -> Consent | None:
    return max(consents, key=lambda consent: moment_of(consent.recorded_at), default=None)


def _is_newer(consent: Consent, other: Consent | None) -> bool:
    return other is None or moment_of(consent.recorded_at) > moment_of(other.recorded_at)


def _objection(
    records: Sequence[Answers], asked: Asking, now: datetime
) -> tuple[Objection | None, Consent | None]:
    """Return the objection that counts, or one that a newer yes of the own record lifted."""
    lifted: Consent | None = None
    for record in records:
        for (_, about), answer in record.items():
            no = answer.no
            if no is None or not (touched := asked.touched[about]):
                continue
            if not all(_is_lifted(no, purpose, records[0], asked, now) for purpose in touched):
                return Objection(no, answer.is_conflict), None
            lifted = no
    return None, lifted


def _is_lifted(
    no: Consent, purpose: Purpose, answers: Answers, asked: Asking, now: datetime
) -> bool:
    """Whether a newer yes, in words and proved, was given for exactly this channel and purpose.

    An objection without a date could be of today, so nothing is newer.
    """
    since = moment_of(no.recorded_at)
    keys = [(asked.channel, purpose)]
    if no.purpose is Purpose.MARKETING and purpose in OWN:
        keys.append((asked.channel, Purpose.MARKETING))
    found = (answers[key].yes for key in keys if key in answers)
    return since > _NEVER and any(
        moment_of(yes.recorded_at) > since
        and bool(yes.evidence_ref or is_confirmed(yes, now=now))
        and not is_expired(yes, now=now)
        for yes in found
        if yes is not None
    )


def _keys(channel: ConsentChannel, purpose: Purpose) -> tuple[_Key, ...]:
    purposes = (purpose, Purpose.MARKETING) if purpose in OWN else (purpose,)
    return tuple(dict.fromkeys((c, p) for c in (channel, _ANY) for p in purposes))
