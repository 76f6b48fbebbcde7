"""The choice of a card is recorded with its reasons, and told."""

from __future__ import annotations

from retention_sdk.cli.show import sentences
from retention_sdk.model import ConsentChannel, ConsentState
from retention_sdk.testing import a_brand, a_consent, a_customer, a_paid_event, a_shop, an_order

INSERTS = {
    "holdout_ratio": 0,
    "rules": [{"template": "review_request", "priority": 50}, {"template": "referral"}],
    "review": {"url": "https://soap.example/review"},
}


def test_what_came_first_and_what_was_left_out_is_told(make_shop):
    shop = make_shop(inserts=INSERTS)
    (outcome,) = shop.ingest([a_paid_event()])
    told = "\n".join(sentences(outcome))

    assert "Card: review_request: it is for every order." in told
    assert "Card: not referral: nothing is known of friend_reward, own_reward" in told
    assert "review_request" == outcome.deliveries[0].template


def test_an_objection_leaves_the_plain_card_and_the_first_choice_on_record(make_shop):
    no = a_consent(ConsentState.DENIED, channel=ConsentChannel.ANY)
    order = an_order(customer=a_customer(consents=(no,)))
    (outcome,) = make_shop(inserts=INSERTS).ingest([a_paid_event(order)])
    (card,) = (each for each in outcome.deliveries if each.surface == "card")

    assert "plain_thanks" == card.template
    assert outcome.card_notes[0].startswith("review_request")
    assert not outcome.decisions[0].allowed


def test_a_shop_nobody_can_write_to_sends_the_plain_card(make_shop):
    """German law wants the card to say how to object, and there is no way to."""
    shop = make_shop(shop=a_shop(email="", url=""), inserts={"holdout_ratio": 0})
    (outcome,) = shop.ingest([a_paid_event()])
    (card,) = (each for each in outcome.deliveries if each.surface == "card")

    assert "plain_thanks" == card.template
    assert any("how to object" in veto for each in outcome.decisions for veto in each.vetoes)


def test_an_order_that_gets_no_card_says_why(make_shop):
    (outcome,) = make_shop().ingest([a_paid_event(an_order(fulfilments=()))])
    assert ("no card: the order has no parcel that is still to be packed",) == outcome.card_notes


def test_a_shop_without_an_address_prints_its_card_and_says_why_no_mail_left(make_shop):
    """A card does not wait for a mail that could come from nobody."""
    shop = make_shop(shop=a_shop(email=""), brand=a_brand(contact_email=""))
    (outcome,) = shop.ingest([a_paid_event()])

    assert ("done", ["card"]) == (outcome.state, [each.surface for each in outcome.deliveries])
    assert any("set shop.email" in veto for each in outcome.decisions for veto in each.vetoes)
