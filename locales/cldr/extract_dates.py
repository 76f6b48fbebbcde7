"""Dates and times for ``extract.py``: Gregorian for every locale, other calendars beside it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from extract import Packages

STYLES = ("full", "long", "medium", "short")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ERA_WIDTHS = {"G": "eraAbbr", "GGGG": "eraNames", "GGGGG": "eraNarrow"}
# Package, calendar within it, and CLDR's numbers of the eras in the order our calendars count
# them. Months of the last three are the Gregorian ones. Meiji is the 232nd Japanese era.
CALENDARS = {
    "persian": ("persian", "persian", ("0",)),
    "islamic": ("islamic", "islamic", ("0", "1")),
    "buddhist": ("buddhist", "buddhist", ("0",)),
    "roc": ("roc", "roc", ("1", "0")),
    "japanese": ("japanese", "japanese", ("236", "235", "234", "233", "232")),
}
# Where CLDR 48 has patterns of its own for a calendar. Elsewhere the older packages only repeat
# what calendars shared when they were made. The package of the Islamic calendar is not older.
OWN_PATTERNS = {
    "persian": "fa fa-AF nl-BE".split(),
    "buddhist": "be ca ja mk nl-BE sv th yue zh zh-Hant".split(),
    "japanese": """
        cs da el en en-AE en-CA en-PH es es-419 es-AR es-BO es-CL es-CO es-CR es-DO es-EC es-GT
        es-MX es-PE es-PY es-US es-UY es-VE hr hu id ja nb nl-BE nn no pt pt-PT sr sr-Latn th tr vi
        yue zh zh-Hant
    """.split(),
    "roc": "id ja nl-BE yue zh-Hant zh-Hant-HK".split(),
}
# What CLDR calls the eras where a language has no name for them; the package is of 2015.
ROC_NAMES = {"R.O.C.": "ROC", "Before R.O.C.": "BROC"}
WITH_MONTHS = ("persian", "islamic")


def plain(pattern: str | dict[str, str]) -> str:
    """Return a pattern without the numbering that CLDR may attach to it.

    Galician writes Y, the year of the week, in three patterns by mistake: on some days around New
    Year that is another year than the day's own.
    """
    text = pattern if isinstance(pattern, str) else pattern["_value"]
    return text.replace("Y", "y")


def patterns_of(data: dict[str, Any], key: str, styles: tuple[str, ...] = STYLES) -> dict[str, str]:
    """Return the patterns of some styles."""
    return {style: plain(data[key][style]) for style in styles}


def letters_of(patterns: dict[str, str]) -> set[str]:
    """Return the runs of pattern letters that occur outside quotes."""
    bare = re.sub("'[^']*'", "", " ".join(patterns.values()))
    return {match[0] for match in re.finditer(r"([A-Za-z])\1*", bare)}


def months_of(data: dict[str, Any], letters: set[str]) -> dict[str, list[str]]:
    """Return the twelve names of months, and the short ones if a pattern asks for them."""
    months = data["months"]["format"]
    found = {"months": [months["wide"][str(n)] for n in range(1, 13)]}
    if letters & {"MMM", "LLL"}:
        found["months_short"] = [months["abbreviated"][str(n)] for n in range(1, 13)]
    return found


def eras_of(data: dict[str, Any], order: tuple[str, ...], letters: set[str]) -> dict[str, Any]:
    """Return names of eras in the widths that patterns ask for."""
    widths = {letter: name for letter, name in ERA_WIDTHS.items() if letter in letters}
    return {
        letter: [era_name(data["eras"][name], number) for number in order]
        for letter, name in widths.items()
    }


def era_name(names: dict[str, str], number: str) -> str:
    """Return an era's name; the only one there is if the calendar does not count backwards."""
    name = names.get(number, names["0"])
    return ROC_NAMES.get(name, name)


def gregorian_of(data: dict[str, Any]) -> dict[str, Any]:
    """Return patterns and names of the Gregorian calendar."""
    patterns = patterns_of(data, "dateFormats")
    letters = letters_of(patterns)
    found = {"patterns": patterns, **months_of(data, letters)}
    if eras := eras_of(data, ("1", "0"), letters):
        found["eras"] = eras
    return found


def clock_of(packages: Packages, tag: str, data: dict[str, Any]) -> dict[str, Any]:
    """Return how the time of day is written, and a day with a time."""
    patterns = patterns_of(data, "timeFormats", ("medium", "short"))
    letters = letters_of(patterns)
    names = data["dayPeriods"]["format"]["abbreviated"]
    found: dict[str, Any] = {"patterns": patterns}
    if "a" in letters:
        found["am_pm"] = [names["am"], names["pm"]]
    if "B" in letters:
        found["periods"] = periods_of(packages, tag, names)
    found["join"] = data["dateTimeFormats-atTime"]["standard"]
    return found


def periods_of(packages: Packages, tag: str, names: dict[str, str]) -> list[list[Any]]:
    """Return from which hour each part of the day is called what."""
    rules = packages.supplemental("dayPeriods")["dayPeriodRuleSet"]
    rule = rules.get(tag, rules[tag.split("-", maxsplit=1)[0]])
    starts = {name: row["_from"] for name, row in rule.items() if "_from" in row}
    return sorted([int(start[:2]), names[name]] for name, start in starts.items())


def dates_of(packages: Packages, tag: str) -> dict[str, Any]:
    """Return days, the Gregorian calendar and the clock; weekdays run from Monday."""
    data = packages.main("cldr-dates-full", tag, "ca-gregorian")["dates"]["calendars"]["gregorian"]
    days = data["days"]
    found = {
        "days": [days["format"]["wide"][day] for day in DAYS],
        "gregorian": gregorian_of(data),
        "clock": clock_of(packages, tag, data),
    }
    if "cccc" in found["gregorian"]["patterns"]["full"]:
        found["days_standalone"] = [days["stand-alone"]["wide"][day] for day in DAYS]
    return found


def other_calendars_of(packages: Packages, tag: str) -> dict[str, Any]:
    """Return the other calendars, without what a package of Unicode's has no names for."""
    generic = packages.main("cldr-dates-full", tag, "ca-generic")["dates"]["calendars"]["generic"]
    shared = patterns_of(generic, "dateFormats")
    found: dict[str, Any] = {}
    for name, (package, key, eras) in CALENDARS.items():
        data = packages.calendar(package, key, tag)
        has_own = tag in OWN_PATTERNS.get(name, [tag])
        own = patterns_of(data, "dateFormats") if has_own else shared
        letters = letters_of(own)
        found[name] = {"patterns": own} if own != shared else {}
        found[name] |= months_of(data, letters) if name in WITH_MONTHS else {}
        if era_names := eras_of(data, eras, letters):
            found[name]["eras"] = era_names
    found["japanese"] |= japanese_of(packages, tag, found["japanese"]["eras"])
    return {
        "generic": {"patterns": shared} | short_months_of(packages, tag, found, shared),
        **found,
    }


def short_months_of(
    packages: Packages, tag: str, calendars: dict[str, Any], shared: dict[str, str]
) -> dict[str, Any]:
    """Return short Gregorian names if only other calendars than the Gregorian ask for them."""
    data = packages.main("cldr-dates-full", tag, "ca-gregorian")["dates"]["calendars"]["gregorian"]
    borrowed = [
        letters_of(calendar.get("patterns", shared))
        for name, calendar in calendars.items()
        if name not in WITH_MONTHS
    ]
    if "months_short" in gregorian_of(data):
        return {}
    names = months_of(data, set().union(*borrowed))
    return {key: value for key, value in names.items() if key == "months_short"}


def japanese_of(packages: Packages, tag: str, eras: dict[str, list[str]]) -> dict[str, Any]:
    """Return Japanese eras, after which comes ours for what was before Meiji.

    ``gannen`` lists the styles in which the first year of an era has a name instead of a number.
    """
    gregorian = packages.main("cldr-dates-full", tag, "ca-gregorian")["dates"]["calendars"]
    common = eras_of(gregorian["gregorian"], ("1",), set(eras))
    patterns = packages.calendar("japanese", "japanese", tag)["dateFormats"]
    gannen = [
        style
        for style in STYLES
        if isinstance(patterns[style], dict) and patterns[style]["_numbers"] == "y=jpanyear"
    ]
    named = {"eras": {width: [*names, *common[width]] for width, names in eras.items()}}
    return named | ({"gannen": gannen} if gannen else {})
