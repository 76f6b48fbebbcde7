"""Accounts, and what people answered to the newsletter. Pure.

Shopware knows four states of a recipient. ``notSet`` is no answer: the mail that asks to confirm
is on its way. Only ``optIn`` was confirmed; ``direct`` was believed at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from retention_sdk.consent.platforms import read_state, write_state
from retention_sdk.model import Consent, ConsentChannel, ConsentState, Customer, OptInLevel
from retention_sdk.shop_api.values import text

from .client import NAME
from .read import addressee, read_address
from .values import Json, identifier, moment, moment_or_none

ANSWERED = "retention_sdk_answered"
"""Our custom field of a recipient: which status we wrote, and when it was answered."""


def read_customer(data: Json, recipients: Iterable[Json] = ()) -> Customer:
    """Read an account, with the answers of its newsletter recipients."""
    birthday = _birthday(data["birthday"])
    address = read_address(data["defaultShippingAddress"])
    return Customer(
        id=identifier(data["id"]),
        given_name=text(data["firstName"]),
        family_name=text(data["lastName"]),
        company=address.company if address else "",
        email=text(data["email"]),
        phone=address.phone if address else "",
        language=text(data["language"]["locale"]["code"]) or None,
        addressee=addressee(data["salutation"]),  # type: ignore[arg-type] # one of three
        birthday=f"{birthday:%m-%d}" if birthday else "",
        birth_year=birthday.year if birthday else None,
        tags=tuple(text(tag["name"]) for tag in data["tags"] or ()),
        address=address,
        consents=read_consents(recipients),
    )


def read_consents(recipients: Iterable[Json]) -> tuple[Consent, ...]:
    """Return the answers of recipients; silence is none of them."""
    answers = (read_consent(each) for each in recipients)
    return tuple(answer for answer in answers if answer)


def read_consent(recipient: Json) -> Consent | None:
    """Return what a recipient answered, None where nothing was.

    A yes without a date proves nothing and is none.
    """
    status = recipient["status"]
    state, level = read_state(NAME, status)
    if state is ConsentState.UNKNOWN:
        return None
    at = _answered_at(recipient, state)
    if state is ConsentState.GRANTED and at is None:
        return None
    return Consent(
        channel=ConsentChannel.EMAIL,
        state=state,
        recorded_at=at,
        source="Shopware newsletter",
        opt_in_level=level,
        confirmed_at=at if level is OptInLevel.CONFIRMED else None,
        platform=NAME,
    )


def written_answer(consent: Consent) -> dict[str, Any]:
    """Return the fields of a recipient that say an answer; a confirmation is never claimed.

    Raises:
        UnsupportedFeature: Shopware has no word for it.
    """
    status, _ = write_state(NAME, consent.state, consent.opt_in_level)
    at = consent.recorded_at
    fields: dict[str, Any] = {"status": status}
    if at:
        iso = at.astimezone(UTC).isoformat()
        fields["customFields"] = {ANSWERED: {"status": status, "at": iso}}
        if consent.state is ConsentState.GRANTED:
            fields["confirmedAt"] = iso
    return fields


def _answered_at(recipient: Json, state: ConsentState) -> datetime | None:
    """Return when it was answered.

    A yes is as old as its confirmation, else as the recipient; never as the last change, which may
    be anybody's and would make it younger than a no that the shop has not heard of yet. A no is as
    young as the last change: Shopware leaves the date of the yes before it where it is.
    """
    ours = (recipient["customFields"] or {}).get(ANSWERED) or {}
    if ours.get("status") == recipient["status"]:
        return moment(ours["at"])
    if state is ConsentState.GRANTED:
        return moment_or_none(recipient["confirmedAt"] or recipient["createdAt"])
    return moment_or_none(recipient["updatedAt"] or recipient["createdAt"])


def _birthday(value: Any) -> date | None:
    return date.fromisoformat(text(value)[:10]) if value else None
