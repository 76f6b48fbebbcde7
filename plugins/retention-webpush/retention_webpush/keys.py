"""The key by which push services know the shop (VAPID, RFC 8292), and what it signs."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta
from functools import cached_property

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

KEY_BYTES = 32
# RFC 8292 s. 2 allows a day; half of it forgives clocks.
_VALID_FOR = timedelta(hours=12)


class ShopKey:
    """A private key of P-256: the shop's name at push services. Its repr shows nothing."""

    def __init__(self, number: int) -> None:
        self._key = ec.derive_private_key(number, ec.SECP256R1())

    def __repr__(self) -> str:
        return "<ShopKey>"

    @classmethod
    def read(cls, text: str) -> ShopKey:
        """Read a key as ``python -m retention_webpush`` prints it.

        Raises:
            ValueError: it is not 32 bytes in base64url, or no key of the curve.
        """
        number = unbase64(text)
        if len(number) != KEY_BYTES:
            raise ValueError("a private key is 32 bytes in base64url")
        return cls(int.from_bytes(number))

    @classmethod
    def new(cls) -> ShopKey:
        """Return a fresh key."""
        made = ec.generate_private_key(ec.SECP256R1())
        return cls(made.private_numbers().private_value)

    @property
    def private_text(self) -> str:
        """The secret: for the settings of the shop and nobody else."""
        return base64(self._key.private_numbers().private_value.to_bytes(KEY_BYTES))

    @cached_property
    def public_text(self) -> str:
        """What browsers are given as ``applicationServerKey``."""
        return base64(point_of(self._key.public_key()))

    def authorization(self, origin: str, *, subject: str, now: datetime) -> str:
        """Return the header that tells a push service who sends: RFC 8292 s. 3.

        ``origin`` is the push service's, ``subject`` where it reaches the shop.
        """
        claims = {"aud": origin, "exp": int((now + _VALID_FOR).timestamp()), "sub": subject}
        signed = f"{_part({'alg': 'ES256', 'typ': 'JWT'})}.{_part(claims)}"
        first, second = decode_dss_signature(self._key.sign(signed.encode(), ec.ECDSA(SHA256())))
        signature = base64(first.to_bytes(KEY_BYTES) + second.to_bytes(KEY_BYTES))
        return f"vapid t={signed}.{signature}, k={self.public_text}"


def point_of(key: ec.EllipticCurvePublicKey) -> bytes:
    """Return a public key as the Push API writes it: an uncompressed point (SEC 1 s. 2.3.3)."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def base64(value: bytes) -> str:
    """Return base64url without padding (RFC 4648 s. 5)."""
    return urlsafe_b64encode(value).rstrip(b"=").decode()


def unbase64(text: str) -> bytes:
    """Read base64url, padded or not.

    Raises:
        ValueError: it is something else.
    """
    plain = text.strip().rstrip("=")
    if not plain.isascii():
        raise ValueError("base64url is ASCII")
    return urlsafe_b64decode(plain + "=" * (-len(plain) % 4))


def _part(value: dict[str, object]) -> str:
    return base64(json.dumps(value, separators=(",", ":")).encode())
