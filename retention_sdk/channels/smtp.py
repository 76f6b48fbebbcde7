"""E-mails to a mail server. Nothing of a person or a password gets into errors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple, NoReturn

from pydantic import Field, SecretStr, ValidationError, model_validator

from ..errors import ConfigError, DeliveryError
from ..model import Delivery, Receipt, ReceiptState, Settings, read_mailbox
from .base import Channel

if TYPE_CHECKING:
    import smtplib
    import ssl

Security = Literal["starttls", "ssl", "none"]

_DEFAULT_PORTS: dict[Security, int] = {"starttls": 587, "ssl": 465, "none": 25}
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
# RFC 3463: class.subject.detail at the beginning of a reply. The words behind may name people.
_ENHANCED_CODE = re.compile(rb"^[245]\.\d{1,3}\.\d{1,3}\b")


class SmtpSettings(Settings):
    """The table ``[channels.smtp]``. ``envelope_sender`` is where bounces go, else From."""

    host: Annotated[str, Field(min_length=1)]
    port: Annotated[int, Field(ge=0, le=65535)] = 0
    security: Security = "starttls"
    user: str = Field(default="", repr=False)
    password: SecretStr = SecretStr("")
    timeout_s: Annotated[float, Field(gt=0, le=600)] = 30.0
    envelope_sender: str = ""
    ca_file: str = ""

    @model_validator(mode="after")
    def _is_safe(self) -> SmtpSettings:
        if bool(self.user) != bool(self.password.get_secret_value()):
            raise ValueError("user and password go together")
        if not (self.user + self.password.get_secret_value()).isascii():
            raise ValueError("user and password must be ASCII; ask for an application password")
        if self.user and self.security == "none" and self.host not in _LOOPBACK:
            raise ValueError('a password needs security = "starttls" or "ssl"')
        return self


class Envelope(NamedTuple):
    """Who is told to the server; ``needs_utf8`` when an address cannot be written in ASCII."""

    sender: str
    recipient: str
    needs_utf8: bool


class SmtpChannel(Channel):
    """Hands one message to one mail server per call.

    SMTP has no idempotency key: when the answer to the last byte is lost, nobody knows whether
    the server took the message. The error says so in ``is_uncertain``. Options are the fields of
    ``SmtpSettings``.

    Raises:
        ConfigError: an option is unknown or malformed, or a password would travel in the clear.
    """

    name = "smtp"

    def __init__(self, host: str, **options: object) -> None:
        values = {"host": host, **options}
        try:
            self.settings = SmtpSettings.model_validate(values)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            key = ".".join(("channels", self.name, *map(str, first["loc"])))
            raise ConfigError(first["msg"].removeprefix("Value error, "), key=key) from None

    def __repr__(self) -> str:
        return f"<SmtpChannel {self._where}>"

    @property
    def _where(self) -> str:
        return f"{self.settings.host}:{self._port}"

    @property
    def _port(self) -> int:
        return self.settings.port or _DEFAULT_PORTS[self.settings.security]

    def send(self, delivery: Delivery, *, now: datetime) -> Receipt:
        """Submit the delivery's one message.

        Raises:
            DeliveryError: there is not exactly one message or it has no usable address (final);
                the server refused for good (5xx, final) or for now (4xx, retryable); the
                connection failed (retryable).
        """
        message = self._message(delivery)
        envelope = read_envelope(message, delivery, sender=self.settings.envelope_sender)
        with self._explained():
            server = self._connect()
            try:
                self._greet(server)
                self._submit(server, envelope, message)
            finally:
                with suppress(*_broken()):
                    server.quit()
                server.close()
        return Receipt(
            delivery_id=delivery.id,
            channel=self.name,
            state=ReceiptState.ACCEPTED,
            at=now,
            location=f"smtp://{self._where}",
        )

    def _message(self, delivery: Delivery) -> bytes:
        mails = [part for part in delivery.artifacts if part.media_type == "message/rfc822"]
        if len(mails) != 1 or len(delivery.artifacts) != 1:
            self._refuse("a delivery must be exactly one message/rfc822 artifact")
        return mails[0].data

    def _connect(self) -> smtplib.SMTP:
        import smtplib

        settings = self.settings
        if settings.security == "ssl":
            context = _tls_context(settings.ca_file)
            return smtplib.SMTP_SSL(
                settings.host, self._port, timeout=settings.timeout_s, context=context
            )
        return smtplib.SMTP(settings.host, self._port, timeout=settings.timeout_s)

    def _greet(self, server: smtplib.SMTP) -> None:
        settings = self.settings
        server.ehlo_or_helo_if_needed()
        if settings.security == "starttls":
            if not server.has_extn("starttls"):
                self._refuse('no STARTTLS; use security = "ssl", or "none" on this machine only')
            server.starttls(context=_tls_context(settings.ca_file))
            server.ehlo_or_helo_if_needed()
        if settings.user:
            if not server.has_extn("auth"):
                self._refuse("no AUTH; remove user and password, or use another port")
            server.login(settings.user, settings.password.get_secret_value())

    def _submit(self, server: smtplib.SMTP, envelope: Envelope, message: bytes) -> None:
        options = []
        if envelope.needs_utf8:
            if not server.has_extn("smtputf8"):
                self._refuse("no SMTPUTF8, and an address has letters beyond ASCII before the @")
            options += ["SMTPUTF8", "BODY=8BITMIME"]
        if server.has_extn("size"):
            options.append(f"size={len(message)}")
        self._expect("MAIL FROM", server.mail(envelope.sender, options))
        self._expect("RCPT TO", server.rcpt(envelope.recipient))
        self._expect("DATA", self._send_data(server, message))

    def _send_data(self, server: smtplib.SMTP, message: bytes) -> tuple[int, bytes]:
        import smtplib

        try:
            return server.data(message)
        except smtplib.SMTPDataError:
            raise
        except _broken():
            text = "the connection broke during DATA; the server may have taken the message"
            raise self._error(text, is_retryable=True, is_uncertain=True) from None

    def _expect(self, stage: str, answer: tuple[int, bytes]) -> None:
        code, words = answer
        if not 200 <= code < 300:  # noqa: PLR2004 - RFC 5321, 4.2.1: 2xx is success
            raise self._reply_error(stage, code, words)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn what smtplib raises into what callers understand; its words may name people."""
        import smtplib
        import ssl

        try:
            yield
        except smtplib.SMTPResponseException as error:
            stage = "AUTH" if isinstance(error, smtplib.SMTPAuthenticationError) else "server"
            words = error.smtp_error
            words = words if isinstance(words, bytes) else words.encode("ascii", "replace")
            raise self._reply_error(stage, error.smtp_code, words) from None
        except smtplib.SMTPServerDisconnected:
            raise self._error("the server hung up", is_retryable=True) from None
        except smtplib.SMTPException as error:
            raise self._error(type(error).__name__, is_retryable=False) from None
        except ssl.SSLCertVerificationError as error:
            text = f"certificate refused: {error.verify_message}; check host and ca_file"
            raise self._error(text, is_retryable=False) from None
        except OSError as error:
            what = error.strerror or type(error).__name__
            raise self._error(f"no connection: {what}", is_retryable=True) from None

    def _reply_error(self, stage: str, code: int, words: bytes) -> DeliveryError:
        enhanced = _ENHANCED_CODE.match(words)
        reply = f"{code} {enhanced[0].decode()}" if enhanced else str(code)
        # RFC 5321, 4.2.1: 4xx is transient. Anything that is no reply at all counts as that too.
        is_retryable = not 500 <= code < 600  # noqa: PLR2004
        return self._error(f"{stage} answered {reply}", is_retryable=is_retryable)

    def _error(self, text: str, *, is_retryable: bool, is_uncertain: bool = False) -> DeliveryError:
        message = f"smtp {self._where}: {text}"
        return DeliveryError(message, retryable=is_retryable, is_uncertain=is_uncertain)

    def _refuse(self, text: str) -> NoReturn:
        raise self._error(text, is_retryable=False)


def read_envelope(message: bytes, delivery: Delivery, *, sender: str = "") -> Envelope:
    """Return sender and recipient, from the message's own From and To.

    Raises:
        DeliveryError: an address is missing or not one address, or the delivery says it is for
            somebody else.
    """
    from email import policy
    from email.parser import HeaderParser

    # Decoded first: the parser for bytes hides what RFC 6532 writes in UTF-8.
    head = message.partition(b"\r\n\r\n")[0].decode("utf-8", "replace")
    headers = HeaderParser(policy=policy.SMTPUTF8).parsestr(head)
    origin = read_mailbox(sender or _only_address(headers["From"]))
    recipient = read_mailbox(_only_address(headers["To"]))
    if origin is None or recipient is None:
        raise DeliveryError("smtp: From or To is not one e-mail address", retryable=False)
    if delivery.recipient and read_mailbox(delivery.recipient) != recipient:
        raise DeliveryError("smtp: the message is addressed to somebody else", retryable=False)
    return Envelope(origin, recipient, needs_utf8=not (origin + recipient).isascii())


def _only_address(header: Any) -> str:
    addresses: tuple[Any, ...] = getattr(header, "addresses", ())
    return str(addresses[0].addr_spec) if len(addresses) == 1 else ""


def _tls_context(ca_file: str) -> ssl.SSLContext:
    import ssl

    return ssl.create_default_context(cafile=ca_file or None)


def _broken() -> tuple[type[Exception], ...]:
    import smtplib

    return (smtplib.SMTPException, OSError)
