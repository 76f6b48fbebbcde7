"""Regenerate the compact CLDR extract from the npm packages of Unicode's cldr-json.

    mkdir /tmp/cldr && cd /tmp/cldr
    npm install --ignore-scripts --legacy-peer-deps cldr-core@48.2.0 cldr-numbers-full@48.2.0 \
        cldr-dates-full@48.2.0 cldr-misc-full@48.2.0 cldr-localenames-full@48.2.0 \
        cldr-cal-persian-full@46.1.0
    python locales/cldr/extract.py /tmp/cldr

Writes one ``<tag>.json`` per locale, ``supplemental.json`` and ``SOURCES.json`` beside this
script. Same packages, same bytes.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
# Where shops sell: the 103 locales of the ICU oracle, under the names CLDR files them by.
TAGS = """
en en-GB en-AU en-CA en-IN en-IE en-NZ en-ZA en-SG de de-AT de-CH fr fr-CA fr-BE fr-CH es es-MX
es-AR es-CO es-CL es-US es-419 pt pt-PT it it-CH nl nl-BE sv da nb no nn fi is pl cs sk hu ro bg hr
sl sr sr-Latn el et lv lt uk ru kk uz az ka hy tr he ar ar-EG ar-SA ar-AE ar-KW ar-MA fa fa-AF ckb
ps ur hi bn bn-IN mr ta te gu ne si th vi id ms fil km my ja ko zh zh-Hant zh-Hant-HK sw sw-KE am zu
af ca eu gl ga cy mt mk sq bs mn
""".split()
PERSIAN_CALENDAR = ("fa", "fa-AF", "ps", "en")
STYLES = ("full", "long", "medium", "short")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Packages:
    """The installed npm packages."""

    def __init__(self, folder: Path) -> None:
        self.modules = folder / "node_modules"

    def read(self, path: str) -> Any:
        """Return one JSON file."""
        return json.loads((self.modules / path).read_text("utf-8"))

    def main(self, package: str, tag: str, file: str) -> Any:
        """Return one locale's part of a package, below the language level."""
        return self.read(f"{package}/main/{tag}/{file}.json")["main"][tag]

    def supplemental(self, file: str) -> Any:
        """Return one supplemental table."""
        return self.read(f"cldr-core/supplemental/{file}.json")["supplemental"]


def number_system(numbers: dict[str, Any], name: str) -> dict[str, Any]:
    """Return symbols and patterns of one numbering system; what is absent is not written."""
    symbols = numbers[f"symbols-numberSystem-{name}"]
    currency = numbers[f"currencyFormats-numberSystem-{name}"]
    before = currency["currencySpacing"]["beforeCurrency"]
    expected = {"surroundingMatch": "[:digit:]", "currencyMatch": "[[:^S:]&[:^Z:]]"}
    if any(before[key] != value for key, value in expected.items()):
        raise SystemExit("currency spacing has become locale-dependent: extend the formatter")
    found = {
        "decimal": symbols["decimal"],
        "group": symbols["group"],
        "minus": symbols["minusSign"],
        "percent": symbols["percentSign"],
        "currency_decimal": symbols.get("currencyDecimal"),
        "currency_group": symbols.get("currencyGroup"),
        "spacing": before["insertBetween"],
        "decimal_pattern": numbers[f"decimalFormats-numberSystem-{name}"]["standard"],
        "percent_pattern": numbers[f"percentFormats-numberSystem-{name}"]["standard"],
        "currency_pattern": currency["standard"],
        "currency_alpha_pattern": currency.get("standard-alphaNextToNumber"),
        "accounting_pattern": currency["accounting"],
        "accounting_alpha_pattern": currency.get("accounting-alphaNextToNumber"),
    }
    return {key: value for key, value in found.items() if value is not None}


def currency_symbols(packages: Packages, tag: str, tender: set[str]) -> dict[str, Any]:
    """Return symbols and narrow symbols that differ from the ISO code, of money in use."""
    table = packages.main("cldr-numbers-full", tag, "currencies")["numbers"]["currencies"]
    symbols = {code: entry["symbol"] for code, entry in table.items() if "symbol" in entry}
    narrow = {
        code: entry["symbol-alt-narrow"]
        for code, entry in table.items()
        if "symbol-alt-narrow" in entry
    }
    return {
        "symbols": {c: s for c, s in sorted(symbols.items()) if c in tender and s != c},
        "narrow": {c: s for c, s in sorted(narrow.items()) if c in tender and s != symbols.get(c)},
    }


def numbers_of(packages: Packages, tag: str, tender: set[str]) -> dict[str, Any]:
    """Return everything numbers and money need."""
    numbers = packages.main("cldr-numbers-full", tag, "numbers")["numbers"]
    default = numbers["defaultNumberingSystem"]
    native = numbers["otherNumberingSystems"]["native"]
    names = [
        name
        for name in dict.fromkeys((default, "latn", native))
        if f"symbols-numberSystem-{name}" in numbers
    ]
    return {
        "default": default,
        "native": native,
        "minimum_grouping": int(numbers["minimumGroupingDigits"]),
        "systems": {name: number_system(numbers, name) for name in names},
        **currency_symbols(packages, tag, tender),
    }


def calendar_of(data: dict[str, Any]) -> dict[str, Any]:
    """Return patterns and names of one calendar; weekdays run from Monday as in ISO 8601."""
    patterns = {style: data["dateFormats"][style] for style in STYLES}
    letters = re.findall(r"[A-Za-z]+", re.sub("'[^']*'", "", " ".join(patterns.values())))
    months = data["months"]["format"]
    found: dict[str, Any] = {
        "patterns": {
            key: value if isinstance(value, str) else value["_value"]
            for key, value in patterns.items()
        },
        "months": [months["wide"][str(n)] for n in range(1, 13)],
    }
    if any(letter in ("MMM", "LLL") for letter in letters):
        found["months_short"] = [months["abbreviated"][str(n)] for n in range(1, 13)]
    if any(letter.startswith("G") for letter in letters):
        eras = data["eras"]["eraAbbr"]
        found["era"] = eras.get("1", eras["0"])
    return found


def dates_of(packages: Packages, tag: str) -> dict[str, Any]:
    """Return the calendars a locale is written in."""
    gregorian = packages.main("cldr-dates-full", tag, "ca-gregorian")["dates"]["calendars"]
    calendars: dict[str, Any] = {"gregorian": calendar_of(gregorian["gregorian"])}
    if tag in PERSIAN_CALENDAR:
        persian = packages.main("cldr-cal-persian-full", tag, "ca-persian")["dates"]["calendars"]
        calendars["persian"] = calendar_of(persian["persian"])
    days = gregorian["gregorian"]["days"]
    found = {"days": [days["format"]["wide"][day] for day in DAYS], "calendars": calendars}
    if "cccc" in calendars["gregorian"]["patterns"]["full"]:
        found["days_standalone"] = [days["stand-alone"]["wide"][day] for day in DAYS]
    return found


def list_of(packages: Packages, tag: str) -> dict[str, str]:
    """Return how items are joined."""
    found = packages.main("cldr-misc-full", tag, "listPatterns")["listPatterns"]
    standard = found["listPattern-type-standard"]
    return {"two": standard["2"], **{key: standard[key] for key in ("start", "middle", "end")}}


def locale_of(packages: Packages, tag: str, tender: set[str]) -> dict[str, Any]:
    """Return one locale's whole extract."""
    return {
        "numbers": numbers_of(packages, tag, tender),
        "dates": dates_of(packages, tag),
        "list": list_of(packages, tag),
    }


def plural_rules(table: dict[str, dict[str, str]], languages: set[str]) -> dict[str, Any]:
    """Return rules without their samples, ``other`` left out because it is what remains."""
    return {
        language: {
            key.removeprefix("pluralRule-count-"): rule.partition("@")[0].strip()
            for key, rule in rules.items()
            if not key.endswith("other")
        }
        for language, rules in sorted(table.items())
        if language in languages
    }


def language_names(packages: Packages, languages: set[str]) -> dict[str, str]:
    """Return English names and own names of languages, folded, with their code."""
    english = packages.main("cldr-localenames-full", "en", "languages")
    names = {
        name.casefold(): code
        for code, name in english["localeDisplayNames"]["languages"].items()
        if code in languages
    }
    for code in sorted(languages):
        if not (packages.modules / f"cldr-localenames-full/main/{code}/languages.json").is_file():
            continue
        own = packages.main("cldr-localenames-full", code, "languages")
        name = own["localeDisplayNames"]["languages"].get(code)
        if name:
            names.setdefault(name.casefold(), code)
    return dict(sorted(names.items()))


def matching(packages: Packages, languages: set[str]) -> list[list[Any]]:
    """Return pairs of languages whose readers understand each other: desired, supported."""
    table = packages.supplemental("languageMatching")["languageMatching"]["written-new"]
    rows = []
    for row in table["languageMatch"]:
        desired, supported = row["_desired"], row["_supported"]
        if row["_distance"] > 10 or not desired.isalpha() or supported not in languages:  # noqa: PLR2004 - above ten the readers of one need to have learned the other
            continue
        rows.append([desired, supported, row["_distance"]])
        if not row.get("_oneway"):
            rows.append([supported, desired, row["_distance"]])
    return sorted(rows)


def supplemental_of(packages: Packages) -> dict[str, Any]:
    """Return the tables that belong to no single locale."""
    available = packages.read("cldr-core/availableLocales.json")["availableLocales"]["full"]
    languages = {tag.split("-")[0] for tag in available}
    likely = packages.supplemental("likelySubtags")["likelySubtags"]
    aliases = packages.supplemental("aliases")["metadata"]["alias"]
    preferences = packages.supplemental("calendarPreferenceData")["calendarPreferenceData"]
    scripts = packages.read("cldr-core/scriptMetadata.json")["scriptMetadata"]
    systems = packages.supplemental("numberingSystems")["numberingSystems"]
    currency = packages.supplemental("currencyData")["currencyData"]
    short = re.compile(r"[a-z]{2,3}")
    return {
        "likely": {k: v for k, v in likely.items() if k.split("-")[0] in languages | {"und"}},
        "parents": packages.supplemental("parentLocales")["parentLocales"]["parentLocale"],
        "languages": {
            k: v["_replacement"]
            for k, v in aliases["languageAlias"].items()
            if short.fullmatch(k) and v["_replacement"].split("-")[0] in languages
        },
        "regions": {
            k: v["_replacement"]
            for k, v in aliases["territoryAlias"].items()
            if re.fullmatch("[A-Z]{2}", k) and " " not in v["_replacement"]
        },
        "matching": matching(packages, languages),
        "names": language_names(packages, languages),
        "calendars": {k: v[0] for k, v in preferences.items() if v[0] != "gregorian"},
        "rtl_scripts": sorted(k for k, v in scripts.items() if v["rtl"] == "YES"),
        "digits": {k: v["_digits"] for k, v in systems.items() if "_digits" in v},
        "fractions": {
            code: [
                int(row["_digits"]),
                int(row.get("_cashDigits", row["_digits"])),
                int(row.get("_cashRounding", 0)),
            ]
            for code, row in currency["fractions"].items()
        },
        "cardinal": plural_rules(
            packages.supplemental("plurals")["plurals-type-cardinal"], languages
        ),
        "ordinal": plural_rules(
            packages.supplemental("ordinals")["plurals-type-ordinal"], languages
        ),
    }


def currencies_in_use(packages: Packages) -> set[str]:
    """Return the codes of money that is legal tender somewhere now."""
    regions = packages.supplemental("currencyData")["currencyData"]["region"]
    return {
        code
        for rows in regions.values()
        for row in rows
        for code, use in row.items()
        if "_to" not in use and use.get("_tender") != "false"
    }


def sources_of(folder: Path) -> dict[str, Any]:
    """Return names, versions and npm's checksums of the packages that were read."""
    lock = json.loads((folder / "package-lock.json").read_text("utf-8"))["packages"]
    return {
        "licence": "Unicode-3.0, see LICENSE-UNICODE",
        "made_by": "locales/cldr/extract.py",
        "packages": {
            path.removeprefix("node_modules/"): {
                "version": entry["version"],
                "integrity": entry["integrity"],
            }
            for path, entry in sorted(lock.items())
            if path.startswith("node_modules/cldr-")
        },
    }


def write(name: str, data: dict[str, Any], *, indent: int | None = None) -> None:
    """Write JSON in a stable form, compact unless an indent is given."""
    separators = None if indent else (",", ":")
    text = json.dumps(data, ensure_ascii=False, indent=indent, separators=separators)
    (HERE / name).write_text(text + "\n", "utf-8")


def main(folder: Path) -> None:
    """Write the whole extract."""
    packages = Packages(folder)
    tender = currencies_in_use(packages)
    for tag in TAGS:
        write(f"{tag}.json", locale_of(packages, tag, tender))
    write("supplemental.json", supplemental_of(packages))
    write("SOURCES.json", sources_of(folder), indent=2)
    shutil.copyfile(packages.modules / "cldr-core" / "LICENSE", HERE / "LICENSE-UNICODE")
    total = sum(path.stat().st_size for path in HERE.glob("*.json"))
    print(f"{len(TAGS)} locales, {total // 1024} KB")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
