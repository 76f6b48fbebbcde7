"""Discount codes: coupons of a cart price rule that all codes of the same worth share.

A coupon has no terms of its own: uses and last day are those of its rule, whatever is sent.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from retention_sdk.errors import UnsupportedFeature
from retention_sdk.model import DiscountCode
from retention_sdk.shop_api.values import text

from .client import NAME, Rest, refused
from .values import Json, number, plain

# A rule without dates is given the day on which it is made as its last one by some versions.
_FIRST_DAY, _LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)
_GENERATED = 1
_TERMS = ("simple_action", "uses_per_coupon", "uses_per_customer", "is_active", "apply_to_shipping")


def create(api: Rest, code: DiscountCode, config: Json) -> DiscountCode:
    """Create a coupon unless it is there, and return it with the days that its rule has.

    Raises:
        PlatformError: the code is worth something else, or the shop kept other terms.
        UnsupportedFeature: a rule cannot be what the code is.
    """
    wanted = _rule(api, code, config)
    if there := _find(api, code):
        return _same(api, code, there, wanted, config)
    rule_id = _ensure(api, wanted)
    coupon = {
        "rule_id": rule_id,
        "code": code.code,
        "times_used": 0,
        "is_primary": False,
        "type": _GENERATED,
    }
    api.create("coupons", {"coupon": coupon})
    there = _find(api, code)
    if there is None:
        raise refused("the coupon was not created")
    return _same(api, code, there, wanted, config)


def void(api: Rest, code: DiscountCode) -> None:
    """Delete the coupon; its rule stays for the other codes."""
    if there := _find(api, code):
        api.client.delete(f"coupons/{number(there['coupon_id'])}", also_good=(404,))


def _find(api: Rest, code: DiscountCode) -> Json | None:
    wish = ("code", "eq", code.code)
    found = api.search("coupons/search", wish, order_by="coupon_id", size=10)
    wanted = code.code.casefold()
    return next((each for each in found if each["code"].casefold() == wanted), None)


def _ensure(api: Rest, wanted: Json) -> int:
    """Return the number of the rule, made first if it is not there."""
    rule = _find_rule(api, wanted)
    if rule is None:
        api.create("salesRules", {"rule": wanted})
        rule = _find_rule(api, wanted)
    if rule is None:
        raise refused("the cart price rule was not created; may the integration do that?")
    if not _is_alike(rule, wanted):
        # Shops reported that older versions change the dates of rules that REST makes.
        raise refused(f"the cart price rule {wanted['name']!r} is not what was asked for")
    return int(number(rule["rule_id"]))


def _find_rule(api: Rest, wanted: Json) -> Json | None:
    """Return the oldest rule of a name: two processes may have made one each."""
    wish = ("name", "eq", wanted["name"])
    found = api.search("salesRules/search", wish, order_by="rule_id", size=10)
    return found[0] if found else None


def _same(api: Rest, code: DiscountCode, coupon: Json, wanted: Json, config: Json) -> DiscountCode:
    """Return the code if its rule is worth the same."""
    rule = api.one(f"salesRules/{number(coupon['rule_id'])}")
    if rule is None or not _is_alike(rule, wanted):
        raise refused("this code exists and is worth something else; choose another one")
    zone = ZoneInfo(text(config["timezone"]))
    return code.model_copy(
        update={"platform_id": number(coupon["coupon_id"]), **_moments(rule, zone)}
    )


def _moments(rule: Json, zone: ZoneInfo) -> dict[str, datetime | None]:
    """Return when a rule begins and ends: its last day is a whole one."""
    first, last = _day(rule.get("from_date")), _day(rule.get("to_date"))
    begins = datetime.combine(first, time(), zone) if first else None
    ends = datetime.combine(last, time(23, 59, 59), zone) if last else None
    return {
        "starts_at": None if first == _FIRST_DAY else begins,
        "ends_at": None if last == _LAST_DAY else ends,
    }


def _is_alike(rule: Json, wanted: Json) -> bool:
    """Whether a rule is worth what is wanted, on the same days, to everybody."""
    terms = all(rule.get(name) == wanted[name] for name in _TERMS)
    worth = plain(rule["discount_amount"]) == Decimal(str(wanted["discount_amount"]))
    days = all(_day(rule.get(name)) == _day(wanted[name]) for name in ("from_date", "to_date"))
    groups = ("website_ids", "customer_group_ids")
    everybody = all(set(rule[name]) == set(wanted[name]) for name in groups)
    conditions = (rule.get(name) or {} for name in ("condition", "action_condition"))
    is_free = not any(each.get("conditions") for each in conditions)
    return terms and worth and days and everybody and is_free


def _day(value: Any) -> date | None:
    """Read a day; some versions write midnight behind it, or nothing but zeros."""
    try:
        return date.fromisoformat(text(value)[:10])
    except ValueError:
        return None


def _rule(api: Rest, code: DiscountCode, config: Json) -> dict[str, Any]:
    """Return the rule of all codes with these terms; its name is made of them."""
    if code.minimum:
        message = "a minimum needs conditions of a rule; make the rule yourself, or leave it out"
        raise UnsupportedFeature(message, adapter=NAME)
    zone = ZoneInfo(text(config["timezone"]))
    groups = api.everything("customerGroups/search", key="id")
    terms: dict[str, Any] = {
        **_worth(code, text(config["base_currency_code"])),
        "from_date": _on(code.starts_at, zone, _FIRST_DAY),
        "to_date": _on(code.ends_at, zone, _LAST_DAY),
        "uses_per_coupon": code.uses_max,
        "uses_per_customer": code.uses_per_customer_max or 0,
        "website_ids": sorted(each["id"] for each in api.many("store/websites") if each["id"]),
        "customer_group_ids": sorted({0, *(each["id"] for each in groups)}),
    }
    named = f"{code.title} {json.dumps(terms, sort_keys=True)}"
    digest = sha256(named.encode()).hexdigest()[:12]
    return {
        **terms,
        "name": f"{code.title or 'retention_sdk'} {digest}",
        "is_active": True,
        "coupon_type": "SPECIFIC_COUPON",
        "use_auto_generation": True,
        "stop_rules_processing": False,
        "is_advanced": True,
        "sort_order": 0,
        "discount_step": 0,
        "apply_to_shipping": False,
        "times_used": 0,
        "is_rss": False,
    }


def _worth(code: DiscountCode, currency: str) -> Mapping[str, Any]:
    if code.percent is not None:
        return {"simple_action": "by_percent", "discount_amount": float(code.percent)}
    assert code.amount is not None, "a code is worth a percentage or an amount"
    if code.amount.currency != currency:
        raise refused(f"amounts of rules in this shop are in {currency}")
    return {"simple_action": "cart_fixed", "discount_amount": float(code.amount.amount)}


def _on(when: datetime | None, zone: ZoneInfo, otherwise: date) -> str:
    """Return the day of a moment where the shop is: rules know no hours."""
    return str(when.astimezone(zone).date() if when else otherwise)
