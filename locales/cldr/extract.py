"""Regenerate the compact CLDR extract from the npm packages of Unicode's cldr-json.

    mkdir cldr-packages && cd cldr-packages
    npm install --ignore-scripts --legacy-peer-deps cldr-core@48.2.0 cldr-numbers-full@48.2.0 \
        cldr-dates-full@48.2.0 cldr-misc-full@48.2.0 cldr-localenames-full@48.2.0 \
        cldr-units-full@48.2.0 cldr-cal-persian-full@46.1.0 cldr-cal-islamic-full@48.2.0 \
        cldr-cal-buddhist-full@39.0.0 cldr-cal-japanese-full@39.0.0 cldr-cal-roc-full@28.0.0
    python locales/cldr/extract.py cldr-packages

Writes per locale ``<tag>.json`` (what every text needs), ``words/<tag>.json`` (compact numbers,
units, relative time) and ``calendars/<tag>.json`` (all but the Gregorian one); for all of them
``supplemental.json``, ``currencies.json`` and ``SOURCES.json``. Same packages, same bytes.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path
from typing import Any

from extract_dates import dates_of, other_calendars_of
from extract_words import words_of

HERE = Path(__file__).parent
# The languages CLDR covers at its "modern" level, two more of the ICU oracle (ckb, mt), and regions
# that write prices or dates in a way of their own.
TAGS = """
en en-001 en-150 en-AE en-AU en-CA en-GB en-HK en-IE en-IL en-IN en-KE en-MY en-NG en-NZ en-PH en-PK
en-SG en-ZA de de-AT de-CH de-LI fr fr-BE fr-CA fr-CH fr-LU fr-MA es es-419 es-AR es-BO es-CL es-CO
es-CR es-DO es-EC es-GT es-MX es-PE es-PY es-US es-UY es-VE pt pt-PT it it-CH nl nl-BE sv da nb no
nn fi is pl cs sk hu ro bg hr sl sr sr-Latn el et lv lt uk ru be kk uz az ka hy tr tk ky he ar ar-AE
ar-BH ar-DZ ar-EG ar-IQ ar-JO ar-KW ar-LB ar-MA ar-OM ar-QA ar-SA ar-TN fa fa-AF ckb ps ur sd hi
hi-Latn bn bn-IN mr ta te gu kn ml or pa as kok ne si th lo vi id jv ms fil km my ja ko zh zh-Hant
zh-Hant-HK yue sw sw-KE am ha ig yo zu so ti ak pcm af ca eu gl ga gd cy mt mk sq bs mn chr dsb hsb
rm ht qu ba cv shn
""".split()
# Money that ceased to be legal tender before this is on no order that we may have to print.
TENDER_SINCE = "2020-01-01"
# Unicode worded its licence differently in 2015 and 2021, when the older packages were made.
LICENCES = {
    "cldr-core": "LICENSE-UNICODE",
    "cldr-cal-buddhist-full": "LICENSE-UNICODE-2021",
    "cldr-cal-roc-full": "LICENSE-UNICODE-2015",
}
# Pseudo-locales for testing, and "unknown region".
NOT_REGIONS = ("XA", "XB", "ZZ")


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

    def calendar(self, package: str, calendar: str, tag: str) -> Any:
        """Return one calendar of a locale, or of the nearest locale the package has."""
        modules = f"cldr-cal-{package}-full"
        name = "zh-Hant" if (package, tag) == ("roc", "yue") else tag
        while not (self.modules / modules / "main" / name).is_dir():
            name = "nb" if name == "no" else name.rpartition("-")[0] or "en"
        found = self.main(modules, name, f"ca-{calendar}")
        return found["dates"]["calendars"][calendar]

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
        if language.split("-", maxsplit=1)[0] in languages
    }


def language_names(packages: Packages, languages: set[str]) -> dict[str, str]:
    """Return English names and own names of languages, folded, with their code."""
    english = packages.main("cldr-localenames-full", "en", "languages")
    names = {
        name.casefold(): code.partition("-alt-")[0]
        for code, name in english["localeDisplayNames"]["languages"].items()
        if code.split("-", maxsplit=1)[0] in languages and "-menu-" not in code
    }
    for code in sorted(languages):
        if not (packages.modules / f"cldr-localenames-full/main/{code}/languages.json").is_file():
            continue
        own = packages.main("cldr-localenames-full", code, "languages")
        name = own["localeDisplayNames"]["languages"].get(code)
        if name:
            names.setdefault(name.casefold(), code)
    return dict(sorted(names.items()))


def region_names(packages: Packages) -> dict[str, str]:
    """Return English names of countries, folded, with their code."""
    english = packages.main("cldr-localenames-full", "en", "territories")
    return {
        name.casefold(): code.partition("-alt-")[0]
        for code, name in sorted(english["localeDisplayNames"]["territories"].items())
        if code[0].isalpha() and code not in NOT_REGIONS
    }


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
        "region_names": region_names(packages),
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


def tender_by_region(packages: Packages) -> dict[str, list[list[str]]]:
    """Return code, first and last day of money that was legal tender of late, by region."""
    regions = packages.supplemental("currencyData")["currencyData"]["region"]
    found = {
        region: sorted(
            [code, use.get("_from", ""), *([use["_to"]] if "_to" in use else [])]
            for row in rows
            for code, use in row.items()
            if use.get("_tender") != "false" and use.get("_to", "9") >= TENDER_SINCE
        )
        for region, rows in sorted(regions.items())
    }
    return {region: rows for region, rows in found.items() if rows}


def sources_of(folder: Path) -> dict[str, Any]:
    """Return names, versions and npm's checksums of the packages that were read."""
    lock = json.loads((folder / "package-lock.json").read_text("utf-8"))["packages"]
    return {
        "licence": "Unicode-3.0, see LICENSE-UNICODE; versions below 40 are Unicode-DFS",
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
    money = tender_by_region(packages)
    tender = {row[0] for rows in money.values() for row in rows}
    for folder_name in ("words", "calendars"):
        (HERE / folder_name).mkdir(exist_ok=True)
    for tag in TAGS:
        write(f"{tag}.json", locale_of(packages, tag, tender))
        write(f"words/{tag}.json", words_of(packages, tag))
        write(f"calendars/{tag}.json", other_calendars_of(packages, tag))
    write("currencies.json", {"tender": money})
    write("supplemental.json", supplemental_of(packages))
    write("SOURCES.json", sources_of(folder), indent=2)
    for package, name in LICENCES.items():
        shutil.copyfile(packages.modules / package / "LICENSE", HERE / name)
    total = sum(path.stat().st_size for path in HERE.rglob("*.json"))
    print(f"{len(TAGS)} locales, {total // 1024} KB")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
