"""What platforms call a consent, in and out. Unknown words are silence, and silence is never yes.

The words stand in ``data/platforms.toml``, each table with the page or file they come from.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from ..errors import UnsupportedFeature
from ..model import ConsentState, OptInLevel

Answer = tuple[ConsentState, OptInLevel]

SILENCE: Answer = (ConsentState.UNKNOWN, OptInLevel.UNKNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformWords:
    """The words of one platform. ``is_read`` is False where ``source`` was not looked at."""

    field: str
    source: str
    is_read: bool
    read: Mapping[str, Answer]
    levels: Mapping[str, OptInLevel]
    write: Mapping[Answer, str]
    written_levels: Mapping[OptInLevel, str]


def read_state(platform: str, value: object, level: object = "") -> Answer:
    """Return the answer that a platform's word stands for, and how a yes was proved.

    ``value`` may be a text, a truth value, a whole number or None, whatever the platform sends;
    what is not in its table, and a platform that has none, is UNKNOWN and never a yes. A level
    belongs to a yes only.
    """
    words = platform_words().get(platform)
    state, implied = words.read.get(_folded(value), SILENCE) if words else SILENCE
    if words is None or state is not ConsentState.GRANTED:
        return state, OptInLevel.UNKNOWN
    return state, words.levels.get(_folded(level), implied)


def write_state(
    platform: str, state: ConsentState, level: OptInLevel = OptInLevel.UNKNOWN
) -> tuple[str, str]:
    """Return the platform's words for an answer: the value, and the level where it has one.

    A proof that we do not have is never claimed: a yes of unknown level stays one.

    Raises:
        UnsupportedFeature: the platform has no word for it; silence can be told to none.
    """
    words = platform_words().get(platform)
    value = words and (words.write.get((state, level)) or words.write.get(_plain(state)))
    if not words or not value:
        raise UnsupportedFeature(f"no word for consent {state}", adapter=platform)
    return value, words.written_levels.get(level, "") if state is ConsentState.GRANTED else ""


def words_for(platform: str, state: ConsentState) -> tuple[str, ...]:
    """Return every word of a platform that means this answer, in the order of its table."""
    words = platform_words()[platform].read
    return tuple(name for name, (meaning, _) in words.items() if meaning is state)


@cache
def platform_words() -> Mapping[str, PlatformWords]:
    """Return the tables of all platforms by name."""
    source = files(__package__) / "data" / "platforms.toml"
    tables = tomllib.loads(source.read_text(encoding="utf-8"))
    return {name: _words(table) for name, table in tables.items()}


def _words(table: Mapping[str, Mapping[str, str]]) -> PlatformWords:
    levels = table.get("levels", {})
    return PlatformWords(
        field=str(table["field"]),
        source=str(table["source"]),
        is_read=bool(table["is_read"]),
        read={_folded(word): _answer(text) for word, text in table["read"].items()},
        levels={_folded(word): OptInLevel(text) for word, text in levels.items()},
        write={_answer(text): word for text, word in table["write"].items()},
        written_levels={OptInLevel(text): word for word, text in levels.items()},
    )


def _answer(text: str) -> Answer:
    """Read ``granted`` or ``granted confirmed``."""
    state, _, level = text.partition(" ")
    return ConsentState(state), OptInLevel(level) if level else OptInLevel.UNKNOWN


def _plain(state: ConsentState) -> Answer:
    return state, OptInLevel.UNKNOWN


def _folded(value: object) -> str:
    """Return a word to look up; what no platform sends becomes none of them."""
    if isinstance(value, bool | int | str):
        return str(value).strip().casefold()
    return ""
