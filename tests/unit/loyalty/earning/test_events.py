"""Events that platforms tell of: a new account and a granted consent give their points once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from retention_sdk.loyalty import Program
from retention_sdk.model import ConsentChanged, ConsentChannel, ConsentState, CustomerCreated
from retention_sdk.testing import NOON, a_consent, a_customer

SHOP = "soap.example"
ADA = a_customer(id="1", email="ada@mail.example")
RULES = (
    {"kind": "signup", "id": "hello", "points": 20},
    {"kind": "newsletter", "id": "letter", "points": 10},
)


@pytest.fixture
def shop(make_shop):
    made = make_shop()
    rates = {"EUR": {"points": 1, "per_minor": 100}}
    program = Program.model_validate({"rates": rates, "rules": RULES})
    made.config = made.config.model_copy(update={"loyalty": program})
    return made


def balance(shop) -> int:
    with shop.store.reading() as connection:
        subject = shop.store.subjects.find(connection, SHOP, "id:1")
        return shop.ledger.balance(connection, subject, now=NOON + timedelta(days=2)).balance


def created(number=1):
    return CustomerCreated(id=f"new:{number}", shop_id=SHOP, occurred_at=NOON, customer=ADA)


def changed(state, number, *, channel=ConsentChannel.EMAIL):
    at = NOON + timedelta(minutes=number)
    consent = a_consent(state, channel=channel, recorded_at=at)
    return ConsentChanged(
        id=f"change:{number}", shop_id=SHOP, occurred_at=at, customer=ADA, consent=consent
    )


def test_a_new_account_gives_its_points_once(shop):
    shop.ingest([created(), created(2)])

    assert 20 == balance(shop)


def test_a_newsletter_gives_its_points_once_and_only_with_a_yes(shop):
    shop.ingest([changed(ConsentState.DENIED, 1)])
    assert 0 == balance(shop)

    shop.ingest([changed(ConsentState.GRANTED, 2)])
    assert 10 == balance(shop)

    shop.ingest([changed(ConsentState.DENIED, 3), changed(ConsentState.GRANTED, 4)])
    assert 10 == balance(shop)


def test_a_yes_to_text_messages_is_no_newsletter(shop):
    shop.ingest([changed(ConsentState.GRANTED, 1, channel=ConsentChannel.SMS)])

    assert 0 == balance(shop)
