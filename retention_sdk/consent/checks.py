"""The questions a decision asks, one by one. Each answer brings its reasons along."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from ..model import Candidate, ConsentChannel, ContentKind, Context, MessageClass, Order
from .places import Place, zones_of
from .quiet import first_open
from .requirement import Requirement
from .rules import Basis
from .standing import Standing, is_fresh, is_proved


class Answer(NamedTuple):
    """What one check found. ``missing`` would turn a no into a yes."""

    is_met: bool
    reasons: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    opens_at: datetime | None = None


def check_honesty(candidate: Candidate) -> Answer:
    """The decision is about the declared content, so no block may bring other content."""
    undeclared = {block.content.value for block in candidate.blocks} - {*candidate.content}
    if undeclared:
        kinds = ", ".join(sorted(undeclared))
        return _no(f"a block brings content that was not declared: {kinds}")
    return _yes()


def check_basis(
    candidate: Candidate, context: Context, requirement: Requirement, standing: Standing
) -> Answer:
    """Whether the basis that the rules ask for is there."""
    if candidate.message_class is MessageClass.TRANSACTIONAL:
        return _check_service(candidate, context, requirement)
    if standing.no is not None:
        what = _record(standing.no.source, standing.no.recorded_at)
        reason = f"the person objected to marketing ({standing.no.channel}, {what})"
        return _no(reason, f"a newer opt-in for {_about(candidate)}")
    is_insert = candidate.channel is ConsentChannel.PARCEL_INSERT
    if is_insert and context.order is not None and context.order.is_gift:
        return _no("a gift goes to somebody who is not the buyer: no advertising")
    return _check_marketing(candidate, requirement, standing, context.now)


def check_vetoes(vetoes: Sequence[str]) -> Answer:
    """Any veto is a no."""
    return Answer(is_met=not vetoes, reasons=tuple(f"veto: {veto}" for veto in vetoes))


def check_hours(
    candidate: Candidate, context: Context, requirement: Requirement, people: Sequence[Place]
) -> Answer:
    """When the recipient may be disturbed: ``opens_at`` is None for now."""
    if candidate.message_class is MessageClass.TRANSACTIONAL or not requirement.quiet:
        return _yes()
    zones = zones_of(people)
    if not zones:
        reason = "there are quiet hours, and the recipient's clock is not known"
        return _no(reason, "the recipient's country")
    opens_at = first_open(context.now, quiet=requirement.quiet, zones=zones)
    if opens_at is None:
        reason = "no hour of the week is outside the quiet hours of all possible time zones"
        return _no(reason, "the recipient's time zone")
    if opens_at == context.now:
        return _yes("outside the quiet hours")
    return _yes(f"quiet hours until {opens_at:%Y-%m-%d %H:%M} UTC")._replace(opens_at=opens_at)


def _check_service(candidate: Candidate, context: Context, requirement: Requirement) -> Answer:
    order = context.order
    if requirement.basis is not Basis.NONE:
        # Only an added rule can ask for this: no transactional rule of the shipped table does.
        return _no(f"a rule asks for {requirement.basis} even for service messages")
    if candidate.channel is ConsentChannel.PARCEL_INSERT:
        return _yes("nothing but service content, the same for everybody")
    if candidate.content == {ContentKind.CONFIRMATION}:
        return _yes("it asks whether somebody subscribed, and says nothing else")
    if order is None:
        return _no("there is no order this could be about", "an order")
    return _yes("strictly about the order", f"order {order.number}")


def _check_marketing(
    candidate: Candidate, requirement: Requirement, standing: Standing, now: datetime
) -> Answer:
    basis = requirement.basis
    if basis is Basis.NONE:
        return _yes("no consent is needed, and nobody objected")
    if basis is Basis.OPT_OUT:
        return _yes("allowed until somebody objects, and nobody did")
    doubt = _doubt(requirement, standing, now)
    if standing.yes is not None and not doubt:
        return _yes("the person opted in", _proof(standing))
    wish = f"a recorded opt-in for {_about(candidate)}"
    if basis is Basis.OPT_IN:
        return _no(doubt or "there is no recorded opt-in", wish)
    if standing.sale is None:
        return _no(doubt or "there is neither an opt-in nor a sale", wish, "a paid order")
    return _check_sale(standing.sale, requirement.soft_opt_in_months, now, wish)


def _check_sale(sale: Order, months: int | None, now: datetime, wish: str) -> Answer:
    if not is_fresh(sale.paid_at, months=months, now=now):
        return _no(f"the sale is older than {months} months", wish, "a newer paid order")
    return _yes(
        "a customer in the context of a sale, and nobody objected (soft opt-in)",
        f"order {sale.number} paid {_day(sale.paid_at)}",
        "the notice at checkout that the person may object at any time",
    )


def _doubt(requirement: Requirement, standing: Standing, now: datetime) -> str:
    """Say why a recorded yes does not count, or nothing."""
    if standing.yes is None:
        return ""
    if not is_proved(standing.yes, proof=requirement.proof):
        return "the opt-in was not confirmed (double opt-in)"
    months = requirement.opt_in_months
    if not is_fresh(standing.yes.recorded_at, months=months, now=now):
        return f"the opt-in has no date or is older than {months} months"
    return ""


def _proof(standing: Standing) -> str:
    consent = standing.yes
    assert consent is not None
    parts = [f"opt-in for {consent.channel}, {_record(consent.source, consent.recorded_at)}"]
    parts += [f"level {consent.opt_in_level}"]
    parts += [f"proof {consent.evidence_ref}"] if consent.evidence_ref else []
    return ", ".join(parts)[:500]


def _yes(reason: str = "", *evidence: str) -> Answer:
    return Answer(is_met=True, reasons=(reason,) if reason else (), evidence=evidence)


def _no(reason: str, *missing: str) -> Answer:
    return Answer(is_met=False, reasons=(reason,), missing=missing)


def _about(candidate: Candidate) -> str:
    return f"marketing over {candidate.channel}".replace("_", " ")


def _record(source: str, at: datetime | None) -> str:
    origin = f" by {source}" if source else ""
    return f"recorded {_day(at)}{origin}"[:400]


def _day(at: datetime | None) -> str:
    return at.strftime("%Y-%m-%d") if at else "without a date"
