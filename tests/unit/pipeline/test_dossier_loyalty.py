"""Who asks what is kept of them is told all of loyalty, and nothing of anybody else."""

import csv
import io
import json
import zipfile

import pytest

from retention_sdk.consent.rights import RequestKind, RequestState
from retention_sdk.errors import SubjectErased
from retention_sdk.model import AccessRequest
from retention_sdk.testing import a_customer, a_paid_event, an_order

LOYALTY = {
    "id": "club",
    "rates": {"EUR": {"points": 1, "per_minor": 100}},
    "tiers": {"ranks": [{"key": "silver", "from_minor": {"EUR": 5000}}]},
    "rewards": [
        {
            "kind": "invitation",
            "id": "tasting",
            "points": 30,
            "names": {"en": "Tasting"},
            "event": "t",
        }
    ],
    "referral": {"referrer_points": 100, "friend_points": 20},
    "achievements": [
        {"kind": "orders", "id": "regular", "levels": [{"target": 1, "points": 5}]},
        {"kind": "reviews", "id": "critic", "join": "opt_in", "levels": [{"target": 1}]},
    ],
    "leaderboards": [{"id": "month", "measure": "points"}],
}
ADA = a_customer(id="77", email="ada@example.com", given_name="Ada")
BOB = a_customer(id="78", email="bob@friend.example", given_name="Bob")


@pytest.fixture
def shop(make_shop):
    """Ada buys, reviews, redeems, brings Bob, takes part in everything; Bob buys, too."""
    shop = make_shop(loyalty=LOYALTY)
    shop.ingest([a_paid_event(an_order("80.00 EUR", id="1", customer=ADA, shipping=None))])
    desk = shop.loyalty
    desk.achievements.join(ADA, "critic", source="page")
    desk.award(ADA, "review", "8817")
    desk.rewards.redeem(ADA, "tasting", key="r1")
    desk.achievements.opt_in(ADA, "month", name="Teapot Fan")
    assert desk.referrals.claim(desk.referrals.code_of(ADA), BOB) is not None
    shop.ingest([a_paid_event(an_order("20.00 EUR", id="2", customer=BOB, shipping=None))])
    return shop


def export(shop, customer=ADA):
    asked = AccessRequest(reference="1", customer_id=customer.id, email=customer.email)
    view = shop.rights.open(RequestKind.ACCESS, asked)
    if "identity_check" in view.next_states:
        shop.rights.advance(view.id, RequestState.IDENTITY_CHECK)
    with zipfile.ZipFile(io.BytesIO(shop.rights.export(view.id))) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_everything_of_loyalty_is_in_the_export(shop):
    told = export(shop)
    data = json.loads(told["data.json"])

    assert [("silver", "", "reached")] == [
        (row["tier"], row["tier_before"], row["reason"]) for row in data["tiers"]
    ]
    (reward,) = data["rewards"]
    assert ("tasting", "invitation", 30, "issued") == (
        reward["reward"], reward["kind"], reward["points"], reward["state"],
    )  # fmt: skip
    assert reward["code"] == shop.loyalty.rewards.list(ADA)[0].code
    code, part = data["referrals"]
    assert shop.loyalty.referrals.code_of(ADA) == code["code"]
    assert "referrer" == part["role"]
    assert {("regular", 5), ("critic", 0)} == {
        (row["achievement"], row["points"]) for row in data["achievements"]
    }
    assert ("critic", "joined", "page") in {
        (row["name"], row["act"], row["source"]) for row in data["participation"]
    }
    assert [("month", "Teapot Fan")] == [
        (row["board"], row["name"]) for row in data["leaderboards"]
    ]
    assert [("review", "8817")] == [
        (row["kind"], row["reference"]) for row in data["deeds"] if row["kind"] == "review"
    ]
    assert ["club"] * len(data["tiers"]) == [row["program"] for row in data["tiers"]]
    rows = list(csv.DictReader(io.StringIO(told["rewards.csv"])))
    assert ["tasting"] == [row["reward"] for row in rows]


def test_nothing_of_a_friend_is_in_it(shop):
    with shop.store.reading() as connection:
        friend = shop.store.subjects.find(connection, "soap.example", "id:78")
    text = "".join(export(shop).values())

    assert not [word for word in ("bob", "Bob", "friend.example", friend) if word in text]


def test_the_friend_is_told_the_friends_part(shop):
    data = json.loads(export(shop, customer=BOB)["data.json"])

    parts = [row for row in data["referrals"] if row["role"] != "code"]
    assert [("friend", "")] == [(row["role"], row.get("code", "")) for row in parts]
    assert [] == data["rewards"] == data["leaderboards"]


def test_after_an_erasure_nothing_can_be_told(shop):
    view = shop.rights.open(RequestKind.ERASURE, AccessRequest(reference="e", customer_id="77"))
    with shop.store.reading() as connection:
        ada = shop.store.subjects.find(connection, "soap.example", "id:77")
    shop.rights.advance(view.id, RequestState.IDENTITY_CHECK)
    shop.rights.erase(view.id)

    with shop.store.reading() as connection:
        with pytest.raises(SubjectErased):
            shop.rights.dossiers.collect(connection, [ada])
        assert "" == shop.store.referrals.code_of(connection, "club", ada)
        assert [] == list(shop.store.achievements.deeds(connection, ada))
        assert () == shop.store.leaderboards.boards_of(connection, "club", ada)
