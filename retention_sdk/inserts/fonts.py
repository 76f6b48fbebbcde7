"""Find the font files. Only packages bring faces; the fonts of the system are never used."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType

from ..errors import MissingFont
from .typography import CJK_FAMILIES, CJK_PACKAGE, CORE_PACKAGE, Face

ENTRY_POINT_GROUP = "retention_sdk_fonts"

# OpenType name table: typographic family, then the family of the four-style model.
_FAMILY_NAMES = (16, 1)
_STYLE_NAMES = (17, 2)
# Without a typographic family, the weight is part of the name.
_WEIGHT = re.compile(r" (Thin|ExtraLight|Light|Medium|SemiBold|Bold|ExtraBold|Black)$")


@dataclass(frozen=True)
class FontLibrary:
    """Installed faces: folders for the typesetter, files by (family, is italic) for shaping."""

    directories: tuple[Path, ...]
    files: Mapping[tuple[str, bool], Path] = field(hash=False)

    @cached_property
    def families(self) -> frozenset[str]:
        """Names of all families that have a file."""
        return frozenset(family for family, _ in self.files)

    def file_for(self, family: str, *, is_italic: bool) -> Path | None:
        """Return the file of a family; the upright one where there is no italic."""
        return self.files.get((family, is_italic)) or self.files.get((family, False))

    def chain(self, face: Face) -> tuple[str, ...]:
        """Return the installed families that set a role, in the order of trying.

        Raises:
            MissingFont: the face itself is not installed.
        """
        self.require(face.family)
        return tuple(family for family in face.families if family in self.families)

    def covers(self, family: str, text: str) -> bool:
        """Tell whether a family has a letter for every visible character of a text."""
        path = self.files.get((family, False)) or self.files.get((family, True))
        return path is not None and {c for c in text if not is_unseen(c)} <= _letters_of(path)

    def needed(self, face: Face, letters: frozenset[str]) -> tuple[str, ...]:
        """Return the families of a chain that set some of the letters; the first in any case.

        Raises:
            MissingFont: the face itself is not installed.
        """
        first, *others = self.chain(face)
        left = letters - _letters_of(self._file(first))
        found = [first]
        for family in others:
            if not left:
                break
            has = _letters_of(self._file(family))
            if left & has:
                found.append(family)
                left -= has
        return tuple(found)

    def _file(self, family: str) -> Path:
        return self.files.get((family, False)) or self.files[family, True]

    def require(self, family: str) -> None:
        """Refuse to go on without a family.

        Raises:
            MissingFont: with the pip command that brings it.
        """
        if family not in self.families:
            package = CJK_PACKAGE if family in CJK_FAMILIES else CORE_PACKAGE
            raise MissingFont(f"the face {family} is not installed: pip install {package}")


@cache
def load_fonts() -> FontLibrary:
    """Return the faces of all installed font packages, read once per process.

    Raises:
        MissingFont: no font package is installed.
    """
    from importlib.metadata import entry_points

    offers = sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda point: point.name)
    return read_library(Path(point.load()()) for point in offers)


def read_library(directories: Iterable[Path]) -> FontLibrary:
    """Return the faces in some folders; the first folder that has a family gives it.

    Raises:
        MissingFont: there is not a single face.
    """
    folders = tuple(directories)
    files: dict[tuple[str, bool], Path] = {}
    for folder in folders:
        for path in sorted(folder.glob("*.[ot]tf")):
            files.setdefault(_name_of(path), path)
    if not files:
        raise MissingFont(f"no face is installed: pip install {CORE_PACKAGE}")
    return FontLibrary(folders, MappingProxyType(files))


@cache
def _letters_of(path: Path) -> frozenset[str]:
    """Return the characters that a file maps to glyphs."""
    import uharfbuzz

    face = uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(path)))
    return frozenset(map(chr, face.unicodes))


def is_unseen(char: str) -> bool:
    """Tell whether a character is a space or a control, which no face has to have."""
    return unicodedata.category(char) in {"Cf", "Cc", "Zs", "Zl", "Zp"}


def _name_of(path: Path) -> tuple[str, bool]:
    import uharfbuzz

    face = uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(path)))
    family = _first_name(face, _FAMILY_NAMES)
    style = _first_name(face, _STYLE_NAMES)
    return _WEIGHT.sub("", family), "Italic" in style


def _first_name(face: object, identifiers: tuple[int, ...]) -> str:
    names = (face.get_name(number) for number in identifiers)  # type: ignore[attr-defined]  # uharfbuzz is untyped
    return next((str(name) for name in names if name), "")
