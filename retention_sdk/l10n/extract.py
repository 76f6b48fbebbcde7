"""Keep catalogues and translators' tools in step with the registry: template and update.

The template ``messages.pot`` has one entry for each message and each variant that any language
has, so that ``pybabel update`` and ``msgmerge`` find everything and drop nothing. Our own
``update`` does the same and keeps the states, the order and the sparse variants.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ..errors import MessageError
from .po import Entry, read_po, write_po
from .registry import REGISTRY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

TEMPLATE_FILE = "messages.pot"
_SOURCE = "en"


def update(root: Path, *, keep_previous: bool = False, write: bool = True) -> tuple[Path, ...]:
    """Bring every catalogue and the template of a folder up to date; return what has changed.

    A text whose English has changed becomes fuzzy: it is not said any more, and the check names
    it. ``keep_previous`` writes the old English beside the new one, as translators' tools like
    it. New messages come as empty texts, those that are gone are left out.

    Raises:
        MessageError: a catalogue cannot be read, or English lacks a required text.
    """
    paths = sorted(root.glob("*/messages.po"))
    catalogues = {path: read_po(path) for path in paths}
    english = source_texts(catalogues.get(root / _SOURCE / "messages.po", ()))
    wanted = {
        path: write_po(path.parent.name, merged(entries, english, keep_previous=keep_previous))
        for path, entries in catalogues.items()
    }
    wanted[root / TEMPLATE_FILE] = write_po("", template(english, catalogues.values()))
    changed = tuple(path for path, text in wanted.items() if _read(path) != text)
    if write:
        for path in changed:
            path.write_text(wanted[path], "utf-8")
    return changed


def source_texts(english: Iterable[Entry]) -> Mapping[str, str]:
    """Return the English wording of each registered message, in the order of the registry.

    Raises:
        MessageError: a required message has no English text.
    """
    texts = {entry.key: entry.text for entry in english if not entry.variant and entry.text}
    for key, spec in REGISTRY.items():
        if spec.is_required and key not in texts:
            raise MessageError(f"{key}: write the English text first, in locales/en/messages.po")
    return {key: texts[key] for key in REGISTRY if key in texts}


def template(
    english: Mapping[str, str], catalogues: Iterable[Sequence[Entry]]
) -> tuple[Entry, ...]:
    """Return the entries of ``messages.pot``: messages, then their variants in any language."""
    variants: dict[str, set[str]] = {}
    for entries in catalogues:
        for entry in entries:
            if entry.variant:
                variants.setdefault(entry.key, set()).add(entry.context)
    contexts = (context for key in english for context in (key, *sorted(variants.get(key, ()))))
    return tuple(_new(context, english) for context in contexts)


def merged(
    entries: Sequence[Entry], english: Mapping[str, str], *, keep_previous: bool = False
) -> tuple[Entry, ...]:
    """Return one language's entries in the order of the registry, against today's English."""
    by_key: dict[str, list[Entry]] = {}
    for entry in entries:
        by_key.setdefault(entry.key, []).append(entry)
    return tuple(
        entry
        for key in english
        for entry in _family(key, by_key.get(key, ()), english, keep_previous=keep_previous)
    )


def _family(
    key: str, entries: Sequence[Entry], english: Mapping[str, str], *, keep_previous: bool
) -> Iterator[Entry]:
    """Yield the base text first, written anew if there is none, then the variants as they are."""
    if not any(not entry.variant for entry in entries):
        yield _new(key, english)
    for entry in entries:
        yield _against(entry, english[key], keep_previous=keep_previous)


def _against(entry: Entry, source: str, *, keep_previous: bool) -> Entry:
    comment = REGISTRY[entry.key].comment
    if source in (entry.source, entry.text):  # in English, the text itself is the new source
        return replace(entry, source=source, comment=comment)
    previous = (entry.previous or entry.source) if keep_previous else ""
    return replace(
        entry,
        source=source,
        comment=comment,
        previous=previous if entry.text else "",
        is_fuzzy=bool(entry.text),
        state="drafted",
    )


def _new(context: str, english: Mapping[str, str]) -> Entry:
    key = context.partition("|")[0]
    return Entry(context, english[key], "", comment=REGISTRY[key].comment)


def _read(path: Path) -> str:
    return path.read_text("utf-8") if path.is_file() else ""
