"""Reads DemoShop's webhooks: base64 HMAC-SHA256 over the body, prices as decimal texts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, ClassVar

from pydantic import Field, SecretStr

from retention_sdk.adapter import Capability, ShopAdapter
from retention_sdk.model import (
    Consent,
    ConsentChannel,
    ConsentState,
    Customer,
    Money,
    Order,
    OrderLine,
    Settings,
    ShopEvent,
    WebhookRequest,
    plan_fulfilment,
)

_ANSWERS = {"subscribed": ConsentState.GRANTED, "unsubscribed": ConsentState.DENIED}


class DemoShopSettings(Settings):
    """Secrets stand in DemoShop under Settings, Webhooks: the new one first, then the old."""

    webhook_secrets: Annotated[tuple[SecretStr, ...], Field(min_length=1)]


class DemoShopAdapter(ShopAdapter):
    """Paid orders of one DemoShop."""

    name: ClassVar[str] = "demoshop"
    capabilities: ClassVar[Capability] = Capability.WEBHOOKS | Capability.CUSTOMER_LOCALE
    settings_model: ClassVar[type[DemoShopSettings]] = DemoShopSettings
    settings: DemoShopSettings

    def verify(self, request: WebhookRequest) -> None:
        """Check the signature over the raw bytes."""
        secrets = tuple(s.get_secret_value().encode() for s in self.settings.webhook_secrets)
        self.verify_hmac(request, secrets=secrets, given=request.header("X-DemoShop-Hmac"))

    def read(self, request: WebhookRequest, body: Mapping[str, Any]) -> tuple[ShopEvent, ...]:
        """Read orders; DemoShop's other topics are unknown to us."""
        topic = request.header("X-DemoShop-Topic")
        if topic != "orders/paid":
            return (self.unknown_event(request, topic=topic),)
        return self.order_events(_order(body), raw=request.body)


def _order(body: Mapping[str, Any]) -> Order:
    order_id, currency = str(body["id"]), body["currency"]
    lines = tuple(_line(line, currency) for line in body["line_items"])
    return Order(
        id=order_id,
        number=body["name"],
        placed_at=datetime.fromisoformat(body["created_at"]),
        paid_at=datetime.fromisoformat(body["paid_at"]),
        currency=currency,
        total=Money.parse(body["total_price"], currency),
        lines=lines,
        customer=_customer(body["customer"]) if body["customer"] else None,
        fulfilments=plan_fulfilment(order_id, lines),
    )


def _line(line: Mapping[str, Any], currency: str) -> OrderLine:
    price = Money.parse(line["price"], currency)
    return OrderLine(
        id=str(line["id"]),
        title=line["title"],
        quantity=line["quantity"],
        unit_price=price,
        total=price * line["quantity"],
        sku=line["sku"] or "",
    )


def _customer(data: Mapping[str, Any]) -> Customer:
    answer = _ANSWERS.get(str(data.get("marketing")))
    email = ConsentChannel.EMAIL
    return Customer(
        id=str(data["id"]),
        given_name=data["first_name"],
        email=data["email"],
        language=data["locale"],
        consents=(Consent(channel=email, state=answer, source="DemoShop"),) if answer else (),
    )
