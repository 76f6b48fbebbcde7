"""What was decided can be decided again years later, by the rules of then and by those of now."""

import pytest

from retention_sdk import ConsentState
from retention_sdk.config import DeliveryConfig
from retention_sdk.consent import Basis, Rule, load_rules
from retention_sdk.errors import SubjectErased
from retention_sdk.hooks import hookimpl
from retention_sdk.hooks.manager import load
from retention_sdk.model import ConsentChannel, CustomerErased, Erasure
from retention_sdk.pipeline.cards.admit import admit
from retention_sdk.pipeline.gate import WITHDRAWN
from retention_sdk.pipeline.replay import replay_event
from retention_sdk.testing import (
    NOON,
    MemoryChannel,
    a_consent,
    a_paid_event,
    an_address,
    an_order,
    failing,
)

STRICTER = Rule(
    rule_id="shop.de.marketing",
    jurisdiction="Germany",
    region="DE",
    message_class="marketing",
    channel="any",
    basis_code=Basis.OPT_IN,
    basis="opt_in",
    mandatory_content="the name of the owner",
    citation="house rule",
    source_read="page",
    confidence="high",
)


class Winter:
    @hookimpl
    def retention_veto_message(self, candidate):
        if candidate.surface == "card" and candidate.is_personalised:
            raise RuntimeError("broken")


def with_other_rules(make_shop, **wiring):
    """The same store under rules that changed since."""
    shop = make_shop(**wiring)
    shop.__dict__["rules"] = load_rules().plus([STRICTER])
    return shop


def replay(shop, event, under="then"):
    return replay_event(event.id, store=shop.store, current=shop.rules, under=under)


def an_event(country="DE"):
    address = an_address(country=country)
    return a_paid_event(an_order("40.00 EUR", shipping_address=address, billing_address=address))


@pytest.mark.parametrize("country", ["DE", "AM", "US"])
def test_every_decision_is_the_same_byte_for_byte_under_the_rules_of_its_day(make_shop, country):
    shop, event = make_shop(), an_event(country)
    (outcome,) = shop.ingest([event])
    later = with_other_rules(make_shop)

    replayed = replay(later, event)
    assert replayed.is_same
    assert len(outcome.decisions) == len(replayed.replays) > 0
    assert all(
        each.then.model_dump_json() == each.now.model_dump_json() for each in replayed.replays
    )


def test_what_was_refused_can_be_decided_again_too(make_shop):
    shop, event = make_shop(), an_event("AM")
    (outcome,) = shop.ingest([event])

    refused = [each for each in replay(shop, event).replays if not each.then.allowed]
    assert any(not decision.allowed for decision in outcome.decisions)
    assert {d.decision_id for d in outcome.decisions if not d.allowed} == {
        each.then.decision_id for each in refused
    }
    assert all(each.is_same for each in refused)


def test_under_new_rules_the_differences_say_what_would_change(make_shop):
    shop, event = make_shop(), an_event("DE")
    shop.ingest([event])
    later = with_other_rules(make_shop)

    replayed = replay(later, event, "current")
    (mail,) = (each for each in replayed.replays if each.then.channel is ConsentChannel.EMAIL)
    said = [difference.sentence() for difference in mail.differences]
    assert not replayed.is_same
    assert mail.then.allowed
    assert not mail.now.allowed
    assert "may leave: yes, now no" in said
    assert "basis: soft_opt_in, now opt_in" in said
    assert "rules: nothing, now shop.de.marketing" in said
    assert "has to carry: nothing, now the name of the owner" in said
    assert any(each.startswith(f"table: {shop.rules.version}, now ") for each in said)


def test_vetoes_of_then_are_heard_again_and_no_plugin_is_asked(make_shop):
    plugins = load(())
    plugins.add(Winter(), "winter")
    shop, event = make_shop(plugins=plugins), an_event("DE")
    (outcome,) = shop.ingest([event])
    vetoed = [decision for decision in outcome.decisions if decision.vetoes]
    later = make_shop()

    assert vetoed
    assert all("it broke, and is taken as a no" in d.vetoes[0] for d in vetoed)
    assert "done" == outcome.state
    assert replay(later, event).is_same


def test_a_card_of_a_batch_was_decided_on_what_is_kept_with_it(make_shop):
    shop, event = make_shop(), an_event("AM")
    (admitted,) = admit([event], shop.press_room)

    assert admitted.record is not None
    replayed = replay(shop, event)
    assert replayed.is_same
    assert len(replayed.replays) > 1


def test_a_stop_at_the_door_can_be_decided_again(make_shop):
    shop, event = make_shop(delivery=DeliveryConfig(card="folder", email="memory")), an_event()
    shop._channels["memory"] = MemoryChannel(before_send=failing(1))
    shop.ingest([event])
    no = a_consent(ConsentState.DENIED, channel=ConsentChannel.EMAIL, recorded_at=NOON)
    with shop.store.begin() as connection:
        subject = shop.store.subjects.for_event(connection, event)
        shop.store.consents.record(connection, subject, [no], event_id="web:1", now=NOON)
    shop.resume()

    replayed = replay(shop, event)
    (stop,) = (each for each in replayed.replays if WITHDRAWN in each.then.reasons)
    assert stop.is_same
    assert replayed.is_same


def test_a_decision_without_its_question_is_named(make_shop):
    shop, event = make_shop(), an_event()
    (outcome,) = shop.ingest([event])
    lone = outcome.decisions[0].model_copy(update={"decision_id": "dec-lone"})
    strange = outcome.decisions[1].model_copy(
        update={"decision_id": "dec-strange", "rules_version": "sha256:gone"}
    )
    with shop.store.begin() as connection:
        subject = shop.store.subjects.for_event(connection, event)
        for each in (lone, strange):
            shop.store.decisions.record(connection, each, subject_id=subject)

    replayed = replay(shop, event)
    assert 2 == len(replayed.gaps)
    assert all("is not on record" in gap for gap in replayed.gaps)
    assert not replayed.is_same
    assert all(each.is_same for each in replayed.replays)


def test_the_forgotten_are_not_decided_about_again(make_shop):
    shop, event = make_shop(), an_event()
    shop.ingest([event])
    customer = event.order.customer
    gone = Erasure(customer_id=customer.id, email=customer.email)
    shop.ingest(
        [CustomerErased(id="test:gone", shop_id=event.shop_id, occurred_at=NOON, erasure=gone)]
    )

    with pytest.raises(SubjectErased):
        replay(shop, event)
