"""Take the letters that look alike out of the package they come from.

    pip download --no-deps confusable-homoglyphs==3.3.1
    python docs/tools/confusables.py confusable_homoglyphs-3.3.1-py2.py3-none-any.whl

Writes ``lookalikes.json``, ``SOURCES.json`` and the licence into
``retention_sdk/loyalty/leaderboards/data``. Same package, same bytes; another checksum than the
recorded one is an error. The package is MIT; what is in it is ``confusables.txt`` of Unicode UTS
#39, under the Unicode licence whose text lies beside the names of countries.

Kept are letters and digits in the form that case folding and NFKC leave, in classes of those that
look alike. Small letters decide: a capital only joins a class if its small letter looks like no
other Latin one, for else ``u`` and ``y`` would be one, by way of the Greek upsilon.
"""

from __future__ import annotations

import json
import sys
import unicodedata
from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile

ROOT = Path(__file__).parents[2]
DATA = ROOT / "retention_sdk" / "loyalty" / "leaderboards" / "data"
PACKAGE, VERSION = "confusable-homoglyphs", "3.3.1"
CHECKSUM = "84c92cb79dc7f55aa290d0762b2349abd8dee4c16fbe6f99eac978d394e2e6a1"
LICENCE = f"confusable_homoglyphs-{VERSION}.dist-info/LICENSE"


class Classes:
    """Sets of characters that only ever grow together."""

    def __init__(self) -> None:
        self._parents: dict[str, str] = {}

    def root(self, char: str) -> str:
        """Return what stands for the class of a character."""
        while self._parents.setdefault(char, char) != char:
            char = self._parents[char]
        return char

    def join(self, one: str, other: str) -> None:
        """Let two characters look alike."""
        low, high = sorted((self.root(one), self.root(other)))
        self._parents[high] = low

    def all(self) -> list[str]:
        """Return the classes of more than one, each in the order of code points."""
        found: dict[str, list[str]] = {}
        for char in sorted(self._parents):
            found.setdefault(self.root(char), []).append(char)
        return sorted("".join(chars) for chars in found.values() if len(chars) > 1)


def main(archive: Path) -> None:
    """Write the data files."""
    raw = archive.read_bytes()
    digest = sha256(raw).hexdigest()
    if digest != CHECKSUM:
        raise SystemExit(f"checksum {digest} is not the recorded one")
    with ZipFile(archive) as package:
        table = json.loads(package.read("confusable_homoglyphs/confusables.json"))
        licence = package.read(LICENCE).decode()
    pairs = [(char, each["c"]) for char, alike in table.items() for each in alike]
    classes = Classes()
    for one, other in pairs:
        if is_plain(one) and is_plain(other):
            classes.join(one, other)
    for one, other in sorted(pairs):
        if other.isascii() and other.isupper() and len(other) == len(one) == 1:
            join_capital(classes, one.lower(), other.lower())
    write("lookalikes.json", classes.all())
    write("SOURCES.json", source(digest))
    (DATA / "LICENSE").write_text(licence, "utf-8")


def join_capital(classes: Classes, small: str, latin: str) -> None:
    """Let a small letter stand for its capital, unless it looks like another letter itself."""
    mates = [each for each in classes.all() if small in each]
    is_latin = any(char.isascii() for char in "".join(mates) + small)
    if is_plain(small) and not is_latin:
        classes.join(small, latin)


def is_plain(text: str) -> bool:
    """Return whether a text is one letter or digit that folding leaves as it is."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return len(text) == 1 and folded == text and unicodedata.category(text)[0] in "LN"


def source(digest: str) -> dict[str, str]:
    """Return where the data come from."""
    return {
        "package": f"PyPI {PACKAGE}",
        "version": VERSION,
        "sha256": digest,
        "licence": "MIT (LICENSE); the data in it is Unicode's, Unicode-3.0",
        "script": "docs/tools/confusables.py",
    }


def write(name: str, value: object) -> None:
    """Write JSON with a line for each entry."""
    text = json.dumps(value, ensure_ascii=False, indent=0)
    (DATA / name).write_text(f"{text}\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
