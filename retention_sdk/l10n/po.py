"""Read and write ``messages.po``: gettext on the outside, ICU MessageFormat in ``msgstr``.

``msgctxt`` is the message's key, with a variant after ``|``: ``card.thank_you.body|warm``.
``msgid`` is the English wording, so translators' tools see what they translate and notice when
it changes. A translator's comment ``state: drafted`` says how far the text has been reviewed;
it is not an extracted comment, because tools overwrite those.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from ..errors import MessageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

State = Literal["drafted", "machine_checked", "native_reviewed"]
"""How far a text has come. Nothing may claim a review that no native reader did."""

STATES: tuple[State, ...] = get_args(State)
"""All states, from the least to the most reviewed."""

_STATE_PREFIX = "state: "
_PREVIOUS_PREFIX = '| msgid "'
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One text in one language.

    ``is_fuzzy`` marks one whose English has changed since; ``previous`` is the English it was
    made from, if it is known.
    """

    context: str
    source: str
    text: str
    state: State = "drafted"
    is_fuzzy: bool = False
    comment: str = ""
    previous: str = ""

    @property
    def key(self) -> str:
        """The message's key, without the variant."""
        return self.context.partition("|")[0]

    @property
    def variant(self) -> str:
        """``formal``, ``warm.f`` and so on; empty for the base text."""
        return self.context.partition("|")[2]


def read_po(path: Path) -> tuple[Entry, ...]:
    """Read a catalogue in file order.

    Raises:
        MessageError: the file is no catalogue, or an entry has no context or an unknown state.
    """
    from babel.messages.pofile import PoFileError
    from babel.messages.pofile import read_po as read_catalogue

    try:
        with path.open("rb") as file:
            catalogue = read_catalogue(file, abort_invalid=True)
    except (PoFileError, UnicodeDecodeError) as error:
        raise MessageError(f"{path}: {error}") from error
    entries = []
    for message in catalogue:
        if not message.id:
            continue
        if not message.context or not isinstance(message.string, str):
            raise MessageError(f"{path}: line {message.lineno}: every entry needs a msgctxt")
        state = _state(message.user_comments, f"{path}: {message.context}")
        entries.append(
            Entry(
                message.context,
                str(message.id),
                message.string,
                state,
                message.fuzzy,
                " ".join(message.auto_comments),
                _previous(message.user_comments),
            )
        )
    return tuple(entries)


def write_po(language: str, entries: Iterable[Entry]) -> str:
    """Return the text of a catalogue. Same entries, same bytes: no dates, no wrapping."""
    header = (
        "# Texts that customers read. Key and variant are in msgctxt, the English wording in\n"
        "# msgid. Do not translate what stands in braces.\n"
        'msgid ""\nmsgstr ""\n'
        f'"Project-Id-Version: retention-sdk\\n"\n"Language: {language}\\n"\n'
        '"MIME-Version: 1.0\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n'
    )
    return "\n".join((header, *("\n".join(_lines(entry)) + "\n" for entry in entries)))


def _lines(entry: Entry) -> Iterator[str]:
    yield f"# {_STATE_PREFIX}{entry.state}"
    if entry.comment:
        yield f"#. {entry.comment}"
    yield "#, fuzzy, icu-message-format" if entry.is_fuzzy else "#, icu-message-format"
    if entry.previous:
        yield f'#{_PREVIOUS_PREFIX}{entry.previous.translate(_ESCAPES)}"'
    yield f'msgctxt "{entry.context.translate(_ESCAPES)}"'
    yield f'msgid "{entry.source.translate(_ESCAPES)}"'
    yield f'msgstr "{entry.text.translate(_ESCAPES)}"'


def _previous(comments: Iterable[str]) -> str:
    """Return what stands after ``#| msgid``, which Babel reads as comments; "" without it."""
    from babel.messages.pofile import unescape

    pieces: list[str] = []
    for comment in comments:
        if comment.startswith(_PREVIOUS_PREFIX):
            pieces = [comment.removeprefix(_PREVIOUS_PREFIX[:-1])]
        elif pieces and comment.startswith('| "'):
            pieces.append(comment.removeprefix("| "))
    return "".join(map(unescape, pieces))


def _state(comments: Iterable[str], where: str) -> State:
    """Return what the comment says; without one, as from tools that know no states, the least."""
    for comment in comments:
        if comment.startswith(_STATE_PREFIX):
            state = comment.removeprefix(_STATE_PREFIX)
            if state not in STATES:
                raise MessageError(f"{where}: state {state!r} is not one of {STATES}")
            return state
    return STATES[0]
