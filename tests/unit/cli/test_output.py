"""How commands look on a terminal of 80 columns."""

import pytest

from retention_sdk.cli import main
from retention_sdk.cli.output import console, progress, table

EVENT = "standard_webhooks:kiln-leaf:order-2000-paid"


@pytest.fixture(autouse=True)
def eighty_columns(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")


def shown(capsys, headings, *rows):
    console().print(table(headings, rows))
    return capsys.readouterr().out


def test_the_name_of_a_row_is_whole_and_the_sentence_beside_it_is_divided(capsys):
    out = shown(capsys, ("event", "state", "what came of it"), (EVENT, "done", "word " * 20))

    assert f"{EVENT}  done" in out
    assert 80 >= max(map(len, out.splitlines()))


def test_no_letter_is_lost_where_a_name_leaves_no_room(capsys):
    name = "n" * 79
    lines = shown(capsys, ("request", "kind"), (name, "opt out of sale")).splitlines()

    assert 79 == sum(line.count("n") for line in lines[1:])
    assert 80 >= max(map(len, lines))


def test_what_looks_like_markup_is_printed(capsys):
    console().print("add [[loyalty.rewards]] below [bold]")

    assert "add [[loyalty.rewards]] below [bold]\n" == capsys.readouterr().out


def test_a_log_gets_no_line_of_a_bar(capsys):
    with progress("orders", 3, is_quiet=False) as step:
        step()

    assert ("", "") == capsys.readouterr()


@pytest.mark.parametrize("name", ["consent", "loyalty", "rights"])
def test_a_group_lists_its_commands_with_whole_sentences(capsys, name):
    assert 0 == main([name, "--help"])

    out = capsys.readouterr().out
    assert "..." not in out.partition("Commands:")[2]
    assert 80 >= max(map(len, out.splitlines()))
