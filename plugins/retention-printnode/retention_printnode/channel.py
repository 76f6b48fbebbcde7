"""Print files on printers that PrintNode's client serves, each job once."""

from __future__ import annotations

import time
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, Any, NamedTuple, NoReturn

from pydantic import Field, SecretStr, ValidationError

from retention_sdk.channels.base import Channel, print_file
from retention_sdk.errors import ConfigError, DeliveryError
from retention_sdk.http import httpx
from retention_sdk.model import Artifact, Delivery, Receipt, ReceiptState, Settings

_SOURCE = "retention-sdk"
_JOBS_PER_PAGE = 100
_POLL_S = 0.5
_TRY_LATER = frozenset({408, 409, 425, 429})
_FAILED = frozenset({"error", "expired", "deleted"})
_OVER = _FAILED | {"done"}


class PrintNodeSettings(Settings):
    """The table ``[channels.printnode]``.

    ``options`` are PrintNode's: ``paper = "A6"``, ``duplex = "long-edge"``. ``expire_after_s``
    gives a job up that no client fetched by then. ``pages_back`` is how many hundreds of earlier
    jobs are searched for one that was printed before. ``wait_s`` is how long to wait for a job to
    end; what takes longer is taken as accepted.
    """

    api_key: SecretStr
    printer_id: Annotated[int, Field(ge=1)]
    options: dict[str, int | bool | str] = Field(default_factory=dict)
    expire_after_s: Annotated[int, Field(ge=60)] = 12 * 3600
    pages_back: Annotated[int, Field(ge=1, le=50)] = 5
    timeout_s: Annotated[float, Field(gt=0, le=600)] = 30.0
    wait_s: Annotated[float, Field(ge=0, le=600)] = 0.0
    url: Annotated[str, Field(pattern=r"^https://\S+$")] = "https://api.printnode.com"


class Job(NamedTuple):
    """A job as PrintNode tells of it."""

    id: int
    state: str


class PrintNodeChannel(Channel):
    """Titles each job with its delivery, and looks for that title before it prints.

    The title is also sent as idempotency key, which closes the gap between two tries that run at
    once. Options are the fields of ``PrintNodeSettings``; the key never shows. ``transport`` is one
    of httpx, for tests and for proxies.

    Raises:
        ConfigError: an option is unknown, missing or malformed.
    """

    name = "printnode"
    is_idempotent = True

    def __init__(self, *, transport: Any = None, **options: object) -> None:
        self._transport = transport
        try:
            self.settings = PrintNodeSettings.model_validate(options)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            key = ".".join(("channels", self.name, *map(str, first["loc"])))
            raise ConfigError(first["msg"], key=key) from None

    def __repr__(self) -> str:
        return f"<PrintNodeChannel printer {self.settings.printer_id}>"

    def send(self, delivery: Delivery, *, now: datetime) -> Receipt:
        """Print the delivery's one file, unless it was printed before.

        Raises:
            DeliveryError: there is not exactly one file, or PrintNode finds the request wrong
                (final); it is away or busy (retryable); the line broke (uncertain: the next try
                looks for the job).
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
            state=ReceiptState.REJECTED if job.state in _FAILED else state,
            at=now,
            location=f"printnode:{job.id} {job.state}",
        )

    def withdraw(self, receipt: Receipt) -> bool:
        """Delete a job that no client fetched; return whether it was deleted.

        Raises:
            DeliveryError: PrintNode is away.
        """
        with self._connected() as http:
            job = self._find(http, receipt.delivery_id)
            if job is None or job.state in _OVER:
                return False
            gone = self._ask(http, "DELETE", f"/printjobs/{job.id}")
        return isinstance(gone, list) and job.id in gone

    def _find(self, http: Any, title: str) -> Job | None:
        """Return the newest job of that title on this printer."""
        where = f"/printers/{self.settings.printer_id}/printjobs"
        after: int | None = None
        for _ in range(self.settings.pages_back):
            wanted: dict[str, int | str] = {"limit": _JOBS_PER_PAGE, "dir": "desc"}
            page = self._ask(
                http, "GET", where, params=wanted | ({"after": after} if after else {})
            )
            jobs = page if isinstance(page, list) else []
            for each in jobs:
                if isinstance(each, Mapping) and each.get("title") == title:
                    return _job(each)
            if len(jobs) < _JOBS_PER_PAGE:
                return None
            after = _job(jobs[-1]).id
        return None

    def _print(self, http: Any, title: str, file: Artifact) -> Job:
        kind = "pdf_base64" if file.media_type == "application/pdf" else "raw_base64"
        body = {
            "printerId": self.settings.printer_id,
            "title": title,
            "contentType": kind,
            "content": b64encode(file.data).decode(),
            "source": _SOURCE,
            "expireAfter": self.settings.expire_after_s,
            "options": self.settings.options,
        }
        headers = {"x-idempotency-key": title}
        number = self._ask(http, "POST", "/printjobs", json=body, headers=headers)
        if isinstance(number, bool) or not isinstance(number, int):
            self._fail("the answer is not the number of a job", is_uncertain=True)
        return Job(number, "new")

    def _wait(self, http: Any, job: Job) -> Job:
        ends = time.monotonic() + self.settings.wait_s
        while job.state not in _OVER and time.monotonic() < ends:
            time.sleep(_POLL_S)
            found = self._ask(http, "GET", f"/printjobs/{job.id}")
            if isinstance(found, list) and found and isinstance(found[0], Mapping):
                job = _job(found[0])
        return job

    # Asking ----------------------------------------------------------------------------------

    @contextmanager
    def _connected(self) -> Iterator[Any]:
        # The key is the user name, the password stays empty: PrintNode's way of Basic auth.
        auth = (self.settings.api_key.get_secret_value(), "")
        with httpx.Client(
            base_url=self.settings.url,
            auth=auth,
            timeout=self.settings.timeout_s,
            transport=self._transport,
        ) as http:
            yield http

    def _ask(self, http: Any, method: str, path: str, **request: Any) -> Any:
        is_printing = method == "POST"
        try:
            response = http.request(method, path, **request)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            self._fail(f"no connection ({type(error).__name__})")
        except httpx.RequestError as error:
            self._fail(f"the line broke ({type(error).__name__})", is_uncertain=is_printing)
        status = int(response.status_code)
        if status >= 500:  # noqa: PLR2004 - it broke over there, perhaps after the job was made
            self._fail(f"PrintNode answered HTTP {status}", is_uncertain=is_printing)
        if status in {401, 403}:
            self._fail(f"PrintNode answered HTTP {status}; check api_key")
        if not httpx.codes.is_success(status):
            self._fail(f"PrintNode answered HTTP {status}", is_final=status not in _TRY_LATER)
        try:
            return response.json()
        except ValueError:
            self._fail("the answer is not JSON", is_uncertain=is_printing)

    def _fail(self, text: str, *, is_final: bool = False, is_uncertain: bool = False) -> NoReturn:
        message = f"printnode, printer {self.settings.printer_id}: {text}"
        raise DeliveryError(message, retryable=not is_final, is_uncertain=is_uncertain) from None


def _job(fields: Mapping[str, Any]) -> Job:
    number, state = fields.get("id"), fields.get("state")
    if not isinstance(number, int) or not isinstance(state, str):
        raise DeliveryError("printnode: a job without number or state", retryable=True)
    return Job(number, state)
