"""Words around numbers for ``extract.py``: compact numbers, units, relative time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from extract import Packages

UNITS = """
duration-minute duration-hour duration-day duration-week duration-month duration-year
mass-gram mass-kilogram length-centimeter length-meter volume-milliliter volume-liter
""".split()
RELATIVE = ("minute", "hour", "day", "week", "month", "year")
MAGNITUDES = range(3, 15)


def forms_of(data: dict[str, Any], prefix: str) -> str | dict[str, str]:
    """Return the plural forms of a pattern; one string where they are all alike."""
    forms = {
        key.removeprefix(prefix): value for key, value in data.items() if key.startswith(prefix)
    }
    other = forms.pop("other")
    different = {key: value for key, value in forms.items() if value != other}
    return {**different, "other": other} if different else other


def compact_of(table: dict[str, str]) -> list[list[Any]]:
    """Return rows of first magnitude, power of ten to divide by, and the text around.

    The zeros of a pattern say how many digits stay: ``00K`` for ten thousands divides by 10^3.
    A magnitude that divides and reads like the one below it has no row.
    """
    rows: list[list[Any]] = []
    for magnitude in MAGNITUDES:
        forms = forms_of(table, f"1{'0' * magnitude}-count-")
        zeros = (forms if isinstance(forms, str) else forms["other"]).partition(";")[0].count("0")
        if isinstance(forms, str):
            text: Any = filled(forms, zeros)
        else:
            text = {key: filled(value, value.partition(";")[0].count("0"))
                    for key, value in forms.items()}  # fmt: skip
        row = [magnitude, magnitude - zeros + 1 if text != "{0}" else 0, text]
        if not rows or rows[-1][1:] != row[1:]:
            rows.append(row)
    return rows


def filled(pattern: str, zeros: int) -> str:
    """Return a pattern with a placeholder for its zeros and without its quotes."""
    return pattern.replace("0" * zeros, "{0}").replace("'", "") if zeros else pattern


def unit_of(packages: Packages, tag: str, width: str) -> dict[str, Any]:
    """Return the plural forms of every unit, in one width."""
    units = packages.main("cldr-units-full", tag, "units")["units"][width]
    return {name.partition("-")[2]: forms_of(units[name], "unitPattern-count-") for name in UNITS}


def relative_of(packages: Packages, tag: str) -> dict[str, Any]:
    """Return words such as "tomorrow" and the forms of past and future, by unit."""
    fields = packages.main("cldr-dates-full", tag, "dateFields")["dates"]["fields"]
    return {unit: relative_field(fields[unit]) for unit in RELATIVE}


def relative_field(field: dict[str, Any]) -> dict[str, Any]:
    """Return one unit's words, under their distance from now."""
    prefix = "relative-type-"
    words = {
        key.removeprefix(prefix): word for key, word in field.items() if key.startswith(prefix)
    }
    return {
        **words,
        "future": forms_of(field["relativeTime-type-future"], "relativeTimePattern-count-"),
        "past": forms_of(field["relativeTime-type-past"], "relativeTimePattern-count-"),
    }


def words_of(packages: Packages, tag: str) -> dict[str, Any]:
    """Return everything that is words around a number."""
    numbers = packages.main("cldr-numbers-full", tag, "numbers")["numbers"]
    system = numbers["defaultNumberingSystem"]
    compact = numbers[f"decimalFormats-numberSystem-{system}"]
    return {
        "compact": {
            width: compact_of(compact[width]["decimalFormat"]) for width in ("short", "long")
        },
        "units": {width: unit_of(packages, tag, width) for width in ("short", "long")},
        "relative": relative_of(packages, tag),
    }
