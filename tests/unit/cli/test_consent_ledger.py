"""``retention consent verify``, ``export`` and ``history``."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from retention_sdk import Retention
from retention_sdk.cli import main
from retention_sdk.model import ConsentChannel, ConsentState
from retention_sdk.testing import a_consent, a_customer, a_paid_event, an_order


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """A shop made by `retention init`, with one person who answered twice."""
    monkeypatch.chdir(tmp_path)
    assert 0 == main(["init", "--name", "Soap & Sons", "--country", "DE"])
    yes = a_consent(channel=ConsentChannel.EMAIL, source="checkout")
    no = a_consent(ConsentState.DENIED, channel=ConsentChannel.POST, source="letter")
    ada = a_customer(id="7", email="ada@mail.example", consents=(yes, no))
    with Retention.from_file("retention.toml") as opened:
        shop_id = opened.config.shop.id
        opened.ingest([a_paid_event(an_order(customer=ada), shop_id=shop_id)])
        return opened.config.store_url.removeprefix("sqlite:///")


def told(capsys, *arguments, code=0):
    assert code == main(["consent", *arguments, "--json"])
    return json.loads(capsys.readouterr().out)


@pytest.fixture(autouse=True)
def quiet(shop, capsys):
    capsys.readouterr()


def test_verify_says_that_the_chain_is_whole(capsys):
    answer = told(capsys, "verify")

    assert (True, 2, None) == (
        answer["is_whole"],
        answer["records_count"],
        answer["first_broken"],
    )


def test_verify_names_the_first_broken_record_and_exits_1(shop, capsys):
    raw = sqlite3.connect(shop)
    raw.execute("DROP TRIGGER consent_record_no_update")
    raw.execute("UPDATE consent_record SET act = 'signal' WHERE seq = 2")
    raw.commit()
    raw.close()

    assert 2 == told(capsys, "verify", code=1)["first_broken"]
    assert 1 == main(["consent", "verify"])
    assert "record 2: the record was changed" in capsys.readouterr().out


@pytest.mark.parametrize("who", [["--customer", "7"], ["--email", "ada@mail.example"], []])
def test_an_export_is_written_and_verifies(capsys, who):
    answer = told(capsys, "export", *who, "--out", "receipts.jsonld")

    assert 2 == answer["records_count"]
    assert "dpv:ConsentReceipt" == json.loads(Path("receipts.jsonld").read_bytes())["@type"]
    assert told(capsys, "verify", "--export", "receipts.jsonld")["is_whole"]


def test_an_export_kept_elsewhere_tells_that_the_store_was_replaced(shop, capsys):
    """Whoever has files and key can put another history in place; the export contradicts it."""
    told(capsys, "export", "--out", "receipts.jsonld")
    for each in Path.cwd().glob(f"{Path(shop).name}*"):
        each.unlink()
    with Retention.from_file("retention.toml") as opened:
        other = a_customer(id="7", consents=(a_consent(ConsentState.GRANTED),))
        order = an_order(customer=other)
        opened.ingest([a_paid_event(order, shop_id=opened.config.shop.id)])

    assert told(capsys, "verify")["is_whole"]
    answer = told(capsys, "verify", "--export", "receipts.jsonld", code=1)
    assert [1, 2] == [each["record"] for each in answer["findings"]]


def test_history_tells_each_answer_in_order(capsys):
    answers = told(capsys, "history", "--customer", "7")

    assert [("email", "granted"), ("post", "denied")] == [
        (each["answer"]["channel"], each["answer"]["state"]) for each in answers
    ]
    assert 0 == main(["consent", "history", "--email", "ada@mail.example"])
    assert "letter" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["history"], 2),
        (["history", "--customer", "7", "--email", "a@b.example"], 2),
        (["history", "--customer", "nobody"], 3),
        (["export", "--email", "nobody@mail.example", "--out", "x"], 3),
        (["verify", "--export", "not-there"], 3),
    ],
)
def test_what_cannot_be_answered_is_refused_and_nothing_is_written(arguments, code):
    assert code == main(["consent", *arguments])
    assert not Path("x").exists()
