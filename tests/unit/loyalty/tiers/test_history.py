"""The history of ranks on every database: once per cause, in order, and never rewritten."""

import pytest

from retention_sdk.errors import StorageError
from retention_sdk.loyalty.tiers import TierBook, TierLadder

LADDER = TierLadder.model_validate(
    {
        "qualify": "points",
        "ranks": [{"key": "silver", "from_count": 100}, {"key": "gold", "from_count": 300}],
    }
)


def test_ranks_by_points_rise_and_fall_with_orders_and_refunds(desk, now):
    book = TierBook(desk.store, desk.ledger.program, LADDER)
    ada = desk.subjects["ada"]
    steps = [
        ("one", lambda: desk.earn(120_00, order="1")),
        ("two", lambda: desk.earn(200_00, order="2")),
        ("three", lambda: desk.refund("1/2", order="2")),
        ("four", lambda: desk.refund("1", order="2")),
        ("five", lambda: desk.refund("1", order="1")),
    ]
    for cause, step in steps:
        step()
        for _ in range(2):
            book.update(desk.connection, ada, cause=cause, now=now)

    assert [
        ("one", "", "silver", "reached"),
        ("two", "silver", "gold", "reached"),
        ("three", "gold", "silver", "refunded"),
        ("five", "silver", "", "refunded"),
    ] == [
        (each.cause, each.tier_before, each.tier, each.reason)
        for each in book.history(desk.connection, ada)
    ]
    assert () == book.history(desk.connection, desk.subjects["bob"])


@pytest.mark.parametrize(
    "change", ["UPDATE tier_change SET tier = 'gold'", "DELETE FROM tier_change"]
)
def test_no_database_lets_the_history_be_rewritten(store, make_program, make_paid, now, change):
    book = TierBook(store, make_program(), TierLadder.model_validate(
        {"qualify": "orders", "ranks": [{"key": "regular", "from_count": 1}]}
    ))  # fmt: skip
    with store.begin() as connection:
        ada = store.subjects.subject_for(connection, "shop", "id:ada", now=now)
        order = make_paid(order_id="1").order
        store.orders.record(connection, order, shop_id="shop", subject_id=ada)
        assert "regular" == book.update(connection, ada, cause="one", now=now).tier

    with pytest.raises(StorageError, match="append-only"), store.begin() as connection:
        connection.exec_driver_sql(change)
