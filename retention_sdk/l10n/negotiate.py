"""Choose the catalogue that serves a customer best, and say why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .pseudo import PSEUDO_LOCALES
from .resources import supplemental
from .tags import Tag, maximize, parents, parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# What a customer sent may be anything; the reason quotes no more of it than this.
_QUOTE_MAX = 40


@dataclass(frozen=True, slots=True)
class LocaleMatch:
    """``tag`` is one of the available ones; ``regional`` adds the region that was asked for.

    Texts come from ``tag``; pass ``regional`` to ``localizer`` to get the region's own numbers
    and dates too (``de`` with the formats of ``de-AT``).
    """

    tag: str
    reason: str
    regional: str


def negotiate(
    requested: Sequence[str | None], available: Sequence[str], *, fallback: str = "en"
) -> LocaleMatch:
    """Return the best available locale for wishes in order of preference.

    Tries the exact tag, its parents, the same language in the same script, then languages whose
    readers understand each other (CLDR language matching, distance 10 at most). A script is never
    crossed. Rubbish is skipped; when nothing serves, ``fallback`` is returned.
    """
    offers = {str(tag): name for name in available if (tag := parse(name))}
    notes = []
    for wish in requested:
        if not wish or not wish.strip():
            continue
        tag = parse(wish)
        if tag is None:
            notes.append(f"{_quoted(wish)} names no language")
            continue
        for name, how in _matches(tag, offers):
            return LocaleMatch(name, _reason(wish, name, how, notes), _regional(tag, name))
        notes.append(f"{_quoted(wish)} is not available")
    why = ", ".join(notes) or "nothing was asked for"
    return LocaleMatch(fallback, f"{why}: fell back to {fallback}", fallback)


def _matches(tag: Tag, offers: dict[str, str]) -> Iterator[tuple[str, str]]:
    for position, parent in enumerate(parents(tag)):
        if parent in offers:
            yield offers[parent], "exactly" if position == 0 else "as its parent"
    for other, name in offers.items():
        if _same_writing(tag, parse(other)):
            yield name, "as the same language and script"
    related = (
        (distance, supported)
        for desired, supported, distance in supplemental()["matching"]
        if desired == tag.language
    )
    for _, supported in sorted(related):
        for other, name in offers.items():
            offer = parse(other)
            if offer and offer.language == supported and _same_script(tag, offer):
                yield name, "as a language its readers understand"


def _same_writing(tag: Tag, offer: Tag | None) -> bool:
    return offer is not None and offer.language == tag.language and _same_script(tag, offer)


def _same_script(tag: Tag, offer: Tag) -> bool:
    return maximize(tag).script == maximize(offer).script


def _regional(tag: Tag, name: str) -> str:
    offer = parse(name)
    if offer is None or offer.language != tag.language or not tag.region:
        return name
    regional = str(Tag(offer.language, offer.script, tag.region))
    return name if regional in PSEUDO_LOCALES else regional


def _reason(wish: str, name: str, how: str, notes: Sequence[str]) -> str:
    return "; ".join((*notes, f"{_quoted(wish)} matched {name} {how}"))


def _quoted(wish: str) -> str:
    printable = "".join(char for char in wish[:_QUOTE_MAX] if char.isprintable())
    return f"'{printable.strip()}'"
