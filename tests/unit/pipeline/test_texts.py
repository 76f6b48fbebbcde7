"""Text messages leave through the shop's channel for them, or not at all."""

from datetime import timedelta

import pytest

from retention_sdk import ConsentState, CustomerErased, Erasure
from retention_sdk.config import DeliveryConfig
from retention_sdk.errors import DeliveryError
from retention_sdk.hooks import hookimpl
from retention_sdk.hooks.manager import load
from retention_sdk.model import ConsentChannel, MessageClass, Purpose
from retention_sdk.testing import (
    NOON,
    FrozenClock,
    MemoryChannel,
    a_consent,
    a_customer,
    a_paid_event,
    an_order,
    failing,
)

ADA = "+4915123456789"


class OnceChannel(MemoryChannel):
    """Sees no repetition as one, as Twilio does."""

    is_idempotent = False


class NoTexts:
    """A plugin that forbids text messages."""

    @hookimpl
    def retention_veto_message(self, candidate):
        return "no texts on a Sunday" if candidate.surface == "sms" else None


def an_event(phone="0151 23456789", **changes):
    return a_paid_event(an_order("40.00 EUR", customer=a_customer(phone=phone, **changes)))


@pytest.fixture
def texting(make_shop):
    """Return a shop that texts through a channel in memory, and that channel."""

    def make(channel=None, **options):
        shop = make_shop(delivery=DeliveryConfig(sms="memory"), **options)
        shop._channels["memory"] = channel or MemoryChannel()
        return shop, shop._channels["memory"]

    return make


def text_of(outcome):
    found = [each for each in outcome.deliveries if each.surface == "sms"]
    return found[0] if found else None


def test_a_paid_order_is_thanked_for_by_text(texting):
    shop, channel = texting()
    (outcome,) = shop.ingest([an_event()])

    (sent,) = channel.sent
    (file,) = sent.artifacts
    assert ("done", "accepted") == (outcome.state, text_of(outcome).state)
    assert ("sms", ADA, "text/plain; charset=utf-8") == (
        sent.surface,
        sent.recipient,
        file.media_type,
    )
    assert "Soap & Sons" in file.data.decode()


def test_it_is_decided_on_recorded_and_told_by_its_decision(texting):
    shop, channel = texting()
    event = an_event()
    shop.ingest([event])

    with shop.store.reading() as connection:
        decisions = shop.store.decisions.of_event(connection, event.id)
    (decision,) = (each for each in decisions if each.channel is ConsentChannel.SMS)
    assert decision.allowed
    assert MessageClass.TRANSACTIONAL is decision.message_class
    assert channel.sent[0].decision_id == decision.decision_id


def test_a_shop_without_a_channel_texts_nobody(make_shop):
    (outcome,) = make_shop().ingest([an_event()])

    assert {"card", "email"} == {each.surface for each in outcome.deliveries}


@pytest.mark.parametrize("phone", ["", "030 901820", "none"])
def test_nobody_is_texted_without_a_mobile_number(texting, phone):
    shop, channel = texting()
    (outcome,) = shop.ingest([an_event(phone)])

    assert ("done", None, []) == (outcome.state, text_of(outcome), channel.sent)


def test_a_veto_stops_the_text_and_nothing_else(texting):
    plugins = load(discover=False)
    plugins.add(NoTexts(), "quiet")
    shop, channel = texting(plugins=plugins)
    (outcome,) = shop.ingest([an_event()])

    assert ("done", []) == (outcome.state, channel.sent)
    assert {"card", "email"} == {each.surface for each in outcome.deliveries}


def test_an_event_again_texts_nobody_again(texting):
    shop, channel = texting(OnceChannel())
    for _ in range(3):
        shop.ingest([an_event()])

    assert 1 == len(channel.sent)


def test_a_channel_that_is_away_holds_up_no_card(texting):
    shop, channel = texting(MemoryChannel(before_send=failing(1)))
    (first,) = shop.ingest([an_event()])
    states = {each.surface: each.state for each in first.deliveries}
    (second,) = shop.resume()

    assert ("pending", "accepted", "failed") == (first.state, states["card"], states["sms"])
    assert ("done", "accepted") == (second.state, text_of(second).state)
    assert 1 == len(channel.sent)


def test_a_text_that_may_have_left_is_never_sent_again(texting):
    """Nobody knows: the line broke. Two texts are two, whatever they say, unlike two mails."""

    def broken(_):
        raise DeliveryError("the line broke", retryable=True, is_uncertain=True)

    shop, channel = texting(OnceChannel(before_send=broken))
    shop.ingest([an_event()])
    shop._channels["memory"] = again = OnceChannel()
    shop.resume()

    assert [] == channel.sent == again.sent


def test_a_text_to_somebody_who_is_forgotten_meanwhile_is_stopped(texting):
    clock = FrozenClock()
    shop, channel = texting(MemoryChannel(before_send=failing(1)), clock=clock)
    shop.ingest([an_event()])
    clock.advance(timedelta(hours=1))
    forget = CustomerErased(
        id="test:soap.example:erase:77",
        shop_id="soap.example",
        occurred_at=clock(),
        erasure=Erasure(customer_id="77", email="ada@example.com"),
    )
    shop.ingest([forget])
    shop.resume()

    assert [] == channel.sent


def test_an_objection_to_advertising_leaves_the_service_alone(texting):
    """Thanks and shipping notices are about the order; advertising by text is not sent at all."""
    no = a_consent(
        ConsentState.DENIED,
        channel=ConsentChannel.SMS,
        purpose=Purpose.MARKETING,
        recorded_at=NOON - timedelta(days=1),
    )
    shop, channel = texting()
    event = an_event(consents=(no,))
    shop.ingest([event])

    with shop.store.reading() as connection:
        decisions = shop.store.decisions.of_event(connection, event.id)
    classes = [each.message_class for each in decisions if each.channel is ConsentChannel.SMS]
    assert [MessageClass.TRANSACTIONAL] == classes
    assert 1 == len(channel.sent)
