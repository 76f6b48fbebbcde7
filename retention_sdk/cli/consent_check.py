"""``retention consent check``: what the rules say of a situation that somebody describes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

import typer
from rich.text import Text

from ..consent import decide, explain
from ..model import (
    Address,
    Brand,
    Candidate,
    Consent,
    ConsentChannel,
    ConsentState,
    ContentKind,
    Context,
    Customer,
    Decision,
    LocaleChoice,
    Money,
    OptInLevel,
    Order,
    OrderLine,
    Sender,
    Shop,
)
from ..model import Purpose as ConsentPurpose
from ..model.candidate import Surface
from .choices import refuse
from .consent_words import Channel, Region, read_place, rules_and_seat
from .output import DEFAULT_CONFIG, ConfigFile, Json, console, emit

Purpose = Literal["order", "offers", "reviews", "surveys", "loyalty", "referral", "third_party"]

_CONTENT = {
    "order": ContentKind.ORDER_SUMMARY,
    "offers": ContentKind.COUPON,
    "reviews": ContentKind.REVIEW_REQUEST,
    "surveys": ContentKind.SURVEY,
    "loyalty": ContentKind.POINTS_BALANCE,
    "referral": ContentKind.REFERRAL,
    "third_party": ContentKind.THIRD_PARTY,
}
_SURFACES: dict[str, Surface] = {
    "email": "email",
    "push": "push",
    "post": "card",
    "parcel_insert": "card",
}
_REFUSED = 7


def command(
    country: Annotated[str, typer.Option(help="Where the recipient lives, ISO 3166.")],
    channel: Annotated[Channel, typer.Option(help="What would carry it.")],
    purpose: Annotated[Purpose, typer.Option(help="What it is about.")],
    region: Region = "",
    seller: Annotated[
        str, typer.Option(help="Where the shop is; without, as in the settings.")
    ] = "",
    at: Annotated[str, typer.Option(help="When, 2026-01-31T10:00+01:00; now without.")] = "",
    opt_in: Annotated[
        Literal["single", "confirmed"] | None,
        typer.Option(help="There is a yes over this channel; confirmed: a double opt-in."),
    ] = None,
    opt_in_to: Annotated[
        list[ConsentPurpose] | None, typer.Option(help="What for; without, marketing.")
    ] = None,
    opt_in_at: Annotated[str, typer.Option(help="When it was given; a day ago without.")] = "",
    objected: Annotated[bool, typer.Option("--objected", help="There is a no.")] = False,
    sale_at: Annotated[str, typer.Option(help="When the order was paid; an hour ago.")] = "",
    no_sale: Annotated[bool, typer.Option("--no-sale", help="There is no order.")] = False,
    birth_year: Annotated[int | None, typer.Option(help="Of the recipient, where known.")] = None,
    same_for_all: Annotated[
        bool, typer.Option("--same-for-all", help="An insert that is not chosen by person.")
    ] = False,
    config: ConfigFile = DEFAULT_CONFIG,
    json: Json = False,
) -> int:
    """Decide about a situation, and explain it by rule and citation; exit 7 on a no.

    Nothing is stored or sent, and no plugin is asked for a veto.
    """
    land, state = read_place(country, region)
    rules, home = rules_and_seat(config)
    seat, _ = read_place(seller or home or country, "")
    now = _moment(at, datetime.now(UTC), option="--at")
    answers = _answers(
        ConsentChannel(channel),
        level=OptInLevel(opt_in) if opt_in else None,
        purposes=opt_in_to or [ConsentPurpose.MARKETING],
        given_at=_moment(opt_in_at, now - timedelta(days=1), option="--opt-in-at"),
        objected_at=now if objected else None,
    )
    paid_at = _moment(sale_at, now - timedelta(hours=1), option="--sale-at")
    customer = Customer(
        id="1",
        address=Address(country=land, region=state),
        consents=answers,
        birth_year=birth_year,
    )
    context = _context(customer, seat, now, None if no_sale else paid_at)
    candidate = _candidate(channel, purpose, is_personalised=not same_for_all)
    decision = decide(candidate, context, rules=rules)
    told = explain(decision)
    answer = {**decision.model_dump(mode="json"), "explanation": told}
    emit(answer, as_json=json, human=lambda: _show(decision, told))
    return 0 if decision.allowed else _REFUSED


def _candidate(channel: Channel, purpose: Purpose, *, is_personalised: bool) -> Candidate:
    return Candidate(
        id=f"{purpose}-by-{channel}",
        surface=_SURFACES.get(channel, "sms"),
        channel=ConsentChannel(channel),
        template="described",
        content=frozenset({_CONTENT[purpose]}),
        is_personalised=is_personalised,
    )


def _answers(
    channel: ConsentChannel,
    *,
    level: OptInLevel | None,
    purposes: Sequence[ConsentPurpose],
    given_at: datetime,
    objected_at: datetime | None,
) -> tuple[Consent, ...]:
    yes, no = ConsentState.GRANTED, ConsentState.DENIED
    found = [
        Consent(
            channel=channel, state=yes, recorded_at=given_at, opt_in_level=level, purpose=purpose
        )
        for purpose in purposes
        if level
    ]
    if objected_at:
        found.append(Consent(channel=channel, state=no, recorded_at=objected_at))
    return tuple(found)


def _context(customer: Customer, seat: str, now: datetime, paid_at: datetime | None) -> Context:
    return Context(
        event_id="described",
        event_type="described",
        subject_id=None,
        now=now,
        shop=Shop(id="described", name="Shop", country=seat, currency="EUR"),
        brand=Brand(name="Shop", sender=Sender(name="Shop")),
        locale=LocaleChoice(tag="en", reason="described"),
        order=_order(customer, paid_at) if paid_at else None,
        customer=customer,
    )


def _order(customer: Customer, paid_at: datetime) -> Order:
    price = Money(minor=1000, currency="EUR")
    return Order(
        id="1",
        number="1",
        placed_at=paid_at,
        paid_at=paid_at,
        currency="EUR",
        total=price,
        lines=(OrderLine(id="1", title="Article", quantity=1, unit_price=price, total=price),),
        customer=customer,
        shipping_address=customer.address,
    )


def _moment(text: str, otherwise: datetime, *, option: str) -> datetime:
    """Read a moment; without an offset it is UTC, as a day is its midnight."""
    if not text:
        return otherwise
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        refuse(option, "is no moment; write it as 2026-01-31T10:00+01:00")
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def _show(decision: Decision, told: str) -> None:
    out = console()
    colour = "green" if decision.allowed else "red"
    out.print("yes" if decision.allowed else "no", style=f"bold {colour}")
    out.print(Text(told))
