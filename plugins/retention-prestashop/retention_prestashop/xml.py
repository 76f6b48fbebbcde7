"""Records as the webservice takes them: XML. It is written here, and never read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from xml.sax.saxutils import escape

from retention_sdk.errors import UnsupportedFeature

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
# XML 1.0, 2.2: what a document may hold. A lone carriage return has to be written as a number.
_UNWRITABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_RETURN = {"\r": "&#13;"}


def document(kind: str, record: Mapping[str, Any]) -> bytes:
    """Return a record as a document; texts by language and lists of associations as they came.

    Raises:
        UnsupportedFeature: a text holds what no XML can, so it cannot be written unchanged.
    """
    inside = "".join(_fields(record))
    text = f'<?xml version="1.0" encoding="UTF-8"?><prestashop>{_tag(kind, inside)}</prestashop>'
    return text.encode()


def _fields(record: Mapping[str, Any]) -> Iterator[str]:
    for name, value in record.items():
        if name == "associations":
            yield _tag(name, "".join(_associations(value)))
        elif isinstance(value, list):
            yield _tag(name, "".join(map(_in_language, value)))
        else:
            yield _tag(name, _text(value))


def _associations(lists: Mapping[str, Any]) -> Iterator[str]:
    """Items of a list are called by any name, here by that of the list."""
    for name, items in lists.items():
        yield _tag(name, "".join(_tag(name, "".join(_fields(item))) for item in items))


def _in_language(text: Mapping[str, Any]) -> str:
    return f'<language id="{int(text["id"])}">{_text(text["value"])}</language>'


def _tag(name: str, inside: str) -> str:
    if not _NAME.fullmatch(name):
        raise UnsupportedFeature("a field has a name that XML has not", adapter="prestashop")
    return f"<{name}>{inside}</{name}>"


def _text(value: object) -> str:
    text = "" if value is None else str(value)
    if _UNWRITABLE.search(text):
        message = "a text of this record holds control characters, which XML cannot carry"
        raise UnsupportedFeature(message, adapter="prestashop")
    return escape(text, _RETURN)
