"""Answers, notes, tags, webhooks and erasure over the Admin API."""

import pytest

from retention_sdk.errors import PlatformError, UnsupportedFeature
from retention_sdk.model import ConsentChannel, ConsentState, OptInLevel, Purpose
from retention_sdk.testing import a_consent


def test_customers_carry_what_they_answered(admin):
    answered = {"optInLevel": "CONFIRMED_OPT_IN", "updatedAt": "2026-11-01T10:00:00Z"}
    never = {"optInLevel": None, "updatedAt": None, "collectedFrom": None}
    admin.shop.add_customer(
        1,
        dataSaleOptOut=True,
        defaultPhoneNumber={
            "phoneNumber": "+493410000001",
            "smsMarketingConsent": {"state": "SUBSCRIBED", "collectedFrom": "SHOPIFY", **answered},
            "whatsAppMarketingConsent": {"state": "NEVER_SUBSCRIBED", **never},
        },
    )

    ((customer,),) = (page.items for page in admin.adapter().customer_pages())

    sms, sale = customer.consents
    assert (ConsentChannel.SMS, ConsentState.GRANTED) == (sms.channel, sms.state)
    assert OptInLevel.CONFIRMED is sms.opt_in_level
    assert (Purpose.SALE_OR_SHARING, ConsentState.DENIED) == (sale.purpose, sale.state)


@pytest.mark.parametrize("state", ["PENDING", "NOT_SUBSCRIBED", "INVALID"])
def test_what_is_no_answer_is_none(admin, state):
    admin.shop.add_customer(1)["defaultEmailAddress"] |= {
        "marketingState": state,
        "marketingOptInLevel": "CONFIRMED_OPT_IN",
        "marketingUpdatedAt": "2026-11-01T10:00:00Z",
    }

    assert () == admin.adapter().fetch_consents("1")


def test_answer_is_written_with_its_proof(admin):
    customer = admin.shop.add_customer(1)
    yes = a_consent(opt_in_level=OptInLevel.CONFIRMED)

    admin.adapter().write_consent("1", yes)

    there = customer["defaultEmailAddress"]
    assert ("SUBSCRIBED", "CONFIRMED_OPT_IN") == (
        there["marketingState"],
        there["marketingOptInLevel"],
    )
    assert yes.recorded_at.isoformat() == there["marketingUpdatedAt"]


def test_answer_about_sms_is_written_and_read_back(admin):
    admin.add_orders("orders_paid")
    customer = admin.shop.add_customer(1)
    phone = {"state": "NEVER_SUBSCRIBED", "optInLevel": None, "updatedAt": None}
    phone["collectedFrom"] = None
    customer["defaultPhoneNumber"] = {
        "phoneNumber": "+493410000001",
        "smsMarketingConsent": phone,
        "whatsAppMarketingConsent": phone,
    }
    adapter = admin.adapter()

    adapter.write_consent("1", a_consent(channel=ConsentChannel.SMS))

    (answer,) = adapter.fetch_consents("1")
    assert (ConsentChannel.SMS, ConsentState.GRANTED) == (answer.channel, answer.state)


@pytest.mark.parametrize(
    "changes",
    [
        {"channel": ConsentChannel.POST},
        {"channel": ConsentChannel.WHATSAPP},
        {"purpose": Purpose.REVIEWS},
        {"state": ConsentState.UNKNOWN},
    ],
)
def test_answer_that_shopify_has_no_place_for_is_refused(admin, changes):
    state = changes.pop("state", ConsentState.DENIED)
    with pytest.raises(UnsupportedFeature):
        admin.adapter().write_consent("1", a_consent(state, **changes))
    assert [] == admin.server.asked


def test_note_keeps_what_the_buyer_wrote_and_is_not_read_as_theirs(admin):
    admin.shop.add_order({**admin.payload("orders_paid"), "note": "Please ring twice"})
    adapter = admin.adapter()

    for _ in range(2):
        adapter.note_order("5501", "Card printed")

    note = admin.shop.orders["gid://shopify/Order/5501"]["note"]
    assert "Please ring twice\n[retention] Card printed" == note
    assert "Please ring twice" == adapter.fetch_order("5501").customer_note


def test_tags_are_added(admin):
    admin.shop.add_order({**admin.payload("orders_paid"), "tags": "early"})

    for _ in range(2):
        admin.adapter().tag_order("5501", ("card printed",))

    assert ("card printed", "early") == admin.adapter().fetch_order("5501").tags


@pytest.mark.parametrize("tag", ["", "a,b", "x" * 41])
def test_tag_that_shopify_would_cut_or_split_is_refused(admin, tag):
    with pytest.raises(UnsupportedFeature, match="comma"):
        admin.adapter().tag_order("5501", (tag,))


def test_fields_are_metafields_of_the_app_and_the_last_value_stays(admin):
    admin.add_orders("orders_paid")
    adapter = admin.adapter()
    adapter.set_order_fields("5501", {"card": "17", "box": "B"})
    adapter.set_order_fields("5501", {"card": "18"})

    order, kind = "gid://shopify/Order/5501", "single_line_text_field"
    expected = {
        (order, "$app:retention", "card"): {"value": "18", "type": kind},
        (order, "$app:retention", "box"): {"value": "B", "type": kind},
    }
    assert expected == admin.shop.metafields


def test_name_that_is_too_short_for_shopify_is_refused(admin):
    with pytest.raises(UnsupportedFeature, match="a field whose name"):
        admin.adapter().set_order_fields("5501", {"card": "17", "b": "B"})
    assert [] == admin.server.asked


@pytest.mark.parametrize(
    "call",
    [
        lambda adapter: adapter.note_order("404", "x"),
        lambda adapter: adapter.tag_order("404", ("x",)),
        lambda adapter: adapter.set_order_fields("404", {"card": "17"}),
        lambda adapter: adapter.fetch_order("404"),
        lambda adapter: adapter.fetch_consents("404"),
        lambda adapter: adapter.write_consent("404", a_consent()),
    ],
)
def test_what_is_not_there_is_refused_without_shopifys_words(admin, call):
    with pytest.raises(PlatformError) as caught:
        call(admin.adapter())

    assert not caught.value.retryable
    assert "quote" not in str(caught.value)


def test_objection_of_shopify_has_its_code_for_programs(admin):
    with pytest.raises(PlatformError, match="refused with INVALID") as caught:
        admin.adapter().write_consent("404", a_consent())

    assert "INVALID" == caught.value.code


def test_dropped_subscription_is_missing_and_comes_back(admin):
    """Shopify deletes a subscription that fails again and again."""
    address, adapter = "https://kiln.example/hooks/shopify", admin.adapter()
    adapter.register_webhooks(address)
    admin.shop.hooks = [each for each in admin.shop.hooks if each["topic"] != "ORDERS_PAID"]

    assert ("orders/paid",) == adapter.missing_webhooks(address)
    assert ("orders/paid",) == adapter.register_webhooks(address)


def test_every_registered_topic_is_understood(shopify):
    """What is subscribed to is read; nothing that is asked for is thrown away."""
    from retention_shopify.adapter import _CONSENT_TOPICS, _CUSTOMER_TOPICS, _ORDER_TOPICS
    from retention_shopify.admin import TOPICS

    assert set() == TOPICS.keys() - _ORDER_TOPICS - _CUSTOMER_TOPICS - _CONSENT_TOPICS


def test_erasure_of_somebody_unknown_is_no_error(admin):
    admin.adapter().erase_customer("404")

    assert [] == admin.shop.erasures
