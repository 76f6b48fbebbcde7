"""Time and memory of localization, side by side with Babel.

    python tests/benchmarks/l10n.py

Medians of many rounds of CPU time; "ratio" is the median of Babel's time over ours. ICU has no wheel among the packages
this project installs, so it is not measured.
"""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import time
import timeit
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import babel
from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency
from babel.support import Format

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from retention_sdk.l10n import localizer  # noqa: E402 - found through the line above
from retention_sdk.l10n.dates import DateFormatter  # noqa: E402
from retention_sdk.l10n.numbers import NumberFormatter  # noqa: E402
from retention_sdk.l10n.resources import cldr_locale, cldr_locales  # noqa: E402

ROUNDS, CALLS = 40, 500
AMOUNT, DAY = Decimal("1234.50"), date(2026, 11, 21)
TAGS = ("en", "de", "fa", "hi", "ru")

# Memory and first loads are measured in a process of their own.
OURS = """
from retention_sdk.l10n.resources import cldr_locale, cldr_locales, supplemental
from retention_sdk.l10n.numbers import NumberFormatter
import datetime, zoneinfo
supplemental()
tags = sorted(cldr_locales())
def load():
    for tag in tags: NumberFormatter(tag)
"""
EVERYTHING = """
from retention_sdk.l10n.resources import cldr_words, cldr_calendars
def load():
    for tag in tags: cldr_locale(tag), cldr_words(tag), cldr_calendars(tag)
"""
BABELS = """
from babel import Locale
from babel.numbers import format_currency
tags = [tag.replace("-", "_") for tag in %r]
format_currency(1, "EUR", locale="root")
def load():
    for tag in tags: format_currency(1, "EUR", locale=Locale.parse(tag))
"""
MEASURE = """
import os, time
def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
before, start = resident(), time.process_time()
load()
print(len(tags), (time.process_time() - start) / len(tags) * 1e6, resident() - before)
"""


def compare(what: str, ours: Callable[[], object], babels: Callable[[], object]) -> None:
    """Time both in turns, so that whatever else the machine does falls on both."""
    ours(), babels()
    rounds = [(_cpu_time(ours), _cpu_time(babels)) for _ in range(ROUNDS)]
    own, other = (statistics.median(times) for times in zip(*rounds, strict=True))
    ratio = statistics.median(theirs / mine for mine, theirs in rounds)
    print(f"{what:34} {own:9.2f} {other:9.2f} {ratio:7.1f}   not measured")


def _cpu_time(call: Callable[[], object]) -> float:
    return timeit.timeit(call, timer=time.process_time, number=CALLS) / CALLS * 1e6


def calls(tag: str) -> None:
    numbers, locale = NumberFormatter(tag), Locale.parse(tag)
    dates = DateFormatter(tag, "gregorian", patterns={}, digits=numbers.digits)
    compare(
        f"currency {tag}",
        lambda: numbers.currency(AMOUNT, "EUR"),
        lambda: format_currency(AMOUNT, "EUR", locale=locale),
    )
    compare(
        f"date, long {tag}",
        lambda: dates.format(DAY, "long"),
        lambda: format_date(DAY, "long", locale=locale),
    )


def plural(tag: str) -> None:
    speaker, locale = localizer(tag), Locale.parse(tag)
    number, rule = Format(locale).number, locale.plural_form
    forms = {"one": "{0} point", "few": "{0} points", "many": "{0} points", "other": "{0} points"}
    compare(
        f"plural message {tag} (a)",
        lambda: speaker.message("card.points.earned", points=1234),
        lambda: forms.get(rule(1234), forms["other"]).format(number(1234)),
    )


def loads(what: str, code: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", code + MEASURE],
        capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    count, each, memory = done.stdout.split()
    print(f"{what:34} {count:>7} locales {float(each):9.0f} µs each {float(memory):7.1f} MB RSS")


def first_loads() -> None:
    """Time reading and parsing of one locale's file, as it stands in the page cache; best of 25."""
    read, clock = cldr_locale.__wrapped__, time.process_time
    times = {
        tag: min(timeit.repeat(lambda tag=tag: read(tag), timer=clock, number=1, repeat=25))
        for tag in sorted(cldr_locales())
    }
    slowest = max(times, key=times.__getitem__)
    print(
        f"{'locale load, file in page cache':34} median {statistics.median(times.values()) * 1e6:.0f}"
        f" µs, slowest {times[slowest] * 1e6:.0f} µs ({slowest}), of {len(times)}"
    )


def main() -> None:
    print(
        f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores, "
        f"Babel {babel.__version__}; CPU time, medians of {ROUNDS} rounds of {CALLS} calls\n"
    )
    print(f"{'µs per call':34} {'ours':>9} {'Babel':>9} {'ratio':>7}   ICU")
    for tag in TAGS:
        calls(tag)
    for tag in ("en", "ru", "fa"):
        plural(tag)
    print("(a) Babel: plural rule, number and str.format; ours also checks and isolates\n")
    first_loads()
    loads("ours, numbers, dates, lists", OURS)
    loads("ours, with words and calendars", OURS + EVERYTHING)
    known = [tag for tag in sorted(cldr_locales()) if _babel_has(tag)]
    loads("Babel", BABELS % known)


def _babel_has(tag: str) -> bool:
    try:
        Locale.parse(tag.replace("-", "_"))
    except babel.UnknownLocaleError:
        return False
    return True


if __name__ == "__main__":
    main()
