"""The newsletter's recipients: Shopware's own record of who agreed to be written to.

There is one for each address and sales channel, whether or not there is an account.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from uuid import uuid4

from retention_sdk.model import Consent
from retention_sdk.shop_api.values import text

from .client import Session, refused
from .criteria import Criteria, among, either, equals, since
from .people import written_answer
from .values import Json, identifier, name_based_id

ENTITY = "newsletter-recipient"
LOOK_BACK = timedelta(hours=6)
"""How far before a bell a change may be: Shopware tries a delivery again for up to five hours."""


def account(session: Session, customer_id: str) -> Json:
    """Return the account whose recipient is asked for.

    Raises:
        PlatformError: there is none.
    """
    found = session.one("customer", customer_id)
    if found is None:
        raise refused("there is no such customer")
    return found


def recipients_of(session: Session, customers: Iterable[Json]) -> dict[tuple[str, str], list[Json]]:
    """Return the recipients of some accounts, by address in small letters and sales channel."""
    emails = sorted({text(each["email"]) for each in customers})
    found: dict[tuple[str, str], list[Json]] = {}
    if emails:
        for each in session.everything(ENTITY, _sorted(among("email", emails))):
            found.setdefault(recipient_key(each), []).append(each)
    return found


def recipient_key(entity: Json) -> tuple[str, str]:
    """Return by what an account and its recipient belong together."""
    return text(entity["email"]).casefold(), identifier(entity["salesChannelId"])


def changed_since(session: Session, moment: datetime, *, sales_channel_id: str) -> Iterator[Json]:
    """Yield the recipients that changed since a moment."""
    own = [equals("salesChannelId", sales_channel_id)] if sales_channel_id else []
    recent = either(since("createdAt", moment), since("updatedAt", moment))
    return session.everything(ENTITY, _sorted(*own, recent))


def write(session: Session, customer_id: str, consent: Consent) -> None:
    """Write an answer to the recipient of an account; make one where there is none."""
    answer = written_answer(consent)
    person = account(session, customer_id)
    found = recipients_of(session, [person]).get(recipient_key(person))
    if found:
        kept = found[0]["customFields"] or {}
        if "customFields" in answer:
            answer["customFields"] = {**kept, **answer["customFields"]}
        session.write(ENTITY, identifier(found[0]["id"]), answer)
        return
    made = {
        "id": name_based_id("recipient", *recipient_key(person)),
        "email": person["email"],
        "firstName": person["firstName"],
        "lastName": person["lastName"],
        "languageId": person["languageId"],
        "salesChannelId": person["salesChannelId"],
        # Whoever knows it can confirm in somebody's name, so nobody may guess it.
        "hash": uuid4().hex,
        **answer,
    }
    if not session.create(ENTITY, made):
        raise refused("the answer was not written", retryable=True)


def forget(session: Session, email: str) -> None:
    """Delete every recipient with an address, in all sales channels."""
    for each in list(session.everything(ENTITY, _sorted(equals("email", email)))):
        session.delete(ENTITY, identifier(each["id"]))


def _sorted(*conditions: Criteria) -> Criteria:
    order = [{"field": "createdAt", "order": "ASC"}, {"field": "id", "order": "ASC"}]
    return {"filter": list(conditions), "sort": order}
