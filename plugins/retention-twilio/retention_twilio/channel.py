"""Send text and WhatsApp messages through Twilio's own library."""

from __future__ import annotations

import json
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

from pydantic import Field, SecretStr, ValidationError, model_validator

from retention_sdk.channels.base import Channel, message_text, print_file
from retention_sdk.errors import ConfigError, DeliveryError
from retention_sdk.l10n.phones import read_phone
from retention_sdk.model import Delivery, Receipt, ReceiptState, Settings

from .codes import LOST, is_final, is_uncertain, meaning_of

if TYPE_CHECKING:
    from twilio.rest import Client

# Twilio refuses more with 21617.
_TEXT_MAX = 1600
# A text is not worth sending to anybody after that; Twilio's own default is ten hours.
_VALID_S = 4 * 3600


class TwilioSettings(Settings):
    """The table ``[channels.twilio]``.

    Either ``sender`` (a number such as ``+15005550006``, a short code, or a name of letters where
    the country allows it) or ``messaging_service_sid``. ``api_key_sid`` with its secret in
    ``token`` is better than the account's own token: it can be revoked alone.

    ``whatsapp_sender`` is the number that WhatsApp knows, ``whatsapp_templates`` are the texts it
    approved, by our name and language, as ``"thank_you.en" = "HX…"``.
    """

    account_sid: Annotated[str, Field(pattern=r"^AC[0-9a-f]{32}$")]
    token: SecretStr
    api_key_sid: Annotated[str, Field(pattern=r"^(|SK[0-9a-f]{32})$")] = ""
    sender: Annotated[str, Field(pattern=r"^(|\+?[0-9]{3,15}|[A-Za-z0-9 ]{1,11})$")] = ""
    messaging_service_sid: Annotated[str, Field(pattern=r"^(|MG[0-9a-f]{32})$")] = ""
    whatsapp_sender: Annotated[str, Field(pattern=r"^(|\+[0-9]{7,15})$")] = ""
    whatsapp_templates: dict[str, Annotated[str, Field(pattern=r"^HX[0-9a-f]{32}$")]] = Field(
        default_factory=dict
    )
    timeout_s: Annotated[float, Field(gt=0, le=600)] = 30.0
    valid_s: Annotated[int, Field(ge=6, le=36_000)] = _VALID_S

    @model_validator(mode="after")
    def _has_one_sender(self) -> TwilioSettings:
        if bool(self.sender) == bool(self.messaging_service_sid):
            raise ValueError("set sender or messaging_service_sid, one of them")
        return self


class TwilioChannel(Channel):
    """Asks Twilio once for each message. Options are the fields of ``TwilioSettings``.

    Twilio has no key that lets it see a repetition as one, so a message whose answer was lost is
    uncertain, and nothing here sends it again.

    Raises:
        ConfigError: an option is unknown, missing or malformed.
    """

    name = "twilio"
    is_idempotent = False

    def __init__(self, **options: object) -> None:
        try:
            self.settings = TwilioSettings.model_validate(options)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            key = ".".join(("channels", self.name, *map(str, first["loc"])))
            raise ConfigError(first["msg"].removeprefix("Value error, "), key=key) from None

    def __repr__(self) -> str:
        return f"<TwilioChannel {self.settings.sender or self.settings.messaging_service_sid}>"

    def send(self, delivery: Delivery, *, now: datetime) -> Receipt:
        """Send the delivery's one text, or have its approved WhatsApp text sent.

        Raises:
            DeliveryError: the text is too long, or the recipient is no number (final); Twilio
                refused (``retryable`` where waiting or a setting helps); the line broke
                (uncertain).
        """
        phone = read_phone(delivery.recipient)
        if phone is None or not phone.is_valid:
            self._fail("the recipient is no telephone number with its country", final=True)
        is_whatsapp = delivery.surface == "whatsapp"
        fields = self._whatsapp(delivery) if is_whatsapp else self._text(delivery)
        recipient = f"whatsapp:{phone.e164}" if is_whatsapp else phone.e164
        sid, state = self._create(recipient, fields)
        return Receipt(
            delivery_id=delivery.id,
            channel=self.name,
            state=ReceiptState.REJECTED if state in LOST else ReceiptState.ACCEPTED,
            at=now,
            location=f"twilio:{sid} {state}",
        )

    def _text(self, delivery: Delivery) -> dict[str, Any]:
        text = message_text(delivery)
        if not text or len(text) > _TEXT_MAX:
            self._fail(f"a text has 1 to {_TEXT_MAX} characters, not {len(text)}", final=True)
        return {"body": text, "validity_period": self.settings.valid_s, **self._sender()}

    def _whatsapp(self, delivery: Delivery) -> dict[str, Any]:
        """Return the approved text of a message, and what fills its gaps."""
        message, settings = json.loads(print_file(delivery).data), self.settings
        if not settings.whatsapp_sender:
            self._fail("set channels.twilio.whatsapp_sender")
        name = _approved(message["template"], message["locale"], settings.whatsapp_templates)
        if name is None:
            wanted = f'"{message["template"]}.{message["locale"]}"'
            self._fail(f"no approved text: set channels.twilio.whatsapp_templates, {wanted}")
        gaps = {str(number): each for number, each in enumerate(message["variables"], start=1)}
        return {
            "from_": f"whatsapp:{settings.whatsapp_sender}",
            "content_sid": name,
            "content_variables": json.dumps(gaps, ensure_ascii=False),
        }

    def _create(self, recipient: str, fields: dict[str, Any]) -> tuple[str, str]:
        from requests.exceptions import RequestException
        from twilio.base.exceptions import TwilioException, TwilioRestException

        try:
            made = self._client.messages.create(to=recipient, **fields)
        except TwilioRestException as error:
            self._fail(
                meaning_of(error.status, error.code),
                final=is_final(error.status, error.code),
                uncertain=is_uncertain(error.status),
            )
        except RequestException as error:
            self._fail(f"no answer ({type(error).__name__})", uncertain=not _was_not_sent(error))
        except (TwilioException, ValueError, TypeError, AttributeError):
            self._fail("the answer cannot be read", uncertain=True)
        if not made.sid:
            self._fail("the answer tells of no message", uncertain=True)
        return str(made.sid), str(made.status)

    def _sender(self) -> dict[str, str]:
        if self.settings.messaging_service_sid:
            return {"messaging_service_sid": self.settings.messaging_service_sid}
        return {"from_": self.settings.sender}

    @cached_property
    def _client(self) -> Client:
        """The library's client: it retries nothing and reads no environment."""
        from twilio.http.http_client import TwilioHttpClient
        from twilio.rest import Client

        settings = self.settings
        return Client(
            settings.api_key_sid or settings.account_sid,
            settings.token.get_secret_value(),
            settings.account_sid,
            http_client=TwilioHttpClient(timeout=settings.timeout_s, max_retries=0),
            # An empty mapping would mean the real environment.
            environment={"TWILIO_REGION": ""},
        )

    def _fail(self, text: str, *, final: bool = False, uncertain: bool = False) -> NoReturn:
        raise DeliveryError(
            f"twilio: {text}", retryable=not final, is_uncertain=uncertain
        ) from None


def _approved(template: str, locale: str, known: dict[str, str]) -> str | None:
    """Return the approved text of a locale, else that of its language."""
    language = locale.partition("-")[0]
    return known.get(f"{template}.{locale}") or known.get(f"{template}.{language}")


def _was_not_sent(error: Exception) -> bool:
    """Whether no connection was made, so that nothing can have been sent."""
    from requests.exceptions import ConnectTimeout
    from urllib3.exceptions import MaxRetryError, NewConnectionError

    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    return isinstance(error, ConnectTimeout) or isinstance(reason, NewConnectionError)
