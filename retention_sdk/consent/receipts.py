"""Consent receipts: JSON-LD after ISO/IEC TS 27560 in the words of W3C DPV 2.3. Pure.

Terms and structure follow the guide https://w3id.org/dpv/guides/consent-27560. What a shop alone
knows (retention, storage places, recipients) is not in the ledger and not in a receipt. Links of
the chain are under ``ledger:``, a vocabulary of our own, and prove that a receipt belongs to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from ..model import Consent, ConsentAct, ConsentChannel, ConsentState, Purpose, Shop
from .receipts_proof import canonical, with_proof

if TYPE_CHECKING:
    from ..storage import ConsentEntry

CONTEXT: tuple[Any, ...] = (
    "https://w3id.org/security/data-integrity/v2",
    {
        "dpv": "https://w3id.org/dpv#",
        "pd": "https://w3id.org/dpv/pd#",
        "loc": "https://w3id.org/dpv/loc#",
        "dct": "http://purl.org/dc/terms/",
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "skos": "http://www.w3.org/2004/02/skos/core#",
        "ledger": "urn:retention-sdk:consent-ledger:1#",
    },
)
_SCHEMA = "https://w3id.org/dpv/schema/dpv-27560"

# What comes closest in DPV 2.3; the exact word of ours stands beside it.
_PURPOSES = {
    Purpose.MARKETING: "dpv:Marketing",
    Purpose.OFFERS: "dpv:DirectMarketing",
    Purpose.REVIEWS: "dpv:Marketing",
    Purpose.SURVEYS: "dpv:CustomerRelationshipManagement",
    Purpose.LOYALTY: "dpv:CustomerRelationshipManagement",
    Purpose.PROFILING: "dpv:Personalisation",
    Purpose.THIRD_PARTY: "dpv:Advertising",
    Purpose.SALE_OR_SHARING: "dpv:SellDataToThirdParties",
}
_PERSONAL_DATA = {
    ConsentChannel.ANY: "pd:Contact",
    ConsentChannel.EMAIL: "pd:EmailAddress",
    ConsentChannel.SMS: "pd:TelephoneNumber",
    ConsentChannel.WHATSAPP: "pd:TelephoneNumber",
    ConsentChannel.PUSH: "pd:DeviceBased",
    ConsentChannel.PHONE: "pd:TelephoneNumber",
    ConsentChannel.POST: "pd:PhysicalAddress",
    ConsentChannel.PARCEL_INSERT: "pd:PhysicalAddress",
}
_IMPLIED = (ConsentAct.IMPLIED_BY_PURCHASE, ConsentAct.IMPLIED_BY_INQUIRY)


class ChainEnd(NamedTuple):
    """Where the chain of the shop ended when a receipt was written."""

    records_count: int
    last_hash: bytes


class Signing(NamedTuple):
    """Who signs: see ``storage.signing.Signer``."""

    public_key: bytes
    sign: Callable[[bytes], bytes]


def person_receipt(
    entries: Sequence[ConsentEntry], *, shop: Shop, end: ChainEnd, signing: Signing, now: datetime
) -> bytes:
    """Return what is on record of one person, as they may have it: signed, canonical JSON.

    ``entries`` are in the order of the chain.
    """
    activities = _activities(entries, shop)
    return _signed(activities, (), shop=shop, end=end, signing=signing, now=now, scope="person")


def shop_receipt(
    entries: Sequence[ConsentEntry], *, shop: Shop, end: ChainEnd, signing: Signing, now: datetime
) -> bytes:
    """Return the whole ledger of a shop, signed. Of erased people only the bare links are in it.

    ``entries`` are all records; those of the erased have no ``consent``.
    """
    told = [each for each in entries if each.consent or each.kind == "merge"]
    omitted = [_bare_link(each) for each in entries if not (each.consent or each.kind == "merge")]
    activities = _activities(told, shop)
    return _signed(activities, omitted, shop=shop, end=end, signing=signing, now=now, scope="shop")


def _signed(
    activities: Iterator[dict[str, Any]],
    omitted: Sequence[dict[str, Any]],
    *,
    shop: Shop,
    end: ChainEnd,
    signing: Signing,
    now: datetime,
    scope: str,
) -> bytes:
    identifier = f"{end.last_hash.hex()}:{_instant(now)}"
    document = {
        "@context": list(CONTEXT),
        "@id": f"urn:retention-sdk:consent-receipt:{identifier}",
        "@type": "dpv:ConsentReceipt",
        "dct:identifier": identifier,
        "dct:conformsTo": f"{_SCHEMA}#receipt",
        "dct:created": _instant(now),
        "dct:publisher": _controller(shop),
        "dpv:hasRecordOfActivity": list(activities),
        "ledger:scope": scope,
        "ledger:shop": shop.id,
        "ledger:recordsCount": end.records_count,
        "ledger:lastHash": end.last_hash.hex(),
        "ledger:omitted": list(omitted),
    }
    created = _instant(now)
    return canonical(
        with_proof(document, created=created, public_key=signing.public_key, sign=signing.sign)
    )


def _activities(entries: Sequence[ConsentEntry], shop: Shop) -> Iterator[dict[str, Any]]:
    granted: set[tuple[str, str, str]] = set()
    for each in entries:
        place = (each.subject_id, each.channel, each.purpose)
        if each.consent is None:
            yield {"@type": "ledger:Merge", **_link(each)}
            continue
        yield _record(each, each.consent, shop, was_granted=place in granted)
        if each.consent.state is ConsentState.GRANTED:
            granted.add(place)
        else:
            granted.discard(place)


def _record(
    entry: ConsentEntry, consent: Consent, shop: Shop, *, was_granted: bool
) -> dict[str, Any]:
    identifier = f"urn:retention-sdk:consent-record:{entry.hash.hex()}"
    record = {
        "@id": identifier,
        "@type": "dpv:ConsentRecord",
        "dct:identifier": entry.hash.hex(),
        "dct:conformsTo": f"{_SCHEMA}#record",
        "dct:created": _instant(entry.received_at),
        "dpv:hasDataSubject": {
            "@id": f"urn:retention-sdk:subject:{entry.subject_id}",
            "@type": "dpv:Customer",
        },
        "dpv:hasDataController": _controller(shop)["@id"],
        "dpv:hasJurisdiction": f"loc:{shop.country}",
        "dpv:hasProcess": _process(consent),
        "dpv:hasConsentStatus": _status(consent, entry.received_at, was_granted=was_granted),
        "dpv:hasConsentControl": "dpv:WithdrawConsent",
        **_link(entry),
    }
    if consent.wording:
        record["dpv:hasNotice"] = {
            "@type": "dpv:ConsentNotice",
            "dct:identifier": f"urn:sha256:{consent.wording.text_sha256}",
            "dct:language": consent.wording.locale,
            **({"dct:hasVersion": consent.wording.version} if consent.wording.version else {}),
        }
    sources = [f"{name}:{value}" for name, value in _sources(consent) if value]
    return {**record, "dct:source": sources} if sources else record


def _process(consent: Consent) -> dict[str, Any]:
    return {
        "@type": "dpv:Process",
        "dpv:hasLegalBasis": _kind_of_consent(consent),
        "dpv:hasPersonalData": _PERSONAL_DATA[consent.channel],
        "dpv:hasPurpose": {
            "@type": "dpv:Purpose",
            "skos:broader": _PURPOSES[consent.purpose],
            "dct:description": f"{consent.purpose.value} by {consent.channel.value}",
        },
    }


def _status(consent: Consent, received_at: datetime, *, was_granted: bool) -> dict[str, Any]:
    """Withdrawn is a no to what was granted before; everything else is refused."""
    is_yes = consent.state is ConsentState.GRANTED
    refusal = "dpv:ConsentWithdrawn" if was_granted else "dpv:ConsentRefused"
    status: dict[str, Any] = {
        "@type": "dpv:ConsentGiven" if is_yes else refusal,
        "dpv:isIndicatedBy": "dpv:DataSubject",
        "dpv:isIndicatedAtTime": _instant(consent.recorded_at or received_at),
        "dpv:hasIndicationMethod": [consent.act.value, consent.source or "unknown"],
        "ledger:hasOwnTime": consent.recorded_at is not None,
        "ledger:optInLevel": consent.opt_in_level.value,
    }
    if is_yes:
        status["dpv:hasDuration"] = _duration(consent.expires_at)
    if consent.confirmed_at:
        status["ledger:confirmedAt"] = _instant(consent.confirmed_at)
    return status


def _duration(expires_at: datetime | None) -> dict[str, str]:
    if expires_at is None:
        return {"@type": "dpv:EndlessDuration"}
    return {"@type": "dpv:UntilTimeDuration", "rdf:value": _instant(expires_at)}


def _kind_of_consent(consent: Consent) -> str:
    return "dpv:ImpliedConsent" if consent.act in _IMPLIED else "dpv:ExpressedConsent"


def _sources(consent: Consent) -> tuple[tuple[str, str], ...]:
    return ("platform", consent.platform), ("evidence", consent.evidence_ref)


def _controller(shop: Shop) -> dict[str, Any]:
    contacts = [each for each in (shop.email, shop.url) if each]
    return {
        "@id": f"urn:retention-sdk:shop:{shop.id}",
        "@type": "dpv:DataController",
        "dpv:hasName": shop.name,
        **({"dpv:hasContact": contacts} if contacts else {}),
    }


def _link(entry: ConsentEntry) -> dict[str, Any]:
    """Return all that the hash of a record covers, and the hash."""
    return {
        **_bare_link(entry),
        "ledger:kind": entry.kind,
        "ledger:eventId": entry.event_id,
        "ledger:position": entry.position,
        "ledger:subjectId": entry.subject_id,
        "ledger:fromSubjectId": entry.from_subject_id,
        "ledger:channel": entry.channel,
        "ledger:purpose": entry.purpose,
        "ledger:state": entry.state,
        "ledger:act": entry.act,
        "ledger:recordedAt": _microseconds(entry.recorded_at),
        "ledger:answeredAt": _microseconds(entry.answered_at),
        "ledger:receivedAt": _microseconds(entry.received_at),
        "ledger:confirmedAt": _microseconds(entry.confirmed_at),
        "ledger:expiresAt": _microseconds(entry.expires_at),
        "ledger:sealedSha256": entry.sealed_sha256,
    }


def _bare_link(entry: ConsentEntry) -> dict[str, Any]:
    return {
        "ledger:seq": entry.seq,
        "ledger:previousHash": entry.prev_hash.hex(),
        "ledger:hash": entry.hash.hex(),
    }


def _instant(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def _microseconds(moment: datetime | None) -> int | None:
    if moment is None:
        return None
    seconds = int(moment.replace(microsecond=0).timestamp())
    return seconds * 1_000_000 + moment.microsecond
