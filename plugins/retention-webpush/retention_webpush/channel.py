"""Send push messages to browsers through their own push services."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from hashlib import sha256
from typing import Annotated, NoReturn

from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import Field, SecretStr, ValidationError, field_validator

from retention_sdk.channels.base import Channel, print_file
from retention_sdk.errors import ConfigError, DeliveryError
from retention_sdk.http import httpx
from retention_sdk.model import Delivery, Receipt, ReceiptState, Settings
from retention_sdk.model.device import PushDevice

from .keys import ShopKey, base64, unbase64
from .sealed import SALT_BYTES, TEXT_BYTES_MAX, seal

PUSH_SERVICES = (
    "fcm.googleapis.com",
    "push.services.mozilla.com",
    "notify.windows.com",
    "push.apple.com",
)
"""Hosts of the push services of today's browsers; names below them belong to them."""

_GONE = frozenset({404, 410})
_TAKEN = frozenset({200, 201, 202, 204})
_REFUSED_KEY = frozenset({401, 403})
_TOO_MANY, _TOO_LARGE, _SERVER_ERROR = 429, 413, 500


class WebPushSettings(Settings):
    """The table ``[channels.webpush]``.

    ``subject`` is a ``mailto:`` or https address by which push services reach the shop.
    ``push_services`` are hosts beside the known ones, for browsers of organisations of their own.
    """

    private_key: SecretStr
    subject: Annotated[str, Field(pattern=r"^(mailto:\S+@\S+|https://\S+)$")]
    push_services: tuple[str, ...] = ()
    kept_s: Annotated[int, Field(ge=0, le=2_419_200)] = 86_400
    timeout_s: Annotated[float, Field(gt=0, le=600)] = 15.0

    @field_validator("private_key")
    @classmethod
    def _is_key(cls, value: SecretStr) -> SecretStr:
        try:
            ShopKey.read(value.get_secret_value())
        except ValueError:
            raise ValueError("make one with `python -m retention_webpush`") from None
        return value


class WebPushChannel(Channel):
    """Asks the push service of a device. Options are the fields of ``WebPushSettings``.

    A repetition replaces what waits at the push service (``Topic``, RFC 8030 s. 5.4) and what is
    shown (``tag``), so that it is seen as one.

    Raises:
        ConfigError: an option is unknown, missing or malformed.
    """

    name = "webpush"
    is_idempotent = True
    takes_devices = True

    def __init__(self, **options: object) -> None:
        try:
            self.settings = WebPushSettings.model_validate(options)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            key = ".".join(("channels", self.name, *map(str, first["loc"])))
            raise ConfigError(first["msg"].removeprefix("Value error, "), key=key) from None
        self._key = ShopKey.read(self.settings.private_key.get_secret_value())

    def __repr__(self) -> str:
        return f"<WebPushChannel {self._key.public_text[:12]}…>"

    @property
    def application_server_key(self) -> str:
        """What the shop's script gives to ``pushManager.subscribe``."""
        return self._key.public_text

    def takes(self, device: PushDevice) -> bool:
        """Whether the device's push service is one that is known: anybody can name an address."""
        known = (*PUSH_SERVICES, *self.settings.push_services)
        return any(device.host == host or device.host.endswith(f".{host}") for host in known)

    def send(self, delivery: Delivery, *, now: datetime) -> Receipt:
        """Send the delivery's one message to its device.

        Raises:
            DeliveryError: the message is too long (final); the device is gone (final, ``is_gone``);
                the push service refused or did not answer (``retryable``).
        """
        device = delivery.device
        if device is None or not self.takes(device):
            self._fail("there is no device of a push service that is known", final=True)
        body = self._sealed(delivery, device)
        status, headers = self._post(device, body, _topic(delivery), now)
        if status not in _TAKEN:
            self._refused(status, headers)
        return Receipt(
            delivery_id=delivery.id,
            channel=self.name,
            state=ReceiptState.ACCEPTED,
            at=now,
            location=f"webpush:{device.host}",
        )

    def _sealed(self, delivery: Delivery, device: PushDevice) -> bytes:
        """Return the message, which the device alone can read."""
        message = json.loads(print_file(delivery).data) | {"tag": _topic(delivery)}
        text = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
        if len(text) > TEXT_BYTES_MAX:
            self._fail(f"a message has at most {TEXT_BYTES_MAX} bytes", final=True)
        try:
            return seal(
                text,
                browser_key=unbase64(device.p256dh),
                secret=unbase64(device.auth),
                own_key=ec.generate_private_key(ec.SECP256R1()),
                salt=secrets.token_bytes(SALT_BYTES),
            )
        except ValueError:
            self._fail("the device's key is no key", final=True, gone=True)

    def _post(
        self, device: PushDevice, body: bytes, topic: str, now: datetime
    ) -> tuple[int, dict[str, str]]:
        origin = f"https://{device.host}"
        headers = {
            "authorization": self._key.authorization(
                origin, subject=self.settings.subject, now=now
            ),
            "content-encoding": "aes128gcm",
            "content-type": "application/octet-stream",
            "topic": topic,
            "ttl": str(self.settings.kept_s),
            "urgency": "normal",
        }
        timeout = httpx.Timeout(self.settings.timeout_s).as_dict()
        request = httpx.Request(
            "POST", device.endpoint, content=body, headers=headers, extensions={"timeout": timeout}
        )
        # A client would write the address, which is the device's secret, into the log.
        with self.line() as line:
            try:
                answer = line.handle_request(request)
                answer.close()
            except httpx.RequestError as error:
                self._fail(f"{device.host} did not answer ({type(error).__name__})")
        return int(answer.status_code), dict(answer.headers)

    line: Callable[[], httpx.BaseTransport] = staticmethod(httpx.HTTPTransport)
    """What connections are made of; a test may lead them to a push service of its own."""

    def _refused(self, status: int, headers: dict[str, str]) -> NoReturn:
        if status in _GONE:
            self._fail("the browser does not take messages any more", final=True, gone=True)
        if status in _REFUSED_KEY:
            self._fail(f"the push service answered {status}: it knows another private_key")
        if status == _TOO_LARGE:
            self._fail("the push service answered 413: the message is too long", final=True)
        wait = _wait_of(headers.get("retry-after", ""))
        is_final = status < _SERVER_ERROR and status != _TOO_MANY
        self._fail(f"the push service answered {status}{wait}", final=is_final)

    def _fail(self, text: str, *, final: bool = False, gone: bool = False) -> NoReturn:
        raise DeliveryError(f"webpush: {text}", retryable=not final, is_gone=gone) from None


def _topic(delivery: Delivery) -> str:
    """Return what a repetition shares with the first: at most 32 letters (RFC 8030 s. 5.4)."""
    return base64(sha256(delivery.id.encode()).digest())[:32]


def _wait_of(text: str) -> str:
    """Say how long a push service asks to wait, in seconds or until a date."""
    if text.isdecimal():
        return f", in {int(text)} s"
    try:
        return f", after {parsedate_to_datetime(text).astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    except (TypeError, ValueError, OverflowError):
        return ""
