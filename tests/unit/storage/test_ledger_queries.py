"""What every posting asks is looked up in an index, not read through."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from retention_sdk.storage import ledger

QUESTIONS = {
    "live lots": (lambda each: ledger.live_lots(each, "a"), "ix_lot_live"),
    "live lots of many": (lambda each: ledger.live_lots_of(each, ["a"]), "ix_lot_live"),
    "taken back": (lambda each: ledger.clawbacks_of_order(each, "p", "o"), "ix_txn_clawback"),
    "taken back of many": (
        lambda each: ledger.clawbacks_of_orders(each, "p", ["o"]),
        "ix_txn_clawback",
    ),
    "lots of an order": (lambda each: ledger.lots_of_order(each, "p", "o"), "ix_lot_source_order"),
    "all lots": (lambda each: ledger.all_lots(each, "a"), "ix_lot_account_id_source_order"),
    "a key": (lambda each: ledger.txn_by_key(each, "p", "k"), "sqlite_autoindex_txn_"),
}


@pytest.mark.usefixtures("path")
@pytest.mark.parametrize("name", QUESTIONS)
def test_a_posting_reads_no_more_than_it_needs(store, name):
    ask, index = QUESTIONS[name]
    asked = []

    with store.reading() as connection:
        event.listen(connection, "before_cursor_execute", lambda *given: asked.append(given[2:4]))
        ask(connection)
        ((statement, names),) = asked
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", names).all()

    told = [step[3] for step in plan]
    assert any(index in step for step in told)
    assert [] == [step for step in told if step.startswith(("SCAN lot", "SCAN txn"))]
