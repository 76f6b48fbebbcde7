"""Build the CMYK profiles of ``retention_sdk/inserts/press/profiles`` from public measurements.

Needs Debian: ``apt-get`` fetches the characterization data (package icc-profiles-free), and
``colprof`` (package argyll) fits the profiles. Nothing of Argyll is shipped; it is a tool.

    python docs/tools/profiles.py             # builds, writes SOURCES.json
    python docs/tools/profiles.py --check     # compares the checksums of what is there
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "retention_sdk" / "inserts" / "press" / "profiles"
DATA_PACKAGE, TOOL_PACKAGE = "icc-profiles-free", "argyll"
DATA_LICENCE = "Zlib (LICENSE-icc-profiles-free.txt)"
# The date in the header of a profile is ours, so that a second build gives the same bytes.
BUILT_ON = (2026, 11, 22, 0, 0, 0)

# Black begins at 30 % of the way to the darkest colour, so that light tints have no black dots in
# them, and rises to 95 %.
BLACK = ("-kp", "0", "0.3", "1", "0.95", "0.7")

BUILDS = (
    {
        "profile": "fogra39_open_build.icc",
        "data": "FOGRA39L.ti3",
        "condition": "FOGRA39",
        "title": "FOGRA39L coated, open build, 300%",
        "ink_max": 300,
        "statement": "Characterization data by Fogra, www.fogra.org, December 2006.",
    },
    {
        "profile": "tr006_open_build.icc",
        "data": "TR006.ti3",
        "condition": "CGATS TR 006",
        "title": "CGATS TR 006 GRACoL coated, open build, 300%",
        "ink_max": 300,
        "statement": (
            "The source of the characterization data is ANSI/CGATS/GRACoL TR 006-2007, "
            "copyright 2007 by NPES. Profiles, or other derivative work, based on these data may "
            "be distributed with no further permissions from CGATS."
        ),
    },
    {
        "profile": "fogra29_open_build.icc",
        "data": "FOGRA29L.ti3",
        "condition": "FOGRA29",
        "title": "FOGRA29L uncoated, open build, 280%",
        "ink_max": 280,
        "statement": "Characterization data by Fogra, www.fogra.org, September 2003.",
    },
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare checksums only")
    if parser.parse_args().check:
        return check()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        version = fetch(folder)
        measured = folder / "data/usr/share/color/icc"
        profiles = [build(each, measured, folder) for each in BUILDS]
    write_sources(version, profiles)
    return 0


def check() -> int:
    """Tell whether every profile is the one that was built."""
    sources = json.loads((FOLDER / "SOURCES.json").read_text("utf-8"))
    wrong = [
        each["profile"]
        for each in sources["profiles"]
        if sha256((FOLDER / each["profile"]).read_bytes()) != each["sha256"]
    ]
    for name in wrong:
        print(f"{name} is not the profile that was built", file=sys.stderr)
    return 1 if wrong else 0


def fetch(folder: Path) -> str:
    """Unpack the package of measurements without installing it; return its version."""
    subprocess.run(
        ["apt-get", "download", "-qq", "-o", "APT::Sandbox::User=root", DATA_PACKAGE],
        cwd=folder,
        check=True,
    )
    (package,) = folder.glob("*.deb")
    subprocess.run(["dpkg-deb", "-x", str(package), str(folder / "data")], check=True)
    return said_by("dpkg-deb", "-f", str(package), "Version")


def build(wish: dict, measured: Path, folder: Path) -> dict:
    """Fit a profile; return what it was made of, and how well it fits."""
    measurements = (measured / wish["data"]).read_bytes()
    stem = wish["data"].removesuffix(".ti3")
    (folder / wish["data"]).write_bytes(measurements)
    options = [
        "-v", "-qm", "-bm", "-nc", f"-l{wish['ink_max']}", "-L95", *BLACK,
        "-M", wish["condition"], "-D", wish["title"], "-C", wish["statement"],
    ]  # fmt: skip
    command = ["colprof", *options, "-O", wish["profile"], stem]
    done = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    peak, mean = re.search(r"peak err = ([\d.]+), avg err = ([\d.]+)", done.stdout).groups()
    data = dated((folder / wish["profile"]).read_bytes())
    (FOLDER / wish["profile"]).write_bytes(data)
    print(f"{wish['profile']}: {len(data)} bytes, Delta E mean {mean}, peak {peak}")
    return wish | {
        "options": [each for each in options if each not in {"-v", "-C", wish["statement"]}],
        "data_sha256": sha256(measurements),
        "sha256": sha256(data),
        "bytes": len(data),
        "fit_delta_e_mean": round(float(mean), 3),
        "fit_delta_e_peak": round(float(peak), 3),
    }


def dated(profile: bytes) -> bytes:
    """Return the profile with our date in its header (ICC.1:2001-04, bytes 24 to 35)."""
    return profile[:24] + struct.pack(">6H", *BUILT_ON) + profile[36:]


def write_sources(version: str, profiles: list[dict]) -> None:
    tool = said_by("dpkg-query", "-W", "-f=${Version}", TOOL_PACKAGE)
    sources = {
        "data": {"debian_package": DATA_PACKAGE, "version": version, "licence": DATA_LICENCE},
        "tool": {"debian_package": TOOL_PACKAGE, "version": tool, "program": "colprof"},
        "script": "docs/tools/profiles.py",
        "profiles": profiles,
    }
    text = json.dumps(sources, indent=2, ensure_ascii=False) + "\n"
    (FOLDER / "SOURCES.json").write_text(text, "utf-8")


def said_by(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
