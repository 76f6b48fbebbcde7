"""Money that is given: gift cards and store credit. Neither is ever given twice."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from retention_sdk.errors import UnsupportedFeature
from retention_sdk.model import DiscountCode, Money

from .client import NAME, Json, Run, codes_of, done, refused
from .documents import (
    CLAIM,
    CREATE_GIFT_CARD,
    DEACTIVATE_GIFT_CARD,
    GIFT_CARDS,
    GIVE_CREDIT,
    SET_CLAIM,
)
from .values import gid

_LENGTHS = range(8, 21)
"""Letters and digits of a gift card's code (GiftCardCreateInput.code)."""
_NAMESPACE = "retention_sdk"
"""Not the app's own one: staff have to be able to settle a claim that was cut off."""
_LOST_RACES = frozenset({"INVALID_COMPARE_DIGEST", "STALE_OBJECT", "TAKEN"})


# Gift cards --------------------------------------------------------------------------------


def create_gift_card(run: Run, code: DiscountCode, *, now: datetime) -> DiscountCode:
    """Create the gift card, or find the one that an earlier call created.

    Shopify has each code once, so a card is never paid for twice. It does not tell codes again;
    the card is known by its note, which holds the hash of the code. Hyphens are left out.
    """
    plain = _plain(code, now)
    assert code.balance is not None, "a gift card has a balance"
    shop = run(GIFT_CARDS, search=plain)
    wish = {
        "code": plain,
        "initialAmount": _money_input(code.balance),
        "expiresOn": _last_day(code, shop["shop"]["ianaTimezone"]),
        "note": _note(plain),
    }
    card = _known(shop, plain)
    if card is None:
        data = run(CREATE_GIFT_CARD, input=wish)
        if "TAKEN" not in codes_of(data["done"]):
            card_id = done(data, "the gift card")["giftCard"]["id"]
            return code.model_copy(update={"platform_id": card_id})
        card = _known(run(GIFT_CARDS, search=plain), plain)
    if card is None:
        raise refused("this code is another gift card's; choose another one")
    value = card["initialValue"]
    if Money.parse(value["amount"], value["currencyCode"]) != code.balance:
        raise refused("this code exists and is worth something else; choose another one")
    if not card["enabled"]:
        raise refused("this gift card was voided; choose another code")
    return code.model_copy(update={"platform_id": card["id"]})


def void_gift_card(run: Run, code: DiscountCode) -> None:
    """Deactivate the gift card, for good: Shopify cannot enable one again."""
    plain = code.code.replace("-", "")
    card = _known(run(GIFT_CARDS, search=plain), plain)
    if card and card["enabled"]:
        done(run(DEACTIVATE_GIFT_CARD, id=card["id"]), "voiding the gift card")


def _plain(code: DiscountCode, now: datetime) -> str:
    plain = code.code.replace("-", "")
    if len(plain) not in _LENGTHS:
        raise UnsupportedFeature("gift cards have 8 to 20 letters and digits", adapter=NAME)
    limits = (code.minimum, code.starts_at and code.starts_at > now, code.uses_per_customer_max)
    if any(limits):
        message = "gift cards here have no minimum, no later start and no limit for a customer"
        raise UnsupportedFeature(message, adapter=NAME)
    return plain


def _last_day(code: DiscountCode, zone: str) -> str | None:
    """Return the day that a card ends with, in the shop's own time zone."""
    return code.ends_at.astimezone(ZoneInfo(zone)).date().isoformat() if code.ends_at else None


def _note(plain: str) -> str:
    return f"retention-sdk {sha256(plain.casefold().encode()).hexdigest()[:32]}"


def _known(shop: Json, plain: str) -> Json | None:
    nodes: list[Json] = shop["giftCards"]["nodes"]
    return next((card for card in nodes if card["note"] == _note(plain)), None)


# Store credit ------------------------------------------------------------------------------


def give(run: Run, customer_id: str, amount: Money, *, key: str) -> None:
    """Pay at most once for a key: claim it at the customer, pay, and note that it is paid.

    Shopify's mutation knows no keys of ours. The claim is a metafield that Shopify writes only
    if it is as we saw it (``compareDigest``), so of two processes one pays. A process that dies
    after the claim leaves it open, and nobody pays until a person has looked.
    """
    owner, name = gid("Customer", customer_id), f"credit-{sha256(key.encode()).hexdigest()[:32]}"
    customer = run(CLAIM, id=owner, namespace=_NAMESPACE, key=name)["customer"]
    if not customer:
        raise refused("there is no such customer")
    claim = customer["metafield"] or {"value": "", "compareDigest": None}
    state, _, terms = claim["value"].partition(" ")
    if terms and terms != str(amount):
        raise refused("this key stands for another amount of store credit")
    if state == "paid":
        return
    if state == "asked":
        raise refused(
            f"an earlier try to give this store credit was cut off; look at the customer's "
            f"transactions and set the metafield {_NAMESPACE}.{name} to 'paid {amount}' or "
            f"'refused {amount}'"
        )
    place = {"ownerId": owner, "namespace": _NAMESPACE, "key": name}
    field = {**place, "type": "single_line_text_field"}
    digest = _write(run, field, f"asked {amount}", claim["compareDigest"])
    answer = run(GIVE_CREDIT, id=owner, input={"creditAmount": _money_input(amount)})
    word = "refused" if answer["done"]["userErrors"] else "paid"
    _write(run, field, f"{word} {amount}", digest)
    done(answer, "store credit")


def _write(run: Run, field: dict[str, Any], value: str, digest: str | None) -> str:
    data = run(SET_CLAIM, field={**field, "value": value, "compareDigest": digest})
    if codes_of(data["done"]) & _LOST_RACES:
        raise refused("another process gives this store credit right now", retryable=True)
    return str(done(data, "the note of store credit")["metafields"][0]["compareDigest"])


def _money_input(money: Money) -> dict[str, str]:
    return {"amount": str(money.amount), "currencyCode": money.currency}
