"""``retention rights``, and the page that explains it."""

from __future__ import annotations

import json
import re
import shlex
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from retention_sdk import Retention
from retention_sdk.cli import main
from retention_sdk.testing import a_customer, a_paid_event, an_order

PAGE = Path(__file__).parents[3] / "docs" / "howto" / "answer-privacy-requests.md"


@pytest.fixture
def shop(tmp_path, monkeypatch, capsys):
    """A shop made by `retention init`, in which Ada bought soap."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    assert 0 == main(["init", "--name", "Soap & Sons", "--country", "DE", "--email", "a@s.example"])
    ada = a_customer(id="77", email="ada@mail.example")
    with Retention.from_file("retention.toml") as opened:
        opened.ingest([a_paid_event(an_order(customer=ada), shop_id=opened.config.shop.id)])
    capsys.readouterr()
    return tmp_path


@pytest.fixture
def run(shop, capsys):
    """Return a function that runs a command and returns its JSON."""

    def run(*arguments, code=0):
        assert code == main(["rights", *arguments, "--json"]), capsys.readouterr().err
        said = capsys.readouterr()
        return json.loads(said.out if code == 0 else said.err)

    return run


def opened(run, kind, *, is_checked=True):
    view = run("open", kind, "--email", "ada@mail.example", "--reference", kind)
    if is_checked:
        run("advance", view["id"], "identity_check")
    return view["id"]


@pytest.mark.parametrize(
    ("kind", "email"), [("access", "bo@mail.example"), ("erasure", "ada@mail.example")]
)
def test_a_reference_is_not_taken_for_another_person_or_another_wish(run, capsys, kind, email):
    first = opened(run, "access", is_checked=False)
    told = ["--email", email, "--reference", "access"]

    assert 2 == main(["rights", "open", kind, *told])
    assert f"another request has this reference, {first}" in capsys.readouterr().err
    assert [first] == [view["id"] for view in run("list")["requests"]]


def test_a_request_is_opened_once_under_its_reference_and_listed_with_days_left(run, capsys):
    first, again = opened(run, "access"), opened(run, "access", is_checked=False)
    (view,) = run("list")["requests"]

    assert first == again == view["id"]
    assert ["DE"] == view["jurisdictions"]
    assert 27 <= view["days_left"] <= 31
    assert 0 == main(["rights", "list"])
    shown = capsys.readouterr().out
    assert f"{view['days_left']} days" in shown
    assert "not legal advice" in shown


def test_a_late_request_is_shown_as_late(run, capsys):
    with Retention.from_file("retention.toml") as shop:
        day = (shop.clock() - timedelta(days=100)).date()
    run("open", "erasure", "--email", "ada@mail.example", "--received", str(day), "--law", "BR")

    assert 0 == main(["rights", "list"])
    assert "85 days late" in capsys.readouterr().out


def test_show_tells_steps_deadlines_and_what_comes_next(run, capsys):
    request = opened(run, "access")

    assert 0 == main(["rights", "show", request])
    shown = capsys.readouterr().out
    assert "once extended, by" in shown
    assert "GDPR art. 12(3)" in shown
    assert f"retention rights advance {request} STATE   (scoped, extended, refused)" in shown


def test_an_illegal_step_says_which_are_legal(run):
    error = run("advance", opened(run, "access"), "closed", code=2)["error"]

    assert "RightsError" == error["type"]
    assert "it can: scoped, extended, refused" in error["message"]


def test_an_export_is_written_for_the_owner_alone_and_goes_with_the_person(run, shop):
    request, erasure = opened(run, "access"), opened(run, "erasure")
    answer = run("export", request, "--out", "ada.zip")
    mode = stat.S_IMODE((shop / "ada.zip").stat().st_mode)

    assert str(shop / "ada.zip") == answer["file"]
    assert 0o600 == mode
    assert 1 == run("erase", erasure, "--yes", erasure)["exports_removed"]
    assert not (shop / "ada.zip").exists()


def test_an_erasure_asks_for_the_exact_id(run, capsys, monkeypatch):
    request = opened(run, "erasure")

    assert 2 == main(["rights", "erase", request, "--yes", "yes"])
    assert "nothing was erased" in capsys.readouterr().err
    assert 2 == main(["rights", "erase", request, "--json"])
    capsys.readouterr()
    monkeypatch.setattr("typer.prompt", lambda _: request)
    assert 0 == main(["rights", "erase", request])
    shown = capsys.readouterr().out
    assert "1 × key destroyed" in shown
    assert "What remains, and why:" in shown
    assert "AO s. 147(1)" in shown


def test_only_a_request_for_erasure_erases(run):
    request = opened(run, "access")

    assert "not for erasure" in run("erase", request, "--yes", request, code=2)["error"]["message"]


def test_a_correction_is_reported(run):
    request = opened(run, "rectification")

    assert {"cards_changed": 0} == run("rectify", request, "--given-name", "Augusta")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["open", "wish", "--email", "a@b.example"], "none of access, portability"),
        (["open", "access", "--email", "a@b.example", "--received", "soon"], "not a day"),
        (["open", "access", "--email", "a@b.example", "--received", "2999-01-01"], "not over"),
        (["open", "access"], "say who asks"),
        (["show", "nobody"], "there is no request"),
        (["advance", "nobody", "somewhere"], "none of received"),
    ],
)
def test_wrong_arguments_are_answered_with_exit_2(shop, capsys, arguments, said):
    assert 2 == main(["rights", *arguments])
    assert said in " ".join(capsys.readouterr().err.replace("│", " ").split())


# The page ------------------------------------------------------------------------------------


def commands():
    text = PAGE.read_text("utf-8")
    lines = [
        line.removeprefix("$ ")
        for block in re.findall(r"```console\n(.*?)```", text, re.DOTALL)
        for line in block.splitlines()
        if line.startswith("$ ")
    ]
    return [shlex.split(line, comments=True) for line in lines]


def test_the_commands_of_the_page_run_in_their_order(shop, capsys):
    """ACCESS, ERASURE and the like stand for the id of the request of that kind."""
    ids = {}
    ran = 0
    for words in commands():
        name, *arguments = words
        assert ["retention", "rights"] == [name, arguments[0]]
        filled = [ids.get(word, word) for word in arguments]
        assert 0 == main([*filled, "--json"]), capsys.readouterr().err
        answer = json.loads(capsys.readouterr().out)
        if arguments[1] == "open":
            ids[arguments[2].upper()] = answer["id"]
        ran += 1

    assert 10 <= ran


def test_the_python_of_the_page_runs(shop):
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)

    assert 2 <= code.count("assert ")
    exec(compile(code, PAGE.name, "exec"), {})


def test_the_page_says_what_it_is_not():
    assert "not legal advice" in PAGE.read_text("utf-8")
