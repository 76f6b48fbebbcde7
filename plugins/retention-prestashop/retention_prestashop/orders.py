"""Orders as canonical records, from all that the webservice keeps of them in other lists."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from retention_sdk.errors import PlatformError
from retention_sdk.model import (
    Address,
    Customer,
    Fulfilment,
    FulfilmentStatus,
    LineKind,
    Money,
    Order,
    OrderLine,
    Page,
    Parcel,
    plan_fulfilment,
)
from retention_sdk.shop_api import read_page_beside
from retention_sdk.shop_api.values import rounded

from .directory import Directory
from .history import History
from .moments import moment
from .money import spread
from .people import ADDRESS_FIELDS, CUSTOMER_FIELDS, read_address, read_customer
from .settings import PrestaShopSettings
from .webservice import NO_SUCH_RESOURCE, Json, Webservice, number

ORDER_FIELDS = (
    "id reference id_customer id_address_delivery id_address_invoice id_currency id_lang "
    "id_carrier current_state module date_add date_upd shipping_number gift gift_message "
    "total_paid_tax_incl total_paid_tax_excl total_discounts_tax_incl total_shipping_tax_incl "
    "total_wrapping_tax_incl"
).split()
_DETAILS = (
    "id id_order product_id product_attribute_id product_name product_quantity product_reference "
    "unit_price_tax_incl total_price_tax_incl"
).split()
_HISTORIES = ("id", "id_order", "id_order_state", "date_add")
_SLIPS = ("id", "id_order", "total_products_tax_incl", "total_shipping_tax_incl")
_COUPONS = ("id", "id_order", "id_cart_rule", "free_shipping")

Grouped = Mapping[str, list[Json]]


@dataclass(frozen=True, slots=True, repr=False)
class Related:
    """What belongs to a page of orders, by the order's number or its own."""

    details: Grouped
    histories: Grouped
    slips: Grouped
    coupons: Grouped
    codes: Mapping[str, str]
    customers: Mapping[str, Json]
    addresses: Mapping[str, Address]


class OrderReader:
    """Reads orders a page at a time, with about ten requests for all that they refer to."""

    def __init__(
        self,
        service: Webservice,
        directory: Directory,
        settings: PrestaShopSettings,
        *,
        reading: Callable[[], AbstractContextManager[None]],
    ) -> None:
        self._service, self._directory, self._settings = service, directory, settings
        self.reading = reading

    def read(self, row: Json) -> Order | None:
        """Return an order; None if its last line was deleted, for then it is one no more."""
        return self._order_or_none(row, self._related([row]))

    def page(self, rows: Sequence[Json], cursor: str) -> Page[Order]:
        """Return a page of orders, of which one that cannot be read does not stop the others."""
        return read_page_beside(
            rows,
            self._related,
            self._order_or_none,
            reading=self.reading,
            name=lambda row: f"order {number(row['id'])}",
            cursor=cursor,
        )

    def _order_or_none(self, row: Json, related: Related) -> Order | None:
        return self._order(row, related) if related.details[str(row["id"])] else None

    # What belongs to them ------------------------------------------------------------------

    def _related(self, rows: Sequence[Json]) -> Related:
        ids = [number(row["id"]) for row in rows]
        coupons = self._coupons(ids)
        details = self._grouped("order_details", ids, _DETAILS)
        products = {str(line["product_id"]) for lines in details.values() for line in lines}
        self._directory.carriers({str(row["id_carrier"]) for row in rows})
        goods = self._directory.goods(products)
        self._directory.categories({str(each["id_category_default"]) for each in goods.values()})
        return Related(
            details=details,
            histories=self._grouped("order_histories", ids, _HISTORIES),
            slips=self._grouped("order_slip", ids, _SLIPS),
            coupons=coupons,
            codes=self._codes(coupons),
            customers=self._by_id("customers", _values(rows, "id_customer"), CUSTOMER_FIELDS),
            addresses=self._addresses(rows),
        )

    def _grouped(self, resource: str, ids: Sequence[str], fields: Sequence[str]) -> Grouped:
        grouped: dict[str, list[Json]] = {order_id: [] for order_id in ids}
        for row in self._service.rows_by(resource, "id_order", ids, fields):
            # One that names an order which nobody asked for would be missing somewhere.
            grouped[number(row["id_order"])].append(row)
        for some in grouped.values():
            some.sort(key=lambda row: int(number(row["id"])))
        return grouped

    def _coupons(self, ids: Sequence[str]) -> Grouped:
        """PrestaShop 1.6 itself does not list what codes orders used; its kin do."""
        try:
            return self._grouped("order_cart_rules", ids, _COUPONS)
        except PlatformError as error:
            if error.code != NO_SUCH_RESOURCE:
                raise
            return {}

    def _by_id(self, resource: str, ids: set[str], fields: Sequence[str]) -> Mapping[str, Json]:
        rows = self._service.rows_by(resource, "id", ids, fields)
        return {str(row["id"]): row for row in rows}

    def _codes(self, coupons: Grouped) -> Mapping[str, str]:
        """Orders keep the number of a code; a code that was deleted since is not known any more."""
        used = {str(each["id_cart_rule"]) for some in coupons.values() for each in some}
        rows = self._by_id("cart_rules", used, ("id", "code"))
        return {key: _word(row["code"]) for key, row in rows.items() if row["code"]}

    def _addresses(self, rows: Sequence[Json]) -> Mapping[str, Address]:
        wanted = _values(rows, "id_address_delivery", "id_address_invoice")
        found = self._by_id("addresses", wanted, ADDRESS_FIELDS)
        self._directory.countries(_values(found.values(), "id_country"))
        self._directory.regions(_values(found.values(), "id_state"))
        return {key: read_address(row, self._directory) for key, row in found.items()}

    # One order -----------------------------------------------------------------------------

    def _order(self, row: Json, related: Related) -> Order:
        order_id = number(row["id"])
        currency = self._directory.currencies[str(row["id_currency"])]
        history = History(row, related.histories.get(order_id, ()), self._directory)
        lines = self._lines(row, related, currency)
        total = rounded(row["total_paid_tax_incl"], currency)
        message = row["gift_message"] or ""
        coupons = related.coupons.get(order_id, ())
        used = (related.codes.get(str(each["id_cart_rule"]), "") for each in coupons)
        return Order(
            id=order_id,
            number=row["reference"] or order_id,
            placed_at=moment(row["date_add"], self._directory.zone),
            paid_at=history.paid_at,
            cancelled_at=history.cancelled_at,
            currency=currency,
            total=total,
            lines=lines,
            shipping=rounded(row["total_shipping_tax_incl"], currency),
            tax=total - rounded(row["total_paid_tax_excl"], currency),
            discount=rounded(row["total_discounts_tax_incl"], currency),
            refunded=self._refunded(related.slips.get(order_id, ()), history, total),
            customer=self._buyer(row, related),
            billing_address=related.addresses.get(str(row["id_address_invoice"])),
            shipping_address=related.addresses.get(str(row["id_address_delivery"])),
            fulfilments=self._fulfilments(row, lines, history),
            language=self._directory.languages.get(str(row["id_lang"])),
            payment_method=row["module"] or "",
            coupon_codes=tuple(filter(None, used)),
            is_gift=str(row["gift"]) == "1" or bool(message),
            gift_message=message,
        )

    def _buyer(self, row: Json, related: Related) -> Customer | None:
        """Return who bought; whoever was deleted since is nobody."""
        found = related.customers.get(str(row["id_customer"]))
        if found is None:
            return None
        address = related.addresses.get(str(row["id_address_invoice"]))
        return read_customer(found, self._directory, address=address)

    def _refunded(self, slips: Iterable[Json], history: History, total: Money) -> Money | None:
        """Add up credit slips, never to more than the total. As a state it means all of it."""
        if history.is_refunded:
            return total
        amounts = [
            rounded(slip[part], total.currency)
            for slip in slips
            for part in ("total_products_tax_incl", "total_shipping_tax_incl")
        ]
        if not amounts:
            return None
        return min(total, sum(amounts, Money.zero(total.currency)))

    # Lines and parcels ---------------------------------------------------------------------

    def _lines(self, row: Json, related: Related, currency: str) -> tuple[OrderLine, ...]:
        order_id = number(row["id"])
        details = related.details[order_id]
        listed = [rounded(each["total_price_tax_incl"], currency) for each in details]
        paid = _after_discounts(row, related.coupons.get(order_id, ()), listed, currency)
        travels = self._travels(str(row["id_carrier"]))
        return tuple(
            self._line(each, amount, travels) for each, amount in zip(details, paid, strict=True)
        )

    def _line(self, detail: Json, paid: Money, travels: LineKind) -> OrderLine:
        product_id = number(detail["product_id"])
        known = self._directory.goods({product_id}).get(product_id, {})
        category = str(known.get("id_category_default") or "0")
        return OrderLine(
            id=number(detail["id"]),
            title=detail["product_name"],
            quantity=int(number(detail["product_quantity"])),
            unit_price=rounded(detail["unit_price_tax_incl"], paid.currency),
            total=paid,
            sku=detail["product_reference"] or "",
            product_id=product_id,
            kind=LineKind.DIGITAL if str(known.get("is_virtual")) == "1" else travels,
            categories=tuple(self._directory.categories({category}).values()),
            brand=known.get("manufacturer_name") or "",
        )

    def _travels(self, carrier_id: str) -> LineKind:
        carrier = self._directory.carriers({carrier_id}).get(carrier_id)
        reference = int(number(carrier["id_reference"])) if carrier else 0
        is_fetched = reference in self._settings.pickup_carriers
        return LineKind.PICKUP if is_fetched else LineKind.PHYSICAL

    def _fulfilments(
        self, row: Json, lines: tuple[OrderLine, ...], history: History
    ) -> tuple[Fulfilment, ...]:
        """PrestaShop posts an order as one parcel; its state says whether that left."""
        planned = plan_fulfilment(number(row["id"]), lines)
        return tuple(self._sent(each, row, history) for each in planned)

    def _sent(self, fulfilment: Fulfilment, row: Json, history: History) -> Fulfilment:
        carrier = self._directory.carriers({str(row["id_carrier"])}).get(str(row["id_carrier"]))
        name, tracking = (carrier["name"] if carrier else ""), row["shipping_number"] or ""
        parcels = tuple(
            Parcel(id=parcel.id, carrier=name, tracking_number=tracking)
            for parcel in fulfilment.parcels
        )
        status = history.status
        shipped_at = None if status is FulfilmentStatus.CANCELLED else history.shipped_at
        return fulfilment.model_copy(
            update={"parcels": parcels, "status": status, "shipped_at": shipped_at}
        )


def _after_discounts(
    row: Json, coupons: Iterable[Json], listed: Sequence[Money], currency: str
) -> Iterator[Money]:
    """Yield what was paid for each line: PrestaShop takes codes off the order, not off its lines.

    What is left of the goods is the total without postage and wrapping; a code for free postage
    has taken that off already.
    """
    if not rounded(row["total_discounts_tax_incl"], currency).minor:
        yield from listed
        return
    is_posted_free = any(str(each["free_shipping"]) == "1" for each in coupons)
    extras = ["total_wrapping_tax_incl", *(["total_shipping_tax_incl"] * (not is_posted_free))]
    left = rounded(row["total_paid_tax_incl"], currency).minor
    left -= sum(rounded(row[name], currency).minor for name in extras)
    weights = [max(0, amount.minor) for amount in listed]
    for minor in spread(min(max(0, left), sum(weights)), weights):
        yield Money(minor=minor, currency=currency)


def _word(value: object) -> str:
    """Return a code; one of digits alone may come as a number."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise TypeError("a code is text")
    return str(value)


def _values(rows: Iterable[Json], *fields: str) -> set[str]:
    """Return the numbers in some fields; zero is none."""
    return {str(row[field]) for row in rows for field in fields} - {"0", "", "None"}
