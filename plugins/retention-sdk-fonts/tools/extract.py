"""Rebuild the font files of a package from PyPI and npm packages, by name and version.

Usage: ``python extract.py DIRECTORY``, where DIRECTORY holds a ``SOURCES.json``. Needs ``pip``,
``npm`` and fontTools. A file whose checksum differs from the recorded one is an error; pass
``--record`` to write the checksums of what was found instead, and read the difference.

A WOFF container is unwrapped to the TrueType tables in it; glyphs are never changed.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from hashlib import sha256
from pathlib import Path
from typing import Any

from fontTools.ttLib import TTFont

OFL_RULE = "-----------------------------------------------------------"


def main(arguments: list[str]) -> None:
    """Extract every file that SOURCES.json lists, and write a licence text for each family."""
    root = Path(next(argument for argument in arguments if not argument.startswith("--")))
    sources = json.loads((root / "SOURCES.json").read_text("utf-8"))
    packages: dict[str, dict[str, bytes]] = {}
    target = root / sources["directory"]
    for font in sources["fonts"]:
        key = f"{font['registry']}:{font['package']}@{font['version']}"
        if key not in packages:
            print("fetching", key)
            packages[key] = fetch(font["registry"], font["package"], font["version"])
        data = unwrapped(packages[key][font["member"]])
        digest = sha256(data).hexdigest()
        if "--record" in arguments:
            font["sha256"] = digest
        elif font["sha256"] != digest:
            raise SystemExit(f"{font['file']}: checksum {digest} is not the recorded one")
        write(target / "fonts" / font["file"], data)
        write(root / "licenses" / f"{font['licence']}.txt", licence(data, sources["ofl"]))
    if "--record" in arguments:
        text = json.dumps(sources, indent=2, ensure_ascii=False) + "\n"
        (root / "SOURCES.json").write_text(text, "utf-8")


def write(path: Path, data: bytes) -> None:
    """Write a file, with the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def fetch(registry: str, package: str, version: str) -> dict[str, bytes]:
    """Download one package with its registry's ordinary client; return its members."""
    with tempfile.TemporaryDirectory() as folder:
        if registry == "npm":
            command: list[str] = ["npm", "pack", "--silent", f"{package}@{version}"]
        else:
            download = [sys.executable, "-m", "pip", "download", "-q", "--no-deps"]
            command = [*download, "-d", ".", f"{package}=={version}"]
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        (archive,) = Path(folder).iterdir()
        return members(archive)


def members(archive: Path) -> dict[str, bytes]:
    """Return the files of a wheel or of an npm tarball."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            return {name: wheel.read(name) for name in wheel.namelist()}
    with tarfile.open(archive) as tarball:
        files: list[Any] = [member for member in tarball if member.isfile()]
        return {member.name: tarball.extractfile(member).read() for member in files}


def unwrapped(data: bytes) -> bytes:
    """Return TrueType or OpenType bytes as they are; take them out of a WOFF container."""
    if data[:4] != b"wOFF":
        return data
    font = TTFont(io.BytesIO(data), recalcTimestamp=False)
    font.flavor = None
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


def licence(data: bytes, ofl: str) -> bytes:
    """Return the copyright line that the font carries, followed by the licence."""
    font = TTFont(io.BytesIO(data), lazy=True)
    name = font["name"]
    copyright_line = str(name.getDebugName(0)).strip()
    return f"{copyright_line}\n\n{ofl}".encode()


if __name__ == "__main__":
    main(sys.argv[1:])
