"""What we write into a shop: consent, notes, webhooks, erasures; and what may go wrong."""

import json
import socket
from datetime import UTC, datetime

import pytest

from retention_sdk.errors import PlatformError, UnsupportedFeature
from retention_sdk.model import ConsentChannel, ConsentState, WebhookRequest
from retention_sdk.testing import a_consent

HOOKS = "https://retention.example/hooks/woocommerce"
AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
TOPICS = {
    "order.created",
    "order.updated",
    "customer.created",
    "customer.updated",
    "customer.deleted",
}


def meta(shop, number=2):
    return {entry["key"]: entry["value"] for entry in shop.woo.customers[number]["meta_data"]}


# Consent -------------------------------------------------------------------------------------


def test_recorded_yes_is_read(shop):
    (consent,) = shop.adapter().fetch_consents("2")

    assert (ConsentState.GRANTED, None) == (consent.state, consent.recorded_at)


@pytest.mark.parametrize(
    ("state", "word"), [(ConsentState.GRANTED, "yes"), (ConsentState.DENIED, "no")]
)
def test_answer_is_written_in_words_with_its_moment(shop, state, word):
    shop.adapter().write_consent("2", a_consent(state, recorded_at=AT))

    assert word == meta(shop)["email_marketing_consent"]
    assert "2026-11-20T12:00:00Z" == meta(shop)["email_marketing_consent_at"]
    assert "1795291106" == meta(shop)["wc_last_active"], "other fields stay"


def test_unknown_empties_the_answer_and_is_silence(shop):
    adapter = shop.adapter()
    adapter.write_consent("2", a_consent(ConsentState.UNKNOWN, recorded_at=None))

    assert "" == meta(shop)["email_marketing_consent"]
    assert adapter.fetch_consents("2") == ()


def test_shop_with_words_of_its_own_is_told_in_them(shop):
    adapter = shop.adapter(consent_yes=["oui"], consent_no=["non"])
    adapter.write_consent("2", a_consent(ConsentState.DENIED, recorded_at=AT))

    assert "non" == meta(shop)["email_marketing_consent"]
    assert [ConsentState.DENIED] == [each.state for each in adapter.fetch_consents("2")]


def test_answer_about_another_channel_has_no_key(shop):
    with pytest.raises(UnsupportedFeature, match="email"):
        shop.adapter().write_consent("2", a_consent(channel=ConsentChannel.SMS))
    assert shop.woo.requests == []


@pytest.mark.parametrize("call", ["fetch_consents", "write_consent"])
def test_shop_without_the_key_says_so_before_asking(shop, call):
    arguments = ("2",) if call == "fetch_consents" else ("2", a_consent())

    with pytest.raises(UnsupportedFeature, match="consent_meta_key"):
        getattr(shop.adapter(consent_meta_key=""), call)(*arguments)
    assert shop.woo.requests == []


# Notes ---------------------------------------------------------------------------------------


def test_note_is_for_staff_and_shows_what_was_written(shop):
    shop.adapter().note_order("12", 'Card <A> & "B" is packed')
    ((order_id, note),) = shop.woo.notes

    assert 12 == order_id
    assert note["customer_note"] is False
    assert 'Card &lt;A&gt; &amp; "B" is packed' == note["note"]


def test_note_whose_answer_was_lost_is_not_written_twice(shop):
    answer = shop.woo.answer
    shop.woo.answer = lambda *arguments: (502, {}, answer(*arguments)[2])

    with pytest.raises(PlatformError) as caught:
        shop.adapter().note_order("12", "packed")
    assert caught.value.retryable
    assert 1 == len(shop.woo.notes)


def test_note_at_an_order_that_is_not_there_is_refused_for_good(shop):
    with pytest.raises(PlatformError) as caught:
        shop.adapter().note_order("999", "packed")
    assert not caught.value.retryable


# Fields --------------------------------------------------------------------------------------


def test_fields_are_hidden_entries_and_the_last_value_stays(shop):
    others = {entry["key"]: entry["value"] for entry in shop.woo.orders[12]["meta_data"]}
    adapter = shop.adapter()
    adapter.set_order_fields("12", {"card": "17", "box": "B"})
    adapter.set_order_fields("12", {"card": "18"})

    found = [(entry["key"], entry["value"]) for entry in shop.woo.orders[12]["meta_data"]]
    ours = {"_retention_card": "18", "_retention_box": "B"}
    assert sorted({**others, **ours}.items()) == sorted(found)


def test_fields_of_an_order_that_is_not_there_are_refused_for_good(shop):
    with pytest.raises(PlatformError) as caught:
        shop.adapter().set_order_fields("999", {"card": "17"})
    assert not caught.value.retryable


# Webhooks ------------------------------------------------------------------------------------


def test_all_topics_are_registered_with_the_secret_in_use(shop):
    adapter = shop.adapter(webhook_secrets=["the new one", "the old one"])
    created = adapter.register_webhooks(HOOKS)
    sent = [json.loads(r["body"]) for r in shop.woo.requests if r["method"] == "POST"]

    assert set(created) == TOPICS
    assert {"the new one"} == {each["secret"] for each in sent}
    assert {(HOOKS, "active")} == {(e["delivery_url"], e["status"]) for e in sent}


def test_ping_of_a_new_webhook_is_answered_and_not_believed(shop, woo):
    """Recorded: an unsigned form, to every address that is registered."""
    adapter = shop.adapter()
    adapter.register_webhooks(HOOKS)

    assert len(shop.woo.pings) == len(TOPICS)
    for ping in shop.woo.pings:
        assert adapter.handle(WebhookRequest(headers=woo.headers("ping"), body=ping)) == ()


@pytest.mark.parametrize("status", ["disabled", "paused"])
def test_webhook_that_the_shop_switched_off_is_missed_and_switched_on(shop, status):
    adapter = shop.adapter()
    adapter.register_webhooks(HOOKS)
    asleep = next(h for h in shop.woo.webhooks.values() if h["topic"] == "order.updated")
    asleep["status"] = status

    assert ("order.updated",) == adapter.missing_webhooks(HOOKS)
    assert ("order.updated",) == adapter.register_webhooks(HOOKS)
    assert "active" == asleep["status"]
    assert len(shop.woo.webhooks) == len(TOPICS)


def test_webhooks_of_others_do_not_count_and_stay(shop):
    adapter = shop.adapter()
    adapter.register_webhooks("https://other.example/hooks")
    before = [dict(hook) for hook in shop.woo.webhooks.values()]

    assert set(adapter.missing_webhooks(HOOKS)) == TOPICS
    adapter.register_webhooks(HOOKS)
    assert before == list(shop.woo.webhooks.values())[: len(TOPICS)]


def test_webhooks_are_found_behind_a_hundred_others(shop):
    other = {"topic": "order.created", "status": "active"}
    for number in range(1, 121):
        address = f"https://other{number}.example/hooks"
        shop.woo.webhooks[number] = {"id": number, "delivery_url": address, **other}
    shop.woo.number = 1000
    adapter = shop.adapter()
    adapter.register_webhooks(HOOKS)

    assert adapter.missing_webhooks(HOOKS) == ()
    assert adapter.register_webhooks(HOOKS) == ()


def test_people_are_not_told_about_over_plain_http(shop):
    with pytest.raises(PlatformError, match="https"):
        shop.adapter().register_webhooks("http://retention.example/hooks")
    assert shop.woo.webhooks == {}


# Erasure -------------------------------------------------------------------------------------


def test_account_is_gone_and_its_order_is_a_guests(shop):
    adapter = shop.adapter()
    adapter.erase_customer("2")

    assert 2 not in shop.woo.customers
    assert adapter.fetch_order("12").customer.is_guest


def test_account_of_staff_is_not_deleted(shop):
    number = shop.woo.add_customer(role="shop_manager")

    with pytest.raises(PlatformError, match="403") as caught:
        shop.adapter().erase_customer(str(number))
    assert not caught.value.retryable
    assert number in shop.woo.customers


# Failures ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "is_retryable"), [(500, True), (503, True), (429, True), (403, False), (404, False)]
)
def test_refusals_are_sorted_and_quote_nobody(shop, status, is_retryable):
    shop.woo.failures = [(status, {})] * 9

    with pytest.raises(PlatformError) as caught:
        list(shop.adapter().fetch_orders())
    assert is_retryable == caught.value.retryable
    assert "ada@example.com" not in f"{caught.value} {caught.value!r}"


def test_wait_that_the_host_asks_for_is_obeyed(shop):
    shop.woo.failures = [(429, {"Retry-After": "7"})]

    assert "12" == shop.adapter().fetch_order("12").id
    assert [7.0] == shop.slept


def test_shop_that_is_down_may_be_up_later(shop):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    adapter = shop.adapter(api_url=f"http://127.0.0.1:{port}/wp-json/wc/v3")

    with pytest.raises(PlatformError) as caught:
        adapter.fetch_shop()
    assert caught.value.retryable


def test_address_without_an_api_is_refused_for_good(shop):
    adapter = shop.adapter(api_url=shop.url.replace("wc/v3", "wc/v9"))

    with pytest.raises(PlatformError, match="404") as caught:
        adapter.fetch_shop()
    assert not caught.value.retryable
