"""Exports, objections and corrections reach everything that is kept."""

import csv
import io
import json

import pytest

from retention_sdk.consent.rights import RequestKind
from retention_sdk.errors import RightsError
from retention_sdk.model import ConsentChannel, ConsentState, DataRequested, Purpose
from retention_sdk.pipeline.cards.corrections import Correction
from retention_sdk.testing import NOON, a_consent, a_customer, a_paid_event, an_order
from tests.unit.pipeline.rights_requests import (
    ADA,
    SHOP,
    about,
    asked,
    cards_of,
    checked,
    files_of,
    states,
    waiting_shop,
)


def test_an_export_holds_everything_that_is_kept(make_shop):
    shop = make_shop()
    yes = a_consent(source="footer form")
    shop.ingest([a_paid_event(an_order("40.00 EUR", customer=a_customer(consents=(yes,))))])

    told = files_of(shop.rights.export(checked(shop, "access")))
    data = json.loads(told["data.json"])

    assert ["Ada"] == [row["given_name"] for row in data["profile"]]
    assert ["1001"] == [row["id"] for row in data["orders"]]
    assert ["40.00 EUR"] == [row["total"] for row in data["order_facts"]]
    assert ["footer form"] == [row["source"] for row in data["consents"]]
    assert [40] == [row["points"] for row in data["points"]]
    assert {"accepted"} == {row["state"] for row in data["deliveries"]}
    assert "Ada" in data["cards"][0]["text"]
    assert all("not legal advice" in row["sentence"] for row in data["decisions"])
    assert {f"{name}.csv" for name in data} | {"data.json", "README.txt"} == set(told)


def test_portability_is_what_the_person_provided(make_shop):
    shop = make_shop()
    shop.ingest([a_paid_event()])

    told = files_of(shop.rights.export(checked(shop, "portability")))

    assert {"profile", "orders", "consents"} == set(json.loads(told["data.json"]))


def test_an_export_is_the_same_bytes_each_time_and_in_each_shop(make_shop, tmp_path):
    shops = [
        make_shop(store={"url": f"sqlite:///{tmp_path}/{name}.db", "key": "42" * 32})
        for name in "ab"
    ]
    made = []
    for shop in shops:
        shop.ingest([a_paid_event()])
        request = checked(shop, "portability")
        made += [shop.rights.export(request), shop.rights.export(request)]

    assert 1 == len(set(made))


def test_a_cell_that_a_spreadsheet_would_run_is_defused(make_shop):
    shop = make_shop()
    evil = a_customer(family_name='=HYPERLINK("http://evil.example")')
    shop.ingest([a_paid_event(an_order(customer=evil))])

    told = files_of(shop.rights.export(checked(shop, "access")))
    (row,) = csv.DictReader(io.StringIO(told["profile.csv"]))

    assert row["family_name"].startswith("'=HYPERLINK")
    assert "=HYPERLINK" == json.loads(told["data.json"])["profile"][0]["family_name"][:10]


def test_a_platform_that_asks_finds_the_export_ready(make_shop):
    shop = make_shop()
    shop.ingest([a_paid_event()])

    event = about(DataRequested, "asks", request=asked("platform-9"))
    (outcome,) = shop.ingest([event])
    (view,) = shop.rights.list()

    assert "done" == outcome.state
    assert ["received", "identity_check", "scoped", "collected"] == states(view)
    assert "Ada" in files_of(shop.rights.export(view.id))["data.json"]
    shop.ingest([event])
    assert 1 == len(shop.rights.list())


def test_accounts_that_became_one_are_told_together_and_erased_together(make_shop):
    shop = make_shop()
    other = a_customer(id="88", email="countess@example.com")
    shop.ingest([a_paid_event(), a_paid_event(an_order(id="1002", customer=other))])
    with shop.store.begin() as connection:
        first, second = (
            shop.store.subjects.find(connection, SHOP, f"id:{number}") for number in (77, 88)
        )
        shop.store.consents.merge(connection, first, second, at=NOON, now=NOON)

    told = json.loads(files_of(shop.rights.export(checked(shop, "access")))["data.json"])
    report = shop.rights.erase(checked(shop, "erasure", reference="2", customer_id="88"))

    assert {"1001", "1002"} == {row["id"] for row in told["orders"]}
    assert 2 == report.subjects


# Objection, restriction, correction ----------------------------------------------------------


@pytest.mark.parametrize("kind", ["objection", "restriction"])
def test_an_objection_reaches_the_press_at_once(make_shop, kind):
    shop = waiting_shop(make_shop)
    shop.ingest([a_paid_event()])
    before = cards_of(shop)[0].choice.template

    view = shop.rights.open(RequestKind(kind), asked())
    (card,) = cards_of(shop)

    assert "plain_thanks" != before
    assert "plain_thanks" == card.choice.template
    with shop.store.reading() as connection:
        answers = shop.store.consents.current(connection, card.subject_id)
    assert {(ConsentChannel.ANY, ConsentState.DENIED, kind)} == {
        (each.channel, each.state, each.source) for each in answers
    }
    assert {Purpose.MARKETING, Purpose.PROFILING} <= {each.purpose for each in answers}
    assert view.is_open


def test_an_opt_out_of_sale_leaves_own_messages_alone(make_shop):
    shop = waiting_shop(make_shop)
    shop.ingest([a_paid_event()])

    shop.rights.open(RequestKind.OPT_OUT_OF_SALE, asked())
    (card,) = cards_of(shop)

    assert "plain_thanks" != card.choice.template
    with shop.store.reading() as connection:
        (answer,) = shop.store.consents.current(connection, card.subject_id)
    assert Purpose.SALE_OR_SHARING is answer.purpose


def test_a_corrected_name_is_on_the_card_that_waits_and_in_the_next_export(make_shop):
    shop = waiting_shop(make_shop)
    shop.ingest([a_paid_event()])

    changed = shop.rights.rectify(checked(shop, "rectification"), Correction(given_name="Augusta"))
    (card,) = cards_of(shop)
    told = files_of(shop.rights.export(checked(shop, "access", reference="2", **ADA)))

    assert 1 == changed
    assert (2, "assigned") == (card.version, card.state.value)
    assert "Augusta" in shop.press_room.text(card).card.salutation
    assert ["Ada", "Augusta"] == [
        row["given_name"] for row in json.loads(told["data.json"])["profile"]
    ]


def test_a_corrected_address_leads_to_the_same_person(make_shop):
    shop = make_shop()
    guest = a_customer(id="")
    shop.ingest([a_paid_event(an_order(customer=guest))])
    request = checked(shop, "rectification", email="ada@example.com")

    shop.rights.rectify(request, Correction(email="right@example.com"))

    with shop.store.reading() as connection:
        found = {
            shop.store.subjects.find(connection, SHOP, f"email:{address}@example.com")
            for address in ("ada", "right")
        }
    assert 1 == len(found)
    assert None not in found


@pytest.mark.parametrize(
    ("correction", "who", "reason"),
    [
        (Correction(), ADA, "say what is right"),
        (Correction(phone="1"), {"email": "who@example.org"}, "nothing is known"),
    ],
)
def test_there_is_something_to_correct_or_an_error_says_so(make_shop, correction, who, reason):
    shop = make_shop()
    shop.ingest([a_paid_event()])

    with pytest.raises(RightsError, match=reason):
        shop.rights.rectify(checked(shop, "rectification", **who), correction)
