"""``retention sync``: what it prints, and what the doctor says of it."""

import json
from pathlib import Path

import pytest

from retention_sdk.cli import main

HEAD = "order_id,placed_at,paid_at,currency,total,title,quantity,unit_price,ship_country\n"
ORDER = "{0},2026-01-20T10:00:00+01:00,2026-01-20T10:01:00+01:00,EUR,5.00,Bowl,1,5.00,DE\n"


@pytest.fixture
def shop_dir(tmp_path, monkeypatch, capsys):
    """A shop whose orders of the past lie in a file."""
    monkeypatch.chdir(tmp_path)
    assert 0 == main(["init", "--name", "Kiln & Leaf", "--email", "hello@kiln-and-leaf.example"])
    Path("orders.csv").write_text(HEAD + "".join(map(ORDER.format, (1, 2, 3))))
    settings = Path("retention.toml")
    table = '\n[platforms.file]\npath = "orders.csv"\n'
    settings.write_text(settings.read_text() + table)
    capsys.readouterr()
    return tmp_path


def run(capsys, *arguments):
    code = main(list(arguments))
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def finding(capsys):
    _, out, _ = run(capsys, "doctor", "--json")
    return next(each for each in json.loads(out) if each["what"].startswith("sync "))


def test_history_is_counted_once_and_sends_nothing(shop_dir, capsys):
    before = finding(capsys)
    code, out, _ = run(capsys, "sync", "-p", "file", "--json")
    first = json.loads(out)
    again, out, _ = run(capsys, "sync", "-p", "file", "--json")
    second = json.loads(out)

    assert (0, 0) == (code, again)
    assert (3, 6, 0) == (first["orders"], first["history"], first["news"])
    assert (0, 0) == (second["history"], second["news"])
    assert first["history_until"] == second["history_until"] < second["seen_until"]
    assert [] == list(shop_dir.rglob("*.pdf"))
    assert (None, True) == (before["ok"], finding(capsys)["ok"])
    assert "retention sync --platform file" in before["finding"]


def test_people_read_a_sentence(shop_dir, capsys):
    _, out, _ = run(capsys, "sync", "-p", "file")

    assert out.startswith("3 orders read: 6 facts of the past counted, 0 news worked on;")


def test_a_date_that_is_none_is_refused(shop_dir, capsys):
    code, _, err = run(capsys, "sync", "-p", "file", "--since", "yesterday")

    assert 2 == code
    assert "2026-11-21" in err
