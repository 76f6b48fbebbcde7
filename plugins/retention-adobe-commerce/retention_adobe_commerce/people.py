"""Accounts and their newsletter. Pure.

``is_subscribed`` is one word for an account: true is a yes whose proof is unknown, false a no, even
for somebody who was never asked. Where it is missing, nothing is known.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from retention_sdk.consent.platforms import read_state, write_state
from retention_sdk.model import Consent, ConsentChannel, ConsentState, Customer
from retention_sdk.shop_api.values import text

from .read import addressee, read_address
from .settings import AdobeCommerceSettings
from .values import Json, number

_WORDS = "adobe"


def read_customer(data: Json, settings: AdobeCommerceSettings, locale: str | None) -> Customer:
    """Read an account."""
    addresses = data.get("addresses") or ()
    address = next((read_address(each) for each in addresses if each.get("default_shipping")), None)
    dob = text(data.get("dob"))
    return Customer(
        id=number(data["id"]),
        given_name=text(data["firstname"]),
        family_name=text(data["lastname"]),
        email=text(data["email"]),
        phone=address.phone if address else "",
        language=locale,
        addressee=addressee(data.get("gender")),
        birthday=dob[5:10],
        birth_year=int(dob[:4]) if dob else None,
        address=address,
        consents=read_consents(data, settings),
    )


def read_consents(data: Json, settings: AdobeCommerceSettings) -> tuple[Consent, ...]:
    """Return the answer to the newsletter, nothing where the shop does not say."""
    more = data.get("extension_attributes")
    word = more.get("is_subscribed") if isinstance(more, dict) else None
    state, level = read_state(_WORDS, word if isinstance(word, bool) else None)
    if state is ConsentState.UNKNOWN:
        return ()
    answer = Consent(
        channel=ConsentChannel.EMAIL,
        state=state,
        recorded_at=_answered_at(data, settings, state),
        source="Adobe Commerce newsletter",
        opt_in_level=level,
        platform="adobe_commerce",
    )
    return (answer,)


def with_answer(
    data: dict[str, Any], consent: Consent, settings: AdobeCommerceSettings
) -> dict[str, Any]:
    """Return a whole account with an answer in it; all else stays as it was.

    Raises:
        UnsupportedFeature: there is no word for the answer.
    """
    word, _ = write_state(_WORDS, consent.state, consent.opt_in_level)
    more = {**(data.get("extension_attributes") or {}), "is_subscribed": word == "true"}
    changed = {**data, "extension_attributes": more}
    name, at = settings.consent_at_attribute, consent.recorded_at
    if name and at:
        kept = [e for e in data.get("custom_attributes") or () if e["attribute_code"] != name]
        value = f"{consent.state} {at.astimezone(UTC).isoformat()}"
        changed["custom_attributes"] = [*kept, {"attribute_code": name, "value": value}]
    return changed


def _answered_at(
    data: Json, settings: AdobeCommerceSettings, state: ConsentState
) -> datetime | None:
    """Return when that was answered, if we wrote it and nobody changed it since."""
    for each in data.get("custom_attributes") or ():
        if (
            settings.consent_at_attribute
            and each["attribute_code"] == settings.consent_at_attribute
        ):
            word, _, at = text(each["value"]).partition(" ")
            return datetime.fromisoformat(at) if word == state else None
    return None
