"""Discount codes as cart rules."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from retention_sdk.errors import UnsupportedFeature
from retention_sdk.model import DiscountCode, Money

from .changes import change
from .directory import Directory
from .moments import moment, stamp
from .webservice import NAME, Json, Webservice, number, refused

# A rule has to have both dates.
_FROM, _TILL = "2000-01-01 00:00:00", "2099-12-31 23:59:59"
_PRODUCT = re.compile(r"(\d{1,10})(?:-(\d{1,10}))?")
_AMOUNTS = frozenset({"minimum_amount", "reduction_percent", "reduction_amount"})
_OF_AMOUNTS = {
    "reduction_amount": ("reduction_tax", "reduction_currency"),
    "minimum_amount": ("minimum_amount_tax", "minimum_amount_currency"),
}
# What makes a rule worth something else to somebody.
_TERMS = (
    "id_customer date_from date_to quantity_per_user minimum_amount minimum_amount_tax "
    "minimum_amount_currency minimum_amount_shipping country_restriction carrier_restriction "
    "group_restriction cart_rule_restriction product_restriction shop_restriction free_shipping "
    "reduction_percent reduction_amount reduction_tax reduction_currency reduction_product "
    "gift_product gift_product_attribute"
).split()
_FIELDS = ("id", "code", "active", "quantity", *_TERMS)


def create(service: Webservice, directory: Directory, code: DiscountCode) -> DiscountCode:
    """Create a cart rule, or find the one that is there; it comes back with its number.

    PrestaShop lets two rules have one code. So it is looked for before and after: of two that were
    made at once, the older one stays.

    Raises:
        PlatformError: the code was voided, or is worth something else.
        UnsupportedFeature: a rule cannot be what the code is.
    """
    wanted = _rule(code, directory)
    if found := _find(service, code.code):
        return _same(found, wanted, code, directory)
    made = number(service.add("cart_rules", "cart_rule", wanted)["id"])
    found = _find(service, code.code)
    for twin in sorted((number(row["id"]) for row in found), key=int)[1:]:
        if twin == made:
            service.remove("cart_rules", made)
            found = [row for row in found if number(row["id"]) != made]
    return _same(found, wanted, code, directory)


def void(service: Webservice, code: DiscountCode) -> None:
    """Switch off every rule with this code; they stay, so the code stays taken."""
    for row in _find(service, code.code):
        if _is_on(row):
            change(service, "cart_rules", "cart_rule", number(row["id"]), {"active": "0"})


def _find(service: Webservice, code: str) -> list[Json]:
    rows = service.rows("cart_rules", _FIELDS, where={"code": f"[{code}]"}, sort="id_ASC")
    return [row for row in rows if row["code"].casefold() == code.casefold()]


def _same(
    found: Iterable[Json], wanted: Json, code: DiscountCode, directory: Directory
) -> DiscountCode:
    """Return the code with the platform's number and end, if its rule is worth the same."""
    on = [row for row in found if _is_on(row)]
    if not on:
        raise refused("this code was voided before; choose another one")
    rule = on[0]
    # The number of uses that are left sinks with each one.
    is_more = int(number(rule["quantity"])) > int(wanted["quantity"])
    if len(on) > 1 or is_more or _terms(rule) != _terms(wanted):
        raise refused("this code exists and is worth something else; choose another one")
    ends_at = moment(rule["date_to"], directory.zone) if rule["date_to"] != _TILL else None
    return code.model_copy(update={"platform_id": number(rule["id"]), "ends_at": ends_at})


def _is_on(rule: Json) -> bool:
    return str(rule["active"]) == "1"


def _terms(rule: Json) -> list[Any]:
    """Return what a rule is worth; the currency of no amount is nothing, whatever is stored."""
    told = {name: Decimal(str(rule[name] or 0)) for name in _AMOUNTS}
    others = {name: str(rule[name] or 0) for name in _TERMS if name not in _AMOUNTS}
    for amount, belongings in _OF_AMOUNTS.items():
        if not told[amount]:
            others.update(dict.fromkeys(belongings, "0"))
    return [told, others]


def _rule(code: DiscountCode, directory: Directory) -> dict[str, Any]:
    """Return what to post. What is not sent is nothing, so all that counts is."""
    worth: dict[str, Any] = {
        "reduction_percent": code.percent or 0,
        "reduction_amount": _units(code.amount),
        "reduction_tax": 1,
        "reduction_currency": _currency(code.amount, directory),
        "free_shipping": int(code.is_free_shipping),
        **_gift(code.free_product),
    }
    fixed = dict.fromkeys(_TERMS, 0)
    names = [{"id": key, "value": _title(code)} for key in sorted(directory.languages, key=int)]
    return {
        **fixed,
        "date_from": _date(code.starts_at, directory, _FROM),
        "date_to": _date(code.ends_at, directory, _TILL),
        "quantity": code.uses_max,
        "quantity_per_user": code.uses_per_customer_max or code.uses_max,
        "priority": 1,
        # The rest of an amount that is not used up must not become a code of its own.
        "partial_use": 0,
        "code": code.code,
        "minimum_amount": _units(code.minimum),
        "minimum_amount_tax": int(code.minimum is not None),
        "minimum_amount_currency": _currency(code.minimum, directory),
        **worth,
        "highlight": 0,
        "active": 1,
        "name": names,
    }


def _title(code: DiscountCode) -> str:
    """Tags are cut out of names."""
    return re.sub(r"[<>{}]", "", code.title)[:254] or code.code


def _date(when: datetime | None, directory: Directory, otherwise: str) -> str:
    return stamp(when, directory.zone) if when else otherwise


def _gift(product: str) -> dict[str, str | int]:
    """Read ``12``, or ``12-34`` for one combination of a product."""
    if not product:
        return {"gift_product": 0, "gift_product_attribute": 0}
    match = _PRODUCT.fullmatch(product)
    if not match:
        message = "a free product is named by its number, or 12-34 for a combination of it"
        raise UnsupportedFeature(message, adapter=NAME)
    return {"gift_product": match[1], "gift_product_attribute": match[2] or 0}


def _units(money: Money | None) -> str | int:
    return str(money.amount) if money else 0


def _currency(money: Money | None, directory: Directory) -> str | int:
    """Return the number of an amount's currency in this shop."""
    if money is None:
        return 0
    if money.currency not in directory.currency_numbers:
        raise refused(f"this shop has no {money.currency}")
    return directory.currency_numbers[money.currency]
