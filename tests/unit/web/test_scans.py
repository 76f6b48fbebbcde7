"""Scans are written behind the visitors' backs, in the order and number they came."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta

import pytest

from retention_sdk.storage import open_store
from retention_sdk.testing import NOON
from retention_sdk.web.scans import Scan, ScanWriter

KEY = bytes(range(32))


@pytest.fixture
def store(tmp_path):
    with open_store(f"sqlite:///{tmp_path}/shop.db", key=KEY) as opened:
        yield opened


def scans(store):
    with store.reading() as connection:
        return list(store.scans.since(connection, NOON - timedelta(days=1)))


def scan(number):
    return Scan(card_id=number, variant=number % 4, at=NOON + timedelta(minutes=50), device="phone")


def test_every_scan_is_written_in_order_with_its_hour(store):
    writer = ScanWriter(store)
    assert all(writer.put(scan(number)) for number in range(1200))
    writer.close()

    found = scans(store)
    assert [(number, number % 4) for number in range(1200)] == [
        (s.card_id, s.variant) for s in found
    ]
    assert {(NOON, "phone")} == {(s.at_hour, s.ua_class) for s in found}


def test_scans_of_many_threads_are_all_there(store):
    writer = ScanWriter(store)
    threads = [
        threading.Thread(
            target=lambda part=part: [writer.put(scan(n)) for n in range(part, 800, 8)]
        )
        for part in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    writer.close()

    assert list(range(800)) == sorted(s.card_id for s in scans(store))


def test_visitors_do_not_wait_for_a_busy_store_and_the_rest_is_not_counted(store, caplog):
    """Somebody else writes all the while; three may wait, and one is in the thread's hands."""
    writer = ScanWriter(store, waiting_max=3)
    with store.begin(), caplog.at_level(logging.WARNING):
        taken = [writer.put(scan(number)) for number in range(50)]
    writer.close()

    assert taken.count(True) == len(scans(store))
    assert 3 <= taken.count(True) < 50
    assert "not counted" in caplog.text


def test_writer_starts_anew_after_it_was_closed(store):
    writer = ScanWriter(store)
    writer.close()
    for number in range(2):
        writer.put(scan(number))
        writer.close()

    assert 2 == len(scans(store))


def test_broken_store_loses_counts_and_the_writer_lives_on(store, tmp_path, caplog):
    """Its tables are gone for a while, as during a restore from a backup."""
    writer = ScanWriter(store)
    with store.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE card_scan RENAME TO elsewhere")
    with caplog.at_level(logging.WARNING):
        writer.put(scan(1))
        writer.close()
    with store.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO card_scan")
    writer.put(scan(2))
    writer.close()

    assert "1 scans were not counted" in caplog.text
    assert [2] == [s.card_id for s in scans(store)]
