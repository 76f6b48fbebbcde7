"""What a name looks like: two names with one likeness cannot be told apart on a list."""

from __future__ import annotations

import json
import unicodedata
from functools import cache
from importlib.resources import files
from types import MappingProxyType

# Signs that look alike in most faces and stand in no table of Unicode's for small letters; the
# Arabic letters have one form within words.
_OWN = {"1": "l", "i": "l", "0": "o", "ي": "ی", "ى": "ی", "ك": "ک"}
_PAIRS = (("rn", "m"), ("vv", "w"))


def likeness(name: str) -> str:
    """Return what a name looks like, whatever script, case or width its letters are from.

    After Unicode UTS #39, on letters and digits only: blanks and punctuation tell nothing apart.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    table = _table()
    plain = "".join(table.get(char, char) for char in folded if _counts(char))
    for pair, single in _PAIRS:
        plain = plain.replace(pair, single)
    return plain


def _counts(char: str) -> bool:
    return unicodedata.category(char)[0] in "LNM"


@cache
def _table() -> MappingProxyType[str, str]:
    data = (files(__package__) / "data" / "lookalikes.json").read_text("utf-8")
    found: dict[str, str] = {}
    for alike in json.loads(data):
        # The first is an ASCII letter or digit wherever the class has one.
        found |= {char: _OWN.get(alike[0], alike[0]) for char in alike}
    return MappingProxyType(found | {char: found.get(to, to) for char, to in _OWN.items()})
