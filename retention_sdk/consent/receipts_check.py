"""Checks a receipt that was exported earlier: its signature, and every link of the chain in it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..storage import ChainFinding
from ..storage.consents_chain import ChainedFields, genesis, record_hash
from .receipts_proof import IsSignature, proved_by

_FIELDS = {
    "shop_id": "ledger:shop",
    "seq": "ledger:seq",
    "kind": "ledger:kind",
    "event_id": "ledger:eventId",
    "position": "ledger:position",
    "subject_id": "ledger:subjectId",
    "from_subject_id": "ledger:fromSubjectId",
    "channel": "ledger:channel",
    "purpose": "ledger:purpose",
    "state": "ledger:state",
    "act": "ledger:act",
    "recorded_at": "ledger:recordedAt",
    "answered_at": "ledger:answeredAt",
    "received_at": "ledger:receivedAt",
    "confirmed_at": "ledger:confirmedAt",
    "expires_at": "ledger:expiresAt",
    "sealed_sha256": "ledger:sealedSha256",
}


@dataclass(frozen=True, slots=True)
class ReceiptReport:
    """What an exported file says, and what is wrong with it.

    ``hashes`` maps the places of the records in it to their hashes, the end of the chain
    included. ``public_key`` is whose signature it bears, empty without a good one.
    """

    shop_id: str
    hashes: Mapping[int, str]
    public_key: str
    findings: tuple[ChainFinding, ...]


def check_receipt(
    data: bytes, *, trusted: Sequence[bytes], is_signature: IsSignature
) -> ReceiptReport:
    """Check a file that ``person_receipt`` or ``shop_receipt`` wrote.

    ``trusted`` are the public keys of the shop; a good signature of anybody else is a finding.
    """
    document = _read(data)
    if document is None:
        return ReceiptReport("", {}, "", (ChainFinding(0, "the file is not a consent receipt"),))
    key = proved_by(document, is_signature)
    findings: list[ChainFinding] = []
    if key is None:
        findings.append(ChainFinding(0, "the signature does not fit the file"))
    elif key not in trusted:
        findings.append(ChainFinding(0, "the file was not signed by this shop"))
    shop_id = str(document.get("ledger:shop", ""))
    links = _links(document)
    findings += [each for link in links for each in _broken(link, shop_id)]
    if document.get("ledger:scope") == "shop":
        findings += _gaps(links, document, shop_id)
    hashes = {link.get("ledger:seq"): link.get("ledger:hash") for link in links}
    hashes[document.get("ledger:recordsCount")] = document.get("ledger:lastHash")
    known = {
        seq: each for seq, each in hashes.items() if isinstance(seq, int) and isinstance(each, str)
    }
    ordered = tuple(sorted(findings, key=lambda each: each.seq))
    return ReceiptReport(shop_id, known, key.hex() if key else "", ordered)


def _read(data: bytes) -> dict[str, Any] | None:
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return None
    is_receipt = isinstance(document, dict) and document.get("@type") == "dpv:ConsentReceipt"
    return document if is_receipt else None


def _links(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the records and the bare links of what was left out, in the order of the chain."""
    found = [
        each
        for name in ("dpv:hasRecordOfActivity", "ledger:omitted")
        for each in _list(document.get(name))
        if isinstance(each, dict) and isinstance(each.get("ledger:seq"), int)
    ]
    return sorted(found, key=lambda each: int(each["ledger:seq"]))


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _broken(link: Mapping[str, Any], shop_id: str) -> Iterator[ChainFinding]:
    if "ledger:kind" not in link:
        return
    values = {**link, "ledger:shop": shop_id}
    try:
        fields = ChainedFields(**{name: values[term] for name, term in _FIELDS.items()})
        own_hash = record_hash(fields, bytes.fromhex(values["ledger:previousHash"])).hex()
    except (KeyError, TypeError, ValueError):
        own_hash = ""
    if own_hash != link.get("ledger:hash"):
        yield ChainFinding(int(link["ledger:seq"]), "the record in the file was changed")


def _gaps(
    links: Sequence[Mapping[str, Any]], document: Mapping[str, Any], shop_id: str
) -> Iterator[ChainFinding]:
    """Yield where the whole ledger of a shop does not hang together."""
    seq, last_hash = 0, genesis(shop_id).hex()
    for link in links:
        seq += 1
        if link["ledger:seq"] != seq:
            yield ChainFinding(seq, "the record is missing in the file")
            seq = int(link["ledger:seq"])
        elif link.get("ledger:previousHash") != last_hash:
            yield ChainFinding(seq, "the record does not follow the one before it")
        last_hash = str(link.get("ledger:hash"))
    if (seq, last_hash) != (document.get("ledger:recordsCount"), document.get("ledger:lastHash")):
        yield ChainFinding(seq + 1, "the file ends before the chain did")
