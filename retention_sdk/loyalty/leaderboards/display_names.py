"""Names that members choose for a leaderboard: what they may not be, and names from a hat. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence

from ...errors import LedgerError
from ...model.base import BIDI_CONTROLS
from .likeness import likeness

LENGTH_MIN, LENGTH_MAX = 2, 24
DIGITS_MAX = 4
_MARKS_MAX = 2
# Shorter names, such as Li, are in too many words.
_TELLING_MIN = 3
# Persian and the Indic scripts spell with these two.
_JOINERS = frozenset("\u200c\u200d")
_SIGNS = frozenset(" '’-.·_")
_ADDRESS = re.compile(
    r"@|://|\bwww\b|\b(?:https?|mailto|tel)\b|\w\.\w{2,}|\bdot\s+(?:com|net|org)\b", re.IGNORECASE
)
# Names by which a shop or a platform speaks.
_OFFICIAL = ("admin", "administrator", "moderator", "official", "staff", "support", "system")

FIRST_WORDS = (
    *("Amber", "Brave", "Bright", "Calm", "Clever", "Cosy", "Curious", "Eager", "Early"),
    *("Gentle", "Golden", "Happy", "Honest", "Jolly", "Keen", "Lucky", "Merry", "Mellow"),
    *("Nimble", "Patient", "Proud", "Quick", "Quiet", "Ruby", "Sunny", "Swift", "Tidy"),
    *("Velvet", "Warm", "Wise"),
)
SECOND_WORDS = (
    *("Badger", "Beaver", "Bison", "Falcon", "Ferret", "Finch", "Fox", "Gecko", "Hare"),
    *("Hedgehog", "Heron", "Ibis", "Jackdaw", "Kestrel", "Kiwi", "Lark", "Lynx", "Marten"),
    *("Magpie", "Otter", "Owl", "Panda", "Puffin", "Raven", "Robin", "Seal", "Sparrow"),
    *("Swan", "Tiger", "Wren"),
)


def check_name(text: str, *, refused: Iterable[str] = ()) -> str:
    """Return a name as it will be shown, in NFC.

    It has 2-24 letters, digits and few signs, of one script, at most 4 digits: neither an address
    nor a number of any kind. ``refused`` are what it may not contain: the own name, the local part
    of the own address, the name of the shop; they are compared by what they look like.

    Raises:
        LedgerError: it is no such name. The name is not quoted.
    """
    name = " ".join(unicodedata.normalize("NFC", text).split())
    for problem in _problems(name, refused):
        raise LedgerError(f"this name cannot be shown: {problem}")
    return name


def make_names(
    choose: Callable[[int], int],
    *,
    first: Sequence[str] = FIRST_WORDS,
    second: Sequence[str] = SECOND_WORDS,
) -> Iterator[str]:
    """Yield names from two lists of words, the later ones with a number; never the same for long.

    ``choose`` returns a whole number from 0 to below its argument.
    """
    attempt = 0
    while True:
        words = f"{first[choose(len(first))]} {second[choose(len(second))]}"
        yield words if attempt < len(first) else f"{words} {choose(9_000) + 1_000}"
        attempt += 1


def _problems(name: str, refused: Iterable[str]) -> Iterator[str]:
    """Yield what is wrong with a name, worst first."""
    # As a reader of full-width signs would see it.
    plain = unicodedata.normalize("NFKC", name)
    if not LENGTH_MIN <= len(name) <= LENGTH_MAX:
        yield f"it must have {LENGTH_MIN} to {LENGTH_MAX} characters"
    if _has_hidden(name):
        yield "it holds invisible or control characters"
    if _ADDRESS.search(plain):
        yield "it looks like an address"
    if sum(char.isnumeric() for char in plain) > DIGITS_MAX:
        yield f"it has more than {DIGITS_MAX} digits, as telephone numbers do"
    yield from _odd_letters(name, plain)
    yield from _speaking(likeness(name), refused)


def _odd_letters(name: str, plain: str) -> Iterator[str]:
    if not all(_is_of_names(char) for char in name):
        yield "only letters, digits, blanks and ' - . _ · are allowed"
    if not any(char.isalpha() for char in name):
        yield "it has no letter"
    if len(scripts(plain)) > 1:
        yield "its letters are of more than one script"
    if _is_stacked(name):
        yield f"a letter carries more than {_MARKS_MAX} marks"


def _speaking(seen: str, refused: Iterable[str]) -> Iterator[str]:
    if any(seen.startswith(likeness(word)) for word in _OFFICIAL):
        yield "it speaks for the shop"
    told = (likeness(each) for each in refused)
    if any(len(own) >= _TELLING_MIN and own in seen for own in told):
        yield "it holds a name or address of yours, or the shop's: choose one that tells nothing"


def scripts(text: str) -> frozenset[str]:
    """Return the scripts of the letters in a text, by the first word of their Unicode names.

    Japanese writes with three, which count as one.
    """
    found = {unicodedata.name(c, "?").split()[0] for c in text if c.isalpha()}
    return frozenset("JAPANESE" if each in _JAPANESE else each for each in found)


_JAPANESE = frozenset({"HIRAGANA", "KATAKANA", "CJK", "KATAKANA-HIRAGANA", "IDEOGRAPHIC"})


def _has_hidden(name: str) -> bool:
    return any(
        char in BIDI_CONTROLS
        or (unicodedata.category(char)[0] == "C" and char not in _JOINERS)
        or _is_stray(name, index)
        for index, char in enumerate(name)
    )


def _is_stray(name: str, index: int) -> bool:
    """Return whether a joiner joins nothing, or what is not written with it."""
    if name[index] not in _JOINERS:
        return False
    before, after = name[index - 1 : index], name[index + 1 : index + 2]
    latin = {"LATIN", "GREEK", "CYRILLIC"}
    return not before or not after.isalpha() or bool(scripts(before) & latin)


def _is_of_names(char: str) -> bool:
    return (
        char in _SIGNS
        or char in _JOINERS
        or unicodedata.category(char) in {"Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Nd"}
    )


def _is_stacked(name: str) -> bool:
    marks = 0
    for char in unicodedata.normalize("NFD", name):
        marks = marks + 1 if unicodedata.category(char) == "Mn" else 0
        if marks > _MARKS_MAX:
            return True
    return False
