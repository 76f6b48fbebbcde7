"""Signs what leaves the house, so that whoever gets it can prove where it came from."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from .crypto import Keyring

_DOMAIN = "consent-receipts"


class Signer:
    """Ed25519 (RFC 8032) with a key derived from the shop's: nothing more has to be kept.

    After a rotation the previous keys still recognise what they signed; a key that is no longer
    on the ring does not, so note the public keys of exports elsewhere.
    """

    def __init__(self, keyring: Keyring) -> None:
        self._keys = tuple(map(Ed25519PrivateKey.from_private_bytes, keyring.derived(_DOMAIN)))

    def __repr__(self) -> str:
        return f"<Signer {self.public_key.hex()}>"

    @property
    def public_key(self) -> bytes:
        """The 32 bytes that prove a signature; they may be told to anybody."""
        return self.public_keys[0]

    @property
    def public_keys(self) -> tuple[bytes, ...]:
        """The public keys of the whole ring, the current one first."""
        return tuple(
            key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw) for key in self._keys
        )

    def sign(self, message: bytes) -> bytes:
        """Return a signature of 64 bytes; the same for the same message and key."""
        return self._keys[0].sign(message)


def is_signature(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether the holder of the private key signed exactly this message."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
