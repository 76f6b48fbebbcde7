"""Send text messages to Iranian mobile numbers, each once."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any, NoReturn
from urllib.parse import quote

from pydantic import Field, SecretStr, ValidationError

from retention_sdk.channels.base import Channel, message_text
from retention_sdk.errors import ConfigError, DeliveryError
from retention_sdk.http import httpx
from retention_sdk.l10n.phones import read_phone
from retention_sdk.model import Delivery, Receipt, ReceiptState, Settings

from .answers import FINAL, GOOD, LATER, Entry, read_code, read_entry

_VERSION = "v1"
# "The longest text is 900 characters": Kavenegar answers 413 to more.
_TEXT_MAX = 900
_SERVER_ERROR = 500


class KavenegarSettings(Settings):
    """The table ``[channels.kavenegar]``.

    ``sender`` is one of the account's lines, such as ``10004346``; without one it is the
    account's default.
    """

    api_key: SecretStr
    sender: Annotated[str, Field(pattern=r"^(|(\+98|0098)?[0-9]{4,15})$")] = ""
    timeout_s: Annotated[float, Field(gt=0, le=600)] = 30.0
    url: Annotated[str, Field(pattern=r"^(https://|http://127\.0\.0\.1:)[^\s/@]+$")] = (
        "https://api.kavenegar.com"
    )


class KavenegarChannel(Channel):
    """Sends with a ``localid`` made of the delivery's name: Kavenegar sends none of them twice.

    Asked again for the same one, it answers with the message that went out before. Options are
    the fields of ``KavenegarSettings``. The key is part of the path of every request, and is put
    there behind everything that writes logs or errors.

    Raises:
        ConfigError: an option is unknown, missing or malformed.
    """

    name = "kavenegar"
    is_idempotent = True

    def __init__(self, **options: object) -> None:
        try:
            self.settings = KavenegarSettings.model_validate(options)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            key = ".".join(("channels", self.name, *map(str, first["loc"])))
            raise ConfigError(first["msg"], key=key) from None

    def __repr__(self) -> str:
        return f"<KavenegarChannel {self.settings.sender or 'default line'}>"

    def send(self, delivery: Delivery, *, now: datetime) -> Receipt:
        """Send the delivery's one text, unless it was sent before.

        Raises:
            DeliveryError: the text is too long, or the recipient is no Iranian mobile number
                (final); Kavenegar refused (``retryable`` where waiting, money or a setting
                helps); the line broke (uncertain: the next try sends nothing twice).
        """
        receptor, text = _receptor(delivery.recipient), message_text(delivery)
        if not text or len(text) > _TEXT_MAX:
            self._fail(f"a text has 1 to {_TEXT_MAX} characters, not {len(text)}", is_final=True)
        fields = {"receptor": receptor, "message": text, "localid": str(local_id(delivery.id))}
        if self.settings.sender:
            fields["sender"] = self.settings.sender
        entry = self._entry(self._post("sms/send.json", fields), receptor)
        return Receipt(
            delivery_id=delivery.id,
            channel=self.name,
            state=ReceiptState.REJECTED if entry.is_lost else ReceiptState.ACCEPTED,
            at=now,
            location=f"kavenegar:{entry.number} {entry.word}",
        )

    def _entry(self, body: bytes, receptor: str) -> Entry:
        entry = read_entry(body)
        if entry is None:
            self._fail("the answer tells of no message", is_uncertain=True)
        if entry.receptor.isdecimal() and _national(entry.receptor) != receptor:
            self._fail("localid belongs to a message to somebody else", is_final=True)
        return entry

    def _post(self, method: str, fields: dict[str, str]) -> bytes:
        key = self.settings.api_key.get_secret_value()
        with httpx.Client(
            base_url=self.settings.url,
            timeout=self.settings.timeout_s,
            transport=_Keyed(f"/{_VERSION}/{quote(key, safe='')}/"),
            trust_env=False,
        ) as http:
            try:
                response = http.post(f"/{method}", data=fields)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                self._fail(f"no connection ({type(error).__name__})")
            except httpx.RequestError as error:
                self._fail(f"the line broke ({type(error).__name__})", is_uncertain=True)
        status, body = int(response.status_code), bytes(response.content)
        code = read_code(status, body)
        if status != GOOD or code != GOOD:
            self._refused(code)
        return body

    def _refused(self, code: int) -> NoReturn:
        meaning = FINAL.get(code) or LATER.get(code, "")
        text = f"it answered {code}" + (f": {meaning}" if meaning else "")
        is_known = bool(meaning)
        broke = not is_known and (code >= _SERVER_ERROR or code == GOOD)
        is_final = code in FINAL or not (is_known or broke)
        self._fail(text, is_final=is_final, is_uncertain=broke)

    def _fail(self, text: str, *, is_final: bool = False, is_uncertain: bool = False) -> NoReturn:
        message = f"kavenegar: {text}"
        raise DeliveryError(message, retryable=not is_final, is_uncertain=is_uncertain) from None


class _Keyed(httpx.BaseTransport):
    """Puts the key into the path at the last moment, in a request that nobody else sees.

    The library logs the address of the request that it was given, and that one has no key.
    """

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._line = httpx.HTTPTransport()

    def handle_request(self, request: Any) -> Any:
        """Send the request to its real address."""
        url = request.url.copy_with(
            raw_path=self._prefix.encode() + request.url.raw_path.lstrip(b"/")
        )
        keyed = httpx.Request(
            request.method,
            url,
            headers=request.headers,
            stream=request.stream,
            extensions=request.extensions,
        )
        return self._line.handle_request(keyed)

    def close(self) -> None:
        """Close the connections."""
        self._line.close()


def local_id(delivery_id: str) -> int:
    """Return the number of a delivery, positive and below 2**63 (a ``Long`` of the API).

    Two of ten million deliveries share one with a chance of 1 to 180,000; the recipient in the
    answer would tell.
    """
    return int.from_bytes(sha256(delivery_id.encode()).digest()[:8]) >> 1


def _receptor(recipient: str) -> str:
    """Return a number as Kavenegar writes it, ``09121234567``.

    Raises:
        DeliveryError: it is no Iranian mobile number.
    """
    phone = read_phone(recipient, country="IR")
    if phone is None or not phone.is_mobile or not phone.e164.startswith("+98"):
        message = "kavenegar: the recipient is no Iranian mobile number"
        raise DeliveryError(message, retryable=False)
    return _national(phone.e164)


def _national(number: str) -> str:
    """Return ``0`` and the last ten digits: +98912…, 0098912…, 98912… and 912… are one number."""
    return f"0{number[-10:]}"
