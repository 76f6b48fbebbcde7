"""``retention consent untold``: what a platform could not be told, for the shop to see to."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from retention_sdk import Retention
from retention_sdk.cli import main
from retention_sdk.model import ConsentState
from retention_sdk.pipeline.privacy.telling import TELLING, plan_telling
from retention_sdk.testing import NOON, a_consent, a_customer, a_paid_event, an_order

GUEST = a_customer(id="", email="eve@mail.example", consents=())
WHY = "saleor, email: this platform keeps no answers of guests"


@pytest.fixture
def folder(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert 0 == main(["init", "--name", "Tea House", "--email", "hello@tea.example"])
    capsys.readouterr()
    return tmp_path


@pytest.fixture
def who(folder):
    """A guest who unsubscribed, and whose platform cannot be told."""
    with Retention.from_file(folder / "retention.toml") as shop, shop.store.begin() as connection:
        shop_id, store = shop.config.shop.id, shop.store
        bought = a_paid_event(an_order(customer=GUEST), shop_id=shop_id)
        assert (bought.id,) == store.inbox.receive(connection, [bought], now=NOON)
        (who,) = store.people_of(connection, shop_id, store.references_of_customer(GUEST))
        no = a_consent(ConsentState.DENIED, recorded_at=NOON)
        store.consents.record(connection, who, [no], event_id="web:1", now=NOON)
        plan_telling(store, connection, who, at=NOON)
        row = store.due.take(
            connection,
            shop_id,
            until=NOON,
            kinds=[TELLING],
            clock=NOON,
            lease=timedelta(minutes=5),
        )
        assert store.due.leave(connection, row, error=WHY)
    return who


def run(capsys, *arguments):
    assert 0 == main(["consent", "untold", *arguments])
    return capsys.readouterr().out


@pytest.mark.usefixtures("folder")
def test_nothing_is_listed_where_everything_was_told(capsys):
    assert "Every answer was told" in run(capsys)
    assert [] == json.loads(run(capsys, "--json"))


@pytest.mark.usefixtures("who")
def test_it_says_who_answered_what_and_which_platform_does_not_know(capsys):
    expected = {
        "answered_at": NOON.isoformat().replace("+00:00", "Z"),
        "customer": "",
        "email": "eve@mail.example",
        "email_answer": "denied",
        "sms_answer": "unknown",
        "why": WHY,
    }
    shown = " ".join(run(capsys).split())

    assert [expected] == json.loads(run(capsys, "--json"))
    assert all(word in shown for word in ("eve@mail.example", "denied", "guests"))


@pytest.mark.usefixtures("who")
def test_what_the_shop_saw_to_is_taken_off_the_list(capsys):
    assert 1 == len(json.loads(run(capsys, "--settle", "--json")))
    assert [] == json.loads(run(capsys, "--json"))
    assert 0 == main(["resume", "--failed"])
    assert "0 tried again" in capsys.readouterr().out


def test_who_is_erased_is_taken_off_it(who, capsys):
    with Retention.from_file(Path("retention.toml")) as shop:
        shop.rights.eraser.erase((), subjects=(who,))

    assert [] == json.loads(run(capsys, "--json"))
