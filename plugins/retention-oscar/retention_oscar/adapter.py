"""Reads a django-oscar shop over oscarapi, and does the rest through the companion app."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from retention_sdk.adapter import Capability, ShopAdapter
from retention_sdk.errors import UnsupportedFeature
from retention_sdk.model import (
    Consent,
    Customer,
    DiscountCode,
    Order,
    Page,
    Product,
    Settings,
    Shop,
    ShopEvent,
    WebhookRequest,
)
from retention_sdk.shop_api import read_page
from retention_sdk.shop_api.values import asked_number, moment

from .client import OscarClient, connected, refused
from .read import (
    last_part,
    read_consents,
    read_customer,
    read_order,
    read_product,
    read_user,
    refunded_at,
)
from .settings import OscarSettings
from .vouchers import code_for, refusal

_ALONE = Capability.FETCH_ORDER | Capability.LIST_ORDERS | Capability.LIST_CUSTOMERS
_ALONE |= Capability.LIST_PRODUCTS
_TOPICS = frozenset({"order.placed", "order.changed"})
_REFUSED = 409


class OscarAdapter(ShopAdapter):
    """Orders, customers and products of one oscar shop; with the companion, all that is declared.

    An adapter without the companion declares the four things that oscarapi alone can do.
    """

    name: ClassVar[str] = "oscar"
    capabilities: ClassVar[Capability] = (
        _ALONE
        | Capability.WEBHOOKS
        | Capability.SHOP_PROFILE
        | Capability.READ_CONSENT
        | Capability.WRITE_CONSENT
        | Capability.CREATE_CODE
        | Capability.VOID_CODE
        | Capability.FREE_SHIPPING_CODE
        | Capability.FREE_PRODUCT_CODE
        | Capability.CUSTOMER_LOCALE
        | Capability.ERASE_CUSTOMER
        | Capability.NOTE_ORDER
    )
    settings_model: ClassVar[type[OscarSettings]] = OscarSettings
    settings: OscarSettings

    def __init__(self, settings: Settings, *, shop_id: str) -> None:
        super().__init__(settings, shop_id=shop_id)
        if not self.settings.companion:
            # What this very shop can do: less than the class.
            vars(self)["capabilities"] = _ALONE

    # Webhooks ------------------------------------------------------------------------------

    def verify(self, request: WebhookRequest) -> None:
        """Check the companion's signature."""
        self._require_companion("webhooks")
        secrets = tuple(s.get_secret_value().encode() for s in self.settings.webhook_secrets)
        given = request.header("X-Retention-Signature")
        self.verify_hmac(request, secrets=secrets, given=given, encode=bytes.hex)

    def read(self, request: WebhookRequest, body: Mapping[str, Any]) -> tuple[ShopEvent, ...]:
        """Tell what an order proves."""
        topic = request.header("X-Retention-Topic")
        if topic not in _TOPICS:
            return (self.unknown_event(request, topic=topic),)
        order = read_order(body["order"], self.settings)
        return self.order_events(order, raw=request.body, refunded_at=refunded_at(body["order"]))

    def read_orders(self, body: Mapping[str, Any]) -> tuple[Order, ...]:
        """Read what the companion answers or delivers: one ``order``, or a page of ``orders``."""
        items = [body["order"]] if "order" in body else body["orders"]
        return tuple(read_order(item, self.settings) for item in items)

    # Orders --------------------------------------------------------------------------------

    def fetch_order(self, order_id: str) -> Order:
        """Return one order by its number in addresses (not the number that buyers see)."""
        with connected(self.settings) as client:
            if self.settings.companion and order_id.isascii() and order_id.isdigit():
                data = client.companion(f"orders/{order_id}/")["order"]
            else:
                data = client.order(order_id)
        with self.reading():
            return read_order(data, self.settings)

    def order_pages(
        self, *, updated_since: datetime | None = None, cursor: str = ""
    ) -> Iterator[Page[Order]]:
        """Yield pages of orders: by their last change with the companion, else by number.

        oscarapi answers the whole list at once and knows no changes, so that every reading costs
        one long answer; lines are asked for order by order, and only for orders that are wanted.
        """
        with connected(self.settings) as client:
            if self.settings.companion:
                yield from self._changed_pages(client, updated_since, cursor)
            else:
                yield from self._listed_pages(client, updated_since, cursor)

    def _changed_pages(
        self, client: OscarClient, since: datetime | None, cursor: str
    ) -> Iterator[Page[Order]]:
        after = _read_cursor(cursor, "at")
        asked = {"limit": str(self.settings.page_size)}
        if since:
            asked["since"] = since.isoformat()
        while True:
            data = client.companion("orders/", **asked, **({"after": after} if after else {}))
            with self.reading():
                orders, following = data["orders"], str(data["next"])
            yield self._page(orders, f"at:{following}" if following else "")
            if not following:
                return
            after = _moved(after, following)

    def _listed_pages(
        self, client: OscarClient, since: datetime | None, cursor: str
    ) -> Iterator[Page[Order]]:
        after, size = int(_read_cursor(cursor, "id") or 0), self.settings.page_size
        with self.reading():
            wanted = self._wanted(client.orders(), since, after)
        for start in range(0, len(wanted), size):
            part = wanted[start : start + size]
            is_last = start + size >= len(wanted)
            orders = [order for _, order in part]
            yield self._page(orders, "" if is_last else f"id:{part[-1][0]}", client.with_lines)

    def _page(
        self,
        orders: Sequence[Mapping[str, Any]],
        cursor: str,
        complete: Callable[[Mapping[str, Any]], Mapping[str, Any]] = dict,
    ) -> Page[Order]:
        """Read a page, of which one order that cannot be read does not stop the others."""
        return read_page(
            orders,
            lambda order: read_order(complete(order), self.settings),
            reading=self.reading,
            name=lambda order: f"order {last_part(order['url'])}",
            cursor=cursor,
        )

    def _wanted(
        self, orders: Any, since: datetime | None, after: int
    ) -> list[tuple[int, Mapping[str, Any]]]:
        """Return orders after a number and not too old, with their numbers, in their order."""
        numbered = {int(last_part(order["url"])): order for order in orders}
        oldest = since and since - timedelta(days=self.settings.lookback_days)
        return [
            (number, order)
            for number, order in sorted(numbered.items())
            if number > after and (oldest is None or moment(order["date_placed"]) >= oldest)
        ]

    # Customers and products ----------------------------------------------------------------

    def customer_pages(
        self,
        *,
        updated_since: datetime | None = None,  # noqa: ARG002 - oscar dates no changes of accounts
        cursor: str = "",
    ) -> Iterator[Page[Customer]]:
        """Yield all accounts: oscar knows no date of their last change.

        Without the companion they are e-mail addresses, and those of the staff are among them.
        """
        with connected(self.settings) as client:
            if self.settings.companion:
                yield from self._customers(client, cursor)
                return
            if not cursor:  # the list has one page
                yield read_page(
                    client.users(),
                    read_user,
                    reading=self.reading,
                    name=lambda each: f"customer {last_part(each['url'])}",
                )

    def product_pages(self, *, cursor: str = "") -> Iterator[Page[Product]]:
        """Yield all products in one page, as oscarapi does."""
        with connected(self.settings) as client:
            if not cursor:
                yield read_page(
                    client.products(),
                    read_product,
                    reading=self.reading,
                    name=lambda each: f"product {each['id']}",
                )

    def _customers(self, client: OscarClient, cursor: str) -> Iterator[Page[Customer]]:
        after = _read_cursor(cursor, "id")
        while True:
            data = client.companion("customers/", **({"after": after} if after else {}))
            with self.reading():
                found, following = data["customers"], str(data["next"])
            yield read_page(
                found,
                read_customer,
                reading=self.reading,
                name=lambda each: f"customer {each['id']}",
                cursor=f"id:{following}" if following else "",
            )
            if not following:
                return
            after = _moved(after, following)

    # With the companion --------------------------------------------------------------------

    def fetch_shop(self) -> Shop:
        """Return name, currency, language and zone of the server; the rest is from the settings."""
        self._require_companion("the shop profile")
        if not self.settings.country:
            raise UnsupportedFeature(
                "oscar does not know its country; set country in platforms.oscar",
                adapter=self.name,
            )
        with connected(self.settings) as client:
            data = client.companion("shop/")
        with self.reading():
            return Shop(
                id=self.shop_id,
                name=data["name"],
                country=self.settings.country,
                currency=data["currency"],
                language=data["language"],
                time_zone=data["time_zone"],
                url=self.settings.shop_url,
                email=self.settings.shop_email,
                platform=self.name,
            )

    def fetch_consents(self, customer_id: str) -> tuple[Consent, ...]:
        """Return what the companion keeps of a customer's answers."""
        self._require_companion("reading consent")
        with connected(self.settings) as client:
            data = client.companion(f"customers/{asked_number(customer_id, adapter=self.name)}/")
        with self.reading():
            return read_consents(data["customer"])

    def write_consent(self, customer_id: str, consent: Consent) -> None:
        """Have the companion keep an answer, unless it knows a newer one."""
        self._require_companion("writing consent")
        at = consent.recorded_at
        answer = {
            "channel": consent.channel,
            "purpose": consent.purpose,
            "state": consent.state,
            "opt_in_level": consent.opt_in_level,
            "recorded_at": at.isoformat() if at else None,
            "source": consent.source,
        }
        self._write(
            "PUT",
            f"customers/{asked_number(customer_id, adapter=self.name)}/consents/",
            json=answer,
        )

    def erase_customer(self, customer_id: str) -> None:
        """Delete the account, its addresses and answers; orders keep where they were sent."""
        self._require_companion("erasing customers")
        self._write("DELETE", f"customers/{asked_number(customer_id, adapter=self.name)}/")

    def create_code(self, code: DiscountCode) -> DiscountCode:
        """Create a voucher, or find the same one. Oscar writes codes in capitals."""
        self._require_companion("creating codes")
        self.require_worth(code)
        with connected(self.settings) as client:
            answer = client.write("POST", "vouchers/", json=code_for(code))
        if answer.status == _REFUSED:
            raise refusal(str(answer.mapping().get("refused", "")))
        if not answer.is_good:
            raise refused("the shop has no companion at this address")
        with self.reading():
            made = answer.mapping()
            return code.model_copy(update={"code": made["code"], "platform_id": str(made["id"])})

    def void_code(self, code: DiscountCode) -> None:
        """End the voucher with this code."""
        self._require_companion("voiding codes")
        self._write("DELETE", "vouchers/", params={"code": code.code})

    def note_order(self, order_id: str, text: str) -> None:
        """Write a note that the dashboard shows at the order; the same one is written once."""
        self._require_companion("notes at orders")
        self._write(
            "POST",
            f"orders/{asked_number(order_id, adapter=self.name)}/notes/",
            json={"text": text},
        )

    def _write(self, method: str, path: str, **wishes: Any) -> None:
        with connected(self.settings) as client:
            answer = client.write(method, path, **wishes)
        if not answer.is_good:
            raise refused("there is no such thing in the shop, or no companion")

    def _require_companion(self, what: str) -> None:
        if not self.settings.companion:
            raise UnsupportedFeature(
                f"{what} needs the companion app in the shop; see companion in platforms.oscar",
                adapter=self.name,
            )


def _read_cursor(cursor: str, kind: str) -> str:
    """Return where to go on; a cursor of the other way of listing is refused."""
    if not cursor:
        return ""
    given, _, place = cursor.partition(":")
    if given != kind or not place or (kind == "id" and not place.isdigit()):
        raise refused("this cursor is not of this list; begin it anew")
    return place


def _moved(before: str, after: str) -> str:
    if before == after:
        raise refused("the shop answers the same page again and again")
    return after
