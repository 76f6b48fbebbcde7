"""What the page about partners shows, works."""

import re
import tomllib
from datetime import timedelta
from pathlib import Path

import pytest

from retention_sdk.loyalty import PointsLedger, Program

PAGE = Path(__file__).parents[4] / "docs" / "howto" / "partners.md"
TEXT = PAGE.read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


@pytest.fixture
def names(store, make_paid, now):
    (toml,) = blocks("toml")
    program = Program.model_validate(tomllib.loads(toml)["loyalty"])
    ledger = PointsLedger(store, program)
    with store.begin() as connection:
        member = store.subjects.subject_for(connection, "shop", "id:7", now=now)
        ledger.earn(connection, make_paid(5000_00), subject_id=member, now=now)
    month = {"start": now - timedelta(days=1), "end": now + timedelta(days=30)}
    return {
        "store": store,
        "ledger": ledger,
        "member": member,
        "now": now,
        "key": bytes(32),
        **month,
    }


def test_every_block_of_the_page_runs_and_prints_what_it_says(names, capsys):
    for block in blocks("python"):
        exec(compile(block, str(PAGE), "exec"), names)
    units, sentence, sums, *table = capsys.readouterr().out.splitlines()

    assert ("400", "1000 2000 -600") == (units, sums)
    assert sentence.startswith("1,000 points for 400 miles at miles: 100 points give 40 miles")
    assert [3, "total,,,,,1000,-600,1000,"] == [len(table[1:-1]), table[-1]]
    assert () == names["month"].differences
