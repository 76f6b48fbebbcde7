"""Shops on every database, for tests of what time brings about."""

from __future__ import annotations

import pytest

from tests.unit.pipeline.due_shop import Shop


@pytest.fixture(params=["sqlite", "postgresql"])
def make_due_shop(request, tmp_path, monkeypatch):
    """Open shops that share nothing. Cards and mails go to a folder of the test."""
    monkeypatch.chdir(tmp_path)
    opened = []

    def make(**changes):
        url = "sqlite://"
        if request.param == "postgresql":
            url = request.getfixturevalue("postgres").database(bytes(32))
        opened.append(Shop(url, **changes))
        return opened[-1]

    yield make
    for each in opened:
        each.app.close()


@pytest.fixture
def in_memory(tmp_path, monkeypatch):
    """For tests that open many shops: cards and mails go to a folder of the test."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def due_shop(make_due_shop):
    return make_due_shop()
