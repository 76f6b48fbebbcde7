"""A mapping proposed from the heading of an export and its first rows."""

from __future__ import annotations

import json
import re
import tomllib
import unicodedata
from collections.abc import Mapping as Table
from collections.abc import Sequence
from importlib.resources import files
from itertools import islice
from pathlib import Path
from typing import Any

from retention_sdk.errors import PayloadError

from .cells import CellError, plain
from .form import folded
from .mapping import FIELDS, NEEDED, Column, Mapping
from .moments import Moments
from .presets import preset_names, preset_table
from .source import Source, open_source

_SAMPLE_ROWS = 200
_PRESET_MATCHES_MIN = 8
_AMOUNTS = ("total", "unit_price", "line_total", "shipping")
_DATES = (
    *("%Y-%m-%d %H:%M:%S %z", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M:%S"),
    *("%Y/%m/%d %H:%M", "%Y/%m/%d", "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y"),
    *("%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y", "%m/%d/%Y %H:%M", "%m/%d/%Y"),
    *("%m/%d/%y", "%d-%m-%Y %H:%M", "%d-%m-%Y", "%b %d, %Y", "%d-%b-%y", "%b-%d-%y", "unix"),
)
_CALENDARS = ("gregorian", "persian", "islamic-umalqura", "buddhist", "roc")
_OUR_TIME = frozenset(range(1990, 2041))
_ABOUT_CONSENT = re.compile(
    r"(?i)consent|marketing|newsletter|opt.?in|subscri|permission|einwillig"
)
_COMMA = re.compile(r".*,[0-9]{1,2}")
_POINT = re.compile(r".*\.[0-9]{1,2}")
_EXAMPLE = """\
# {name}: what does it mean in your shop? Its words stand for nothing before you say so, and a yes
# needs the place where people were asked.
# [[consent]]
# column = {column}
# channel = "email"
# words = {{ yes = "granted", no = "denied" }}
# source = "box at the checkout, not ticked beforehand"
"""


def draft(path: Path, *, encoding: str = "") -> str:
    """Return the text of a mapping to look through: what is unsure stands there as a comment.

    Raises:
        PlatformError: the file cannot be opened.
        PayloadError: it has no heading, or is of a kind that is not read.
    """
    columns = {field: Column(value="-") for field in NEEDED}
    provisional = Mapping(currency="XXX", encoding=encoding, columns=columns)
    with open_source(path, provisional, name="files") as source:
        titles, rows = _table(source)
    if name := _preset_of(titles):
        return _preset_text(name, titles, path.name)
    return _text(_fields(titles), titles, rows, path.name, encoding)


def _table(source: Source) -> tuple[Sequence[str], list[Any]]:
    records = islice((each for each in source.records() if not each.problem), _SAMPLE_ROWS)
    if source.is_csv:
        return source.titles, [
            dict(zip(source.titles, each.cells, strict=True)) for each in records
        ]
    rows = [each.cells for each in records]
    titles = dict.fromkeys(path for row in rows for path in _paths(row))
    if not titles:
        raise PayloadError("no line of JSON can be read", adapter="files")
    return tuple(titles), [{path: _at(row, path) for path in titles} for row in rows]


def _paths(node: Table[str, Any], before: str = "") -> list[str]:
    found = []
    for key, value in node.items():
        inner = isinstance(value, dict)
        found += _paths(value, f"{before}{key}.") if inner else [f"{before}{key}"]
    return found


def _at(node: Any, path: str) -> str:
    for part in path.split("."):
        node = node.get(part) if isinstance(node, dict) else None
    return node if isinstance(node, str) else ""


def _preset_of(titles: Sequence[str]) -> str:
    """Return the preset that most columns of a file belong to; none below eight."""
    have = {folded(title) for title in titles}
    counts = {}
    for name in preset_names():
        columns = preset_table(name)["columns"].items()
        named = {field: set(map(folded, column["column"])) for field, column in columns}
        if all(not named[field] or named[field] & have for field in NEEDED):
            counts[name] = sum(bool(each & have) for each in named.values())
    best = max(counts, key=lambda name: counts[name], default="")
    return best if best and counts[best] >= _PRESET_MATCHES_MIN else ""


def _preset_text(name: str, titles: Sequence[str], file: str) -> str:
    table = preset_table(name)
    lines = [f"# For {file}: it looks like the export that the preset reads.", f'preset = "{name}"']
    if "currency" not in table["columns"]:
        lines.append('currency = ""  # say which one it is: EUR')
    if any("%z" not in each for each in table.get("dates", ())):
        lines.append('time_zone = ""  # say in which zone its times are: Europe/Vienna')
    return "\n".join([*lines, "", *_consent(titles)])


def _fields(titles: Sequence[str]) -> dict[str, str]:
    """Return the column of each field that has one of the names shops give it."""
    source = files(__package__) / "headings.toml"
    known = tomllib.loads(source.read_text(encoding="utf-8"))
    by_name = {_bare(title.rpartition(".")[2] or title): title for title in reversed(titles)}
    by_name |= {_bare(title): title for title in reversed(titles)}
    found: dict[str, str] = {}
    for field in FIELDS:
        names = (_bare(name) for name in (field, *known.get(field, ())))
        title = next((by_name[name] for name in names if name in by_name), "")
        if title and title not in found.values():
            found[field] = title
    return found


def _bare(title: str) -> str:
    """Return a name without case, accents, spaces and signs."""
    apart = unicodedata.normalize("NFKD", title.casefold().replace("ı", "i").replace("ß", "ss"))
    return "".join(char for char in apart if char.isalnum())


def _text(
    fields: Table[str, str], titles: Sequence[str], rows: Sequence[Any], file: str, encoding: str
) -> str:
    lines = [f"# A draft for {file}: look through it, then `retention import --check`."]
    lines += [f"encoding = {_quoted(encoding)}"] if encoding else []
    lines.append(f'rows = "{_layout(fields, rows)}"  # a row is one of these: "orders" or "lines"')
    amounts = [row.get(fields[name], "") for name in _AMOUNTS if name in fields for row in rows]
    lines += _signs([plain(text).replace("\x00", ".") for text in amounts if text])
    if "currency" not in fields:
        lines.append('currency = ""  # say which one it is: EUR')
    lines += _date_lines([row.get(fields.get("placed_at", ""), "") for row in rows])
    lines += ["", "[columns]"]
    lines += [f"{field} = {_quoted(title)}" for field, title in fields.items()]
    missing = [field for field in NEEDED if field not in fields]
    lines += [f'# {field} = ""  # needed: name its column' for field in missing]
    left = [title for title in titles if title not in fields.values()]
    lines += ["", "# Columns that nobody reads: " + ", ".join(map(_quoted, left))] if left else []
    return "\n".join([*lines, "", *_consent(left)])


def _layout(fields: Table[str, str], rows: Sequence[Any]) -> str:
    names = [row.get(fields.get("id", ""), "") for row in rows]
    return "lines" if len(set(names)) < len(names) or "unit_price" in fields else "orders"


def _signs(amounts: Sequence[str]) -> list[str]:
    commas = sum(bool(_COMMA.fullmatch(text)) for text in amounts)
    points = sum(bool(_POINT.fullmatch(text)) for text in amounts)
    decimal, apart = (",", ".") if commas > points else (".", ",")
    has_groups = any(re.search(rf"{re.escape(apart)}[0-9]{{3}}", text) for text in amounts)
    lines = [f'decimal = "{decimal}"'] if decimal == "," else []
    return [*lines, f'thousands = "{apart}"'] if has_groups else lines


def _date_lines(texts: Sequence[str]) -> list[str]:
    """Propose the first calendar and format that all dates have; that others fit too is said."""
    filled = [text for text in texts if text]
    for calendar in _CALENDARS if filled else ():
        forms = ("", *_DATES) if calendar == "gregorian" else _DATES
        fitting = [form for form in forms if _all_read(form, filled, calendar)]
        if fitting:
            lines = [] if calendar == "gregorian" else [f'calendar = "{calendar}"']
            return [*lines, *_format_lines(fitting, filled, calendar)]
    return ['# dates = "%d.%m.%Y %H:%M"  # no format is known that reads all of them']


def _format_lines(fitting: Sequence[str], texts: Sequence[str], calendar: str) -> list[str]:
    best, *others = fitting
    lines = [f"dates = {_quoted(best)}"] if best else []
    if best and others:
        named = " or ".join(map(_quoted, others))
        lines[0] += f"  # it may be {named} too: look at a day after the 12th"
    has_zone = best == "unix" or _all_read(best, texts, calendar, zone="")
    return lines if has_zone else [*lines, 'time_zone = ""  # say in which zone they are']


def _all_read(form: str, texts: Sequence[str], calendar: str, *, zone: str = "UTC") -> bool:
    """Whether a format reads all dates, in a calendar that makes them days of our time."""
    moments = Moments((form,) if form else (), time_zone=zone, calendar=calendar)
    try:
        years = {moments.read("placed_at", text).year for text in texts}
    except CellError:
        return False
    return calendar == "gregorian" or years <= _OUR_TIME


def _consent(titles: Sequence[str]) -> list[str]:
    asked = [title for title in titles if _ABOUT_CONSENT.search(title)]
    return [_EXAMPLE.format(name=title, column=_quoted(title)) for title in asked]


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
