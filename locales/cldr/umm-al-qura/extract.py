"""Regenerate the Umm al-Qura table from the wheel of hijridate (MIT, Khalid Alshehri and others).

    pip download --no-deps hijridate==2.6.0
    python locales/cldr/umm-al-qura/extract.py hijridate-2.6.0-py3-none-any.whl

Only the list of first days of months is read; no code is run or copied.
"""

from __future__ import annotations

import ast
import hashlib
import json
import sys
import zipfile
from datetime import date
from itertools import pairwise
from pathlib import Path

HERE = Path(__file__).parent
SHA256 = "290db60c7780acc2a7e2112fada70847e3c11c0030b998606db77ecf126c305b"
FIRST_YEAR, FIRST_DAY = 1343, date(1924, 8, 1)


def month_starts(wheel: Path) -> tuple[int, ...]:
    """Return the first days of all months and the day after the last, as the wheel lists them."""
    if hashlib.sha256(wheel.read_bytes()).hexdigest() != SHA256:
        raise SystemExit(f"{wheel.name} is not the file this script was written for")
    source = zipfile.ZipFile(wheel).read("hijridate/ummalqura.py")
    for node in ast.parse(source).body:
        if isinstance(node, ast.AnnAssign) and node.target.id == "MONTH_STARTS":
            return ast.literal_eval(node.value)
    raise SystemExit("hijridate has no MONTH_STARTS any more")


def main(wheel: Path) -> None:
    """Write the lengths of months, a row of twelve digits a year: days above 28."""
    lengths = [after - start - 28 for start, after in pairwise(month_starts(wheel))]
    years = ["".join(map(str, lengths[at : at + 12])) for at in range(0, len(lengths), 12)]
    table = {
        "source": "hijridate 2.6.0 (PyPI), MIT, see LICENSE-HIJRIDATE",
        "sha256": SHA256,
        "first_year": FIRST_YEAR,
        "first_day": FIRST_DAY.isoformat(),
        "days_above_28": years,
    }
    (HERE / "months.json").write_text(json.dumps(table, indent=1) + "\n", "utf-8")
    print(f"{len(years)} years, {sum(lengths) + 28 * len(lengths)} days")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
