"""Sealing with AES-256-GCM, and the keys that wrap other keys.

A sealed value is ``version (1) · nonce (12) · ciphertext and tag``; a wrapped key carries the
identifier of the key that wraps it (4) behind the version, so that keys can be rotated. NIST SP
800-38D section 8.3 allows 2^32 random nonces per key; a key per person stays far below.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ..errors import ConfigError, StorageError

KEY_BYTES = 32
_VERSION = b"\x01"
_NONCE_BYTES = 12
_KEY_ID_BYTES = 4

RandomBytes = Callable[[int], bytes]


def seal(key: bytes, plain: bytes, *, bound_to: bytes, random_bytes: RandomBytes) -> bytes:
    """Encrypt and authenticate. It opens again only with the same key and the same binding."""
    nonce = random_bytes(_NONCE_BYTES)
    return _VERSION + nonce + AESGCM(key).encrypt(nonce, plain, bound_to)


def unseal(key: bytes, sealed: bytes, *, bound_to: bytes) -> bytes:
    """Return what was sealed.

    Raises:
        StorageError: another key, another binding, or a changed byte.
    """
    nonce, ciphertext = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
    try:
        if sealed[:1] != _VERSION:
            raise ValueError
        return AESGCM(key).decrypt(nonce, ciphertext, bound_to)
    except (InvalidTag, ValueError):
        message = "a sealed value cannot be opened: wrong key, or the bytes were changed"
        raise StorageError(message) from None


def derive_key(key: bytes, domain: str) -> bytes:
    """Return a key for one use: HKDF-SHA-256 of RFC 5869, with the use as its info."""
    info = f"retention-sdk/{domain}".encode()
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(key)


class Keyring:
    """The shop's own keys: the current one wraps, the previous ones only unwrap."""

    def __init__(self, key: bytes, *, previous: tuple[bytes, ...] = ()) -> None:
        if any(len(each) != KEY_BYTES for each in (key, *previous)):
            hint = "make one with: python -c 'import secrets; print(secrets.token_hex(32))'"
            raise ConfigError(f"a key has {KEY_BYTES} bytes", key="store.key", hint=hint)
        self._current = key
        self._by_id = {_key_id(each): each for each in (*previous, key)}

    def __repr__(self) -> str:
        return f"<Keyring of {len(self._by_id)}>"

    def wrap(self, key: bytes, *, bound_to: bytes, random_bytes: RandomBytes) -> bytes:
        """Encrypt a key under the current one."""
        sealed = seal(self._current, key, bound_to=bound_to, random_bytes=random_bytes)
        return _key_id(self._current) + sealed

    def unwrap(self, wrapped: bytes, *, bound_to: bytes) -> bytes:
        """Return a wrapped key.

        Raises:
            StorageError: it was wrapped under a key that is not on this ring.
        """
        key = self._by_id.get(wrapped[:_KEY_ID_BYTES])
        if key is None:
            raise StorageError(
                "the store was written with another key; give the right one as store.key, "
                "or the old one among store.previous_keys"
            )
        return unseal(key, wrapped[_KEY_ID_BYTES:], bound_to=bound_to)

    def derived(self, domain: str) -> tuple[bytes, ...]:
        """Return a key for one use from each key of the ring, that of the current one first.

        RFC 5869: two domains give keys that tell nothing of each other, nor of the shop's key.
        """
        ordered = (self._current, *(key for key in self._by_id.values() if key != self._current))
        return tuple(derive_key(key, domain) for key in ordered)

    def is_current(self, wrapped: bytes) -> bool:
        """Whether a rotation is done with this value."""
        return wrapped[:_KEY_ID_BYTES] == _key_id(self._current)


def _key_id(key: bytes) -> bytes:
    """Name a key without telling anything about it."""
    return hmac.digest(key, b"retention-sdk key id", sha256)[:_KEY_ID_BYTES]
