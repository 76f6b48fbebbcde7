"""What our server and a partner's tell each other: signed, fresh, and each once. Pure.

The header is ``t=<seconds since 1970>,v1=<hex>``, where ``v1`` is an HMAC-SHA-256 (RFC 2104) over
a fixed word, the time and the bytes of the body as they were sent. Sign what you send, and verify
before you read. A message within the window may still be told twice: its reference makes it once.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Annotated, Literal, Self

from pydantic import Field, ValidationError, model_validator

from ...errors import PayloadError, SignatureError
from ...model import Record
from ...model.base import Identifier, Line
from .settings import PartnerId

WINDOW = timedelta(minutes=5)
_DOMAIN = b"retention-sdk partner v1"
_BODY_MAX = 64 * 1024
_SECONDS = re.compile(r"[0-9]{1,11}")


class PartnerMessage(Record):
    """One thing that a partner tells us of an exchange.

    ``confirm`` and ``refuse`` answer what we sent, by our ``reference``; ``receive`` brings
    ``units`` of a ``member`` under the partner's reference; ``return`` undoes any of them.
    """

    kind: Literal["confirm", "refuse", "receive", "return"]
    partner: PartnerId
    reference: Identifier
    partner_reference: Line = ""
    direction: Literal["out", "in"] = "out"
    member: Line = ""
    units: Annotated[int, Field(ge=0)] = 0
    reason: Line = ""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.kind == "receive" and not (self.units and self.member):
            raise ValueError("what is received has units and a member")
        if self.kind in {"refuse", "return"} and not self.reason:
            raise ValueError(f"a {self.kind} has a reason")
        return self


def sign(body: bytes, *, key: bytes, at: datetime) -> str:
    """Return the header that goes with a body, signed at a moment.

    Raises:
        ValueError: the key has fewer than 32 bytes.
    """
    _require_key(key)
    seconds = int(at.timestamp())
    return f"t={seconds},v1={_mac(body, key, seconds)}"


def verify(
    body: bytes,
    header: str,
    *,
    keys: Sequence[bytes],
    now: datetime,
    window: timedelta = WINDOW,
) -> datetime:
    """Return when a message was signed; any of ``keys`` may have signed it, for a rotation.

    Raises:
        SignatureError: it was not signed with a key, was changed, or is too old or too new.
    """
    if len(body) > _BODY_MAX:
        raise SignatureError(f"a message of a partner has at most {_BODY_MAX} bytes")
    fields = [part.partition("=")[::2] for part in header.split(",")]
    times = [value for name, value in fields if name.strip() == "t"]
    given = [value.strip() for name, value in fields if name.strip() == "v1"]
    if len(times) != 1 or not _SECONDS.fullmatch(times[0]):
        raise SignatureError("the header of a partner's message is no t=…,v1=…")
    seconds = int(times[0])
    # All keys are tried against all signatures, so that the time taken tells nothing.
    matches = [
        hmac.compare_digest(_mac(body, key, seconds).encode(), one.encode())
        for key in keys
        for one in given
    ]
    if not any(matches):
        raise SignatureError("the message was not signed by this partner, or was changed")
    signed_at = datetime.fromtimestamp(seconds, UTC)
    if abs(now - signed_at) > window:
        raise SignatureError("the message is too old, or one of the clocks is wrong")
    return signed_at


def read_message(body: bytes) -> PartnerMessage:
    """Return what a verified body says.

    Raises:
        PayloadError: it is no message; the error names the fields, never their values.
    """
    try:
        return PartnerMessage.model_validate_json(body)
    except ValidationError as error:
        places = (".".join(map(str, each["loc"])) or each["msg"] for each in error.errors())
        message = f"a partner's message cannot be read: {', '.join(places)}"
        raise PayloadError(message) from None


def _mac(body: bytes, key: bytes, seconds: int) -> str:
    message = b"\n".join((_DOMAIN, str(seconds).encode(), body))
    return hmac.new(key, message, sha256).hexdigest()


def _require_key(key: bytes) -> None:
    if len(key) < sha256().digest_size:
        raise ValueError("a key for partners has 32 bytes or more")
