"""What people answered: only what the mapping says, and never a yes without its proof."""

from datetime import UTC, datetime

import pytest

from retention_sdk.errors import ConfigError
from retention_sdk.model import ConsentState, OptInLevel, Purpose

ROWS = "no,when,total,item,mail,news,asked\n{}"
ROW = "1,2026-11-20T10:00:00Z,5,Cup,ada@mail.example,{},{}\n"
RULE = {
    "column": "news",
    "words": {"ja": "granted", "nein": "denied"},
    "channel": "email",
    "source": "box at the checkout",
    "at": "asked",
}


@pytest.fixture
def answers(export):
    def read(cell, asked="", **changes):
        export.write(ROWS.format(ROW.format(cell, asked)))
        rule = {**RULE, **changes}
        mapping = export.mapping({"email": "mail"}, consent=[rule])
        return [each for order in export.orders(mapping) for each in order.customer.consents]

    return read


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("ja", ["granted"]),
        ("NEIN", ["denied"]),
        ("yes", []),
        ("1", []),
        ("", []),
        ("vielleicht", []),
    ],
)
def test_words_mean_what_the_mapping_says_and_others_nothing(answers, cell, expected):
    assert expected == [each.state for each in answers(cell)]


def test_an_answer_carries_its_proof(answers):
    (answer,) = answers("ja", "2026-01-02T03:04:05Z", purposes=["profiling"], level="single")

    assert (ConsentState.GRANTED, Purpose.PROFILING) == (answer.state, answer.purpose)
    assert datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC) == answer.recorded_at
    assert ("box at the checkout", OptInLevel.SINGLE) == (answer.source, answer.opt_in_level)


def test_a_no_has_no_level(answers):
    (answer,) = answers("nein", level="single")

    assert OptInLevel.UNKNOWN is answer.opt_in_level


def test_a_column_may_say_where_people_were_asked(answers, export):
    (answer,) = answers("ja", "stall", source="", source_column="asked", at="")

    assert "stall" == answer.source
    assert [] == answers("ja", "", source="", source_column="asked", at="")
    assert "a yes without its proof" in (export.folder / "orders.rejects.txt").read_text()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"source": ""}, "a yes needs its proof"),
        ({"words": {"": "granted"}}, "an empty cell is silence"),
        ({"words": {}}, "at least 1"),
        ({"level": "confirmed"}, "needs confirmed_at or evidence"),
        ({"words": {"ja": "maybe"}}, "granted"),
    ],
)
def test_rules_that_assume_are_refused(answers, changes, said):
    with pytest.raises(ConfigError, match=said):
        answers("ja", **changes)


def test_without_a_rule_nothing_is_known(export):
    export.write(ROWS.format(ROW.format("ja", "")))

    assert () == export.orders(export.mapping({"email": "mail"}))[0].customer.consents
