"""Print files on a CUPS queue or an IPP printer, each job once."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, Any, NamedTuple
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, model_validator

from retention_sdk.channels.base import Channel, print_file
from retention_sdk.errors import ConfigError, DeliveryError
from retention_sdk.http import httpx
from retention_sdk.model import Artifact, Delivery, Receipt, ReceiptState, Settings

from .ipp import Answer, Attributes, JobState, Operation, Tag, Text, read_answer, write_request

_PORT = 631
_POLL_S = 0.2
_ANSWER_BYTES_MAX = 8 * 1024 * 1024
_NOT_SUPPORTED = 0x040A  # client-error-document-format-not-supported
_NOT_POSSIBLE = 0x0404
# CUPS forgets the names of jobs a second after they are over, and reads them again only for who
# asks for something that it keeps nowhere but on disk.
_FROM_DISK = "job-priority"
# CUPS has no type of its own for the languages of label printers: it passes raw bytes on.
_MIME_TYPES = {"application/zpl": "application/vnd.cups-raw"}


class CupsSettings(Settings):
    """The table ``[channels.cups]``.

    ``printer`` is an address such as ``ipp://localhost:631/printers/cards``. ``options`` are
    IPP job attributes: ``media = "iso_a6_105x148mm"``, ``sides = "two-sided-long-edge"``.
    ``wait_s`` is how long to wait for a job to end; what takes longer is taken as accepted.
    """

    printer: Annotated[str, Field(pattern=r"^(ipps?|https?)://[^\s/@]+/\S*$")]
    options: dict[str, int | bool | str] = Field(default_factory=dict)
    user: str = "retention"
    password: SecretStr | None = Field(default=None, repr=False)
    timeout_s: Annotated[float, Field(gt=0, le=600)] = 30.0
    wait_s: Annotated[float, Field(ge=0, le=600)] = 5.0

    @model_validator(mode="after")
    def _is_safe(self) -> CupsSettings:
        host = urlsplit(self.printer).hostname or ""
        is_encrypted = self.printer.startswith(("ipps:", "https:"))
        is_here = host in {"localhost", "127.0.0.1", "::1"}
        if self.password and not (is_encrypted or is_here):
            raise ValueError("a password needs ipps:// or https://")
        return self


class Job(NamedTuple):
    """A job as the printer tells of it."""

    id: int
    uri: str
    state: JobState


class CupsChannel(Channel):
    """Names each job after its delivery, and looks for that name before it prints.

    A repetition is therefore seen as one for as long as the server remembers its jobs; CUPS does
    for 500 of them by default (``MaxJobs``). Options are the fields of ``CupsSettings``.

    Raises:
        ConfigError: an option is unknown or malformed, or a password would travel in the clear.
    """

    name = "cups"
    is_idempotent = True

    def __init__(self, printer: str, **options: object) -> None:
        try:
            self.settings = CupsSettings.model_validate({"printer": printer, **options})
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            key = ".".join(("channels", self.name, *map(str, first["loc"])))
            raise ConfigError(first["msg"].removeprefix("Value error, "), key=key) from None

    def __repr__(self) -> str:
        return f"<CupsChannel {self.settings.printer}>"

    def send(self, delivery: Delivery, *, now: datetime) -> Receipt:
        """Print the delivery's one file, unless it was printed before.

        Raises:
            DeliveryError: there is not exactly one file, or the printer cannot read it (final);
                the server is away or refused (retryable); the line broke (uncertain: the next
                try looks for the job).
        """
        file = print_file(delivery)
        with self._connected() as http:
            known = self._find(http, delivery.id)
            job = known or self._print(http, delivery.id, file)
            job = self._wait(http, job)
        state = ReceiptState.DUPLICATE if known else ReceiptState.ACCEPTED
        return Receipt(
            delivery_id=delivery.id,
            channel=self.name,
            state=ReceiptState.REJECTED if job.state.is_lost else state,
            at=now,
            location=f"{job.uri} {job.state.name.lower()}"[:500],
        )

    def withdraw(self, receipt: Receipt) -> bool:
        """Cancel a job that is not over; return whether it was canceled before it was printed.

        Raises:
            DeliveryError: the server is away.
        """
        with self._connected() as http:
            job = self._find(http, receipt.delivery_id)
            if job is None or job.state.is_over:
                return False
            self._ask(http, Operation.CANCEL_JOB, {"job-id": job.id})
            return self._look(http, job).state is JobState.CANCELED

    def _find(self, http: Any, name: str) -> Job | None:
        """Return the newest job of that name, waiting, printing or over."""
        wanted = ("job-id", "job-uri", "job-state", "job-name", _FROM_DISK)
        for which in ("not-completed", "completed"):
            attributes = {"which-jobs": which, "requested-attributes": wanted}
            answer = self._ask(http, Operation.GET_JOBS, attributes)
            found = [_job(each) for each in answer.jobs() if each.get("job-name") == (name,)]
            if found:
                return max(found)
        return None

    def _print(self, http: Any, name: str, file: Artifact) -> Job:
        mime_type = _MIME_TYPES.get(file.media_type, file.media_type)
        answer = self._ask(
            http,
            Operation.PRINT_JOB,
            {"job-name": Text(Tag.NAME, name), "document-format": Text(Tag.MIME_TYPE, mime_type)},
            job=self.settings.options,
            document=file.data,
        )
        return _job(next(answer.jobs(), {}))

    def _wait(self, http: Any, job: Job) -> Job:
        ends = time.monotonic() + self.settings.wait_s
        while not job.state.is_over and time.monotonic() < ends:
            time.sleep(_POLL_S)
            job = self._look(http, job)
        return job

    def _look(self, http: Any, job: Job) -> Job:
        wanted = ("job-id", "job-uri", "job-state")
        attributes: Attributes = {"job-id": job.id, "requested-attributes": wanted}
        answer = self._ask(http, Operation.GET_JOB_ATTRIBUTES, attributes)
        return _job(next(answer.jobs(), {}))

    # Asking ----------------------------------------------------------------------------------

    @contextmanager
    def _connected(self) -> Iterator[Any]:
        own = self.settings.password
        auth = (self.settings.user, own.get_secret_value()) if own else None
        # trust_env: a proxy of the environment does not lead to the printer next door.
        with httpx.Client(timeout=self.settings.timeout_s, auth=auth, trust_env=False) as http:
            yield http

    def _ask(
        self,
        http: Any,
        operation: Operation,
        attributes: Attributes,
        *,
        job: Attributes | None = None,
        document: bytes = b"",
    ) -> Answer:
        head = {
            "attributes-charset": Text(Tag.CHARSET, "utf-8"),
            "attributes-natural-language": Text(Tag.LANGUAGE, "en"),
            "printer-uri": Text(Tag.URI, _ipp_address(self.settings.printer)),
        }
        # RFC 8011, section 4.1.5: the target follows charset and language, job-id its printer.
        place = {key: value for key, value in attributes.items() if key == "job-id"}
        rest = {key: value for key, value in attributes.items() if key != "job-id"}
        user = {"requesting-user-name": Text(Tag.NAME, self.settings.user)}
        body = write_request(operation, {**head, **place, **user, **rest}, job=job) + document
        return self._checked(self._post(http, body, is_printing=bool(document)))

    def _post(self, http: Any, body: bytes, *, is_printing: bool) -> bytes:
        headers = {"content-type": "application/ipp"}
        address = _http_address(self.settings.printer)
        try:
            response = http.post(address, content=body, headers=headers)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise self._error(f"no connection ({type(error).__name__})", retryable=True) from None
        except httpx.RequestError as error:
            text = f"the line broke ({type(error).__name__})"
            raise self._error(text, retryable=True, is_uncertain=is_printing) from None
        if response.status_code != httpx.codes.OK:
            raise self._error(f"the server answered HTTP {response.status_code}", retryable=True)
        return bytes(response.content[:_ANSWER_BYTES_MAX])

    def _checked(self, data: bytes) -> Answer:
        try:
            answer = read_answer(data)
        except ValueError as error:
            raise self._error(str(error), retryable=True) from None
        if not answer.is_good:
            is_final = answer.status in {_NOT_SUPPORTED, _NOT_POSSIBLE}
            raise self._error(f"IPP status 0x{answer.status:04x}", retryable=not is_final)
        return answer

    def _error(self, text: str, *, retryable: bool, is_uncertain: bool = False) -> DeliveryError:
        message = f"cups {self.settings.printer}: {text}"
        return DeliveryError(message, retryable=retryable, is_uncertain=is_uncertain)


def _job(attributes: Mapping[str, tuple[object, ...]]) -> Job:
    try:
        return Job(
            int(str(attributes["job-id"][0])),
            str(attributes["job-uri"][0]),
            JobState(int(str(attributes["job-state"][0]))),
        )
    except (KeyError, ValueError):
        text = "cups: the printer does not say which job it made; look at the printer"
        raise DeliveryError(text, retryable=True, is_uncertain=True) from None


def _http_address(printer: str) -> str:
    """Return where to post: IPP is HTTP on port 631 (RFC 8010, section 4)."""
    parts = urlsplit(printer)
    scheme = {"ipp": "http", "ipps": "https"}.get(parts.scheme, parts.scheme)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    port = parts.port or (_PORT if parts.scheme.startswith("ipp") else "")
    return f"{scheme}://{host}{f':{port}' if port else ''}{parts.path}"


def _ipp_address(printer: str) -> str:
    """Return what the printer calls itself."""
    parts = urlsplit(printer)
    scheme = {"http": "ipp", "https": "ipps"}.get(parts.scheme, parts.scheme)
    return parts._replace(scheme=scheme).geturl()
