"""Check a catalogue: complete, well-formed, true to its source and to its language.

A finding names the entry and the fault; no finding means nothing a machine can see is wrong. It
does not mean that a native reader would be content: that is what an entry's state is for.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

from ..errors import MessageError, MissingFont
from .bidi import is_balanced
from .dates import DateStyle
from .localizer import Localizer, build_localizer
from .messageformat import Node, arguments_of, parse, texts_of, walk
from .plurals import Kind, plural_categories
from .po import STATES, Entry, State, read_po
from .registry import REGISTRY
from .room import Gauge, ink_faults, room_faults
from .style import style_faults
from .tags import parse as parse_tag

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

_FORMALITIES = ("formal", "neutral", "warm")
_RULES: Mapping[str, Kind] = {"plural": "cardinal", "selectordinal": "ordinal"}
# Words shorter than this are the same in many languages (Total, Status).
_SAME_WORD_MAX = 12


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: where it is, what kind it is, and what exactly is wrong."""

    context: str
    code: str
    detail: str


def check_folder(
    folder: Path,
    source: Sequence[Entry],
    *,
    gauge: Gauge | None = None,
    strict: State | None = None,
) -> tuple[Finding, ...]:
    """Check ``messages.po`` and ``locale.toml`` in a folder named by its BCP 47 tag.

    ``source`` is the English catalogue; ``gauge`` and ``strict`` are as in ``check_catalogue``.

    Raises:
        MessageError: the file cannot be read at all.
    """
    entries = read_po(folder / "messages.po")
    profile = tomllib.loads((folder / "locale.toml").read_text("utf-8"))
    return check_catalogue(folder.name, entries, source, profile, gauge=gauge, strict=strict)


def check_catalogue(
    tag: str,
    entries: Sequence[Entry],
    source: Sequence[Entry],
    profile: Mapping[str, Any],
    *,
    gauge: Gauge | None = None,
    strict: State | None = None,
) -> tuple[Finding, ...]:
    """Return every fault of one catalogue, in the order of its entries.

    Without a ``gauge`` no card is measured. ``strict`` refuses texts of a lower state.
    """
    english = {entry.key: entry.text for entry in source if not entry.variant}
    language = parse_tag(tag)
    if language is None:
        return (Finding("", "tag", f"{tag} names no language"),)
    findings = [*_coverage(entries, profile), *_salutations(profile, language.language)]
    for entry in entries:
        findings += _entry(entry, english, language.language, profile)
        findings += _below(entry, strict)
    findings += _mixed_address(entries, profile)
    findings += _room(entries, profile, build_localizer(language, (tag,), profile), gauge)
    return tuple(findings)


def _below(entry: Entry, strict: State | None) -> Iterator[Finding]:
    if strict and STATES.index(entry.state) < STATES.index(strict):
        yield Finding(entry.context, "state", f"is {entry.state}, not {strict}")


def _room(
    entries: Iterable[Entry],
    profile: Mapping[str, Any],
    speaker: Localizer,
    gauge: Gauge | None,
) -> Iterator[Finding]:
    """Yield texts that are too wide, unprintable or too dear."""
    try:
        for entry in entries:
            if nodes := _sayable(entry):
                for fault in room_faults(REGISTRY[entry.key], nodes, speaker, gauge):
                    yield Finding(entry.context, *fault)
        for where, patterns in _patterns(profile):
            for fault in ink_faults("salutation", patterns, speaker, gauge):
                yield Finding(where, *fault)
    except MissingFont as error:
        yield Finding("", "font", str(error))


def _sayable(entry: Entry) -> Sequence[Node]:
    """Return a text's nodes if it can be said; what is wrong with others is found elsewhere."""
    if entry.key not in REGISTRY:
        return ()
    try:
        nodes = parse(entry.text)
    except MessageError:
        return ()
    return () if any(_argument_faults(entry.key, nodes)) else nodes


def _coverage(entries: Sequence[Entry], profile: Mapping[str, Any]) -> Iterator[Finding]:
    contexts = [entry.context for entry in entries]
    for key, spec in REGISTRY.items():
        if spec.is_required and key not in contexts:
            yield Finding(key, "missing", "no base text")
    for context in sorted({context for context in contexts if contexts.count(context) > 1}):
        yield Finding(context, "twice", "stands more than once")
    base = {entry.key: entry.text for entry in entries if not entry.variant}
    for entry in entries:
        if entry.key not in REGISTRY:
            yield Finding(entry.context, "unknown", "not in the registry")
        if entry.variant and entry.variant not in profile["formality_axes"]:
            yield Finding(entry.context, "variant", f"{entry.variant} is not in formality_axes")
        if entry.variant and base.get(entry.key) == entry.text:
            yield Finding(entry.context, "variant", "same as the base text: leave it out")


def _entry(
    entry: Entry, english: Mapping[str, str], language: str, profile: Mapping[str, Any]
) -> Iterator[Finding]:
    if entry.source != english.get(entry.key) or entry.is_fuzzy:
        yield Finding(entry.context, "outdated", "the English text has changed")
    if not entry.text:
        spec = REGISTRY.get(entry.key)
        if not entry.variant and spec and spec.is_required:
            yield Finding(entry.context, "untranslated", "no text yet")
        return
    try:
        nodes = parse(entry.text)
    except MessageError as error:
        yield Finding(entry.context, "syntax", str(error))
        return
    for code, detail in _text_faults(entry, nodes, language, profile["script"]):
        yield Finding(entry.context, code, detail)


def _text_faults(
    entry: Entry, nodes: Sequence[Node], language: str, script: str
) -> Iterator[tuple[str, str]]:
    yield from (("arguments", detail) for detail in _argument_faults(entry.key, nodes))
    yield from (("plural", detail) for detail in _plural_faults(nodes, language))
    is_copy = entry.text == entry.source and len(entry.text) > _SAME_WORD_MAX
    if is_copy and language != "en":
        yield "untranslated", "same as English"
    for text in texts_of(nodes):
        if not is_balanced(text):
            yield "bidi", "isolates are not balanced"
        yield from style_faults(text, language, script)


def _argument_faults(key: str, nodes: Sequence[Node]) -> Iterator[str]:
    if key not in REGISTRY:
        return
    types = REGISTRY[key].types
    used = arguments_of(nodes)
    if used != types.keys():
        yield f"uses {sorted(used)}, not {sorted(types)}"
    for node in walk(nodes):
        if not isinstance(node, list) or node[1] not in types:
            continue
        kind, form = types[node[1]], node[2] if node[0] == "arg" else node[0]
        if form in ("number", "hash", *_RULES) and kind != "count":
            yield f"{node[1]} is {kind}, not a number"
        if form == "date" and (kind != "date" or node[3] not in ("", *get_args(DateStyle))):
            yield f"{node[1]} cannot be written as date, {node[3]}"


def _plural_faults(nodes: Sequence[Node], language: str) -> Iterator[str]:
    for node in walk(nodes):
        if not isinstance(node, list) or node[0] not in _RULES:
            continue
        cases = {case for case in node[3] if not case.startswith("=")}
        wanted = plural_categories(language, _RULES[node[0]])
        if cases != wanted:
            yield f"{node[1]} has {sorted(cases)}, {language} needs {sorted(wanted)}"


def _mixed_address(entries: Sequence[Entry], profile: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield texts that speak both ways, as they are chosen for each formality."""
    texts = {entry.context: entry.text for entry in entries}
    for entry in entries:
        if entry.variant:
            continue
        spec = REGISTRY.get(entry.key)
        for formality in _FORMALITIES if spec is None or spec.has_manners else ("neutral",):
            context = f"{entry.key}|{formality}"
            text = texts.get(context, entry.text)
            for word in _foreign_words(text, formality, profile):
                yield Finding(context, "address", f"{word!r} does not belong in a {formality} text")


def _foreign_words(text: str, formality: str, profile: Mapping[str, Any]) -> Iterator[str]:
    address = profile.get("address")
    if not address:
        return
    register = address["neutral"] if formality == "neutral" else formality
    forbidden = address["warm"] if register == "formal" else address["formal"]
    is_spaced = profile["script"] not in ("Jpan", "Hans", "Hant", "Thai")
    try:
        plain = " ".join(texts_of(parse(text)))
    except MessageError:
        return  # reported as a fault of syntax
    words = _words(plain)
    for word in (*forbidden, *address.get("never", ())):
        if word.casefold() in words if is_spaced and _is_folded(word) else word in plain:
            yield word


def _is_folded(word: str) -> bool:
    # Sie, Ihr and Ihre are told from sie and ihr by their capital only.
    return word == word.casefold() and " " not in word


def _words(text: str) -> frozenset[str]:
    letters = "".join(char if char.isalpha() or char in "\u200c\u0301" else " " for char in text)
    return frozenset(letters.casefold().split())


def _salutations(profile: Mapping[str, Any], language: str) -> Iterator[Finding]:
    for where, patterns in _patterns(profile):
        if "{" in patterns[-1]:
            yield Finding(where, "salutation", "the last pattern must need no name")
        formality = where.split(".")[1]
        yield from _salutation_style(where, patterns, formality, profile, language)


def _patterns(profile: Mapping[str, Any]) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield every list of patterns with its place in the profile."""
    for formality in _FORMALITIES:
        for relation, patterns in profile["salutation"][formality].items():
            yield f"salutation.{formality}.{relation}", patterns


def _salutation_style(
    where: str,
    patterns: Iterable[str],
    formality: str,
    profile: Mapping[str, Any],
    language: str,
) -> Iterator[Finding]:
    for pattern in patterns:
        plain = pattern.replace("*}", "}")
        for text in texts_of(parse(plain)):
            for code, detail in style_faults(text, language, profile["script"]):
                yield Finding(where, code, detail)
        for word in _foreign_words(plain, formality, profile):
            yield Finding(where, "address", f"{word!r} does not belong in a {formality} text")
