"""``retention import``: what it tells, what it passes over, and what ``--check`` shows."""

import json
from pathlib import Path

import pytest

from retention_sdk.cli import import_check, import_show, main

HEAD = "order_id,placed_at,paid_at,currency,total,title,quantity,unit_price,ship_country,email\n"
ORDER = "{0},2026-01-20T10:00:00Z,2026-01-20T10:01:00Z,EUR,5.00,Bowl,1,5.00,DE,ada@mail.example\n"


@pytest.fixture
def shop_dir(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    assert 0 == main(["init", "--name", "Kiln & Leaf", "--email", "hello@kiln-and-leaf.example"])
    Path("orders.csv").write_text(HEAD + "".join(map(ORDER.format, range(1, 5))))
    capsys.readouterr()
    return tmp_path


def run(capsys, *arguments):
    code = main(["import", *arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_a_file_is_named_instead_of_a_platform(shop_dir, capsys):
    code, out, _ = run(capsys, "orders.csv", "--history", "--json")
    outcomes = json.loads(out)
    again, out, _ = run(capsys, "orders.csv", "--history", "--json")

    assert (0, 0) == (code, again)
    assert 8 == len(outcomes)
    assert {True} == {each["is_new"] for each in outcomes}
    assert [] == json.loads(out)


def test_nothing_to_read_is_an_empty_list(shop_dir, capsys):
    code, out, _ = run(capsys, "orders.csv", "--since", "2100-01-01", "--json")

    assert (0, []) == (code, json.loads(out))


def test_one_of_file_and_platform_is_needed(shop_dir, capsys):
    code, _, err = run(capsys)

    assert 2 == code
    assert "name a file, or the platform" in " ".join(err.split())


def test_what_only_the_platform_files_knows_is_refused_elsewhere(shop_dir, capsys):
    code, _, err = run(capsys, "orders.csv", "--strict")

    assert 2 == code
    assert "platform files" in " ".join(err.split())


def test_a_check_shows_the_first_orders_and_stores_none(shop_dir, capsys):
    code, out, _ = run(capsys, "orders.csv", "--check")

    assert 0 == code
    assert "paid, to pack" in out
    assert "4 orders can be read, 0 cannot" in out
    assert "ada@" not in out
    assert not (shop_dir / "retention.db").exists()


def test_a_check_for_machines_has_a_sample(shop_dir, capsys, monkeypatch):
    monkeypatch.setattr(import_check, "_SAMPLE", 2)
    _, out, _ = run(capsys, "orders.csv", "--check", "--json")
    told = json.loads(out)

    assert (4, 0, 2, []) == (
        told["orders"],
        told["refused"],
        len(told["sample"]),
        told["problems"],
    )
    assert "5.00 EUR" == told["sample"][0]["total"]


def test_a_long_table_is_cut_and_says_so(shop_dir, capsys, monkeypatch):
    monkeypatch.setattr(import_show, "SHOWN_MAX", 5)
    code, out, _ = run(capsys, "orders.csv", "--history")

    assert 0 == code
    assert "… and 3 more events" in out
