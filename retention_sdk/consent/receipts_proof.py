"""Proofs on JSON documents: W3C Data Integrity with the cryptosuite ``eddsa-jcs-2022``. Pure.

https://www.w3.org/TR/vc-di-eddsa/ (Recommendation of 15 May 2025), section 3.3. Anybody can check
such a proof with other software; the public key is in it, as ``did:key``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
# Multicodec ed25519-pub, as an unsigned varint.
_ED25519 = b"\xed\x01"
_DID = "did:key:"
_SUITE = "eddsa-jcs-2022"

IsSignature = Callable[[bytes, bytes, bytes], bool]
"""Whether a public key, a signature and a message belong together."""


def with_proof(
    document: Mapping[str, Any],
    *,
    created: str,
    public_key: bytes,
    sign: Callable[[bytes], bytes],
) -> dict[str, Any]:
    """Return the document with a proof over all of it. Same input, same bytes."""
    name = multibase(_ED25519 + public_key)
    proof = {
        "type": "DataIntegrityProof",
        "cryptosuite": _SUITE,
        "created": created,
        "verificationMethod": f"{_DID}{name}#{name}",
        "proofPurpose": "assertionMethod",
    }
    if "@context" in document:
        proof["@context"] = document["@context"]
    value = multibase(sign(_message(document, proof)))
    return {**document, "proof": {**proof, "proofValue": value}}


def proved_by(document: Mapping[str, Any], is_signature: IsSignature) -> bytes | None:
    """Return the public key whose holder signed the document as it stands; None if nobody did."""
    unsigned = {name: value for name, value in document.items() if name != "proof"}
    try:
        proof = dict(document["proof"])
        signature = read_multibase(proof.pop("proofValue"))
        key = read_multibase(proof["verificationMethod"].partition("#")[2])
        is_of_suite = (proof["type"], proof["cryptosuite"]) == ("DataIntegrityProof", _SUITE)
        message = _message(unsigned, proof)
    except (AttributeError, KeyError, TypeError, ValueError):
        return None
    if not is_of_suite or not key.startswith(_ED25519):
        return None
    public_key = key.removeprefix(_ED25519)
    return public_key if is_signature(public_key, signature, message) else None


def canonical(value: Any) -> bytes:
    """Return the one JSON text of a value: RFC 8785, for text, whole numbers and names in ASCII."""
    text = json.dumps(
        value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    )
    return text.encode()


def multibase(data: bytes) -> str:
    """Return bytes in base58 as Bitcoin spells it, with the ``z`` of multibase before it."""
    number, digits = int.from_bytes(data, "big"), ""
    while number:
        number, rest = divmod(number, len(_ALPHABET))
        digits = _ALPHABET[rest] + digits
    zeros = len(data) - len(data.lstrip(b"\0"))
    return "z" + _ALPHABET[0] * zeros + digits


def read_multibase(text: str) -> bytes:
    """Return what ``multibase`` wrote.

    Raises:
        ValueError: it is something else.
    """
    if not text.startswith("z"):
        raise ValueError("not multibase base58-btc")
    number = 0
    for character in text[1:]:
        number = number * len(_ALPHABET) + _ALPHABET.index(character)
    zeros = len(text) - 1 - len(text[1:].lstrip(_ALPHABET[0]))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


def _message(unsigned: Mapping[str, Any], proof: Mapping[str, Any]) -> bytes:
    return sha256(canonical(proof)).digest() + sha256(canonical(unsigned)).digest()
