"""PrestaShop's webservice: lists and records as JSON, writing as XML, secrets left at the door."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import ModuleType, TracebackType
from typing import Any, Self

from retention_sdk.errors import PayloadError, PlatformError
from retention_sdk.shop_api import Answer, ApiClient, Timing
from retention_sdk.shop_api.values import asked_number

from .settings import PrestaShopSettings
from .xml import document

Json = Mapping[str, Any]

NAME = "prestashop"
# What opens an account, a customer's link to an order, or a file they bought.
SECRET_FIELDS = frozenset(
    "passwd secure_key last_passwd_gen reset_password_token reset_password_validity token "
    "download_hash".split()
)
# Names of lists that are not the resource's own.
_LISTS = {"order_slip": "order_slips"}
# An address is a web server's to refuse when it is too long; ids have up to ten digits.
_IDS_MAX = 100
NO_SUCH_RESOURCE = "27"
_SPOKEN = (400, 401, 403, 404, 405)
_HINTS = {
    16: "; the webservice was asked without a key",
    18: "; that is no key",
    20: "; the key is not active",
    21: "; the key may do nothing yet: tick its permissions",
    23: "; this version does not know the method",
    25: "; tick this method for this resource in the permissions of the key",
    26: "; tick this resource in the permissions of the key",
    132: "; the key is not for this shop",
}
_VERSION = re.compile(r"(\d{1,3})\.")
# PrestaShop 8 is the first that changes single fields of a record.
_PATCHES = 8


class Webservice:
    """One conversation with one shop; a context manager.

    Records are asked for by field, so that secrets do not travel, and whatever comes is stripped
    of them. Only ``whole`` returns them, to be written again and for nothing else.
    """

    def __init__(
        self,
        settings: PrestaShopSettings,
        *,
        http: ModuleType,
        timing: Timing | None = None,
    ) -> None:
        self._api = ApiClient(
            settings.webservice_url,
            adapter=NAME,
            auth=(settings.webservice_key.get_secret_value(), ""),
            timeout_s=settings.timeout_s,
            http=http,
            timing=timing,
        )
        shop = {"id_shop": settings.shop_number} if settings.shop_number else {}
        self._always: dict[str, Any] = {"output_format": "JSON", **shop}
        self._major = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._api.close()

    @property
    def can_patch(self) -> bool:
        """Whether the version that answered last can change single fields."""
        return self._major >= _PATCHES

    # Reading -------------------------------------------------------------------------------

    def rows(
        self,
        resource: str,
        fields: Sequence[str],
        *,
        where: Mapping[str, str] | None = None,
        sort: str = "",
        limit: int = 0,
    ) -> list[Json]:
        """Return records of a list, with these fields, all of them if none are named.

        ``where`` holds filters in the webservice's own words: ``[1|2]``, ``>[3]``.

        Raises:
            PlatformError: the shop refused, is away, or answered something else.
        """
        params: dict[str, Any] = {f"filter[{name}]": value for name, value in (where or {}).items()}
        params["display"] = f"[{','.join(fields)}]" if fields else "full"
        # Without it, dates are neither filtered nor sorted by.
        params["date"] = 1
        if sort:
            params["sort"] = f"[{sort}]"
        if limit:
            params["limit"] = limit
        answer = self._ask("GET", resource, params=params)
        if not answer.is_good:
            raise _refused(answer, f"the list of {resource}")
        return [_stripped(row) for row in _listed(answer, resource)]

    def rows_by(
        self, resource: str, field: str, values: Iterable[str], fields: Sequence[str]
    ) -> Iterator[Json]:
        """Yield all records whose field has one of the values, each asked for once."""
        wanted = sorted({number(value) for value in values}, key=int)
        for start in range(0, len(wanted), _IDS_MAX):
            some = "|".join(wanted[start : start + _IDS_MAX])
            yield from self.rows(resource, fields, where={field: f"[{some}]"})

    # Writing -------------------------------------------------------------------------------

    def add(self, resource: str, kind: str, fields: Json) -> Json:
        """Create a record, and return what became of it. Never sent twice."""
        answer = self._ask("POST", resource, content=document(kind, fields))
        if not answer.is_good:
            raise _refused(answer, f"a new record of {resource}")
        made: Json = _stripped(_one(answer, kind))
        return made

    def remove(self, resource: str, identifier: str) -> None:
        """Delete a record; one that is not there is no error."""
        answer = self._ask("DELETE", f"{resource}/{asked_number(identifier, adapter=NAME)}")
        if not answer.is_good and answer.status != 404:  # noqa: PLR2004 - the status is its name
            raise _refused(answer, f"deleting from {resource}")

    def whole(self, resource: str, kind: str, identifier: str) -> Json:
        """Return a whole record, secrets and all: for writing it again, and for nothing else."""
        answer = self._ask("GET", f"{resource}/{asked_number(identifier, adapter=NAME)}")
        if not answer.is_good:
            raise _refused(answer, f"the record of {resource}")
        return _one(answer, kind)

    def write(self, resource: str, kind: str, record: Json, *, method: str) -> bool:
        """Write a record over the one that is there; False where fields cannot be patched.

        Never sent twice: what came between would be undone.
        """
        path = f"{resource}/{number(record['id'])}"
        content = document(kind, record)
        answer = self._ask(method, path, content=content, is_repeatable=False)
        if method == "PATCH" and answer.status == 405:  # noqa: PLR2004 - the status is its name
            return False
        if not answer.is_good:
            raise _refused(answer, f"a change of {resource}")
        return True

    def _ask(self, method: str, path: str, **wishes: Any) -> Answer:
        params = {**self._always, **wishes.pop("params", {})}
        if "content" in wishes:
            wishes["headers"] = {"content-type": "text/xml; charset=utf-8"}
        answer = self._api.request(method, path, params=params, also_good=_SPOKEN, **wishes)
        if match := _VERSION.match(answer.header("psws-version")):
            self._major = int(match[1])
        return answer


def number(identifier: object) -> str:
    """Return an identifier as text: the webservice writes it as a number here, as text there.

    Raises:
        ValueError: it is none.
    """
    text = str(identifier)
    if isinstance(identifier, bool) or not (text.isascii() and text.isdecimal()):
        raise ValueError("an identifier is a whole number")
    return text


def refused(message: str, *, code: str = "") -> PlatformError:
    """Return the error for what trying again does not help."""
    return PlatformError(message, adapter=NAME, retryable=False, code=code)


def _listed(answer: Answer, resource: str) -> list[Json]:
    """Return the records of a list. An empty one is an empty JSON array, whatever it is of."""
    decoded = answer.json()
    items = decoded.get(_LISTS.get(resource, resource)) if isinstance(decoded, dict) else decoded
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise PayloadError("the answer is not a list of records", adapter=NAME, path=resource)
    return items


def _one(answer: Answer, kind: str) -> Json:
    record = answer.mapping().get(kind)
    if not isinstance(record, dict):
        raise PayloadError("the answer is not a record", adapter=NAME, path=kind)
    return record


def _stripped(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _stripped(each) for key, each in node.items() if key not in SECRET_FIELDS}
    return [_stripped(each) for each in node] if isinstance(node, list) else node


def _refused(answer: Answer, what: str) -> PlatformError:
    """Return the error of an answer: its messages may quote people, its numbers do not."""
    code = _error_code(answer)
    message = f"{what} was refused with status {answer.status}"
    if code is not None:
        message += f", error {code} of the webservice{_HINTS.get(code, '')}"
    elif answer.status == 404:  # noqa: PLR2004 - the status is its name
        message += "; there is no such thing, or the address is not that of a webservice"
    return refused(message, code=str(answer.status if code is None else code))


def _error_code(answer: Answer) -> int | None:
    try:
        first = answer.mapping()["errors"][0]["code"]
    except (PlatformError, LookupError, TypeError):
        return None
    return first if type(first) is int else None
