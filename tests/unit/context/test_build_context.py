from datetime import UTC, datetime

from retention_sdk.context import build_context
from retention_sdk.model import (
    Consent,
    ConsentChannel,
    ConsentState,
    History,
    LocaleChoice,
    LoyaltyState,
    UnknownEvent,
)
from retention_sdk.testing.builders import a_brand, a_customer, a_paid_event, a_shop, an_order

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
GERMAN = LocaleChoice(tag="de", reason="the order says so", formality="formal")


def answer(state, month):
    return Consent(
        channel=ConsentChannel.EMAIL, state=state, recorded_at=datetime(2026, month, 1, tzinfo=UTC)
    )


def build(event, **changes):
    return build_context(event, shop=a_shop(), brand=a_brand(), locale=GERMAN, now=NOW, **changes)


def test_a_snapshot_is_equal_for_equal_arguments():
    event = a_paid_event()

    assert build(event) == build(event)
    assert build(event).model_dump_json() == build(event).model_dump_json()


def test_a_newer_answer_in_the_store_outweighs_an_older_one_of_the_platform():
    customer = a_customer(consents=(answer(ConsentState.GRANTED, 1),))
    event = a_paid_event(an_order(customer=customer))

    context = build(event, consents=(answer(ConsentState.DENIED, 6),))

    assert ConsentState.DENIED is context.customer.consent_for(ConsentChannel.EMAIL)


def test_history_and_points_are_taken_as_they_are():
    context = build(
        a_paid_event(), history=History(orders_count=3), loyalty=LoyaltyState(balance=12, earned=5)
    )

    assert (3, 12, 5) == (
        context.history.orders_count,
        context.loyalty.balance,
        context.loyalty.earned,
    )


def test_an_event_about_nobody_has_no_customer():
    event = UnknownEvent(id="e", shop_id="s", occurred_at=NOW, topic="moon/landed")

    context = build(event)

    assert context.customer is None
    assert context.order is None
    assert "unknown" == context.event_type
