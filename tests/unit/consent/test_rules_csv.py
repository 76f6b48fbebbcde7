"""Rules from a table: what is refused, and that the message says where."""

from __future__ import annotations

import csv
from importlib.resources import files
from io import StringIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retention_sdk.consent import Cap, read_rules
from retention_sdk.consent.rules_csv import COLUMNS, read_cap
from retention_sdk.errors import ConfigError

TEXT = (files("retention_sdk.consent") / "data" / "rules.csv").read_text(encoding="utf-8")
ROWS = list(csv.DictReader(StringIO(TEXT, newline="")))
# Columns that a machine reads, and a cell that none of them can hold.
STRICT = (
    "region",
    "message_class",
    "channel",
    "basis_code",
    "quiet_hours_allowed_local",
    "in_force_from",
    "effective_until",
    "source_read",
    "confidence",
    "opt_in_proof",
    "opt_in_months",
    "soft_opt_in_months",
    "consent_age",
)


def written(rows):
    out = StringIO(newline="")
    table = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    return out.getvalue()


def row_of(name, /, **cells):
    return {**next(row for row in ROWS if row["rule_id"] == name), **cells}


def test_every_cell_of_the_table_is_kept():
    """Words stay as they are, beside what is read from them."""
    rules = read_rules(TEXT)
    notes = {"quiet_hours_allowed_local": "quiet_hours_note", "quiet_days": "quiet_days_note",
             "in_force_from": "in_force_note"}  # fmt: skip
    for row, rule in zip(ROWS, rules, strict=True):
        for name, cell in row.items():
            value = getattr(rule, notes.get(name, name))
            assert cell.strip() == ("" if value is None else str(value)), (rule.rule_id, name)


def test_the_table_has_every_column_but_the_one_for_own_rules():
    assert {"replaces"} == set(COLUMNS) - set(ROWS[0])


@settings(max_examples=200)
@given(
    row=st.sampled_from(ROWS),
    column=st.sampled_from(STRICT),
    cell=st.sampled_from(["?", "no", "-1", "1.5", "2026-13-45", "٣", "Germany", "0x10", "１２"]),
)
def test_a_wrong_cell_is_refused_by_file_line_rule_and_column(row, column, cell):
    with pytest.raises(ConfigError) as caught:
        read_rules(written([ROWS[0] | {"rule_id": "first"}, {**row, column: cell}]), file="own.csv")

    assert str(caught.value).startswith(f"own.csv:3: {row['rule_id']}.{column}: ")
    assert "own.csv:3" == caught.value.file


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"rule_id": ""}, r"rules\.csv:2: \?\.rule_id: is empty"),
        ({"citation": ""}, "de.mark.email.citation: is empty"),
        ({"basis_code": "yes"}, "is none of none, opt_out, soft_opt_in, opt_in"),
        ({"consent_age": "0"}, "de.mark.email.consent_age"),
        ({"consent_age": "99"}, "de.mark.email.consent_age"),
        ({"opt_in_months": "0"}, "de.mark.email.opt_in_months"),
        ({"insert_type": "own_generic"}, "insert_type: is for the channel parcel_insert"),
        ({"in_force_from": "2026-02-30"}, "de.mark.email.in_force_from: "),
        ({"effective_until": "2026-02"}, "effective_until: is not a day such as 2026-12-31"),
        (
            {"in_force_from": "2026-03-01", "effective_until": "2026-02-01"},
            "is before in_force_from",
        ),
        ({"quiet_hours_allowed_local": "25:00-26:00"}, "quiet_hours_allowed_local: "),
        ({"citation": "x" * 5001}, "de.mark.email.citation: .*at most 5000"),
    ],
)
def test_what_a_row_cannot_say(cells, words):
    with pytest.raises(ConfigError, match=words):
        read_rules(written([row_of("de.mark.email", **cells)]))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "own.csv:1: rule_id: the column is missing"),
        ("rule_id,jurisdiktion\n", "jurisdiktion: there is no such column .did you mean jur"),
        ("rule_id,rule_id\n", "rule_id: the column is there twice"),
        (written(ROWS[:1]).rstrip("\n") + ",more\n", "own.csv:2: eu.tran.any: the row has not 28"),
        (written(ROWS[:1]) + "x,y\n", "own.csv:3: x: the row has not 28 cells"),
        (written(ROWS[:1]) + '"open\n', "own.csv:2: no CSV: unexpected end"),
    ],
)
def test_a_malformed_table_is_refused(text, words):
    text = text.replace("\r", "")
    words = words.replace("28", str(len(ROWS[0])))

    with pytest.raises(ConfigError, match=words):
        read_rules(text, file="own.csv")


def test_errors_say_nothing_of_the_cell_they_refuse():
    with pytest.raises(ConfigError) as caught:
        read_rules(written([row_of("de.mark.email", confidence="Jane Doe")]))

    assert "Jane" not in str(caught.value)


def test_columns_with_a_default_may_be_left_out():
    needed = ("rule_id", "jurisdiction", "region", "message_class", "channel", "basis_code",
              "basis", "citation", "source_read", "confidence")  # fmt: skip
    rows = [{name: row[name] for name in needed} for row in ROWS if not row["insert_type"]]

    assert len(rows) == len(read_rules(written(rows)))


def test_a_cell_may_have_several_lines():
    (rule,) = read_rules(written([row_of("de.mark.email", note="one\ntwo")]))

    assert "one\ntwo" == rule.note


@pytest.mark.parametrize(
    ("words", "cap"),
    [
        ("3 per 24 h same subject", Cap(count=3, hours=24)),
        ("1 per day, 2 per week if refused/unanswered", Cap(count=1, hours=24)),
        ("4 per 30 days; 60 days after refusal", Cap(count=4, hours=720)),
        ("", None),
        ("few", None),
        ("2 per week", None),
    ],
)
def test_a_cap_is_read_where_its_words_are_clear(words, cap):
    assert cap == read_cap(words)


def test_every_cap_of_the_table_is_clear():
    assert 8 == sum(rule.cap is not None for rule in read_rules(TEXT))
    assert all(rule.cap for rule in read_rules(TEXT) if rule.frequency_cap)


def test_a_yes_has_an_age_wherever_the_table_speaks_of_one():
    ages = {rule.region: rule.consent_age for rule in read_rules(TEXT) if rule.channel == "email"}

    assert {"EU": 16, "DE": 16, "FR": 15, "ES": 14, "GB": 13, "US": 13, "KR": 14, "IN": 18} == {
        region: ages[region] for region in ("EU", "DE", "FR", "ES", "GB", "US", "KR", "IN")
    }
    assert not [
        rule.rule_id
        for rule in read_rules(TEXT)
        if rule.age_rule and rule.message_class == "marketing" and not rule.consent_age
    ]
