"""Two languages nobody speaks, made from the English texts, to test layouts before translators do.

``en-XA`` is English with accents, 35 to 100 per cent longer, in brackets: what is not accented
was never translatable, and a missing bracket is a text that was cut off. ``ar-XB`` writes the
English sounds in Arabic letters, so that it truly runs and joins from right to left; it needs no
override and no embedding, and isolates stay as balanced as they are in any language.
"""

from __future__ import annotations

import re
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from .messageformat import CHOICES, texts_of
from .resources import compiled_catalogue

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from .messageformat import Node

PSEUDO_LOCALES = ("ar-XB", "en-XA")
"""Tags that ``localizer`` knows and that no customer is ever offered."""

_SOURCE = "en"
_ACCENTED = str.maketrans(
    "ABCDEFGHIJKLMNOPRSTUVWYZabcdefghijklmnoprstuvwyz",
    "ÅBÇÐÉFĜĤÎĴĶĻMÑÖPŔŠŢÛVŴÝŽåbçðéfĝĥîĵķļmñöpŕšţûvŵýž",
)
# Pairs first, then letters. There are no capitals; doubled letters stay single.
_PAIRS = {"th": "ث", "sh": "ش", "ch": "چ", "kh": "خ", "gh": "غ", "ou": "و", "oo": "و", "ee": "ي"}
_LETTERS = dict(
    zip("abcdefghijklmnopqrstuvwxyz", "ابسديفغهيجكلمنوبقرستوفوسيز", strict=True),
)
_SOUND = re.compile("|".join((*_PAIRS, *_LETTERS)))
_DOUBLED = re.compile(r"([a-z])\1")
_ARABIC_PUNCTUATION = str.maketrans("?,;", "؟،؛")
# A hole for a name in a salutation: {given}, {full*}.
_HOLE = re.compile(r"(\{[^{}]*\})")
_FILLER = " öñé ţŵö ţĥŕéé föûŕ fîvé šîx šévéñ éîĝĥţ ñîñé ţéñ éļévéñ ţŵéļvé"
# Short labels grow most in translation: twice below ten letters, a third from fifty on.
_GROWTH = ((10, 1.0), (20, 0.8), (30, 0.6), (50, 0.45))
_GROWTH_LEAST = 0.36
_BRACKETS = {"en-XA": ("[", "]"), "ar-XB": ("﴿", "﴾")}


@cache
def pseudo_catalogue(tag: str) -> Mapping[str, Any]:
    """Return the compiled catalogue of ``en-XA`` or ``ar-XB``; the same each time."""
    english = compiled_catalogue(_SOURCE)
    change = _accented if tag == "en-XA" else _arabic
    messages = {
        context: _dressed(nodes, tag, change) for context, nodes in english["messages"].items()
    }
    profile = _profile(english["profile"], tag, change)
    return MappingProxyType(
        {"profile": profile, "messages": messages, "states": {"drafted": sorted(messages)}}
    )


def pseudo_texts(tag: str) -> Mapping[str, str]:
    """Return every text of a pseudo-locale in one of the ways it can read, by context."""
    messages = pseudo_catalogue(tag)["messages"]
    return {context: list(texts_of(nodes))[-1] for context, nodes in messages.items()}


def padding_for(length: int) -> str:
    """Return what makes an English text as long as a translation may become."""
    growth = next((share for limit, share in _GROWTH if length <= limit), _GROWTH_LEAST)
    wanted = max(1, -(-length * growth // 1))
    times = int(wanted) // len(_FILLER) + 1
    return (_FILLER * times)[: int(wanted)].rstrip()


def _dressed(nodes: Sequence[Node], tag: str, change: Callable[[str], str]) -> list[Node]:
    first, last = _BRACKETS[tag]
    length = max(map(len, texts_of(nodes)))
    padding = padding_for(length) if tag == "en-XA" else ""
    return [first, *_changed(nodes, change), f"{padding}{last}"]


def _changed(nodes: Sequence[Node], change: Callable[[str], str]) -> list[Node]:
    """Return a message with its words changed; arguments, cases and numbers stay."""
    return [_changed_node(node, change) for node in nodes]


def _changed_node(node: Node, change: Callable[[str], str]) -> Node:
    if isinstance(node, str):
        return change(node)
    if node[0] not in CHOICES:
        return node
    kind, name, offset, cases = node
    return [kind, name, offset, {case: _changed(branch, change) for case, branch in cases.items()}]


def _accented(text: str) -> str:
    return text.translate(_ACCENTED)


def _arabic(text: str) -> str:
    single = _DOUBLED.sub(_single, text.lower())
    letters = _SOUND.sub(lambda match: _PAIRS.get(match[0]) or _LETTERS[match[0]], single)
    return letters.translate(_ARABIC_PUNCTUATION)


def _single(match: re.Match[str]) -> str:
    return match[0] if match[0] in _PAIRS else match[1]


def _profile(
    english: Mapping[str, Any], tag: str, change: Callable[[str], str]
) -> Mapping[str, Any]:
    is_rtl = tag == "ar-XB"
    salutation = {
        formality: {
            relation: [_pattern(pattern, change) for pattern in patterns]
            for relation, patterns in relations.items()
        }
        for formality, relations in english["salutation"].items()
    }
    return {
        **english,
        "name": tag,
        "english_name": f"Pseudo {tag}",
        "script": "Arab" if is_rtl else english["script"],
        "direction": "rtl" if is_rtl else "ltr",
        "salutation": salutation,
    }


def _pattern(pattern: str, change: Callable[[str], str]) -> str:
    """Change the words of a salutation around the holes for names."""
    parts = _HOLE.split(pattern)
    return "".join(part if _HOLE.fullmatch(part) else change(part) for part in parts)
