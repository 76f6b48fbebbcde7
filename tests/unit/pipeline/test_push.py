"""Push and WhatsApp messages leave through the shop's channels for them, or not at all."""

import json

import pytest

from retention_sdk import CustomerErased, Erasure
from retention_sdk.config import ConsentConfig, DeliveryConfig
from retention_sdk.errors import ConfigError, ConsentError, DeliveryError, LedgerError
from retention_sdk.model import ConsentChannel, OrderFulfilled
from retention_sdk.model.device import PushDevice
from retention_sdk.storage.devices import DEVICES_MAX
from retention_sdk.testing import (
    NOON,
    MemoryChannel,
    a_customer,
    a_paid_event,
    an_order,
)

POINT = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
ADA = a_customer(phone="0151 23456789")


class Browsers(MemoryChannel):
    """Takes the devices of one push service; those that are gone are gone."""

    takes_devices = True

    def __init__(self):
        super().__init__()
        self.gone, self.away = set(), set()

    def takes(self, device):
        return device.host == "push.example"

    def send(self, delivery, *, now):
        if delivery.device.endpoint in self.gone:
            raise DeliveryError("gone", retryable=False, is_gone=True)
        if delivery.device.endpoint in self.away:
            raise DeliveryError("away", retryable=True)
        return super().send(delivery, now=now)


def a_device(name, host="push.example"):
    return PushDevice(
        endpoint=f"https://{host}/{name}", p256dh=POINT, auth="BTBZMqHH6r4Tts7J_aSIgg"
    )


def shipped(customer=ADA):
    order = an_order("40.00 EUR", customer=customer)
    return OrderFulfilled(id="test:left", shop_id="soap.example", occurred_at=NOON, order=order)


@pytest.fixture
def pushing(make_shop):
    """Return a shop that knows Ada, with a channel in memory for push messages, and that."""

    def make(channel=None, **delivery):
        shop = make_shop(
            delivery=DeliveryConfig(**({"push": "memory"} | delivery)),
            consent=ConsentConfig(base_url="https://soap.example/privacy/"),
        )
        shop._channels["memory"] = channel or Browsers()
        shop.ingest([a_paid_event(an_order("40.00 EUR", customer=ADA))])
        return shop, shop._channels["memory"]

    return make


def push_of(outcome):
    found = [each for each in outcome.deliveries if each.surface == "push"]
    return found[0] if found else None


def test_every_browser_of_a_customer_is_told_that_the_parcel_left(pushing):
    shop, channel = pushing()
    for name in ("desk", "telephone"):
        shop.devices.register(ADA, a_device(name))
    (outcome,) = shop.ingest([shipped()])

    assert ["https://push.example/desk", "https://push.example/telephone"] == [
        each.device.endpoint for each in channel.sent
    ]
    assert 2 == len({each.id for each in channel.sent})
    assert ("done", "accepted") == (outcome.state, push_of(outcome).state)
    message = json.loads(channel.sent[0].artifacts[0].data)
    assert {"body", "direction", "link", "locale", "title"} == set(message)
    assert "Soap & Sons" in message["body"]


def test_the_same_event_again_tells_nobody_again(pushing):
    shop, channel = pushing()
    shop.devices.register(ADA, a_device("desk"))
    for _ in range(3):
        shop.ingest([shipped()])

    assert 1 == len(channel.sent)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_process_that_died_while_sending_is_followed_by_one_that_says_the_same(pushing, moment):
    """The push service sees one name twice, and shows one message."""
    shop, channel = pushing()
    shop.devices.register(ADA, a_device("desk"))
    send = channel.send

    def killed(delivery, *, now):
        if moment == "after":
            send(delivery, now=now)
        raise KeyboardInterrupt

    channel.send = killed
    with pytest.raises(KeyboardInterrupt):
        shop.ingest([shipped()])
    channel.send = send
    (outcome,) = shop.resume()

    assert ("done", 1) == (outcome.state, len({each.id for each in channel.sent}))


def test_customers_without_a_browser_are_not_decided_about(pushing):
    shop, channel = pushing()
    (outcome,) = shop.ingest([shipped()])

    assert ("done", None, []) == (outcome.state, push_of(outcome), channel.sent)
    assert ConsentChannel.PUSH not in {each.channel for each in outcome.decisions}


def test_an_app_with_accounts_is_told_once(pushing):
    shop, channel = pushing(MemoryChannel())
    shop.ingest([shipped()])
    (sent,) = [each for each in channel.sent if each.surface == "push"]

    assert (ADA.id, None) == (sent.recipient, sent.device)


def test_a_browser_that_is_gone_is_forgotten_and_the_others_are_told(pushing):
    shop, channel = pushing()
    for name in ("desk", "telephone"):
        shop.devices.register(ADA, a_device(name))
    channel.gone.add("https://push.example/desk")
    (outcome,) = shop.ingest([shipped()])

    assert ("done", "accepted") == (outcome.state, push_of(outcome).state)
    assert ["https://push.example/telephone"] == [each.endpoint for each in shop.devices.of(ADA)]


def test_a_push_service_that_is_away_is_asked_again_and_the_others_are_not(pushing):
    shop, channel = pushing()
    for name in ("desk", "telephone"):
        shop.devices.register(ADA, a_device(name))
    channel.away.add("https://push.example/desk")
    (waiting,) = shop.ingest([shipped()])
    channel.away.clear()
    (done,) = shop.resume()

    assert ("pending", "done") == (waiting.state, done.state)
    assert ["https://push.example/telephone", "https://push.example/desk"] == [
        each.device.endpoint for each in channel.sent
    ]


def test_a_browser_belongs_to_who_signed_in_last(pushing):
    shop, _ = pushing()
    other = a_customer(id="2", email="grace@example.com")
    shop.ingest([a_paid_event(an_order("10.00 EUR", id="2", customer=other))])
    shop.devices.register(ADA, a_device("shared"))
    shop.devices.register(other, a_device("shared"))

    assert ((), 1) == (shop.devices.of(ADA), len(shop.devices.of(other)))


def test_nobody_collects_devices_without_end(pushing):
    shop, _ = pushing()
    for number in range(DEVICES_MAX + 5):
        shop.devices.register(ADA, a_device(f"device-{number}"))
    kept = shop.devices.of(ADA)

    assert DEVICES_MAX == len(kept)
    assert "https://push.example/device-5" == kept[0].endpoint


def test_addresses_of_other_servers_are_refused(pushing):
    shop, _ = pushing()
    with pytest.raises(ConsentError, match=r"metadata\.example"):
        shop.devices.register(ADA, a_device("x", host="metadata.example"))


def test_strangers_have_no_devices(pushing):
    shop, _ = pushing()
    stranger = a_customer(id="99", email="nobody@example.com")
    with pytest.raises(LedgerError):
        shop.devices.register(stranger, a_device("x"))


def test_shops_without_pages_have_no_link(make_shop):
    shop = make_shop()
    with pytest.raises(ConfigError, match="base_url"):
        shop.devices.link("0" * 32)


def test_devices_stand_in_the_copy_of_the_data_and_go_with_the_person(pushing):
    shop, channel = pushing()
    shop.devices.register(ADA, a_device("desk"))
    references = shop.store.references_of_customer(ADA)
    with shop.store.reading() as connection:
        people = shop.store.people_of(connection, "soap.example", references)
        rows = shop.rights.dossiers.collect(connection, people)["devices"]
    forget = CustomerErased(
        id="test:soap.example:erase:77",
        shop_id="soap.example",
        occurred_at=NOON,
        erasure=Erasure(customer_id="77", email="ada@example.com"),
    )
    shop.ingest([forget])
    with shop.store.reading() as connection:
        left = [shop.store.devices.has_any(connection, who) for who in people]

    assert ["push.example"] == [each["push_service"] for each in rows]
    assert [False] == left
    shop.ingest([shipped()])
    assert [] == [each for each in channel.sent if each.surface == "push"]


def test_whatsapp_gets_the_approved_template_and_its_gaps(pushing):
    _, channel = pushing(MemoryChannel(), push="", whatsapp="memory")
    (sent,) = [each for each in channel.sent if each.surface == "whatsapp"]
    message = json.loads(sent.artifacts[0].data)

    assert "+4915123456789" == sent.recipient
    assert ("thank_you", 1) == (message["template"], len(message["variables"]))
    assert message["variables"][0] in message["text"]
