"""What we send is what Saleor's schema of 3.24 allows, with nothing in it that is on its way out."""

import json
from pathlib import Path

import pytest
from retention_saleor import documents as sent
from retention_saleor.settings import SaleorSettings
from retention_saleor.webhooks import REGISTERED

HERE = Path(__file__).parent
NAMES = [
    n for n in vars(sent) if n.isupper() and n[0] != "_" and n not in {"ORDER_KEYS", "USER_KEYS"}
]
SETTINGS = {"url": "https://shop.example/graphql/", "token": "x", "channel": "c"}


def tailored(name, **settings):
    return sent.tailored(getattr(sent, name), SaleorSettings(**SETTINGS, **settings))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("metadata", ["private", "public"])
def test_document_is_allowed_and_nothing_in_it_is_deprecated(documents, name, metadata):
    _, faults = documents.read(tailored(name, consent_metadata=metadata))

    assert [] == [str(fault) for fault in faults]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{ shop { favouriteColour } }", "favouriteColour"),
        ('{ products(first: 1, channel: "c") { edges { node { chargeTaxes } } } }', "deprecated"),
        ("{ order(id: 7.5) { id } }", "7.5"),
        ("mutation { customerDelete(name: 1) { errors { code } } }", "name"),
    ],
)
def test_the_check_finds_what_is_wrong(documents, text, fault):
    _, faults = documents.read(text)

    assert fault in str(faults[0])


def test_subscription_holds_every_topic_that_is_registered(documents):
    """Saleor sends a topic to a webhook only if its query has a part for it."""
    text = tailored("SUBSCRIPTION")
    parts = {line.split()[2] for line in text.splitlines() if line.strip().startswith("... on")}
    topics = {"".join(word.title() for word in topic.split("_")) for topic in REGISTERED}

    assert topics == parts
    assert set(REGISTERED) <= documents.schema.get_type("WebhookEventTypeAsyncEnum").values.keys()


@pytest.mark.parametrize("name", NAMES)
def test_requests_stay_within_saleors_limits(name, api):
    """Four mutations and a hundred aliases in one request."""
    document, _ = api.server.documents.read(tailored(name))

    assert not type(api).over_limit(document)


def test_key_of_metadata_cannot_leave_its_string():
    own = {"consent_field": "a.b-c_d", "gift_message_field": "gift"}

    assert 'consent: privateMetafield(key: "a.b-c_d")' in tailored("CUSTOMER", **own)
    assert 'giftMessage: metafield(key: "gift")' in tailored("ORDER", **own)
    for key in ('a") { email', "a b", 'a"', "1a"):
        with pytest.raises(ValueError, match="consent_field"):
            SaleorSettings(**SETTINGS, consent_field=key)


def test_deliveries_in_the_folder_are_what_the_subscription_asks(api, tmp_path):
    """So that a document that is changed changes them, too."""
    made = api.make_deliveries()
    for name, text in made.items():
        assert (HERE / "payloads" / f"{name}.json").read_text(encoding="utf-8") == text, name


def test_told_objects_hold_what_they_must(saleor):
    assert saleor.document()["order"].keys() >= sent.ORDER_KEYS
    assert saleor.document("customer_told")["user"].keys() >= sent.USER_KEYS


def test_bodies_of_the_cases_are_those_that_were_captured(saleor):
    bodies = {delivery["body"].encode() for delivery in saleor.captured()}
    raws = sorted((HERE / "payloads").glob("*.raw"))

    assert 5 == len(raws)
    assert {raw.read_bytes() for raw in raws} <= bodies
    assert all(isinstance(json.loads(body), dict | list) for body in bodies)


def read(name):
    return json.loads((HERE / "captures" / f"{name}.json").read_text(encoding="utf-8"))


def test_captured_answers_have_the_shape_that_is_read(documents):
    """What a running Saleor answered to mutations, field by field as we ask for them."""
    codes = read("voucher")["voucherCreate"]["voucher"]["codes"]["edges"]
    card = read("gift_card")["giftCardCreate"]["giftCard"]
    hook = read("webhook_create")["webhookCreate"]["webhook"]
    known = documents.schema.get_type("WebhookEventTypeAsyncEnum").values

    assert ["THANKS-ABC124"] == [edge["node"]["code"] for edge in codes]
    assert (True, {"amount": 10.0, "currency": "USD"}) == (
        card["isActive"],
        card["currentBalance"],
    )
    assert {each["eventType"] for each in hook["asyncEvents"]} <= known.keys()
    answers = [
        next(iter(read(name).values())) for name in ("voucher", "gift_card", "customer_updated")
    ]
    assert [[], [], []] == [answer["errors"] for answer in answers]
