"""Encrypts a message for one browser: RFC 8291 with the ``aes128gcm`` coding of RFC 8188.

Push services see that a message passes, and not what it says.
"""

from __future__ import annotations

from struct import pack

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from .keys import point_of

SALT_BYTES = 16
TEXT_BYTES_MAX = 3_993
"""What fits the 4,096 bytes that every push service takes (RFC 8291 s. 4)."""

_RECORD_BYTES = 4_096
_LAST_RECORD = b"\x02"


def seal(
    text: bytes,
    *,
    browser_key: bytes,
    secret: bytes,
    own_key: ec.EllipticCurvePrivateKey,
    salt: bytes,
) -> bytes:
    """Return the body to post. ``own_key`` and ``salt`` are fresh for every message.

    ``browser_key`` is the subscription's ``p256dh``, ``secret`` its ``auth``, both as bytes.

    Raises:
        ValueError: the key is no point of P-256, or the text is longer than 3,993 bytes.
    """
    if len(text) > TEXT_BYTES_MAX:
        raise ValueError(f"a push message has at most {TEXT_BYTES_MAX} bytes")
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), browser_key)
    own_point = point_of(own_key.public_key())
    shared = own_key.exchange(ec.ECDH(), theirs)
    info = b"WebPush: info\x00" + browser_key + own_point
    key_material = _derive(shared, salt=secret, info=info, size=32)
    key = _derive(key_material, salt=salt, info=b"Content-Encoding: aes128gcm\x00", size=16)
    nonce = _derive(key_material, salt=salt, info=b"Content-Encoding: nonce\x00", size=12)
    header = salt + pack(">IB", _RECORD_BYTES, len(own_point)) + own_point
    return header + AESGCM(key).encrypt(nonce, text + _LAST_RECORD, None)


def _derive(material: bytes, *, salt: bytes, info: bytes, size: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=size, salt=salt, info=info).derive(material)
