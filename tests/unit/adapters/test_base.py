"""What the base class does for every adapter."""

import hmac
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from retention_sdk.adapter import Capability, ShopAdapter
from retention_sdk.errors import ConfigError, PayloadError, SignatureError, UnsupportedFeature
from retention_sdk.model import FulfilmentStatus, Settings, WebhookRequest
from retention_sdk.signatures import make_signature
from retention_sdk.testing import (
    NOON,
    BogusShop,
    a_code,
    a_consent,
    a_line,
    an_order,
    bogus_order,
    money,
)

KEY = b"key-1"


class NarrowSettings(Settings):
    colour: str
    depth: int = 1


class Narrow(ShopAdapter):
    """Signs in hex, reads whatever the test wants to go wrong."""

    name = "narrow"
    settings_model = NarrowSettings
    error: Exception = KeyError("line_items")

    def verify(self, request):
        given = request.header("X-Sign")
        self.verify_hmac(request, secrets=(b"new", KEY), given=given, encode=bytes.hex)

    def read(self, request, body):
        raise self.error


@pytest.fixture
def adapter():
    return Narrow.from_config({"colour": "red"}, shop_id="soap.example")


def signed(body):
    signature = hmac.new(KEY, body, sha256).hexdigest()
    return WebhookRequest(headers={"x-sign": signature}, body=body)


class Unkeyed(Narrow):
    """Its secret was to come from a variable that nobody set."""

    replay_window = timedelta(minutes=5)

    def verify(self, request):
        if request.header("webhook-id"):
            self.verify_standard(request, keys=(b"",))
        given = request.header("X-Sign")
        self.verify_hmac(request, secrets=(b"",), given=given, encode=bytes.hex)


def test_nobody_can_sign_with_an_empty_secret():
    adapter = Unkeyed.from_config({"colour": "red"}, shop_id="soap.example")
    moment = str(int(NOON.timestamp()))
    headers = [
        {"x-sign": hmac.new(b"", b"{}", sha256).hexdigest()},
        {
            "webhook-id": "m1",
            "webhook-timestamp": moment,
            "webhook-signature": make_signature("m1", moment, b"{}", key=b""),
        },
    ]
    for each in headers:
        with pytest.raises(SignatureError, match="missing or wrong"):
            adapter.verify(WebhookRequest(headers=each, body=b"{}", received_at=NOON))


def test_hex_signature_of_the_older_secret_is_taken(adapter):
    adapter.verify(signed(b"{}"))


@pytest.mark.parametrize("given", ["", "00", "\u2603", "x" * 99_999])
def test_other_signatures_are_refused(adapter, given):
    with pytest.raises(SignatureError, match="narrow"):
        adapter.handle(WebhookRequest(headers={"X-Sign": given}, body=b"not json"))


@pytest.mark.parametrize(
    "error",
    [KeyError("x"), IndexError(), TypeError(), ValueError(), AttributeError(), ZeroDivisionError()],
)
def test_stumbling_over_a_body_is_a_payload_error(adapter, error):
    adapter.error = error

    with pytest.raises(PayloadError, match="narrow: cannot be read") as caught:
        adapter.handle(signed(b"{}"))
    assert caught.value.__cause__ is None


def test_missing_key_is_named_and_nothing_else_is_quoted(adapter):
    with pytest.raises(PayloadError, match="at line_items"):
        adapter.handle(signed(b"{}"))
    adapter.error = ValueError("ada@example.com is odd")
    with pytest.raises(PayloadError) as caught:
        adapter.handle(signed(b"{}"))
    assert "ada@example.com" not in str(caught.value)


def test_bug_in_an_adapter_is_not_taken_for_a_bad_body(adapter):
    adapter.error = RuntimeError("bug")

    with pytest.raises(RuntimeError):
        adapter.handle(signed(b"{}"))


def test_refusals_of_our_own_pass_unchanged(adapter):
    adapter.error = UnsupportedFeature("no carts", adapter="narrow")

    with pytest.raises(UnsupportedFeature, match="no carts"):
        adapter.handle(signed(b"{}"))


@pytest.mark.parametrize("body", [b"", b"[]", b"1", b"{", b'{"a": NaN}', b"\xff", b"[" * 99_999])
def test_body_that_is_no_object_is_refused(adapter, body):
    with pytest.raises(PayloadError, match="not"):
        adapter.handle(signed(body))


def test_list_is_read_where_the_platform_sends_some():
    class Listing(Narrow):
        takes_lists = True

        def read(self, request, body):
            return (self.unknown_event(request, topic=f"{len(body)} things"),)

    adapter = Listing.from_config({"colour": "red"}, shop_id="soap.example")

    assert "2 things" == adapter.handle(signed(b"[1, 2]"))[0].topic
    with pytest.raises(PayloadError, match="not a JSON object"):
        adapter.handle(signed(b"1"))


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({}, "platforms.narrow.colour"),
        ({"colour": "red", "depth": "deep"}, "platforms.narrow.depth"),
        ({"colour": "red", "hue": 1}, "platforms.narrow.hue"),
    ],
)
def test_wrong_setting_is_named_with_its_file(values, key):
    with pytest.raises(ConfigError) as caught:
        Narrow.from_config(values, shop_id="s", file="retention.toml")
    assert (key, "retention.toml") == (caught.value.key, caught.value.file)


CALLS = {
    "fetch_order": lambda adapter: adapter.fetch_order("1"),
    "fetch_orders": lambda adapter: adapter.fetch_orders(),
    "fetch_shop": lambda adapter: adapter.fetch_shop(),
    "fetch_consents": lambda adapter: adapter.fetch_consents("1"),
    "write_consent": lambda adapter: adapter.write_consent("1", a_consent()),
    "create_code": lambda adapter: adapter.create_code(a_code()),
    "void_code": lambda adapter: adapter.void_code(a_code()),
    "load_orders": lambda adapter: adapter.load_orders(b"{}"),
}


@pytest.mark.parametrize("name", CALLS)
def test_what_nobody_wrote_refuses(adapter, name):
    assert Capability.NONE is adapter.capabilities
    with pytest.raises(UnsupportedFeature, match="narrow"):
        CALLS[name](adapter)


def test_facts_are_told_in_the_order_they_happened():
    shop = BogusShop()
    facts = [event.id.rsplit(":", 1)[1] for event in shop.order_events(bogus_order("1006"))]

    assert facts == ["placed", "paid", "fulfilled"]


def test_delivered_order_was_fulfilled_too():
    order = bogus_order("1006")
    there = {"status": FulfilmentStatus.DELIVERED}
    parcels = tuple(f.model_copy(update=there) for f in order.fulfilments)
    order = order.model_copy(update={"fulfilments": parcels})
    facts = [event.id.rsplit(":", 1)[1] for event in BogusShop().order_events(order)]

    assert facts == ["placed", "paid", "fulfilled", "delivered"]


def test_half_shipped_order_is_not_fulfilled():
    order = an_order("24.00 EUR", lines=(a_line("24.00 EUR", quantity=2),))
    (planned,) = order.fulfilments
    one = (planned.lines[0].model_copy(update={"quantity": 1}),)
    gone = {"id": "first", "status": FulfilmentStatus.SHIPPED, "shipped_at": NOON, "lines": one}
    halves = (planned.model_copy(update=gone), planned.model_copy(update={"lines": one}))
    half = order.model_copy(update={"fulfilments": halves})
    whole = order.model_copy(update={"fulfilments": halves[:1]})

    assert len(BogusShop().order_events(half)) == 2
    assert len(BogusShop().order_events(whole)) == 3


def test_refund_is_dated_by_the_platform_where_it_tells():
    order = an_order("12.00 EUR", refunded=money("4.00 EUR"))
    later = NOON + timedelta(days=9)
    shop = BogusShop()

    assert later == shop.order_events(order, refunded_at=later)[-1].occurred_at
    assert shop.order_events(order)[-1].occurred_at == NOON
    assert shop.order_events(order)[-1].id.endswith("refunded-400")


def test_unknown_event_is_named_after_its_body_and_dated_by_its_arrival(adapter):
    arrived = datetime(2026, 12, 1, tzinfo=UTC)
    request = WebhookRequest(headers={}, body=b"{}", received_at=arrived)
    event = adapter.unknown_event(request, topic="moon/landed")

    assert event == adapter.unknown_event(request, topic="moon/landed")
    assert ("moon/landed", arrived, b"{}") == (event.topic, event.occurred_at, event.raw)
    assert adapter.unknown_event(request, topic="x", occurred_at=NOON).occurred_at == NOON
    undated = WebhookRequest(headers={}, body=b"{ }")
    assert adapter.unknown_event(undated, topic="x").occurred_at.year == 1970
    assert adapter.unknown_event(undated, topic="x").id != event.id


def test_repr_names_the_shop_and_nothing_else(adapter):
    assert repr(adapter) == "<Narrow for shop 'soap.example'>"


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({}, "1 to 25"),
        ({f"card_{number}": "x" for number in range(26)}, "1 to 25"),
        ({"secret-name": "x"}, "a-z0-9_"),
        ({"karté": "x"}, "a-z0-9_"),
        ({"card": "secret\nlines"}, "several lines"),
        ({"card": "secret\u2028lines"}, "several lines"),
        ({"card": " "}, "blank"),
    ],
)
def test_field_that_some_platform_would_not_keep_is_refused_unquoted(fields, fault):
    with pytest.raises(UnsupportedFeature, match=fault) as caught:
        BogusShop(shop_id="s").require_fields(fields)

    assert "secret" not in str(caught.value)


def test_fields_with_good_names_are_allowed():
    fields = {f"card_{number:02}".ljust(30, "x"): "17 · A" for number in range(25)}

    BogusShop(shop_id="s").require_fields(fields)


def test_fields_are_refused_where_there_are_none():
    adapter = Narrow(NarrowSettings(colour="red"), shop_id="s")

    with pytest.raises(UnsupportedFeature, match="fields at orders"):
        adapter.set_order_fields("1", {"card": "17"})
