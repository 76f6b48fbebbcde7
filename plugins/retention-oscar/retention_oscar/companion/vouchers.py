"""Vouchers from what a code is worth. Everything refused has a word that the adapter explains."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from oscar.core.loading import get_model

Json = Mapping[str, Any]

FOREVER = datetime(2999, 12, 31, tzinfo=UTC)
_NAME_MAX = 128


class RefusedError(Exception):
    """A voucher that oscar cannot hold; the text is one word of ours."""


def create(wanted: Json) -> Any:
    """Return the voucher with this code, made now or before.

    Raises:
        RefusedError: ``other`` if the code is worth something else already, or why it cannot be.
    """
    plan = _plan(wanted)
    try:
        with transaction.atomic():
            return _find(plan) or _make(plan)
    except IntegrityError:  # another request made it at this moment
        return _find(plan) or _refuse("other")


def void(code: str) -> None:
    """End a voucher, if there is one. What was bought with it stays."""
    ended = timezone.now() - timedelta(seconds=1)
    for voucher in get_model("voucher", "Voucher").objects.filter(code=code.upper()):
        if voucher.end_datetime > ended:
            voucher.start_datetime = min(voucher.start_datetime, ended)
            voucher.end_datetime = ended
            voucher.save(update_fields=["start_datetime", "end_datetime"])


def _plan(wanted: Json) -> dict[str, Any]:
    kind, value = _worth(wanted)
    minimum = wanted.get("minimum")
    if minimum and not settings.OSCAR_OFFERS_INCL_TAX:
        _refuse("tax")  # oscar would compare the goods without their tax
    return {
        "code": str(wanted["code"]).upper(),
        "title": str(wanted.get("title") or "")[: _NAME_MAX - 45],
        "kind": kind,
        "value": value,
        "product": wanted.get("product"),
        "minimum": _amount(minimum) if minimum else None,
        "usage": _usage(wanted),
        "uses": int(wanted["uses_max"]),
        "starts": _moment(wanted.get("starts_at")),
        "ends": _moment(wanted.get("ends_at")) or FOREVER,
    }


def _worth(wanted: Json) -> tuple[str, Decimal | None]:
    benefit = get_model("offer", "Benefit")
    if wanted.get("amount"):
        if not settings.OSCAR_OFFERS_INCL_TAX:
            _refuse("tax")  # oscar would take the amount from prices without tax
        return benefit.FIXED, _amount(wanted["amount"])
    if wanted.get("free_shipping"):
        return benefit.SHIPPING_PERCENTAGE, Decimal(100)
    if wanted.get("product"):
        return benefit.PERCENTAGE, Decimal(100)
    return benefit.PERCENTAGE, Decimal(int(wanted["percent"]))


def _usage(wanted: Json) -> str:
    voucher = get_model("voucher", "Voucher")
    uses, each = int(wanted["uses_max"]), wanted.get("uses_per_customer_max")
    if uses == 1:
        return str(voucher.SINGLE_USE)
    if each is None or each >= uses:
        return str(voucher.MULTI_USE)
    return str(voucher.ONCE_PER_CUSTOMER) if each == 1 else _refuse("per_customer")


def _make(plan: Mapping[str, Any]) -> Any:
    benefit = get_model("offer", "Benefit").objects.create(
        range=_range(plan["product"]) if plan["kind"] != "Shipping percentage" else None,
        type=plan["kind"],
        value=plan["value"],
        max_affected_items=1 if plan["product"] else None,
    )
    condition_model = get_model("offer", "Condition")
    needs_product = plan["product"] and not plan["minimum"]
    condition = condition_model.objects.create(
        range=_range(plan["product"] if needs_product else None),
        type=condition_model.VALUE if plan["minimum"] else condition_model.COUNT,
        value=plan["minimum"] or 1,
    )
    offer = get_model("offer", "ConditionalOffer").objects.create(
        name=f"{plan['title']} ({plan['code']})" if plan["title"] else plan["code"],
        offer_type="Voucher",
        benefit=benefit,
        condition=condition,
        # Without it, five euros off would be taken once for each piece in the basket.
        max_basket_applications=1,
        max_global_applications=plan["uses"],
    )
    voucher = get_model("voucher", "Voucher").objects.create(
        code=plan["code"],
        name=offer.name,
        usage=plan["usage"],
        start_datetime=plan["starts"] or timezone.now(),
        end_datetime=plan["ends"],
    )
    voucher.offers.add(offer)
    return voucher


def _find(plan: Mapping[str, Any]) -> Any:
    """Return the voucher that is there, if it is worth the same and was not voided."""
    found = get_model("voucher", "Voucher").objects.filter(code=plan["code"]).first()
    if found is None:
        return None
    if found.is_expired() and found.end_datetime != plan["ends"]:
        return _refuse("ended")
    offer = found.offers.first()
    if offer is None:
        return _refuse("other")
    worth = (offer.benefit.type, offer.benefit.value, found.usage, offer.max_global_applications)
    if worth != (plan["kind"], plan["value"], plan["usage"], plan["uses"]):
        return _refuse("other")
    minimum = offer.condition.value if offer.condition.type == "Value" else None
    product = offer.benefit.max_affected_items and offer.benefit.range
    if minimum != plan["minimum"] or product != (plan["product"] and _range(plan["product"])):
        return _refuse("other")
    return found


def _range(product_id: Any) -> Any:
    ranges = get_model("offer", "Range").objects
    if not product_id:
        every = {"includes_all_products": True}
        return ranges.get_or_create(name="retention: all products", defaults=every)[0]
    product = get_model("catalogue", "Product").objects.filter(pk=product_id).first()
    if product is None:
        return _refuse("product")
    found, is_new = ranges.get_or_create(name=f"retention: product {product.pk}")
    if is_new:
        found.add_product(product)
    return found


def _amount(money: Json) -> Decimal:
    if money["currency"] != settings.OSCAR_DEFAULT_CURRENCY:
        _refuse("currency")
    try:
        return Decimal(str(money["amount"])).quantize(Decimal("0.01"))
    except InvalidOperation:
        return _refuse("malformed")


def _moment(text: Any) -> datetime | None:
    moment = parse_datetime(text) if text else None
    if moment is not None and timezone.is_naive(moment):
        _refuse("malformed")
    return moment


def _refuse(word: str) -> Any:
    raise RefusedError(word)
