"""The questions a decision asks, one by one. Each answer brings its reasons along."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from ..model import Candidate, Consent, ConsentAct, ContentKind, Context, Purpose, clean_text
from .ages import is_by_guardian, youngest
from .case import Case
from .quiet import OpenHours
from .requirement import Requirement
from .rule import Basis
from .standing import OWN, Objection, Standing, implied, is_expired, is_fresh, is_proved, opt_ins

_PURPOSES = {
    Purpose.PROFILING: "profiling",
    Purpose.THIRD_PARTY: "advertising of others",
    Purpose.SALE_OR_SHARING: "sale or sharing of data",
}
_SOFT = frozenset({*OWN, Purpose.PROFILING})
_NONE, _OPT_OUT, _SOFT_OPT_IN = Basis.NONE, Basis.OPT_OUT, Basis.SOFT_OPT_IN


class Answer(NamedTuple):
    """What one check found. All of ``missing`` together would turn a no into a yes."""

    is_met: bool
    reasons: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    opens_at: datetime | None = None


_NO_CONSENT_NEEDED = Answer(is_met=True, reasons=("no consent is needed, and nobody objected",))
_NOBODY_OBJECTED = Answer(is_met=True, reasons=("allowed until somebody objects, and nobody did",))
_SAME_FOR_ALL = Answer(
    is_met=True, reasons=("nothing but service content, the same for everybody",)
)
_CONFIRMATION = Answer(
    is_met=True, reasons=("it only asks somebody to confirm what they asked for",)
)
_REDEMPTION = Answer(
    is_met=True, reasons=("it hands over what somebody exchanged points for, and no more",)
)
_NOT_REDEEMED = Answer(
    is_met=False, reasons=("nothing was exchanged for points that this could hand over",)
)
_GIFT = Answer(
    is_met=False,
    reasons=("a gift goes to somebody who is not the buyer: no advertising",),
)
_OUTSIDE = Answer(is_met=True, reasons=("outside the quiet hours",))
_FINE = Answer(is_met=True)


def check_honesty(candidate: Candidate) -> Answer:
    """The decision is about the declared content, so no block may bring other content."""
    undeclared = {block.content.value for block in candidate.blocks} - {*candidate.content}
    if undeclared:
        kinds = ", ".join(sorted(undeclared))
        return _no(f"a block brings content that was not declared: {kinds}")
    if any(block.content is ContentKind.REDEMPTION for block in candidate.blocks):
        return _no("only the shop itself hands over what points were exchanged for")
    return _FINE


def check_basis(case: Case, context: Context, standing: Standing | None) -> Answer:
    """Whether the basis that the rules ask for is there; ``standing`` is None for service."""
    if standing is None:
        return _check_service(case, context)
    if standing.objection is not None:
        return _objected(standing.objection, case)
    if case.kind.is_insert and context.order is not None and context.order.is_gift:
        return _GIFT
    basis = case.requirement.basis
    if basis is _NONE:
        answer = _NO_CONSENT_NEEDED
    elif basis is _OPT_OUT:
        answer = _NOBODY_OBJECTED
    else:
        answer = _check_consent(case, standing, context.now)
    if standing.lifted is not None:
        note = f"an older objection ({_record(standing.lifted)}) was lifted by a newer yes to this"
        answer = answer._replace(reasons=(note, *answer.reasons))
    return answer


def check_age(case: Case, context: Context, standing: Standing) -> Answer:
    """Whether the person is old enough to be asked, or who is responsible for them agreed."""
    age_min = case.requirement.consent_age or 0
    age = youngest(context)
    if age is None or (age.years is not None and age.years >= age_min):
        return _FINE
    if age.years is None:
        return _no("the year of birth on record cannot be true", "the true year of birth")
    if _has_guardian(case, standing, context.now):
        return _yes(f"younger than {age_min}, and who is responsible agreed")
    return _no(f"known to be younger than {age_min}", "the consent of who is responsible")


def check_vetoes(vetoes: Sequence[str]) -> Answer:
    """Any veto is a no."""
    reasons = tuple(f"veto: {veto}" for veto in dict.fromkeys(vetoes))
    return Answer(is_met=not vetoes, reasons=reasons)


def check_hours(hours: OpenHours, now: datetime) -> Answer:
    """When the recipient may be disturbed: ``opens_at`` is None for now."""
    if not hours.has_clock:
        reason = "there are quiet hours, and the recipient's clock is not known"
        return _no(reason, "the recipient's country")
    opens_at = hours.first(now)
    if opens_at is None:
        reason = "no hour of the week is outside the quiet hours of all possible time zones"
        return _no(reason, "the recipient's time zone")
    if opens_at == now:
        return _OUTSIDE
    reason = f"quiet hours until {opens_at.isoformat(' ')[:16]} UTC"
    return Answer(is_met=True, reasons=(reason,), opens_at=opens_at)


def _check_service(case: Case, context: Context) -> Answer:
    if case.requirement.basis is not _NONE:
        # Only an added rule can ask for this: no transactional rule of the shipped table does.
        return _no(f"a rule asks for {case.requirement.basis} even for service messages")
    if case.kind.is_insert:
        return _SAME_FOR_ALL
    if ContentKind.CONFIRMATION in case.kind.content:
        return _CONFIRMATION
    if ContentKind.REDEMPTION in case.kind.content:
        return _REDEMPTION if _is_redemption(context) else _NOT_REDEEMED
    order = context.order
    if order is None:
        return _no("there is no order this could be about", "an order")
    return _yes("strictly about the order", _tidy(f"order {order.number}"))


def _is_redemption(context: Context) -> bool:
    """Whether somebody gave points for something just now: a present is none."""
    news = context.news
    return context.event_type == "reward_issued" and news is not None and news.points > 0


def _check_consent(case: Case, standing: Standing, now: datetime) -> Answer:
    """Ask for every purpose by itself; one no is a no."""
    answers = [_check_purpose(purpose, case, standing, now) for purpose in case.kind.asked.wanted]
    if len(answers) == 1:
        return answers[0]
    refused = [answer for answer in answers if not answer.is_met]
    told = refused or answers
    return Answer(
        is_met=not refused,
        reasons=_join(answer.reasons for answer in told),
        missing=_join(answer.missing for answer in told),
        evidence=_join(answer.evidence for answer in told),
    )


def _check_purpose(purpose: Purpose, case: Case, standing: Standing, now: datetime) -> Answer:
    requirement = case.requirement
    about = _PURPOSES.get(purpose, "marketing")
    doubts: list[str] = []
    for consent in opt_ins(standing.answers, case.kind.asked, purpose):
        doubt = _doubt(consent, requirement, now)
        if not doubt:
            return _yes(f"the person opted in to {about}", _proof(consent))
        doubts.append(doubt)
    if requirement.basis is _SOFT_OPT_IN and purpose in _SOFT:
        return _check_sale(case, standing, now, about=about, doubt=next(iter(doubts), ""))
    reason = next(iter(doubts), f"there is no recorded opt-in to {about}")
    return _no(reason, _wish(about, case))


def _check_sale(case: Case, standing: Standing, now: datetime, *, about: str, doubt: str) -> Answer:
    """Whether the customer relationship that stands for an opt-in is there, and recent enough."""
    sale, months = standing.sale, case.requirement.soft_opt_in_months
    if sale is not None and is_fresh(sale.paid_at, months=months, now=now):
        return _sold(f"order {sale.number} paid {_day(sale.paid_at)}")
    for consent in implied(standing.answers, case.kind.channel):
        if _is_ground(consent, case.requirement, now):
            what = "purchase" if consent.act is ConsentAct.IMPLIED_BY_PURCHASE else "inquiry"
            return _sold(f"{what} of the person, {_record(consent)}")
    wish = _wish(about, case)
    if sale is not None:
        return _no(f"the sale is older than {months} months", f"{wish}, or a newer paid order")
    return _no(doubt or "there is neither an opt-in nor a sale", f"{wish}, or a paid order")


def _sold(evidence: str) -> Answer:
    return _yes(
        "a customer in the context of a sale, and nobody objected (soft opt-in)",
        _tidy(evidence),
        "keep: the notice at checkout that the person may object at any time",
    )


def _is_ground(consent: Consent, requirement: Requirement, now: datetime) -> bool:
    """Whether what doing business implied still holds; without a date it never did."""
    if consent.recorded_at is None or is_expired(consent, now=now):
        return False
    if consent.act is ConsentAct.IMPLIED_BY_PURCHASE:
        return is_fresh(consent.recorded_at, months=requirement.soft_opt_in_months, now=now)
    months = requirement.inquiry_months
    return months is not None and is_fresh(consent.recorded_at, months=months, now=now)


def _doubt(consent: Consent, requirement: Requirement, now: datetime) -> str:
    """Say why a recorded yes does not count, or nothing."""
    recorded_at = consent.recorded_at
    if recorded_at is not None and recorded_at.tzinfo is None:
        return "the opt-in has a time without a time zone"
    if is_expired(consent, now=now):
        return f"the opt-in ended {_day(consent.expires_at)}"
    if not is_proved(consent, proof=requirement.proof, now=now):
        return "the opt-in was not confirmed (double opt-in)"
    months = requirement.opt_in_months
    if not is_fresh(recorded_at, months=months, now=now):
        return f"the opt-in has no date or is older than {months} months"
    return ""


def _objected(objection: Objection, case: Case) -> Answer:
    consent = objection.consent
    what = _PURPOSES.get(consent.purpose, consent.purpose.value)
    how = "a browser's signal" if consent.act is ConsentAct.SIGNAL else "the person"
    reason = f"{how} objected to {what} ({consent.channel}, {_record(consent)})"
    if objection.is_conflict:
        reason = f"{reason}; the same moment brought a yes too, and the no counts"
    return _no(_tidy(reason), _wish(what, case, "a newer"))


def _wish(about: str, case: Case, article: str = "a recorded") -> str:
    return f"{article} opt-in for {about} over {case.kind.channel}".replace("_", " ")


def _has_guardian(case: Case, standing: Standing, now: datetime) -> bool:
    return all(
        any(
            is_by_guardian(consent.source, consent.evidence_ref)
            and not _doubt(consent, case.requirement, now)
            for consent in opt_ins(standing.answers, case.kind.asked, purpose)
        )
        for purpose in case.kind.asked.wanted
    )


def _proof(consent: Consent) -> str:
    text = f"opt-in for {consent.channel}, {_record(consent)}, level {consent.opt_in_level}"
    if consent.confirmed_at:
        text += f", confirmed {_day(consent.confirmed_at)}"
    if consent.wording:
        words = consent.wording
        text += f", wording {words.version} {words.locale} {words.text_sha256[:12]}"
    if consent.evidence_ref:
        text += f", proof {consent.evidence_ref}"
    return _tidy(text)


def _yes(reason: str, *evidence: str) -> Answer:
    return Answer(is_met=True, reasons=(reason,), evidence=evidence)


def _no(reason: str, *missing: str) -> Answer:
    return Answer(is_met=False, reasons=(reason,), missing=missing)


def _join(parts: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for part in parts for text in part))


def _record(consent: Consent) -> str:
    origin = f" by {consent.source}" if consent.source else ""
    return f"recorded {_day(consent.recorded_at)}{origin}"[:350]


def _day(at: datetime | None) -> str:
    return at.date().isoformat() if at else "without a date"


def _tidy(text: str) -> str:
    """Return a line as records keep it, whatever a source of somebody else's was called."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text[:500].strip()
    return " ".join(clean_text(text).split())[:500].rstrip()
