"""What we send is what Shopify's schema of 2026-10 allows, with nothing in it that is on its way out."""

import re
from pathlib import Path

import pytest
from graphql import GraphQLError, TypeInfo, TypeInfoVisitor, Visitor, get_named_type, parse, visit
from retention_shopify import bulk_documents as bulk
from retention_shopify import documents as sent
from retention_shopify.admin import TOPICS

README = Path(__file__).parents[1] / "README.md"
DOCUMENTS = {
    name: text
    for name, text in sorted({**vars(bulk), **vars(sent)}.items())
    if name.isupper() and not name.startswith("_") and name != "API_VERSION"
} | {
    "orders_export": bulk.orders_export("updated_at:>='2026-11-20T10:00:00Z'"),
    "customers_export": bulk.customers_export(),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_document_is_allowed_and_nothing_in_it_is_deprecated(documents, name):
    _, faults = documents.read(DOCUMENTS[name])

    assert [] == [str(fault) for fault in faults]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{ shop { favouriteColour } }", "favouriteColour"),
        (
            'mutation { giftCardCreate(input: {initialValue: "5"}) { giftCardCode } }',
            "initialValue is deprecated",
        ),
        ('{ customer(id: "1") { email } }', "deprecated"),
        ('{ webhookSubscriptions(first: 1, callbackUrl: "x") { nodes { id } } }', "deprecated"),
    ],
)
def test_the_check_finds_what_is_wrong(documents, text, fault):
    _, faults = documents.read(text)

    assert fault in str(faults[0])


@pytest.mark.parametrize(
    ("variables", "fault"),
    [
        ({"callbackUrl": "https://kiln.example"}, "deprecated"),
        ({"uri": "https://kiln.example"}, None),
    ],
)
def test_the_check_looks_into_variables(admin, variables, fault):
    asked = {"topic": "ORDERS_CREATE", "hook": variables}

    found = admin.faults(sent.SUBSCRIBE, asked)

    assert (fault is None) == (not found)
    assert all(isinstance(each, GraphQLError) and fault in str(each) for each in found)


def test_every_topic_is_one_of_shopifys(documents):
    known = documents.schema.get_type("WebhookSubscriptionTopic").values

    assert set() == set(TOPICS.values()) - known.keys()


def test_scopes_of_the_readme_are_those_that_the_documents_need(documents, published):
    (told,) = re.findall(r'^scopes = "(.*)"$', README.read_text(encoding="utf-8"), re.MULTILINE)

    assert scopes_needed(documents.schema, published) == told.split(",")


def test_dearest_order_fits_into_one_request(admin):
    """Counted with every list full; then a page of one is always granted."""
    assert 1000 >= admin.cost(sent.ORDER, {"id": "1"})
    assert 1000 >= admin.cost(sent.ORDERS, {"first": 1})


def scopes_needed(schema, published):
    """Return the first scope of every type and field that a document touches.

    Where several would do, Shopify lists the one of ordinary apps first.
    """
    known = {
        (each["typeName"], each.get("fieldName")): each["offlineScopes"][0]
        for each in published["offline_scopes"]["items"]
        if each["offlineScopes"]
    }
    touched = set()
    info = TypeInfo(schema)

    class Touched(Visitor):
        def enter_field(self, node, *_):
            parent = info.get_parent_type()
            touched.update({(parent.name, None), (parent.name, node.name.value)})
            if info.get_type() is not None:
                touched.add((get_named_type(info.get_type()).name, None))

    for text in DOCUMENTS.values():
        visit(parse(text), TypeInfoVisitor(info, Touched()))
    return sorted({known[each] for each in touched if each in known})
