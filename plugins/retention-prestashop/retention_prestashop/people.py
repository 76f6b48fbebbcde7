"""Accounts, guests and addresses as canonical records. Pure."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from retention_sdk.consent.platforms import read_state
from retention_sdk.model import Address, Consent, ConsentChannel, ConsentState, Customer

from .directory import Directory
from .moments import moment_or_none
from .webservice import NAME, Json, number

CUSTOMER_FIELDS = (
    "id id_lang company firstname lastname email birthday newsletter newsletter_date_add is_guest "
    "deleted"
).split()
ADDRESS_FIELDS = (
    "id id_country id_state company lastname firstname address1 address2 postcode city phone "
    "phone_mobile"
).split()
_DAY_LENGTH = len("2000-01-31")


def read_customer(row: Json, directory: Directory, *, address: Address | None = None) -> Customer:
    """Read an account, or the record that PrestaShop keeps of a guest: that one has no number."""
    year, month_day = _birthday(row["birthday"])
    consent = read_consent(row, directory.zone)
    return Customer(
        id="" if str(row["is_guest"]) == "1" else number(row["id"]),
        given_name=row["firstname"] or "",
        family_name=row["lastname"] or "",
        company=row["company"] or "",
        email=row["email"] or "",
        phone=address.phone if address else "",
        language=directory.languages.get(str(row["id_lang"])),
        birthday=month_day,
        birth_year=year,
        address=address,
        consents=(consent,) if consent else (),
    )


def read_consent(row: Json, zone: ZoneInfo) -> Consent | None:
    """Return the answer about the shop's own newsletter; None where the field says neither.

    PrestaShop dates a yes, and leaves that date when it becomes a no: a no has none. ``optin`` is
    about partners' offers, so it is not read.
    """
    state, level = read_state(NAME, row["newsletter"])
    if state is ConsentState.UNKNOWN:
        return None
    is_yes = state is ConsentState.GRANTED
    return Consent(
        channel=ConsentChannel.EMAIL,
        state=state,
        recorded_at=moment_or_none(row["newsletter_date_add"], zone) if is_yes else None,
        source="PrestaShop customer.newsletter",
        opt_in_level=level,
        platform=NAME,
    )


def read_address(row: Json, directory: Directory) -> Address:
    """Read an address; its country and region by what was looked up for it."""
    country = directory.countries({str(row["id_country"])}).get(str(row["id_country"]))
    region = directory.regions({str(row["id_state"])}).get(str(row["id_state"]))
    return Address(
        name=f"{row['firstname'] or ''} {row['lastname'] or ''}",
        company=row["company"] or "",
        street=tuple(part for part in (row["address1"], row["address2"]) if part),
        city=row["city"] or "",
        region=region["name"] if region else "",
        postcode=row["postcode"] or "",
        country=country["iso_code"] if country else None,
        phone=row["phone"] or row["phone_mobile"] or "",
    )


def _birthday(text: str | None) -> tuple[int | None, str]:
    """Return year and day of the year; zeros stand for none."""
    if not text or text.startswith("0000"):
        return None, ""
    return int(text[:4]), text[5:_DAY_LENGTH]
