"""Shopware 6.7: an app's webhooks here, the Admin API in the class above."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

from retention_sdk.adapter import Capability
from retention_sdk.model import (
    ConsentChanged,
    Customer,
    CustomerCreated,
    CustomerErased,
    CustomerUpdated,
    Erasure,
    RecordChanged,
    ShopEvent,
    WebhookRequest,
)

from . import newsletter
from .admin import ShopwareAdmin
from .client import Session, refused
from .criteria import CUSTOMER_PARTS, ORDER_PARTS, along
from .people import read_consents, read_customer
from .read import changed_at, is_sale, read_order
from .settings import ShopwareSettings
from .values import Json, identifier, moment
from .webhooks import CUSTOMER, DELETED, NEWSLETTER, ORDER, rung_at, rung_for


class ShopwareAdapter(ShopwareAdmin):
    """One Shopware shop, or one sales channel of it.

    Deliveries only say which order, account or newsletter changed; ``complete`` asks what.
    """

    name: ClassVar[str] = "shopware"
    capabilities: ClassVar[Capability] = (
        Capability.WEBHOOKS
        | Capability.FETCH_ORDER
        | Capability.LIST_ORDERS
        | Capability.LIST_CUSTOMERS
        | Capability.LIST_PRODUCTS
        | Capability.SHOP_PROFILE
        | Capability.READ_CONSENT
        | Capability.WRITE_CONSENT
        | Capability.CREATE_CODE
        | Capability.VOID_CODE
        | Capability.FREE_SHIPPING_CODE
        | Capability.CUSTOMER_LOCALE
        | Capability.ERASE_CUSTOMER
        | Capability.NOTE_ORDER
        | Capability.TAG_ORDER
    )
    settings_model: ClassVar[type[ShopwareSettings]] = ShopwareSettings
    settings: ShopwareSettings

    def verify(self, request: WebhookRequest) -> None:
        """Check the signature: hexadecimal HMAC-SHA256 of the body with the shop's secret."""
        secrets = tuple(s.get_secret_value().encode() for s in self.settings.webhook_secrets)
        given = request.header("shopware-shop-signature")
        self.verify_hmac(request, secrets=secrets, given=given, encode=bytes.hex)

    def read(self, request: WebhookRequest, body: Mapping[str, Any]) -> tuple[ShopEvent, ...]:
        """Tell what changed; what it became is for ``complete``."""
        at, event = rung_at(body), body["data"]["event"]
        delivery = identifier(body["source"]["eventId"])
        if event == DELETED and body["data"]["payload"]["customer"]["guest"] is False:
            return (self._erased(request, body["data"]["payload"]["customer"], at),)
        rung = tuple(
            RecordChanged(
                **self._fact(f"heard:{delivery}{about}", request.body),
                occurred_at=at,
                platform=self.name,
                kind=kind,
                reference=reference,
            )
            for kind, reference, about in rung_for(body)
        )
        return rung or (self.unknown_event(request, topic=event, occurred_at=at),)

    def complete(self, event: RecordChanged) -> tuple[ShopEvent, ...]:
        """Ask what became of an order, an account or the newsletter."""
        with self._api.connected() as session, self.reading():
            if event.kind == ORDER:
                return self._changed_order(session, event.reference)
            if event.kind == CUSTOMER:
                return self._changed_customer(session, event.reference)
            if event.kind == NEWSLETTER:
                rung = datetime.fromtimestamp(int(event.reference), UTC)
                return self._changed_newsletter(session, rung)
        raise refused(f"nothing here is of the kind {event.kind}")

    def _erased(self, request: WebhookRequest, customer: Json, at: datetime) -> CustomerErased:
        """Somebody deleted their account; Shopware itself only tidies up those of guests."""
        customer_id = identifier(customer["id"])
        return CustomerErased(
            **self._fact(f"customer:{customer_id}:erased", request.body),
            occurred_at=at,
            erasure=Erasure(customer_id=customer_id),
        )

    def _changed_order(self, session: Session, order_id: str) -> tuple[ShopEvent, ...]:
        data = session.one("order", order_id, **along(*ORDER_PARTS))
        if data is None or not self._is_ours(data) or not is_sale(data):
            return ()
        return self.order_events(read_order(data, self.settings), refunded_at=changed_at(data))

    def _changed_customer(self, session: Session, customer_id: str) -> tuple[ShopEvent, ...]:
        data = session.one("customer", customer_id, **along(*CUSTOMER_PARTS))
        if data is None or not self._is_ours(data) or data["guest"]:
            return ()
        recipients = newsletter.recipients_of(session, [data]).get(
            newsletter.recipient_key(data), []
        )
        customer = read_customer(data, recipients)
        subject, opened_at = f"customer:{customer.id}", moment(data["createdAt"])
        told: list[ShopEvent] = [
            CustomerCreated(
                **self._fact(f"{subject}:created"), occurred_at=opened_at, customer=customer
            )
        ]
        if data["updatedAt"]:
            at = moment(data["updatedAt"])
            fact = self._fact(f"{subject}:updated-{at:%Y%m%dT%H%M%S%f}")
            told.append(CustomerUpdated(**fact, occurred_at=at, customer=customer))
        return (*told, *self._answers(recipients, customer))

    def _changed_newsletter(self, session: Session, rung: datetime) -> tuple[ShopEvent, ...]:
        """Return all that was answered shortly before: a bell does not say by whom."""
        since, channel = rung - newsletter.LOOK_BACK, self.settings.sales_channel_id
        found = newsletter.changed_since(session, since, sales_channel_id=channel)
        answers = ((each, Customer(email=each["email"])) for each in found)
        return tuple(event for each, who in answers for event in self._answers([each], who))

    def _answers(self, recipients: Sequence[Json], who: Customer) -> Iterator[ConsentChanged]:
        for recipient in recipients:
            for answer in read_consents([recipient]):
                at = answer.recorded_at or moment(recipient["createdAt"])
                name = f"newsletter:{identifier(recipient['id'])}:{answer.state}"
                fact = self._fact(f"{name}-{at:%Y%m%dT%H%M%S%f}")
                yield ConsentChanged(**fact, occurred_at=at, customer=who, consent=answer)

    def _fact(self, fact: str, raw: bytes = b"") -> dict[str, Any]:
        event_id = f"{self.name}:{self.shop_id}:{fact}"
        return {"id": event_id, "shop_id": self.shop_id, "raw": raw}

    def _is_ours(self, data: Json) -> bool:
        """Whether a thing belongs to the sales channel of the settings, if they name one."""
        return self.settings.sales_channel_id in {"", data["salesChannelId"]}
