"""A store that an earlier version wrote opens, reads and verifies in this one."""

import importlib.util
import shutil
from pathlib import Path

import pytest

from retention_sdk import Retention
from retention_sdk.testing import a_paid_event, an_order

GOLDEN = Path(__file__).parents[1] / "golden/store"


def maker():
    spec = importlib.util.spec_from_file_location("golden_store", GOLDEN / "make.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("file", sorted(GOLDEN.glob("*.db")), ids=lambda file: file.stem)
def test_an_old_store_is_read_verified_and_written_on(file, tmp_path):
    shutil.copy(file, tmp_path / "old.db")
    made = maker()

    with Retention(made.config(tmp_path, "old.db"), clock=lambda: made.NOW, environ={}) as shop:
        paid = a_paid_event(an_order("40.00 EUR"))
        before = shop.outcome(paid.id)
        (again,) = shop.ingest([paid])
        (new,) = shop.ingest([a_paid_event(an_order("10.00 EUR", id="1002"))])
        with shop.store.reading() as connection:
            subject = shop.store.inbox.get(connection, paid.id).subject_id
            points = [entry.points for entry in shop.ledger.history(connection, subject)]
            assert shop.ledger.verify(connection).is_clean

    assert "done" == before.state == again.state == new.state
    assert not again.is_new
    assert [40, -20, 10] == points


def test_answers_recorded_before_there_was_a_chain_are_in_it_and_still_count(tmp_path):
    """Schema 0003 had a yes by e-mail, and a no by text message that nobody had dated."""
    shutil.copy(GOLDEN / "0003.db", tmp_path / "old.db")
    made = maker()

    shop = Retention(made.config(tmp_path, "old.db"), clock=lambda: made.NOW, environ={})
    with shop, shop.store.reading() as connection:
        report = shop.store.consents.verify(connection, "soap.example")
        subject = shop.store.subjects.find(connection, "soap.example", made.BUYER.reference)
        current = shop.store.consents.current(connection, subject)

    assert ((), 2) == (report.findings, report.records_count)
    assert [("email", "granted", made.NOW), ("sms", "denied", made.NOW)] == [
        (each.channel, each.state, each.recorded_at) for each in current
    ]
