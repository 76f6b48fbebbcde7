"""Vendure's orders as canonical records. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from retention_sdk.consent.platforms import read_state
from retention_sdk.model import (
    Address,
    Consent,
    ConsentState,
    Customer,
    Fulfilment,
    FulfilmentLine,
    FulfilmentStatus,
    LineKind,
    Money,
    Order,
    OrderLine,
    Parcel,
    Product,
)

from .settings import VendureSettings

Json = Mapping[str, Any]

_STATUS = {
    "Created": FulfilmentStatus.PLANNED,
    "Pending": FulfilmentStatus.PLANNED,
    "Shipped": FulfilmentStatus.SHIPPED,
    "Delivered": FulfilmentStatus.DELIVERED,
    "Cancelled": FulfilmentStatus.CANCELLED,
}
_TAKEN = frozenset({"Authorized", "Settled"})


class OrderReader:
    """Reads the orders of one answer. ``precision`` is the decimals of the shop's integers.

    Vendure counts every currency with the same number of decimals: 100 yen are 10000.
    """

    def __init__(self, settings: VendureSettings, *, precision: int) -> None:
        self._settings = settings
        self._precision = precision

    def read(self, data: Json) -> Order:
        """Read an order. Amounts are those of the moment it was placed."""
        history, is_cancelled = data["history"]["items"], data["state"] == "Cancelled"
        lines, custom = self._lines(data), data.get("customFields") or {}
        message = custom.get(self._settings.gift_message_field) or ""
        return Order(
            id=data["id"],
            number=data["code"],
            placed_at=_moment(data["orderPlacedAt"]),
            paid_at=min(_moments(history, "PaymentSettled"), default=None),
            cancelled_at=max(_moments(history, "Cancelled")) if is_cancelled else None,
            currency=data["currencyCode"],
            total=self._total(data),
            lines=lines,
            shipping=None if is_cancelled else self._money(data, data["shippingWithTax"]),
            tax=None if is_cancelled else self._money(data, _sum(data["taxSummary"], "taxTotal")),
            discount=None if is_cancelled else self._discount(data),
            refunded=self._refunded(data),
            customer=self._customer(data),
            billing_address=_address(data["billingAddress"]),
            shipping_address=_address(data["shippingAddress"]),
            fulfilments=_fulfilments(data, lines),
            language=custom.get(self._settings.language_field) or None,
            payment_method=next((payment["method"] for payment in data["payments"]), ""),
            coupon_codes=tuple(data["couponCodes"]),
            is_gift=bool(message),
            gift_message=message,
        )

    def _money(self, data: Json, amount: int) -> Money:
        if type(amount) is not int:
            raise TypeError("money is a whole number")
        return Money.parse(Decimal(amount).scaleb(-self._precision), data["currencyCode"])

    def _total(self, data: Json) -> Money:
        """Cancelling lines lowers ``totalWithTax``; what was paid for the order stays."""
        taken = (payment for payment in data["payments"] if payment["state"] in _TAKEN)
        return self._money(data, max(data["totalWithTax"], sum(p["amount"] for p in taken)))

    def _refunded(self, data: Json) -> Money | None:
        refunds = [refund for payment in data["payments"] for refund in payment["refunds"]]
        settled = [refund["total"] for refund in refunds if refund["state"] == "Settled"]
        return self._money(data, sum(settled)) if settled else None

    def _discount(self, data: Json) -> Money:
        return self._money(data, -_sum(data["discounts"], "amountWithTax"))

    def _lines(self, data: Json) -> tuple[OrderLine, ...]:
        kind = self._travels(data["shippingLines"])
        return tuple(self._line(data, line, kind) for line in data["lines"] if _ordered(line))

    def _line(self, data: Json, line: Json, kind: LineKind) -> OrderLine:
        ordered, variant = _ordered(line), line["productVariant"]
        is_whole = ordered == line["quantity"]
        unit = line["proratedUnitPriceWithTax"]
        total = line["proratedLinePriceWithTax"] if is_whole else unit * ordered
        return OrderLine(
            id=line["id"],
            title=variant["name"],
            quantity=ordered,
            unit_price=self._money(data, line["unitPriceWithTax"]),
            total=self._money(data, total),
            sku=variant["sku"],
            product_id=variant["product"]["id"],
            kind=kind,
            brand=self._brand(variant["product"]),
        )

    def _brand(self, product: Json) -> str:
        """Return the first value of the facet that the shop keeps brands in, if it names one."""
        if not self._settings.brand_facet:
            return ""
        values = product["facetValues"]
        code = self._settings.brand_facet
        return next((each["name"] for each in values if each["facet"]["code"] == code), "")

    def _travels(self, shipping_lines: list[Json]) -> LineKind:
        """Without a shipping method nothing is shipped: Vendure asks for one by default."""
        methods = [line["shippingMethod"] for line in shipping_lines]
        handlers = {method["fulfillmentHandlerCode"] for method in methods if method}
        codes = {method["code"] for method in methods if method}
        if not methods or (handlers and handlers <= self._settings.digital_handlers):
            return LineKind.DIGITAL
        is_pickup = codes and codes <= self._settings.pickup_methods
        return LineKind.PICKUP if is_pickup else LineKind.PHYSICAL

    def _customer(self, data: Json) -> Customer | None:
        customer = data["customer"]
        if not customer:
            return None
        return Customer(
            id=customer["id"],
            given_name=customer["firstName"],
            family_name=customer["lastName"],
            email=customer["emailAddress"],
            phone=customer["phoneNumber"] or "",
            language=(data.get("customFields") or {}).get(self._settings.language_field) or None,
            address=_address(data["shippingAddress"]),
            consents=read_consents(customer, self._settings),
        )


def read_customer(data: Json, settings: VendureSettings) -> Customer:
    """Read a customer of the list of customers."""
    return Customer(
        id=data["id"],
        given_name=data["firstName"],
        family_name=data["lastName"],
        email=data["emailAddress"],
        phone=data["phoneNumber"] or "",
        consents=read_consents(data, settings),
    )


def read_product(data: Json) -> Product:
    """Read a product; its number is that of its first variant."""
    return Product(
        id=data["id"],
        title=data["name"],
        sku=next((variant["sku"] for variant in data["variants"]), ""),
        categories=tuple(each["name"] for each in data["collections"]),
    )


def _ordered(line: Json) -> int:
    """Cancelling lowers ``quantity``; adding to a placed order raises it above what was placed."""
    placed: int = line["orderPlacedQuantity"]
    current: int = line["quantity"]
    return max(placed, current)


def read_consents(customer: Json, settings: VendureSettings) -> tuple[Consent, ...]:
    """Return the answer in the custom fields; null is silence."""
    custom = customer.get("customFields") or {}
    state, level = read_state("vendure", custom.get(settings.consent_field))
    if state is ConsentState.UNKNOWN:
        return ()
    asked_at = custom.get(settings.consent_at_field)
    return (
        Consent(
            channel=settings.consent_channel,
            state=state,
            opt_in_level=level,
            recorded_at=_moment(asked_at) if asked_at else None,
            source=f"Vendure custom field {settings.consent_field}",
        ),
    )


def _fulfilments(data: Json, lines: tuple[OrderLine, ...]) -> tuple[Fulfilment, ...]:
    """Return the shop's fulfilments, and one planned for what is still to be packed."""
    if any(line.kind is not LineKind.PHYSICAL for line in lines):
        return ()
    known = tuple(_fulfilment(data, item) for item in data["fulfillments"] or ())
    packed = dict.fromkeys((line.id for line in lines), 0)
    for fulfilment in known:
        if fulfilment.status is not FulfilmentStatus.CANCELLED:
            for part in fulfilment.lines:
                packed[part.line_id] += part.quantity
    left = ((line["id"], line["quantity"] - packed.get(line["id"], 0)) for line in data["lines"])
    rest = tuple(FulfilmentLine(line_id=key, quantity=count) for key, count in left if count > 0)
    if not rest:
        return known
    name = f"{data['id']}-next"
    return (*known, Fulfilment(id=name, lines=rest, parcels=(Parcel(id=name),)))


def _fulfilment(data: Json, item: Json) -> Fulfilment:
    shipped = (
        _moment(entry["createdAt"])
        for entry in data["history"]["items"]
        if str(entry["data"].get("fulfillmentId")) == item["id"]
        and entry["data"].get("to") == "Shipped"
    )
    parts = tuple(
        FulfilmentLine(line_id=line["orderLineId"], quantity=line["quantity"])
        for line in item["lines"]
    )
    parcel = Parcel(
        id=item["id"], carrier=item["method"], tracking_number=item["trackingCode"] or ""
    )
    status = _STATUS.get(item["state"], FulfilmentStatus.PLANNED)
    return Fulfilment(
        id=item["id"],
        status=status,
        lines=parts,
        parcels=(parcel,),
        shipped_at=max(shipped, default=None),
    )


def _moments(history: list[Json], state: str) -> list[datetime]:
    """Return when an order came into a state; it may have done so more than once."""
    return [
        _moment(entry["createdAt"])
        for entry in history
        if entry["type"] == "ORDER_STATE_TRANSITION" and entry["data"].get("to") == state
    ]


def _address(data: Json | None) -> Address | None:
    if not data or not (data["streetLine1"] or data["city"] or data["postalCode"]):
        return None
    street = (data["streetLine1"], data["streetLine2"])
    return Address(
        name=data["fullName"] or "",
        company=data["company"] or "",
        street=tuple(part for part in street if part),
        city=data["city"] or "",
        region=data["province"] or "",
        postcode=data["postalCode"] or "",
        country=data["countryCode"] or None,
        phone=data["phoneNumber"] or "",
    )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _sum(items: list[Json], field: str) -> int:
    return sum(item[field] for item in items)
