"""The signed text in a link for unsubscribing, for preferences, for a confirmation.

48 bytes, 64 characters of base64url (RFC 4648 s. 5), without padding and without a spare bit::

    version and kind (1) · channel (1) · key number (2) · expiry (4) · subject (16) · reference (8)
    MAC (16)

The MAC is HMAC-SHA-256 over a domain, the shop and the first 32 bytes, cut to 128 bits. The
subject is random, so a token tells nothing about anybody; it cannot be guessed either, and whoever
holds it may do what it is for, and nothing else: it is the key to one door of one person.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from binascii import Error as Base64Error
from binascii import a2b_base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from hashlib import sha256
from struct import Struct
from typing import NamedTuple, NoReturn

from ..errors import ConfigError, TokenError
from ..model import ConsentChannel

TOKEN_LENGTH = 64
MAC_BYTES = 16
SUBJECT_BYTES = 16
REFERENCE_BYTES = 8
KEY_BYTES_MIN = 32

_VERSION = 1
_KIND_BITS = 4
_FIELDS = Struct(f">BBHI{SUBJECT_BYTES}s{REFERENCE_BYTES}s")
_DOMAIN = b"retention-sdk link token 1\x00"
_SECONDS_MAX = 2**32 - 1
_ALPHABET = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
# Written into links that live for years: add at the end, never change a number.
_CHANNELS = (
    ConsentChannel.ANY,
    ConsentChannel.EMAIL,
    ConsentChannel.SMS,
    ConsentChannel.WHATSAPP,
    ConsentChannel.PUSH,
    ConsentChannel.PHONE,
    ConsentChannel.POST,
    ConsentChannel.PARCEL_INSERT,
)


class LinkKind(Enum):
    """The one thing that a link is for. UNDO takes back what was done a moment ago.

    DEVICES lets a browser put itself onto the list of its owner's devices, or off it.
    """

    UNSUBSCRIBE = 1
    PREFERENCES = 2
    CONFIRM = 3
    UNDO = 4
    DEVICES = 5


class LinkToken(NamedTuple):
    """What a genuine token says: who, by which channel, until when.

    ``reference`` names the request that a confirmation or an undoing belongs to, in hexadecimal.
    """

    subject_id: str
    kind: LinkKind
    channel: ConsentChannel
    expires_at: datetime
    reference: str = "00" * REFERENCE_BYTES


@dataclass(frozen=True, slots=True)
class LinkKeys:
    """The keys that sign links, by number. ``current`` signs new ones, the others read old ones.

    A number is made from its key, so that a rotation needs no book-keeping.
    """

    keys: Mapping[int, bytes]
    current: int

    def __repr__(self) -> str:
        return f"<LinkKeys of {len(self.keys)}>"

    @classmethod
    def of(cls, keys: Sequence[bytes]) -> LinkKeys:
        """Return the ring of some keys, the one that signs first.

        Raises:
            ConfigError: there is none, or one is shorter than 32 bytes.
        """
        if not keys or any(len(key) < KEY_BYTES_MIN for key in keys):
            raise ConfigError(f"a key of links has at least {KEY_BYTES_MIN} bytes", key="store.key")
        by_number = {_number_of(key): key for key in reversed(keys)}
        return cls(by_number, _number_of(keys[0]))


def make_link_token(
    subject_id: str,
    *,
    kind: LinkKind,
    shop_id: str,
    expires_at: datetime,
    keys: LinkKeys,
    channel: ConsentChannel = ConsentChannel.ANY,
    reference: str = "00" * REFERENCE_BYTES,
) -> str:
    """Return the 64 characters of a link; the same arguments make the same token.

    Raises:
        ValueError: the subject or the reference is not hexadecimal of its length, or the expiry is
            naive or beyond the year 2106.
    """
    subject, refers_to = bytes.fromhex(subject_id), bytes.fromhex(reference)
    if len(subject) != SUBJECT_BYTES or len(refers_to) != REFERENCE_BYTES:
        raise ValueError("a subject has 16 bytes and a reference 8")
    payload = _FIELDS.pack(
        _VERSION << _KIND_BITS | kind.value,
        _CHANNELS.index(channel),
        keys.current,
        _seconds(expires_at),
        subject,
        refers_to,
    )
    mac = _mac(payload, shop_id, keys.keys[keys.current])
    return urlsafe_b64encode(payload + mac).decode()


def read_link_token(
    text: str, *, kind: LinkKind, shop_id: str, now: datetime, keys: LinkKeys
) -> LinkToken:
    """Return what a genuine token of that kind and shop says, while it is valid.

    Whatever is wrong, the error is the same and says nothing about it; a MAC is computed and
    compared in constant time even for a key that is not known.

    Raises:
        TokenError: it is damaged, forged, of another shop, of another kind, or over.
    """
    payload, mac = _decode(text)
    head, channel, number, seconds, subject, refers_to = _FIELDS.unpack(payload)
    key = keys.keys.get(number)
    expected = _mac(payload, shop_id, key or keys.keys[keys.current])
    is_genuine = hmac.compare_digest(mac, expected) and key is not None
    is_of_kind = head == _VERSION << _KIND_BITS | kind.value and channel < len(_CHANNELS)
    if not (is_genuine and is_of_kind and now.timestamp() <= seconds):
        _refuse()
    expires_at = datetime.fromtimestamp(seconds, UTC)
    return LinkToken(subject.hex(), kind, _CHANNELS[channel], expires_at, refers_to.hex())


def _decode(text: str) -> tuple[bytes, bytes]:
    """Return payload and MAC; 64 characters of the alphabet are 48 bytes in one way only."""
    if len(text) != TOKEN_LENGTH or not text.isascii() or not _ALPHABET.issuperset(text.encode()):
        _refuse()
    try:
        data = a2b_base64(text.replace("-", "+").replace("_", "/"), strict_mode=True)
    except Base64Error:
        _refuse()
    return data[: _FIELDS.size], data[_FIELDS.size :]


def _mac(payload: bytes, shop_id: str, key: bytes) -> bytes:
    """Bind the shop by the hash of its name, which has one length whatever the name is."""
    shop = sha256(shop_id.encode()).digest()
    return hmac.digest(key, _DOMAIN + shop + payload, "sha256")[:MAC_BYTES]


def _number_of(key: bytes) -> int:
    return int.from_bytes(hmac.digest(key, b"retention-sdk link key number", "sha256")[:2])


def _seconds(expires_at: datetime) -> int:
    seconds = int(expires_at.timestamp())
    if expires_at.utcoffset() is None or not 0 <= seconds <= _SECONDS_MAX:
        raise ValueError("an expiry has a time zone and lies before 2106")
    return seconds


def _refuse() -> NoReturn:
    raise TokenError("the link is not valid")
