"""From a paid order in Persian to the gateway, with nothing left out."""

from urllib.parse import parse_qs

from retention_sdk import Retention
from retention_sdk.config import Config, DeliveryConfig, StoreConfig
from retention_sdk.testing import (
    NOON,
    a_brand,
    a_customer,
    a_paid_event,
    a_shop,
    an_address,
    an_order,
)
from tests.playing import good, playing

KEY = "an-invented-key"


def test_a_paid_order_is_thanked_for_through_the_gateway(tmp_path):
    entry = {"messageid": 8792343, "status": 1, "receptor": "09121234567"}
    answer = good({"return": {"status": 200, "message": ""}, "entries": [entry]})
    tehran = an_address(city="Tehran", postcode="1193653471", country="IR")
    customer = a_customer(phone="۰۹۱۲ ۱۲۳ ۴۵۶۷", language="fa", address=tehran)
    order = an_order("1200000 IRR", customer=customer, language="fa", shipping_address=tehran)
    with playing(answer) as play:
        config = Config(
            shop=a_shop(country="IR", currency="IRR", language="fa", time_zone="Asia/Tehran"),
            brand=a_brand(),
            store=StoreConfig(url="sqlite://", key="42" * 32),
            delivery=DeliveryConfig(sms="kavenegar"),
            channels={
                "folder": {"directory": str(tmp_path)},
                "kavenegar": {"api_key": KEY, "url": play.url.removesuffix("/api")},
            },
        )
        with Retention(config, clock=lambda: NOON, environ={}) as shop:
            (outcome,) = shop.ingest([a_paid_event(order)])
            shop.ingest([a_paid_event(order)])

    (request,) = play.seen
    sent = parse_qs(request["body"].decode())
    (text,) = (each for each in outcome.deliveries if each.surface == "sms")
    assert ["09121234567"] == sent["receptor"]
    assert "Soap & Sons" in sent["message"][0]
    assert any("\u0600" <= letter <= "\u06ff" for letter in sent["message"][0])
    assert ("accepted", "kavenegar:8792343 queued") == (text.state, text.location)
