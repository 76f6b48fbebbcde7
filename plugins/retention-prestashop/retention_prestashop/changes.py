"""Changes of single fields, on a webservice that replaces whole records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from zoneinfo import ZoneInfo

from retention_sdk.consent.platforms import write_state
from retention_sdk.errors import UnsupportedFeature
from retention_sdk.model import Consent, ConsentChannel, ConsentState, Purpose

from .moments import stamp
from .webservice import NAME, Json, Webservice, refused

# What the platform changes by itself when a record is written.
_OWN_CHANGES = frozenset({"date_upd"})
_NOTHING = frozenset({"", "0", "0000-00-00", "0000-00-00 00:00:00"})


def change(
    service: Webservice, resource: str, kind: str, identifier: str, fields: Mapping[str, str]
) -> None:
    """Change some fields of a record and make sure that nothing else did.

    What is not in a PUT is emptied: a customer's key, shop and dates. So the record is read
    whole, written whole at once, and read again. The hash of a password goes back as it came:
    PrestaShop leaves a hash alone that equals the stored one, and takes any other text for a new
    password. From PrestaShop 8 on, only the fields themselves are sent.

    Raises:
        PlatformError: refused, not kept, or more changed than was asked for; it names the fields.
    """
    before = service.whole(resource, kind, identifier)
    if all(str(before[name] or "") == value for name, value in fields.items()):
        return
    patch = {"id": identifier, **fields}
    if not (service.can_patch and service.write(resource, kind, patch, method="PATCH")):
        service.write(resource, kind, {**before, **fields}, method="PUT")
    after = service.whole(resource, kind, identifier)
    if any(_plain(after[name]) != _plain(value) for name, value in fields.items()):
        raise refused(f"{resource}: the change was accepted and not kept; does a module undo it?")
    if others := sorted(_changed(before, after, but=fields.keys() | _OWN_CHANGES)):
        names = ", ".join(others)
        raise refused(f"{resource}: somebody changed it at the same moment; look at: {names}")


def consent_fields(consent: Consent, zone: ZoneInfo) -> dict[str, str]:
    """Return the fields that hold an answer about the shop's newsletter.

    Raises:
        UnsupportedFeature: there is no field for it.
    """
    is_no = consent.state is ConsentState.DENIED
    channels = {ConsentChannel.EMAIL, *([ConsentChannel.ANY] if is_no else [])}
    if consent.channel not in channels or consent.purpose is not Purpose.MARKETING:
        message = "only an answer about the shop's own marketing by e-mail has a field"
        raise UnsupportedFeature(message, adapter=NAME)
    value, _ = write_state(NAME, consent.state, consent.opt_in_level)
    if is_no or consent.recorded_at is None:
        return {"newsletter": value}
    return {"newsletter": value, "newsletter_date_add": stamp(consent.recorded_at, zone)}


def _changed(before: Json, after: Json, *, but: frozenset[str] | set[str]) -> Iterator[str]:
    """Yield names of fields that differ; an empty text, a zero and a zero date are all nothing."""
    for name in (before.keys() | after.keys()) - but:
        if _plain(before.get(name)) != _plain(after.get(name)):
            yield name


def _plain(value: object) -> object:
    """Associations come in any order."""
    if isinstance(value, dict):
        return {name: sorted(map(str, items)) for name, items in value.items()}
    text = "" if value is None else str(value)
    return "" if text in _NOTHING else text
