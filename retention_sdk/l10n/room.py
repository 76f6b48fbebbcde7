"""Does a text fit: millimetres and ink on a card, segments in a text message.

Shaping is not done here: whoever owns the faces passes a ``Gauge`` in.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Protocol

from .bidi import strip_isolates
from .catalogue import say
from .plurals import plural_category
from .segments import sms_length, sms_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from .localizer import Localizer
    from .messageformat import Node
    from .registry import MessageSpec, Param

# Sizes that happen, none of them extreme: what is longer makes the card choose a smaller size.
_BRAND = "Kiln & Leaf"
_CODES: Mapping[str, str] = {
    "number": "2026-100345",
    "code": "JD014600001234",
    "word": "STOP",
    "link": "https://shop.example/t/4H7K2M",
    "value": "12.50 €",
    "amount": "1,250.00 €",
}
_CONTACT = "hello@kiln-and-leaf.example"
_DATES = tuple(date(2026, month, 28) for month in range(1, 13))
_COUNTS_MAX = 1_300
_COUNT_LONG = 12_345


class Gauge(Protocol):
    """Measures a text as the card sets it; keys tell which role a text plays there."""

    def width_mm(self, key: str, text: str, *, tag: str, script: str) -> float:
        """Return the width in one line, at the size the registry speaks of."""

    def lacking(self, key: str, text: str, *, tag: str, script: str) -> str:
        """Return the characters that no face has ink for."""


def room_faults(
    spec: MessageSpec, nodes: Sequence[Node], speaker: Localizer, gauge: Gauge | None
) -> Iterator[tuple[str, str]]:
    """Yield a code and a detail for a text that is too wide, has no ink, or costs too much.

    Raises:
        MissingFont: the faces of the language are not installed.
    """
    texts = tuple(samples(spec, nodes, speaker))
    if spec.surface == "card" and gauge:
        yield from ink_faults(spec.key, texts, speaker, gauge)
        yield from _width_faults(spec, texts, speaker, gauge)
    if spec.segments_max:
        yield from _sms_faults(spec, texts)


def samples(spec: MessageSpec, nodes: Sequence[Node], speaker: Localizer) -> Iterator[str]:
    """Yield a message as it is said of plausible values: each plural form, each month."""
    values = {param.name: _values(param, speaker.language) for param in spec.params}
    rows = max(map(len, values.values()), default=1)
    for row in range(rows):
        arguments = {name: column[row % len(column)] for name, column in values.items()}
        yield say(nodes, spec, arguments, speaker)


def ink_faults(
    key: str, texts: Iterable[str], speaker: Localizer, gauge: Gauge | None
) -> Iterator[tuple[str, str]]:
    """Yield a code and a detail if some letters of the texts have no ink in any face."""
    if gauge is None:
        return
    joined = strip_isolates(" ".join(texts))
    if lacking := gauge.lacking(key, joined, tag=speaker.tag, script=speaker.script):
        shown = ", ".join(f"U+{ord(char):04X}" for char in lacking)
        yield "glyph", f"no shipped face has ink for {shown}"


def _values(param: Param, language: str) -> Sequence[Any]:
    if param.type == "count":
        return _counts(language)
    if param.type == "date":
        return _DATES
    return (_CODES.get(param.name, _CONTACT),) if param.type == "code" else (_BRAND,)


def _counts(language: str) -> tuple[int, ...]:
    """Return the longest of the first numbers of each plural form, and a long one."""
    found = {
        plural_category(language, number): number
        for number in (*range(2, 101), *range(1_000, _COUNTS_MAX, 7))
    }
    return tuple(dict.fromkeys((1, *found.values(), _COUNT_LONG)))


def _width_faults(
    spec: MessageSpec, texts: Sequence[str], speaker: Localizer, gauge: Gauge
) -> Iterator[tuple[str, str]]:
    if not spec.width_mm:
        return
    measured = (
        (gauge.width_mm(spec.key, text, tag=speaker.tag, script=speaker.script), text)
        for text in texts
    )
    width, text = max(measured)
    if width > spec.width_mm:
        yield "width", f"{width:.1f} mm of {spec.width_mm} mm: {text}"


def _sms_faults(spec: MessageSpec, texts: Sequence[str]) -> Iterator[tuple[str, str]]:
    for text in map(sms_text, texts):
        length = sms_length(text)
        if length.segments > spec.segments_max:
            cost = f"{length.segments} segments of {spec.segments_max}"
            yield "segments", f"{cost} ({length.units} units of {length.encoding}): {text}"
            return
