"""What a customer answered, as it stands in metadata. Pure.

Saleor has no field for it. The value is a word (``subscribed``), as storefronts write it, or what
this adapter writes: JSON with ``state``, ``level`` and ``at``. All else is silence.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from retention_sdk.consent.platforms import read_state, write_state
from retention_sdk.model import Consent, ConsentState, OptInLevel
from retention_sdk.shop_api.values import moment

from .settings import SaleorSettings
from .values import Json

_VALUE_MAX = 2_000


def read_consents(user: Json, settings: SaleorSettings) -> tuple[Consent, ...]:
    """Return the answer that a customer's metadata holds; silence is an empty tuple."""
    given = _given(user["consent"])
    state, level = read_state("saleor", given.get("state"), given.get("level"))
    if state is ConsentState.UNKNOWN:
        return ()
    if settings.consent_metadata == "public":
        # Customers write there themselves, and would prove their own double opt-in.
        level = OptInLevel.UNKNOWN
    return (
        Consent(
            channel=settings.consent_channel,
            state=state,
            opt_in_level=level,
            recorded_at=_date(given.get("at")),
            source=f"Saleor {settings.consent_metadata} metadata {settings.consent_field}",
            platform="saleor",
        ),
    )


def written(consent: Consent) -> str:
    """Return what is kept of an answer."""
    word, level = write_state("saleor", consent.state, consent.opt_in_level)
    at = consent.recorded_at.isoformat() if consent.recorded_at else ""
    found = {"state": word, "level": level, "at": at}
    return json.dumps({name: value for name, value in found.items() if value})


def _given(value: object) -> Mapping[str, object]:
    if not isinstance(value, str) or len(value) > _VALUE_MAX:
        return {}
    if not value.lstrip().startswith("{"):
        return {"state": value}
    try:
        found = json.loads(value)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _date(value: object) -> datetime | None:
    """A date that makes no sense leaves the answer undated; it must not cost a whole list."""
    try:
        return moment(value)
    except (TypeError, ValueError):
        return None
