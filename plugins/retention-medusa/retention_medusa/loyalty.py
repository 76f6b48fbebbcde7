"""Gift cards and store credit, as @medusajs/loyalty-plugin keeps them."""

from __future__ import annotations

from collections.abc import Iterator

from retention_sdk.errors import PlatformError, UnsupportedFeature
from retention_sdk.model import DiscountCode, Money
from retention_sdk.shop_api import ApiClient
from retention_sdk.shop_api.values import moment

from .promotions import number
from .values import Json, amount

_CARDS = "admin/gift-cards"
_ACCOUNTS = "admin/store-credit-accounts"
_PAGE = 100
# Gift cards cannot be disabled: a voided one is one that ended before there was any.
_VOIDED = "1970-01-01T00:00:00.000Z"


def create_gift_card(api: ApiClient, code: DiscountCode) -> DiscountCode:
    """Create a gift card, or find the one that is there; codes are unique.

    Medusa calls a new card redeemed: its balance lies in an account that the code opens.
    """
    balance = _balance(code)
    if found := _find(api, code):
        return _same(code, found)
    body = {
        "code": code.code,
        "value": number(balance),
        "currency_code": balance.currency.lower(),
        "expires_at": code.ends_at.isoformat() if code.ends_at else None,
        "note": code.title or None,
    }
    answer = api.post(_CARDS, json=body, also_good=(400,))
    if answer.is_good:
        return _with_identity(code, answer.mapping()["gift_card"])
    if found := _find(api, code):
        return _same(code, found)
    raise _refused("the server does not take this gift card; its value is 1 or more")


def void_gift_card(api: ApiClient, code: DiscountCode) -> None:
    """Let a gift card be over; one that is not there is worthless already."""
    found = _find(api, code)
    if found and found["expires_at"] != _VOIDED:
        path = f"{_CARDS}/{found['id']}"
        api.post(path, json={"expires_at": _VOIDED}, is_repeatable=True)


def give_credit(api: ApiClient, customer_id: str, money: Money, *, key: str) -> None:
    """Add to the customer's account in this currency, unless a transaction names the key.

    Medusa has no metadata at this endpoint: the key is the transaction's note.
    """
    account = _account(api, customer_id, money.currency)
    for transaction in _transactions(api, account):
        if transaction["note"] == key:
            _require_equal(transaction, money)
            return
    body = {"amount": number(money), "note": key}
    api.post(f"{_ACCOUNTS}/{account}/credit", json=body)


def _require_equal(transaction: Json, money: Money) -> None:
    is_same = transaction["type"] == "credit"
    if not is_same or amount(transaction["amount"], money.currency) != money:
        raise _refused("this key was used for another amount")


def _account(api: ApiClient, customer_id: str, currency: str) -> str:
    """Return the account's identifier; a customer has at most one in a currency."""
    if found := _find_account(api, customer_id, currency):
        return found
    api.get(f"admin/customers/{customer_id}", params={"fields": "id"})
    body = {"customer_id": customer_id, "currency_code": currency.lower()}
    api.post(_ACCOUNTS, json=body, also_good=(400,))
    if found := _find_account(api, customer_id, currency):
        return found
    raise _refused("the server does not open an account for this customer and currency")


def _find_account(api: ApiClient, customer_id: str, currency: str) -> str:
    params = {"customer_id": customer_id, "currency_code": currency.lower()}
    found = api.get(_ACCOUNTS, params=params).mapping()["store_credit_accounts"]
    return str(found[0]["id"]) if found else ""


def _transactions(api: ApiClient, account: str) -> Iterator[Json]:
    path = f"{_ACCOUNTS}/{account}/transactions"
    for skip in range(0, 10**9, _PAGE):
        params = {"limit": _PAGE, "offset": skip, "order": "created_at"}
        found = api.get(path, params=params).mapping()["transactions"]
        yield from found
        if len(found) < _PAGE:
            return


def _find(api: ApiClient, code: DiscountCode) -> Json | None:
    """Return the card with exactly this code. The list can only be searched."""
    for skip in range(0, 10**9, _PAGE):
        params = {"q": code.code, "limit": _PAGE, "offset": skip}
        cards = api.get(_CARDS, params=params).mapping()["gift_cards"]
        found: Json | None = next((each for each in cards if each["code"] == code.code), None)
        if found or len(cards) < _PAGE:
            return found
    raise AssertionError("a list of gift cards has an end")


def _balance(code: DiscountCode) -> Money:
    assert code.balance is not None, "a gift card has a balance"
    if code.minimum or code.starts_at:
        message = "gift cards have neither a minimum nor a first day in Medusa"
        raise UnsupportedFeature(message, adapter="medusa")
    return code.balance


def _same(code: DiscountCode, found: Json) -> DiscountCode:
    if found["expires_at"] == _VOIDED:
        raise _refused("this code was voided before; choose another one")
    currency = str(found["currency_code"]).upper()
    if amount(found["value"], currency) != code.balance:
        raise _refused("this code exists and is worth something else; choose another one")
    return _with_identity(code, found)


def _with_identity(code: DiscountCode, found: Json) -> DiscountCode:
    ends = found["expires_at"]
    known = {"platform_id": found["id"], "ends_at": moment(ends) if ends else None}
    return code.model_copy(update=known)


def _refused(message: str) -> PlatformError:
    return PlatformError(message, adapter="medusa", retryable=False)
