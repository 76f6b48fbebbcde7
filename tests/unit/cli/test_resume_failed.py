"""``retention resume --failed``: what ``run-due`` gave up gets another chance."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from retention_sdk import Retention
from retention_sdk.cli import main
from retention_sdk.testing import a_customer, a_paid_event, an_order

LOYALTY = """
[loyalty]
matures_after_days = 14
rates = { EUR = { points = 1, per_minor = 100 } }
"""
START = datetime(2026, 1, 10, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def given_up(tmp_path, monkeypatch, capsys):
    """Points of January that wait to mature; their row failed ten times, as a full disk may do."""
    monkeypatch.chdir(tmp_path)
    assert 0 == main(["init", "--name", "Soap & Sons", "--country", "DE"])
    file = Path("retention.toml")
    file.write_text(file.read_text().split("[loyalty")[0] + LOYALTY)
    with Retention.from_file("retention.toml") as shop, shop.store.begin() as connection:
        order = an_order(customer=a_customer(id="7"), total="40.00 EUR", shipping=None)
        event = a_paid_event(order, shop_id=shop.config.shop.id)
        event = event.model_copy(update={"occurred_at": START})
        who = shop.store.subjects.for_event(connection, event)
        shop.ledger.earn(connection, event, subject_id=who, now=START)
        failed = "UPDATE due SET state = 'failed', attempts = 10 WHERE kind = 'lot_matures'"
        assert 1 == connection.exec_driver_sql(failed).rowcount
    capsys.readouterr()


def states():
    with Retention.from_file("retention.toml") as shop, shop.store.reading() as connection:
        return shop.store.due.count(connection, shop.config.shop.id)


def test_without_being_asked_it_stays_given_up(capsys):
    assert 0 == main(["run-due"])
    assert 0 == main(["resume"])

    assert 1 == states()["failed"]
    assert "Nothing to do." == capsys.readouterr().out.splitlines()[-1]


def test_it_is_tried_again_and_done(capsys):
    assert 0 == main(["resume", "--failed"])
    assert "1 tried again: 1 done, 0 failed once more\n" in capsys.readouterr().out
    assert "failed" not in states()

    assert 0 == main(["resume", "--failed", "--json"])
    answer = json.loads(capsys.readouterr().out)
    assert (0, 0) == (answer["retried"], answer["due"]["done"])
