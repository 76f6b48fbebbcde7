"""A shop, a buyer and a paid order in any country, for decisions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from retention_sdk.consent import RuleSet, load_rules
from retention_sdk.model import (
    Address,
    Brand,
    Candidate,
    Consent,
    ConsentChannel,
    ContentKind,
    Context,
    Customer,
    LocaleChoice,
    Money,
    Order,
    OrderLine,
    Sender,
    Shop,
)

# A Wednesday, noon in western Europe.
NOW = datetime(2026, 11, 18, 11, 0, tzinfo=UTC)

CONTENT = {
    "transactional": frozenset({ContentKind.THANKS, ContentKind.ORDER_SUMMARY}),
    "marketing": frozenset({ContentKind.THANKS, ContentKind.REVIEW_REQUEST}),
}


@pytest.fixture(scope="session")
def rules() -> RuleSet:
    return load_rules()


@pytest.fixture(scope="session")
def make_candidate() -> Callable[..., Candidate]:
    def make(kind: str, **changes: object) -> Candidate:
        values: dict[str, object] = {
            "id": kind,
            "surface": "email",
            "channel": ConsentChannel.EMAIL,
            "template": kind,
            "content": CONTENT.get(kind, frozenset({ContentKind.THANKS})),
        }
        if kind.startswith("insert"):
            values |= {"surface": "card", "channel": ConsentChannel.PARCEL_INSERT}
        if kind == "insert_plain":
            values |= {"is_personalised": False}
        if kind == "insert_advert":
            values |= {"is_personalised": False, "content": frozenset({ContentKind.COUPON})}
        if kind == "insert_third_party":
            content = frozenset({ContentKind.THIRD_PARTY})
            values |= {"is_personalised": False, "content": content}
        return Candidate.model_validate({**values, **changes})

    return make


@pytest.fixture(scope="session")
def make_context() -> Callable[..., Context]:
    def make(
        country: str | None = "DE",
        *,
        region: str = "",
        billing: str | None = None,
        seat: str | None = None,
        consents: tuple[Consent, ...] = (),
        now: datetime = NOW,
        is_paid: bool = True,
        paid_at: datetime | None = None,
        is_gift: bool = False,
        has_order: bool = True,
        phone: str = "",
        birth_year: int | None = None,
        birthday: str = "",
    ) -> Context:
        customer = Customer(
            id="77",
            email="buyer@example.org",
            phone=phone,
            birth_year=birth_year,
            birthday=birthday,
            consents=consents,
        )
        price = Money(minor=2500, currency="EUR")
        order = Order(
            id="1001",
            number="1001",
            placed_at=now - timedelta(hours=2),
            paid_at=(paid_at or now - timedelta(hours=1)) if is_paid else None,
            currency="EUR",
            total=price,
            lines=(OrderLine(id="1", title="Tea", quantity=1, unit_price=price, total=price),),
            customer=customer,
            shipping_address=Address(country=country, region=region),
            billing_address=Address(country=billing) if billing else None,
            is_gift=is_gift,
        )
        return Context(
            event_id="woo:shop:order:1001:paid",
            event_type="order_paid",
            subject_id="s-1",
            now=now,
            shop=Shop(id="shop", name="Tea House", country=seat or country or "DE", currency="EUR"),
            brand=Brand(name="Tea House", sender=Sender(name="Ada")),
            locale=LocaleChoice(tag="en", reason="test"),
            order=order if has_order else None,
            customer=customer,
        )

    return make
