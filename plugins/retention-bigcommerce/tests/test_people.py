"""Subscribers, in and out; erasure; notes."""

from datetime import UTC, datetime

import pytest

from retention_sdk.errors import PayloadError, PlatformError, UnsupportedFeature
from retention_sdk.model import ConsentChannel, ConsentState, Purpose
from retention_sdk.testing import a_consent

YES, NO = ConsentState.GRANTED, ConsentState.DENIED
CREATED = datetime(2026, 11, 2, 8, tzinfo=UTC)
MODIFIED = datetime(2026, 11, 3, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("consents", "answer"),
    [
        (["marketing_newsletter"], (YES, CREATED)),
        (["abandoned_cart", "marketing_newsletter"], (YES, CREATED)),
        ([], (NO, MODIFIED)),
        (["abandoned_cart"], None),
        (["something_new"], None),
    ],
)
def test_subscription_is_an_answer_as_old_as_is_safe(shop, consents, answer):
    """A yes by the record's creation, a no by its last change."""
    shop.store.subscribe("Ada@example.com", *consents)
    found = shop.adapter().fetch_consents("20")

    assert ([answer] if answer else []) == [(each.state, each.recorded_at) for each in found]


@pytest.mark.parametrize("consents", [None, "marketing_newsletter", {"marketing_newsletter": 1}])
def test_consents_that_are_no_list_are_not_believed(shop, consents):
    shop.store.subscribe(consents=consents)

    with pytest.raises(PayloadError):
        shop.adapter().fetch_consents("20")


def test_who_never_subscribed_said_nothing(shop):
    shop.store.subscribe("another@example.com", "marketing_newsletter")

    assert () == shop.adapter().fetch_consents("20")
    assert () == shop.adapter().fetch_consents("4711")


def lists(shop):
    return [each["consents"] for each in shop.store.subscribers.values()]


def test_yes_of_somebody_new_makes_a_subscriber(shop):
    shop.adapter().write_consent("20", a_consent(YES))
    (made,) = shop.store.subscribers.values()

    assert ("ada@example.com", "Ada", "custom") == (
        made["email"],
        made["first_name"],
        made["source"],
    )
    assert [["marketing_newsletter"]] == lists(shop)


def test_yes_keeps_what_else_was_agreed_and_a_no_takes_all(shop):
    shop.store.subscribe("ada@example.com", "abandoned_cart")
    adapter = shop.adapter()
    adapter.write_consent("20", a_consent(YES))
    after_yes = lists(shop)
    adapter.write_consent("20", a_consent(NO))

    assert [["abandoned_cart", "marketing_newsletter"]] == after_yes
    assert [[]] == lists(shop)
    (consent,) = adapter.fetch_consents("20")
    assert NO is consent.state


def test_no_of_somebody_who_never_subscribed_makes_no_subscriber(shop):
    shop.adapter().write_consent("20", a_consent(NO))

    assert [] == lists(shop)


def test_no_to_everything_is_one_to_mail(shop):
    shop.store.subscribe("ada@example.com", "marketing_newsletter")
    shop.adapter().write_consent("20", a_consent(NO, channel=ConsentChannel.ANY))

    assert [[]] == lists(shop)


@pytest.mark.parametrize(
    "consent",
    [
        a_consent(YES, channel=ConsentChannel.SMS),
        a_consent(YES, channel=ConsentChannel.ANY),
        a_consent(ConsentState.UNKNOWN, recorded_at=None),
        a_consent(NO, purpose=Purpose.PROFILING),
    ],
)
def test_answer_that_has_no_place_here_is_refused(shop, consent):
    with pytest.raises(UnsupportedFeature):
        shop.adapter().write_consent("20", consent)
    assert [] == lists(shop)


def test_subscription_that_stays_in_spite_of_a_no_is_told(shop):
    shop.store.subscribe("ada@example.com", "marketing_newsletter")
    shop.store.put_v3_customers_subscribers_n = lambda number, **_: (
        200,
        {"data": shop.store.subscribers[number]},
    )

    with pytest.raises(PlatformError, match="not what was written"):
        shop.adapter().write_consent("20", a_consent(NO))


def test_nobody_is_written_to_who_is_not_there(shop):
    with pytest.raises(PlatformError, match="no such customer"):
        shop.adapter().write_consent("4711", a_consent(YES))


# Erasure ----------------------------------------------------------------------------------


def test_erasing_takes_the_subscription_of_that_address_and_no_other(shop):
    shop.store.subscribe("ada@example.com", "marketing_newsletter")
    other = shop.store.subscribe("bea@example.com", "marketing_newsletter")
    shop.adapter().erase_customer("20")

    assert ([other], []) == (list(shop.store.subscribers), list(shop.store.customers))


def test_nothing_is_ever_deleted_without_a_number(shop):
    """Without a filter BigCommerce deletes every subscriber of the store."""
    shop.store.subscribe("ada@example.com", "marketing_newsletter")
    shop.adapter().erase_customer("20")
    deleted = [r["path"] for r in shop.store.seen if r["method"] == "DELETE"]

    assert 2 == len(deleted)
    assert all(path[-2:].isdigit() or path.endswith("id%3Ain=20") for path in deleted)


# Notes ------------------------------------------------------------------------------------


def test_note_is_added_to_those_that_are_there_once(shop):
    shop.store.orders[118]["staff_notes"] = "Send Saturday"
    adapter = shop.adapter()
    adapter.note_order("118", "Card 17 lies inside.")
    adapter.note_order("118", "Card 17 lies inside.")

    assert "Send Saturday\n\nCard 17 lies inside." == shop.store.orders[118]["staff_notes"]


def test_order_with_fees_is_not_updated_for_a_note(shop):
    """The description says that fees which an update leaves out are deleted."""
    shop.store.orders[118]["fees"] = [{"id": 1, "type": "custom_fee"}]

    with pytest.raises(PlatformError, match="fees"):
        shop.adapter().note_order("118", "hello")
    assert ["GET"] == [request["method"] for request in shop.store.seen]


def test_notes_that_are_full_are_left_alone(shop):
    shop.store.orders[118]["staff_notes"] = "x" * 65_530

    with pytest.raises(PlatformError, match="full"):
        shop.adapter().note_order("118", "Card 17")
