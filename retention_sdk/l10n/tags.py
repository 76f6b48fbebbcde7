"""Language tags: read any platform's spelling, add what is likely, walk up to parents.

Follows UTS #35 part 1, sections 4 (canonical form, likely subtags) and 4.1 (parents).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from .resources import supplemental

if TYPE_CHECKING:
    from collections.abc import Iterator

_SUBTAGS = re.compile(
    r"(?P<language>[a-z]{2,3})(?:-(?P<script>[a-z]{4}))?(?:-(?P<region>[a-z]{2}|[0-9]{3}))?"
    r"(?:-(?P<rest>[a-z0-9-]*))?"
)
_LENGTH_MAX = 100
# BCP 47 allows no subtag of more than eight letters; CLDR calls the calendar by its full name.
# Whoever says only "islamic" means the calendar that Muslims follow, which Mecca publishes.
_CALENDAR_ALIASES = {
    "gregory": "gregorian",
    "islamic": "islamic-umalqura",
    "islamicc": "islamic-civil",
}
# What platforms and people say where CLDR says otherwise.
_OTHER_NAMES = {"farsi": "fa", "mandarin": "zh", "castilian": "es", "bahasa indonesia": "id"}
_CACHE_SIZE = 1024


@dataclass(frozen=True, slots=True)
class Tag:
    """Language, script and region of a locale. ``calendar`` and ``digits`` are ``-u-`` wishes."""

    language: str
    script: str = ""
    region: str = ""
    calendar: str = ""
    digits: str = ""

    def __str__(self) -> str:
        return "-".join(part for part in (self.language, self.script, self.region) if part)

    @property
    def is_rtl(self) -> bool:
        """Whether its script runs from right to left."""
        return maximize(self).script in supplemental()["rtl_scripts"]


@lru_cache(maxsize=_CACHE_SIZE)
def parse(text: str) -> Tag | None:
    """Read a tag in BCP 47, POSIX or plain words (``fa_IR.UTF-8``, ``FA``, ``Persian``).

    Old codes become new ones (``iw`` is ``he``). Returns None for what names no language.
    """
    folded = text.strip()[:_LENGTH_MAX].casefold()
    plain, _, keywords = folded.partition("@")
    plain = plain.partition(".")[0].strip()
    match = _SUBTAGS.fullmatch(plain.replace("_", "-"))
    tag = _from_match(match) if match else None
    if tag is None:
        return _from_name(" ".join(folded.split()))
    script = {"latin": "Latn", "cyrillic": "Cyrl"}.get(keywords)
    return replace(tag, script=tag.script or script) if script else tag


def _from_name(name: str) -> Tag | None:
    """Read "persian", "chinese (traditional)", "english (canada)"; the language alone if unsure."""
    names: dict[str, str] = supplemental()["names"] | _OTHER_NAMES
    outer, _, inner = name.rstrip(")").partition(" (")
    code = names.get(name) or names.get(f"{inner} {outer}") or names.get(outer)
    if not code:
        return None
    tag = _canonical(*_split(code))
    region = supplemental()["region_names"].get(inner, "")
    return replace(tag, region=tag.region or region)


def _from_match(match: re.Match[str]) -> Tag | None:
    language = match["language"]
    if language == "und" or not _is_language(language):
        return None
    tag = _canonical(language, (match["script"] or "").title(), (match["region"] or "").upper())
    extension = re.search(r"(?:^|-)u-(.*)", match["rest"] or "")
    if not extension:
        return tag
    wish = re.search(r"(?:^|-)ca-([a-z0-9]{3,8}(?:-[a-z0-9]{3,8})*)", extension[1])
    digits = re.search(r"(?:^|-)nu-([a-z]+)", extension[1])
    return replace(
        tag,
        calendar=_CALENDAR_ALIASES.get(wish[1], wish[1]) if wish else "",
        digits=digits[1] if digits else "",
    )


def _is_language(code: str) -> bool:
    tables = supplemental()
    return code in tables["likely"] or code in tables["languages"] or code in tables["cardinal"]


def _split(tag: str) -> tuple[str, str, str]:
    language, *others = tag.split("-")
    script = next((part for part in others if len(part) == 4), "")  # noqa: PLR2004 - ISO 15924
    region = next((part for part in others if len(part) in (2, 3)), "")
    return language, script, region


def _canonical(language: str, script: str, region: str) -> Tag:
    replacement = supplemental()["languages"].get(language, language)
    new, new_script, new_region = _split(replacement)
    region = supplemental()["regions"].get(region, region)
    return Tag(new, script or new_script, region or new_region)


@lru_cache(maxsize=_CACHE_SIZE)
def maximize(tag: Tag) -> Tag:
    """Add the likely script and region: ``zh-TW`` is ``zh-Hant-TW``."""
    likely = supplemental()["likely"]
    language, script, region = tag.language, tag.script, tag.region
    keys = (f"{language}-{script}-{region}", f"{language}-{region}", f"{language}-{script}")
    wanted = (script and region, region, script)
    found = next(
        (
            likely[key]
            for key, is_asked in zip(keys, wanted, strict=True)
            if is_asked and key in likely
        ),
        likely.get(language, ""),
    )
    _, likely_script, likely_region = _split(found) if found else ("", "", "")
    return replace(tag, script=script or likely_script, region=region or likely_region)


def parents(tag: Tag) -> Iterator[str]:
    """Yield the tag and what it inherits from, nearest first, never in another script."""
    explicit = supplemental()["parents"]
    full = maximize(tag)
    seen = set()
    for start in (tag, full, replace(full, region=""), replace(full, script="")):
        name = str(start)
        while name not in seen and name not in ("", "root", "und"):
            if maximize(Tag(*_split(name))).script != full.script:
                break
            seen.add(name)
            yield name
            name = explicit.get(name, name.rpartition("-")[0])
    bare = Tag(full.language)
    if str(bare) not in seen and maximize(bare).script == full.script:
        yield str(bare)
