"""Discount codes: a voucher with one code, worth something in each channel it is listed in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from decimal import Decimal
from typing import Any, NamedTuple

from retention_sdk.errors import UnsupportedFeature
from retention_sdk.model import DiscountCode, Money
from retention_sdk.shop_api.values import moment

from .client import NAME, Run, codes_of, done, refused
from .documents import CREATE_VOUCHER, LIST_VOUCHER, UPDATE_VOUCHER, VOUCHERS
from .values import Json, money

_VOIDED_FROM, _VOIDED_TO = "2000-01-01T00:00:00+00:00", "2000-01-02T00:00:00+00:00"
"""A voucher cannot be switched off, and one that is deleted gives its code free again."""


class Listing(NamedTuple):
    """What a voucher is worth in a channel: ``value`` in percent or major units."""

    value: Decimal
    minimum: Decimal | None


def create(run: Run, code: DiscountCode, *, slugs: frozenset[str]) -> DiscountCode:
    """Create the voucher unless it is there, and list it where it is not listed yet.

    Saleor has each code once, among vouchers and gift cards. A call that was cut off between the
    two steps leaves a voucher that is good nowhere; the next call finishes it.
    """
    terms = _terms(code)
    shop = run(VOUCHERS, search=code.code)
    wanted = _listings(code, shop["channels"], slugs)
    voucher = _known(shop, code)
    if voucher is None:
        data = run(CREATE_VOUCHER, input=_input(code, terms))
        if "ALREADY_EXISTS" in codes_of(data["done"]):
            voucher = _known(run(VOUCHERS, search=code.code), code)
        else:
            voucher = done(data, "the voucher")["voucher"]
    if voucher is None:
        raise refused("this code is taken; choose another one")
    missing = _missing(voucher, terms, wanted)
    if missing:
        listed = {"addChannels": [_listed(key, each) for key, each in missing.items()]}
        done(run(LIST_VOUCHER, id=voucher["id"], input=listed), "listing the voucher")
    ends = voucher["endDate"]
    return code.model_copy(
        update={
            "platform_id": voucher["id"],
            "starts_at": moment(voucher["startDate"]).astimezone(UTC),
            "ends_at": moment(ends).astimezone(UTC) if ends else None,
        }
    )


def void(run: Run, code: DiscountCode) -> None:
    """Let the voucher have ended long ago. Orders that used it keep their discount."""
    voucher = _known(run(VOUCHERS, search=code.code), code)
    if voucher and len(_codes(voucher)) > 1:
        raise refused("this voucher has other codes, too, so it is not ours; nothing was done")
    if voucher and not _is_void(voucher):
        ended = {"startDate": _VOIDED_FROM, "endDate": _VOIDED_TO}
        done(run(UPDATE_VOUCHER, id=voucher["id"], input=ended), "voiding the voucher")


def _known(shop: Json, code: DiscountCode) -> Json | None:
    """Return the voucher with exactly this code; the search finds those that contain it, too."""
    vouchers: list[Json] = [edge["node"] for edge in shop["found"]["edges"]]
    return next((each for each in vouchers if code.code in _codes(each)), None)


def _codes(voucher: Json) -> set[str]:
    return {edge["node"]["code"] for edge in voucher["codes"]["edges"]}


def _is_void(voucher: Json) -> bool:
    ends = voucher["endDate"]
    return bool(ends) and moment(ends) <= moment(_VOIDED_TO)


def _terms(code: DiscountCode) -> dict[str, Any]:
    """Return what a voucher must be, written as Saleor takes it and answers it."""
    if code.uses_per_customer_max not in (None, 1):
        message = "Saleor's vouchers work once for each customer, or as often as they like"
        raise UnsupportedFeature(message, adapter=NAME)
    return {
        "type": "SHIPPING" if code.is_free_shipping else "ENTIRE_ORDER",
        "discountValueType": "FIXED" if code.amount else "PERCENTAGE",
        "usageLimit": code.uses_max,
        "applyOncePerCustomer": code.uses_per_customer_max == 1,
        "applyOncePerOrder": False,
        "singleUse": False,
        "onlyForStaff": False,
    }


def _input(code: DiscountCode, terms: Mapping[str, Any]) -> dict[str, Any]:
    starts, ends = code.starts_at, code.ends_at
    return {
        **terms,
        "name": code.title or code.code,
        "addCodes": [code.code],
        **({"startDate": starts.isoformat()} if starts else {}),
        **({"endDate": ends.isoformat()} if ends else {}),
    }


def _listings(
    code: DiscountCode, channels: list[Json], slugs: frozenset[str]
) -> dict[str, Listing]:
    """Return what the code is worth in which channels: the active ones that know its amounts.

    Where prices are entered without tax, Saleor takes amounts off before it adds the tax, and
    compares minimums then: the buyer would save another amount than the code says.
    """
    asked = [each for each in (code.amount, code.minimum) if each]
    currencies = {each.currency for each in asked}
    found = {
        each["id"]: _worth(code)
        for each in channels
        if each["isActive"]
        and (not slugs or each["slug"] in slugs)
        and currencies <= {each["currencyCode"]}
        and (not asked or each["taxConfiguration"]["pricesEnteredWithTax"])
    }
    if not found:
        where = f" in {' and '.join(sorted(currencies))} whose prices include tax" if asked else ""
        raise refused(f"there is no active channel{where} to list the voucher in")
    return found


def _worth(code: DiscountCode) -> Listing:
    percent = 100 if code.is_free_shipping else code.percent
    value = code.amount.amount if code.amount else Decimal(percent or 0)
    return Listing(value, code.minimum.amount if code.minimum else None)


def _listed(channel_id: str, listing: Listing) -> dict[str, Any]:
    minimum = {} if listing.minimum is None else {"minAmountSpent": str(listing.minimum)}
    return {"channelId": channel_id, "discountValue": str(listing.value), **minimum}


def _missing(
    voucher: Json, terms: Mapping[str, Any], wanted: Mapping[str, Listing]
) -> dict[str, Listing]:
    """Return where the voucher is still to be listed, if it is worth the same elsewhere."""
    if _is_void(voucher):
        raise refused("this code was voided; choose another one")
    there = {each["channel"]["id"]: _listing_of(each) for each in voucher["channelListings"] or ()}
    is_same = {name: voucher[name] for name in terms} == terms
    is_free = not voucher["minCheckoutItemsQuantity"] and not voucher["countries"]
    is_alone = len(_codes(voucher)) == 1
    agrees = all(wanted[key] == each for key, each in there.items() if key in wanted)
    if not (is_same and is_free and is_alone and agrees):
        raise refused("this code exists and is worth something else; choose another one")
    return {key: each for key, each in wanted.items() if key not in there}


def _listing_of(node: Json) -> Listing:
    least: Money | None = money(node["minSpent"]) if node["minSpent"] else None
    has_least = least is not None and bool(least.minor)
    return Listing(Decimal(node["discountValue"]), least.amount if least and has_least else None)
