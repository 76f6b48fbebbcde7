"""Documents with exactly one thing wrong."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention_sdk.testing import mutants as m

SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
DOCUMENTS = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(DOCUMENTS)
def test_document_itself_is_never_changed(document):
    before = copy.deepcopy(document)
    list(m.mutants(document))

    assert before == document


@given(DOCUMENTS)
def test_every_value_is_removed_once(document):
    removed = [what for what, _ in m.mutants(document) if what.endswith(" removed")]

    assert len(list(m.paths_of(document))) == len(removed)


@given(DOCUMENTS)
def test_news_reach_every_object(document):
    def objects(node):
        inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
        return isinstance(node, dict) + sum(map(objects, inner))

    grown = str(m.with_news(document)).count("x_new_field_2031")

    assert objects(document) == grown - str(document).count("x_new_field_2031")


def test_paths_are_written_as_people_do():
    assert m.dotted(("line_items", 0, "price")) == "line_items[0].price"


@pytest.mark.parametrize(
    "document",
    [
        {"marketing_consent": True},
        {"customer": {"email_optin": "1"}},
        {"meta_data": [{"id": 1, "key": "newsletter", "value": "yes"}]},
        {"attributes": [{"name": "accepts marketing", "value": True}]},
        {"subscriptions": {"email": {"state": "SUBSCRIBED"}}},
    ],
)
def test_consent_is_found_wherever_it_hides(document):
    assert m.consent_paths(document)
    assert "yes" not in str(m.silenced(document))
    assert "True" not in str(m.silenced(document))
    assert "SUBSCRIBED" not in str(m.silenced(document))


def test_personal_values_are_those_of_people():
    document = {
        "billing": {"first_name": "Grace Hopper", "country": "Germany"},
        "id": "order-12345",
    }

    assert {"Grace Hopper"} == m.personal_values(document)


@given(DOCUMENTS, st.integers(0, 11))
def test_one_turn_removes_every_value_and_replaces_it_once(document, turn):
    done = [what for what, _ in m.mutants(document, turn=turn)]

    assert [what for what, _ in m.mutants(document) if what.endswith(" removed")] == done[::2]
    assert len(done[::2]) == len(done[1::2])


def test_all_turns_together_are_all_mutants():
    document = {"lines": [{"price": "12.00"}, {"price": "1.00"}]}
    turns = [str(each) for turn in range(12) for each in m.mutants(document, turn=turn)]

    assert {str(each) for each in m.mutants(document)} == set(turns)


def test_what_did_not_change_is_shared_with_the_document():
    document = {"lines": [{"price": "12.00"}], "customer": {"name": "Grace"}}

    copied = m.replaced(document, ("lines", 0, "price"), None)

    assert {"lines": [{"price": None}], "customer": {"name": "Grace"}} == copied
    assert copied["customer"] is document["customer"]
    assert "12.00" == document["lines"][0]["price"]
