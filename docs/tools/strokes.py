"""Take the single-stroke letters for pen plotters out of the package they come from.

    npm pack hersheytext@2.0.0
    python docs/tools/strokes.py hersheytext-2.0.0.tgz

Writes ``strokes.json`` and ``SOURCES.json`` into ``retention_sdk/inserts/media/data``. Same
package, same bytes; another checksum than the recorded one is an error. The faces are EMS
Readability and EMS Allure by Sheldon B. Michaels, under the SIL Open Font License 1.1: the text
is in ``LICENSE-OFL.txt`` beside the data, under what each face says about itself.
"""

from __future__ import annotations

import json
import re
import sys
import tarfile
from hashlib import sha256
from pathlib import Path
from xml.etree import ElementTree as ET

ROOT = Path(__file__).parents[2]
DATA = ROOT / "retention_sdk" / "inserts" / "media" / "data"
# The text of the licence, as it stands in the package of typefaces.
OFL = ROOT / "plugins" / "retention-sdk-fonts" / "SOURCES.json"
PACKAGE, VERSION = "hersheytext", "2.0.0"
CHECKSUM = "02b5dec72395c04940048b4cac9c6e7a41ddb41954884c482fbfd4e9e955bb1e"
SVG = "{http://www.w3.org/2000/svg}"
FACES = {"plain": "EMSReadability", "script": "EMSAllure"}
NUMBER = re.compile(r"[MLC]|-?[0-9.]+(?:e-?[0-9]+)?")


def main(archive: Path) -> None:
    """Write the data files."""
    raw = archive.read_bytes()
    digest = sha256(raw).hexdigest()
    if digest != CHECKSUM:
        raise SystemExit(f"checksum {digest} is not the recorded one")
    with tarfile.open(archive) as package:
        roots = {name: drawing(package, file) for name, file in FACES.items()}
    write("strokes.json", {name: face(root, FACES[name]) for name, root in roots.items()})
    write("SOURCES.json", source(digest))
    notices = [root.findtext(f"{SVG}metadata", "").strip() for root in roots.values()]
    text = "\n\n".join([*notices, json.loads(OFL.read_text("utf-8"))["ofl"]])
    (DATA / "LICENSE-OFL.txt").write_text(text, "utf-8")


def drawing(package: tarfile.TarFile, file: str) -> ET.Element:
    """Return the SVG of one face."""
    member = package.extractfile(f"package/svg_fonts/{file}.svg")
    if member is None:
        raise SystemExit(f"no {file}")
    return ET.fromstring(member.read())


def face(root: ET.Element, file: str) -> dict[str, object]:
    """Return advance width and strokes of each character, in thousandths of the size."""
    glyphs = {
        node.attrib["unicode"]: [round(float(node.attrib["horiz-adv-x"])), rounded(node.get("d"))]
        for node in root.iter(f"{SVG}glyph")
        if len(node.attrib.get("unicode", "")) == 1
    }
    return {"name": file.replace("EMS", "EMS "), "glyphs": dict(sorted(glyphs.items()))}


def rounded(path: str | None) -> str:
    """Return a path in whole units."""
    parts = NUMBER.findall(path or "")
    return " ".join(part if part in "MLC" else str(round(float(part))) for part in parts)


def source(digest: str) -> dict[str, str]:
    """Return where the data come from."""
    return {
        "package": f"npm {PACKAGE}",
        "version": VERSION,
        "sha256": digest,
        "licence": "OFL-1.1 (LICENSE-OFL.txt); the package around the faces is MIT",
        "faces": "EMS Readability (after Source Sans Light), EMS Allure (after Allura)",
        "script": "docs/tools/strokes.py",
    }


def write(name: str, value: object) -> None:
    """Write one file, with a line for each of its innermost entries."""
    text = json.dumps(value, indent=0, ensure_ascii=False) + "\n"
    (DATA / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
