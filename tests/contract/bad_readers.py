"""Adapters that verify or read deliveries badly, each in one way that somebody once took."""

import copy
import hmac
import json
import socket
from contextlib import suppress
from datetime import UTC, datetime
from uuid import uuid4

from retention_sdk.errors import SignatureError
from retention_sdk.model import Consent, ConsentChannel, ConsentState, Money, Order
from retention_sdk.testing import BogusShop

YES = Consent(channel=ConsentChannel.EMAIL, state=ConsentState.GRANTED, source="hope")
WRONG = datetime(2026, 11, 20, 11, tzinfo=UTC)
HEADERS = {"X-Bogus-Topic": "order", "X-Bogus-Delivery": "d-1"}


class Good(BogusShop):
    """The adapter that every broken one below differs from in one thing."""


class UnverifiedShop(Good):
    def verify(self, request):
        pass


class PresenceShop(Good):
    def verify(self, request):
        if not request.header("X-Bogus-Signature"):
            raise SignatureError("missing", adapter=self.name)


class ReserialisingShop(Good):
    """Signs what json.dumps makes of the body, not the bytes that came in."""

    def verify(self, request):
        body = json.dumps(json.loads(request.body), separators=(",", ":"), ensure_ascii=False)
        if self.sign({}, body.encode())["X-Bogus-Signature"] != request.header("X-Bogus-Signature"):
            raise SignatureError("wrong", adapter=self.name)


class AsciiShop(Good):
    """Compares texts, which hmac refuses when they are not ASCII."""

    def verify(self, request):
        expected = self.sign({}, request.body)["X-Bogus-Signature"]
        if not hmac.compare_digest(expected, request.header("X-Bogus-Signature")):
            raise SignatureError("wrong", adapter=self.name)


class LatinShop(Good):
    """Encodes the secret as the server's locale has it."""

    def verify(self, request):
        secrets = tuple(s.get_secret_value().encode("latin-1") for s in self.settings.secrets)
        self.verify_hmac(request, secrets=secrets, given=request.header("X-Bogus-Signature"))


class TrustingShop(Good):
    """Believes a signature that it has seen before, whatever the body."""

    def __init__(self, settings=None, *, shop_id):
        super().__init__(settings, shop_id=shop_id)
        self.seen = set()

    def verify(self, request):
        given = request.header("X-Bogus-Signature")
        if given not in self.seen:
            super().verify(request)
            self.seen.add(given)


class CaseSensitiveShop(Good):
    def read(self, request, body):
        assert request.headers["X-Bogus-Topic"] is not None
        return super().read(request, body)


class PresumptuousShop(Good):
    """Takes a customer who said nothing for one who said yes."""

    def read(self, request, body):
        events = super().read(request, body)
        return tuple(self._hopeful(event) for event in events)

    def _hopeful(self, event):
        order = getattr(event, "order", None)
        if not order or not order.customer or order.customer.consents:
            return event
        customer = order.customer.model_copy(update={"consents": (YES,)})
        return event.model_copy(update={"order": order.model_copy(update={"customer": customer})})


class TruthyShop(Good):
    """Takes any answer that is not a no for a yes."""

    def read(self, request, body):
        for consent in (body.get("customer") or {}).get("consents") or []:
            consent["state"] = "denied" if consent.get("state") == "denied" else "granted"
        content = json.dumps(body, default=str).encode()
        return super().read(request.model_copy(update={"body": content}), body)


class RandomIdShop(Good):
    def read(self, request, body):
        return tuple(
            event.model_copy(update={"id": uuid4().hex}) for event in super().read(request, body)
        )


class DeliveryIdShop(Good):
    """Names the event after the delivery, so that a redelivery is paid for twice."""

    def read(self, request, body):
        delivery = request.header("X-Bogus-Delivery")
        return tuple(
            event.model_copy(update={"id": f"{self.shop_id}:{delivery}:{event.type}"})
            for event in super().read(request, body)
        )


class ShoplessIdShop(Good):
    def read(self, request, body):
        return tuple(
            event.model_copy(update={"id": f"{event.type}-{event.order.id}"})
            if hasattr(event, "order")
            else event
            for event in super().read(request, body)
        )


class OneIdShop(Good):
    def read(self, request, body):
        return tuple(
            event.model_copy(update={"id": f"{self.shop_id}-1"})
            for event in super().read(request, body)
        )


class CallingHomeShop(Good):
    """Asks the platform while it reads, so that a replay is another reading."""

    def read(self, request, body):
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", 9), timeout=0.01).close()
        return super().read(request, body)


class GuestlessShop(Good):
    """Was tried with registered customers only."""

    def read(self, request, body):
        if request.header("X-Bogus-Topic") == "order" and body["customer"] is None:
            raise RuntimeError("who?")
        return super().read(request, body)


class PedanticShop(Good):
    """Refuses fields that it does not know."""

    def read(self, request, body):
        if set(body) - set(Order.model_fields):
            raise KeyError("strict")
        return super().read(request, body)


class TopiclessShop(Good):
    def read(self, request, body):
        if request.header("X-Bogus-Topic") != "order":
            raise RuntimeError("what?")
        return super().read(request, body)


class MutatingShop(Good):
    def read(self, request, body):
        events = super().read(request, body)
        body.clear()
        return events


class ForgetfulShop(Good):
    """Keeps the parsed body instead of the bytes."""

    def read(self, request, body):
        again = json.dumps(body, default=str).encode()
        return tuple(
            event.model_copy(update={"raw": again}) for event in super().read(request, body)
        )


class FloatingShop(Good):
    """Computes with floats, and is one yen or a hundred off."""

    def read(self, request, body):
        events = super().read(request, body)
        return tuple(self._wrong(event) for event in events)

    def _wrong(self, event):
        if not hasattr(event, "order") or event.order.currency != "JPY":
            return event
        total = Money(minor=event.order.total.minor * 100, currency="JPY")
        return event.model_copy(update={"order": event.order.model_copy(update={"total": total})})


class LocalTimeShop(Good):
    """Takes UTC for the server's own time."""

    def read(self, request, body):
        events = super().read(request, body)
        return tuple(
            event.model_copy(update={"order": event.order.model_copy(update={"placed_at": WRONG})})
            if hasattr(event, "order")
            else event
            for event in events
        )


class SilentShop(Good):
    """Swallows what it cannot read, and nobody hears of the order again."""

    def read(self, request, body):
        try:
            return super().read(request, body)
        except ValueError:
            return ()


class LenientShop(Good):
    """Makes the best of a delivery that was cut off: nothing."""

    def _decode(self, body):
        with suppress(ValueError):
            return super()._decode(body)
        return {}

    def read(self, request, body):
        return super().read(request, body) if body else ()


class CrashingShop(Good):
    """Raises an error that is not about the payload."""

    def read(self, request, body):
        if "number" in body and not isinstance(body["number"], str):
            raise RuntimeError("bug")
        return super().read(request, body)


class UncheckedShop(Good):
    """Builds what it sends on without the model's checks, with text that cannot be stored."""

    def read(self, request, body):
        content = json.dumps({**body, "number": "1001"}, default=str).encode()
        events = super().read(request.model_copy(update={"body": content}), body)
        return tuple(self._renumbered(event, str(body.get("number"))) for event in events)

    def _renumbered(self, event, number):
        if not hasattr(event, "order"):
            return event
        order = event.order.model_copy(update={"number": number})
        return event.model_copy(update={"order": order})


class CopyingShop(Good):
    """Copies the body before it reads it, however deep it is."""

    def read(self, request, body):
        return super().read(request, copy.deepcopy(body))


class GossipingShop(Good):
    """Quotes the buyer in an error."""

    def read(self, request, body):
        from retention_sdk.errors import PayloadError

        try:
            return super().read(request, body)
        except ValueError as error:
            raise PayloadError(f"order of {body.get('customer')}", adapter=self.name) from error


class NamelessFileShop(Good):
    """Leaves the buyer out of what it reads from files."""

    def read_orders(self, body):
        (order,) = super().read_orders(body)
        return (order.model_copy(update={"customer": None}),)
