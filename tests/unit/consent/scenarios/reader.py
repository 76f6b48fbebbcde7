"""Reads the tables of scenarios and builds what ``decide`` is asked."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from retention_sdk.model import (
    Address,
    Brand,
    Candidate,
    Consent,
    ConsentAct,
    ConsentChannel,
    ConsentState,
    ContentKind,
    Context,
    Customer,
    LocaleChoice,
    Money,
    OptInLevel,
    Order,
    OrderLine,
    Purpose,
    Sender,
    Shop,
)

FOLDER = Path(__file__).parent
FILES = (
    "eu",
    "europe",
    "americas",
    "asia_pacific",
    "middle_east_africa",
    "everywhere",
    "signed_off",
)
# A Wednesday, noon in Greenwich.
NOW = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
SAID_YES = datetime(2026, 6, 1, tzinfo=UTC)
SAID_NO = datetime(2026, 10, 1, tzinfo=UTC)

_SURFACES = {"email": "email", "push": "push", "post": "card", "parcel_insert": "card"}
_INSERTS = ("same for all", "third-party personalised", "third-party", "personalised")
_CONTENT = {
    "order": (ContentKind.THANKS, ContentKind.ORDER_SUMMARY),
    "returns": (ContentKind.RETURNS,),
    "apology": (ContentKind.APOLOGY,),
    "gift-message": (ContentKind.GIFT_MESSAGE,),
    "confirmation": (ContentKind.CONFIRMATION,),
    "offer": (ContentKind.COUPON,),
    "review": (ContentKind.REVIEW_REQUEST,),
    "survey": (ContentKind.SURVEY,),
    "loyalty": (ContentKind.POINTS_BALANCE,),
    "referral": (ContentKind.REFERRAL,),
    "cross-sell": (ContentKind.CROSS_SELL,),
    "greeting": (ContentKind.GREETING,),
    "third-party": (ContentKind.THIRD_PARTY,),
}
_STATES = {
    "yes": ConsentState.GRANTED,
    "no": ConsentState.DENIED,
    "unknown": ConsentState.UNKNOWN,
}
_DAY = r"\d{4}-\d\d-\d\d"
_ANSWER = re.compile(
    rf"(?P<state>yes|no|unknown)(?: (?P<level>single|confirmed|unknown))?(?: (?P<on>{_DAY}))?"
    rf"(?: to (?P<purpose>\w+))?(?: by (?P<channel>\w+))?"
    rf"(?: (?P<act>signal|implied_by_\w+))?(?: until (?P<until>{_DAY}))?"
)
_SALE = re.compile(rf"(?P<kind>bought|unpaid|refunded|gift)(?: (?P<on>{_DAY}))?")


class Case(NamedTuple):
    """One row of a table, as it stands there."""

    id: str
    mark: str
    where: str
    what: str
    person: str
    when: str
    answer: str
    basis: str
    rules: str
    says: str
    why: str

    @property
    def rule_ids(self) -> frozenset[str]:
        return frozenset(self.rules.split())

    @property
    def now(self) -> datetime:
        return read_moment(self.when) if self.when else NOW

    @property
    def earliest(self) -> datetime | None:
        """The first moment to send; None unless the answer is to wait."""
        word, _, moment = self.answer.partition(" ")
        return read_moment(moment) if word == "from" else None

    @property
    def is_signed_off(self) -> bool:
        """Whether the shop's lawyer signed every rule of low confidence."""
        return self.where.endswith(" + signed off")

    @property
    def is_allowed(self) -> bool:
        return self.answer != "denied"

    @property
    def clauses(self) -> tuple[str, ...]:
        return tuple(clause.strip() for clause in self.person.split(";"))


def read_cases() -> tuple[Case, ...]:
    return tuple(case for name in FILES for case in _read(FOLDER / f"{name}.csv"))


def read_moment(text: str) -> datetime:
    """Read ``2026-11-18 20:59 America/New_York``."""
    clock, _, zone = text.rpartition(" ")
    return datetime.fromisoformat(clock).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def build_candidate(case: Case) -> Candidate:
    channel, kind, content = _split(case.what)
    kinds = {each for word in content.split("+") for each in _CONTENT[word]}
    return Candidate.model_validate(
        {
            "id": case.id,
            "surface": _SURFACES.get(channel.value, "sms"),
            "channel": channel,
            "template": "scenario",
            "content": frozenset(kinds),
            "is_personalised": "personalised" in kind,
        }
    )


def build_context(case: Case, *, also: str = "") -> Context:
    """Return the snapshot of a case; ``also`` is one more place where the person may live."""
    channel = build_candidate(case).channel
    home, *others = case.where.removesuffix(" + signed off").split(" + ")
    extras = dict(other.split(" ", 1) for other in others)
    address = _address(home)
    customer = Customer(
        id="77",
        email="buyer@example.org",
        phone=extras.get("phone", ""),
        address=_address(also) if also else address,
        consents=tuple(_answers(case, channel)),
        **_birth(case),
    )
    billing = _address(extras["billing"]) if "billing" in extras else None
    return Context(
        event_id="woo:shop:order:1001:paid",
        event_type="order_paid",
        subject_id="s-1",
        now=case.now,
        shop=Shop(
            id="shop",
            name="Tea House",
            country=extras.get("seller") or address.country or "",
            currency="EUR",
        ),
        brand=Brand(name="Tea House", sender=Sender(name="Ada")),
        locale=LocaleChoice(tag="en", reason="test"),
        order=_order(case, customer, home=address, billing=billing),
        customer=customer,
    )


def _read(file: Path) -> Iterator[Case]:
    with file.open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    assert list(Case._fields) == header, file.name
    return (Case(*row) for row in rows)


def _split(what: str) -> tuple[ConsentChannel, str, str]:
    """Return channel, kind of insert and content: ``insert personalised order``."""
    word, _, rest = what.partition(" ")
    if word != "insert":
        is_personalised = rest.startswith("personalised ")
        kind = "personalised" if is_personalised else ""
        return ConsentChannel(word), kind, rest.removeprefix("personalised ")
    kind = next(kind for kind in _INSERTS if rest.startswith(kind))
    default = "third-party" if "third-party" in kind else "offer"
    return ConsentChannel.PARCEL_INSERT, kind, rest.removeprefix(kind).strip() or default


def _address(code: str) -> Address:
    country, _, region = code.partition("-")
    return Address() if code == "nowhere" else Address(country=country, region=region)


def _answers(case: Case, channel: ConsentChannel) -> Iterator[Consent]:
    for clause in case.clauses:
        found = _ANSWER.fullmatch(clause)
        if found is None:
            continue
        said = found.groupdict()
        is_no = said["state"] == "no"
        yield Consent(
            channel=ConsentChannel(said["channel"] or channel),
            state=_STATES[said["state"]],
            recorded_at=_day(said["on"]) or (SAID_NO if is_no else SAID_YES),
            opt_in_level=OptInLevel(said["level"] or "single"),
            purpose=Purpose(said["purpose"] or "marketing"),
            act=ConsentAct(said["act"] or "express"),
            expires_at=_day(said["until"]),
        )


def _birth(case: Case) -> dict[str, object]:
    for clause in case.clauses:
        if clause.startswith("born "):
            born = date.fromisoformat(clause.removeprefix("born "))
            return {"birth_year": born.year, "birthday": f"{born:%m-%d}"}
    return {}


def _order(
    case: Case, customer: Customer, *, home: Address, billing: Address | None
) -> Order | None:
    """Return the order; an address that is not the account's stands in an unpaid one."""
    sale = next(filter(None, map(_SALE.fullmatch, case.clauses)), None)
    if sale is None and billing is None and customer.address == home:
        return None
    kind, on = sale.groups() if sale else ("unpaid", None)
    paid_at = _day(on) or case.now - timedelta(hours=1)
    price = Money(minor=2500, currency="EUR")
    return Order(
        id="1001",
        number="1001",
        placed_at=paid_at - timedelta(hours=1),
        paid_at=None if kind == "unpaid" else paid_at,
        currency="EUR",
        total=price,
        refunded=price if kind == "refunded" else None,
        lines=(OrderLine(id="1", title="Tea", quantity=1, unit_price=price, total=price),),
        customer=customer,
        shipping_address=home,
        billing_address=billing,
        is_gift=kind == "gift",
    )


def _day(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None
