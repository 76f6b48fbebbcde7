"""Customers, and the subscribers in whom BigCommerce keeps what they agreed to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from retention_sdk.consent.platforms import read_state, write_state
from retention_sdk.errors import UnsupportedFeature
from retention_sdk.model import (
    Address,
    Consent,
    ConsentChannel,
    ConsentState,
    Customer,
    Purpose,
)
from retention_sdk.shop_api import ApiClient
from retention_sdk.shop_api.values import asked_number, identifier

from .api import NAME, Json, all_v3, data_of, is_last, items_v3, moment, one_v3, refused

Answer = tuple[ConsentState, datetime]
"""A yes or a no to marketing by e-mail, and its moment."""

SUBSCRIBERS = "v3/customers/subscribers"
_CUSTOMERS = "v3/customers"
_ANSWER = ("consents", "date_created", "date_modified")
_CURSOR = re.compile(r"[A-Za-z0-9+/=_-]{1,200}")
# The filter's dates have no zone; whoever is read once too often does no harm.
_ANY_ZONE = timedelta(days=1)


def customer_pages(
    api: ApiClient, *, size: int, since: datetime | None, cursor: str
) -> Iterator[tuple[list[Json], str]]:
    """Yield pages of customers by number, and the cursor after each: BigCommerce's own."""
    if cursor and not _CURSOR.fullmatch(cursor):
        raise refused("this cursor is not one of ours")
    wishes: dict[str, Any] = {"limit": size, "include": "addresses"}
    if since:
        wishes["date_modified:min"] = f"{since.astimezone(UTC) - _ANY_ZONE:%Y-%m-%dT%H:%M:%S}"
    while True:
        answer = api.get(_CUSTOMERS, params={**wishes, **({"after": cursor} if cursor else {})})
        items = data_of(answer, _CUSTOMERS)
        found = (answer.mapping()["meta"].get("cursor_pagination") or {}).get("end_cursor") or ""
        is_end = is_last(items, size)
        if not is_end and found in ("", cursor):
            raise refused("the list of customers does not go on")
        cursor = "" if is_end else found
        yield items, cursor
        if not cursor:
            return


def all_subscribers(api: ApiClient) -> dict[str, Json]:
    """Return what all subscribers answered, not read yet, by e-mail address."""
    found = ((each, each.get("email")) for each in all_v3(api, SUBSCRIBERS))
    return {
        folded(email): {name: each.get(name) for name in _ANSWER}
        for each, email in found
        if isinstance(email, str)  # without an address it is no customer's
    }


def fetch_customer(api: ApiClient, customer_id: str) -> Json | None:
    """Return a customer as BigCommerce has them, None if there is none."""
    wishes = {"id:in": asked_number(customer_id, adapter=NAME), "include": "addresses"}
    found = items_v3(api, _CUSTOMERS, **wishes)
    return next((each for each in found if identifier(each["id"]) == customer_id), None)


def find_account(api: ApiClient, email: str) -> Json | None:
    """Return the customer with an e-mail address, None if there is none."""
    wishes = {"email:in": email, "include": "addresses"}
    found = items_v3(api, _CUSTOMERS, **wishes)
    return next((each for each in found if folded(each["email"]) == folded(email)), None)


def find_subscribers(api: ApiClient, email: str) -> list[Json]:
    """Return the subscribers with an e-mail address: one, or none."""
    found = items_v3(api, SUBSCRIBERS, email=email)
    return [each for each in found if folded(each["email"]) == folded(email)]


def read_account(body: Json, subscribers: Mapping[str, Json]) -> Customer:
    """Read a customer, and what they answered as one of the subscribers."""
    subscriber = subscribers.get(folded(body["email"]))
    return read_customer(body, consents_of(read_answer(subscriber) if subscriber else None))


def read_customer(body: Json, consents: Iterable[Consent]) -> Customer:
    """Read a customer."""
    addresses = body.get("addresses") or ()
    return Customer(
        id=identifier(body["id"]),
        given_name=body["first_name"],
        family_name=body["last_name"],
        company=body["company"] or "",
        email=body["email"],
        phone=body["phone"] or "",
        address=_address(addresses[0]) if addresses else None,
        consents=tuple(consents),
    )


def read_subscriber(body: Json) -> Customer:
    """Read a subscriber who has no account."""
    return Customer(
        given_name=body.get("first_name") or "",
        family_name=body.get("last_name") or "",
        email=body["email"],
        consents=consents_of(read_answer(body)),
    )


def read_answer(subscriber: Json) -> Answer | None:
    """Read what a subscriber answered, and when; None for silence.

    BigCommerce dates the record, not the answer. So a yes is as old as it may be, and a no as
    young: a newer no that was told somewhere else is never outweighed.
    """
    words = subscriber["consents"]
    if not isinstance(words, list):
        raise TypeError("consents are a list")
    states = {read_state(NAME, word)[0] for word in words or ["none"]}
    if ConsentState.GRANTED in states:
        return ConsentState.GRANTED, moment(subscriber["date_created"])
    if ConsentState.DENIED in states:
        return ConsentState.DENIED, moment(subscriber["date_modified"])
    return None


def consents_of(answer: Answer | None) -> tuple[Consent, ...]:
    """Return an answer as a record."""
    if answer is None:
        return ()
    state, at = answer
    channel, source = ConsentChannel.EMAIL, "BigCommerce subscriber"
    return (Consent(channel=channel, state=state, recorded_at=at, source=source, platform=NAME),)


def write_consent(api: ApiClient, customer: Json, consent: Consent) -> None:
    """Tell BigCommerce an answer, and look what it made of it.

    A no empties the list, reminders of baskets included. Who never subscribed and says no stays
    without a subscription.

    Raises:
        UnsupportedFeature: it is about something else than marketing by e-mail.
        PlatformError: BigCommerce answered with another list.
    """
    is_no = consent.state is ConsentState.DENIED
    if consent.purpose is not Purpose.MARKETING or not _is_for_mail(consent, is_no=is_no):
        raise UnsupportedFeature("only consent to marketing by e-mail is kept", adapter=NAME)
    word, _ = write_state(NAME, consent.state)
    there = find_subscribers(api, customer["email"])
    if not there and is_no:
        return
    for each in there:
        wanted = [] if is_no else sorted({*each["consents"], word})
        change = {"email": each["email"], "consents": wanted}
        _require(api.put(f"{SUBSCRIBERS}/{identifier(each['id'])}", json=change), wanted)
    if not there:
        made = {name: customer[name] for name in ("email", "first_name", "last_name")}
        answer = api.post(SUBSCRIBERS, json={**made, "source": "custom", "consents": [word]})
        _require(answer, [word])


def erase(api: ApiClient, customer_id: str) -> None:
    """Delete a customer, and before that the subscription of the same address."""
    customer = fetch_customer(api, customer_id)
    if customer is None:
        return
    for each in find_subscribers(api, customer["email"]):
        api.delete(f"{SUBSCRIBERS}/{identifier(each['id'])}", also_good=(404,))
    api.request("DELETE", _CUSTOMERS, params={"id:in": customer_id}, also_good=(404,))


def _is_for_mail(consent: Consent, *, is_no: bool) -> bool:
    """A no to everything is one to e-mail too; a yes to everything would be more than is asked."""
    is_mail = consent.channel is ConsentChannel.EMAIL
    return is_mail or (is_no and consent.channel is ConsentChannel.ANY)


def _require(answer: Any, wanted: list[str]) -> None:
    if sorted(one_v3(answer)["consents"]) != wanted:
        raise refused("the subscription is not what was written; look at it in the control panel")


def _address(data: Mapping[str, Any]) -> Address | None:
    if not (data["address1"] or data["city"] or data["postal_code"]):
        return None
    return Address(
        name=" ".join(part for part in (data["first_name"], data["last_name"]) if part),
        company=data["company"] or "",
        street=tuple(part for part in (data["address1"], data["address2"]) if part),
        city=data["city"] or "",
        region=data["state_or_province"] or "",
        postcode=data["postal_code"] or "",
        country=data["country_code"] or None,
        phone=data["phone"] or "",
    )


def folded(email: Any) -> str:
    """Return an address as it is compared: case tells nobody apart."""
    if not isinstance(email, str):
        raise TypeError("an e-mail address is text")
    return email.strip().casefold()
