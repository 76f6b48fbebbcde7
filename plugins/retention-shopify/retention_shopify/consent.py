"""What Shopify knows of consent. PENDING is not a yes, and neither is a ticked box on an order.

``buyer_accepts_marketing`` of an order is not read: it is true as well while the confirmation of
a double opt-in is still to come, and false for whoever subscribed elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from retention_sdk.consent.platforms import platform_words, read_state
from retention_sdk.model import Consent, ConsentChannel, ConsentState, Purpose
from retention_sdk.shop_api.values import moment

_COLLECTORS = frozenset({"shopify", "other"})


def read_answers(body: Mapping[str, Any]) -> tuple[Consent, ...]:
    """Return all answers that an account carries."""
    found = (
        read_email_consent(body.get("email_marketing_consent")),
        read_sms_consent(body.get("sms_marketing_consent")),
        read_whatsapp_consent(body.get("whats_app_marketing_consent")),
        read_sale_opt_out(body.get("data_sale_opt_out")),
    )
    return tuple(each for each in found if each)


def read_sale_opt_out(is_out: Any) -> Consent | None:
    """Return the no of somebody who opted out of the sale of their data; else nothing."""
    if is_out is not True:
        return None
    return Consent(
        channel=ConsentChannel.ANY,
        state=ConsentState.DENIED,
        source="Shopify",
        purpose=Purpose.SALE_OR_SHARING,
        platform="shopify",
    )


def read_email_consent(data: Any) -> Consent | None:
    """Return the answer about e-mail; None where there is none."""
    return _read(data, "shopify", ConsentChannel.EMAIL, "consent_updated_at")


def read_sms_consent(data: Any) -> Consent | None:
    """Return the answer about text messages; None where there is none."""
    return _read(data, "shopify", ConsentChannel.SMS, "consent_updated_at")


def read_whatsapp_consent(data: Any) -> Consent | None:
    """Return the answer about WhatsApp; None where there is none."""
    return _read(data, "shopify_whatsapp", ConsentChannel.WHATSAPP, "updated_at")


def _read(data: Any, platform: str, channel: ConsentChannel, dated: str) -> Consent | None:
    """Read an answer; a yes counts only with all that would prove it.

    That is a date, a known level, and who collected it where the payload has a field for that.
    """
    if not isinstance(data, Mapping):
        return None
    level = data.get("opt_in_level")
    state, proof = read_state(platform, data.get("state"), level)
    at = data.get(dated)
    if state is ConsentState.UNKNOWN:
        return None
    collector = _collector(data)
    is_proved = bool(at) and _is_known(platform, level) and collector is not None
    if state is ConsentState.GRANTED and not is_proved:
        return None
    return Consent(
        channel=channel,
        state=state,
        recorded_at=moment(at) if at else None,
        source=f"Shopify {collector or ''}".strip(),
        opt_in_level=proof,
        platform="shopify",
    )


def _is_known(platform: str, level: Any) -> bool:
    return isinstance(level, str) and level.casefold() in platform_words()[platform].levels


def _collector(data: Mapping[str, Any]) -> str | None:
    """Return who collected an answer, nothing without such a field, None for nonsense in it."""
    for field in ("consent_collected_from", "collected_from"):
        if field in data:
            word = data[field]
            is_known = isinstance(word, str) and word.casefold() in _COLLECTORS
            return word.casefold() if is_known else None
    return ""
