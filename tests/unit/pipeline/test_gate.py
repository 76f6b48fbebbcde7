"""What waited in a queue is asked about again when its turn comes."""

from datetime import timedelta

import pytest

from retention_sdk import ConsentState, CustomerErased, Erasure
from retention_sdk.config import DeliveryConfig
from retention_sdk.errors import ConsentError
from retention_sdk.model import SERVICE_CONTENT, ConsentChannel, ContentKind, OptInLevel
from retention_sdk.pipeline.cards.batch import Batch
from retention_sdk.pipeline.cards.desk import PackingDesk
from retention_sdk.pipeline.cards.draw import Medium, draw_card
from retention_sdk.pipeline.cards.issue import Printer
from retention_sdk.pipeline.cards.sheets import plan_named
from retention_sdk.pipeline.gate import EXPIRED, FORGOTTEN, GO, WITHDRAWN, Gate, Question
from retention_sdk.storage import CardState
from retention_sdk.testing import (
    NOON,
    FrozenClock,
    MemoryChannel,
    a_candidate,
    a_consent,
    a_context,
    a_customer,
    a_paid_event,
    an_address,
    an_order,
    failing,
)

NO = ConsentState.DENIED


def an_event(number="1001", **changes):
    customer = a_customer(id=f"c{number}", email=f"c{number}@example.com", **changes)
    return a_paid_event(an_order("40.00 EUR", id=str(number), customer=customer))


def withdraw(shop, event, *, at=None, channel=ConsentChannel.ANY):
    """Record an objection as the preference page does: no event goes through the pipeline."""
    now = at or shop.clock()
    answer = a_consent(NO, channel=channel, recorded_at=now, source="preference page")
    with shop.store.begin() as connection:
        subject = shop.store.subjects.for_event(connection, event)
        shop.store.consents.record(
            connection, subject, [answer], event_id=f"web:{event.order.id}:{now}", now=now
        )


def mails(make_shop, *, times=1, clock=None):
    """A shop whose mail channel refuses at first, so that mail waits for a second try."""
    clock = clock or FrozenClock()
    shop = make_shop(clock=clock, delivery=DeliveryConfig(card="folder", email="memory"))
    shop._channels["memory"] = MemoryChannel(before_send=failing(times))
    return shop, shop._channels["memory"], clock


def mail_of(outcome):
    (found,) = (each for each in outcome.deliveries if each.surface == "email")
    return found


def decisions_of(shop, event):
    with shop.store.reading() as connection:
        return shop.store.decisions.of_event(connection, event.id)


def cards_of(shop, number):
    with shop.store.reading() as connection:
        (record,) = shop.store.cards.of_order(connection, "soap.example", str(number))
        return record


# Mail ---------------------------------------------------------------------------------------


def test_mail_that_waited_goes_if_nobody_objected(make_shop):
    shop, channel, _ = mails(make_shop)
    event = an_event()

    (first,) = shop.ingest([event])
    (second,) = shop.resume()

    assert ("pending", "failed") == (first.state, mail_of(first).state)
    assert ("done", "accepted") == (second.state, mail_of(second).state)
    assert 1 == len(channel.sent)


def test_an_objection_stops_mail_that_waits_for_good(make_shop):
    shop, channel, _ = mails(make_shop)
    event = an_event()
    shop.ingest([event])
    withdraw(shop, event, channel=ConsentChannel.EMAIL)

    (outcome,) = shop.resume()
    again = shop.resume()

    assert "done" == outcome.state
    assert ("stopped", WITHDRAWN) == (mail_of(outcome).state, mail_of(outcome).location)
    assert () == again
    assert [] == channel.sent


def test_a_stop_is_a_decision_of_its_own_beside_the_first(make_shop):
    shop, _, _ = mails(make_shop)
    event = an_event()
    shop.ingest([event])
    before = decisions_of(shop, event)
    withdraw(shop, event, channel=ConsentChannel.EMAIL)
    shop.resume()

    (stop,) = set(decisions_of(shop, event)) - set(before)
    (first,) = (d for d in before if d.channel is ConsentChannel.EMAIL)
    assert first.allowed
    assert not stop.allowed
    assert WITHDRAWN == stop.reasons[0]
    assert (first.event_id, first.candidate_id) == (stop.event_id, stop.candidate_id)
    assert first.decision_id != stop.decision_id


def test_mail_about_the_order_goes_although_the_person_objected(make_shop):
    shop, channel, _ = mails(make_shop)
    shop.config = shop.config.model_copy(update={"loyalty": None})  # points make it marketing
    event = an_event()
    shop.ingest([event])
    withdraw(shop, event)

    (outcome,) = shop.resume()

    assert "accepted" == mail_of(outcome).state
    assert 1 == len(channel.sent)


def test_an_answer_about_another_channel_stops_nothing(make_shop):
    shop, channel, _ = mails(make_shop)
    event = an_event()
    shop.ingest([event])
    withdraw(shop, event, channel=ConsentChannel.SMS)

    (outcome,) = shop.resume()

    assert "accepted" == mail_of(outcome).state
    assert 1 == len(channel.sent)


def test_mail_that_was_handed_over_in_part_is_taken_back_where_its_channel_can(make_shop, tmp_path):
    """A process died after the folder had the file and before the store knew."""
    shop = make_shop(delivery=DeliveryConfig(card="desk", email="folder"))
    event = an_event()
    real = shop.store.deliveries.finish
    shop.store.deliveries.finish = died
    with pytest.raises(KeyboardInterrupt):
        shop.ingest([event])
    shop.store.deliveries.finish = real
    folders = {path.parent for path in (tmp_path / "out").rglob("*.eml")}
    withdraw(shop, event)

    outcome = next(each for each in shop.resume() if each.event_id == event.id)

    assert 1 == len(folders)
    assert "stopped" == mail_of(outcome).state
    assert [] == list((tmp_path / "out").rglob("*.eml"))


def died(connection, receipt):
    if receipt.channel == "folder":
        raise KeyboardInterrupt


# The question itself ------------------------------------------------------------------------


class Asked:
    """A store with one person, and the gate in front of it."""

    def __init__(self, shop):
        self.shop = shop
        self.gate = Gate(shop.store, shop.rules)
        self.customer = a_customer()
        with shop.store.begin() as connection:
            self.subject = shop.store.subjects.for_customer(
                connection, "soap.example", self.customer, now=NOON
            )

    def record(self, *answers):
        with self.shop.store.begin() as connection:
            self.shop.store.consents.record(
                connection, self.subject, answers, event_id="test:answers", now=NOON
            )
        self.customer = self.customer.model_copy(update={"consents": answers})

    def ask(self, candidate, *, now=NOON, promised=None, **changes):
        order = an_order(customer=self.customer, **changes)
        question = Question(candidate, a_context(order=order), self.subject, promised)
        with self.shop.store.begin() as connection:
            return self.gate.ask(connection, question, delivery_id="d-1", now=now)


@pytest.fixture
def asked(make_shop):
    return Asked(make_shop())


def a_mail(**changes):
    fields = {
        "id": "points",
        "surface": "email",
        "channel": ConsentChannel.EMAIL,
        "template": "thank_you",
        "content": frozenset({ContentKind.POINTS_BALANCE}),
    }
    return a_candidate(**(fields | changes))


def test_a_sale_that_grew_too_old_while_it_waited_is_no_ground_any_more(asked):
    """Canada: an implied consent by purchase lasts 24 months (CASL s. 10(10))."""
    canadian = {"shipping_address": an_address(country="CA", region="ON")}
    mail, later = a_mail(), NOON + timedelta(days=731)

    assert GO == asked.ask(mail, promised=everything(asked), **canadian)
    verdict = asked.ask(mail, now=later, promised=everything(asked), **canadian)
    assert EXPIRED == verdict.stopped
    assert later == verdict.decision.decided_at


def everything(asked):
    """What the law demands to be said, so that nothing lacks."""
    return tuple(rule.mandatory_content for rule in asked.shop.rules.rules)


def test_what_was_written_without_what_the_law_demands_by_now_stops(asked):
    verdict = asked.ask(a_mail(), promised=())

    assert EXPIRED == verdict.stopped
    assert any("it was written without" in veto for veto in verdict.decision.vetoes)


def test_the_hour_is_asked_again(asked):
    """A late try waits for the morning: texts to Texas go from 9 to 21 (Bus. & Com. Code 302)."""
    text = a_mail(surface="sms", channel=ConsentChannel.SMS)
    asked.record(a_consent(channel=ConsentChannel.SMS, opt_in_level=OptInLevel.CONFIRMED))
    texan = {"shipping_address": an_address(country="US", region="TX")}
    noon, night = NOON.replace(hour=19), NOON.replace(hour=7)  # 13:00 and 1:00 in Austin

    by_day = asked.ask(text, now=noon + timedelta(days=3), promised=everything(asked), **texan)
    by_night = asked.ask(text, now=night + timedelta(days=3), promised=everything(asked), **texan)

    assert GO == by_day
    assert "" == by_night.stopped
    assert night + timedelta(days=3) < by_night.not_before


def test_whoever_was_forgotten_gets_nothing(asked):
    with asked.shop.store.begin() as connection:
        asked.shop.store.subjects.erase(connection, asked.subject, now=NOON)

    service = a_mail(content=SERVICE_CONTENT)
    assert (FORGOTTEN, None) == asked.ask(a_mail())[::2]
    assert FORGOTTEN == asked.ask(service).stopped


def test_asking_twice_is_one_decision(asked):
    asked.record(a_consent(NO))
    first, second = asked.ask(a_mail()), asked.ask(a_mail())

    assert first == second
    assert EXPIRED == first.stopped  # it was on record when it was chosen, so nothing is news


# Cards --------------------------------------------------------------------------------------


@pytest.fixture
def shop(make_shop):
    return make_shop(delivery={"card": "desk", "email": "folder"}, inserts={"holdout_ratio": 0})


@pytest.fixture
def channel(shop):
    made = MemoryChannel()
    shop._channels["memory"] = made
    return made


@pytest.fixture
def desk(shop, channel):
    return PackingDesk(room=shop.press_room, channel=channel, medium=Medium())


def test_a_card_that_waits_for_its_desk_becomes_the_plain_one(shop, desk, channel):
    event = an_event()
    shop.ingest([event])
    before = cards_of(shop, 1001).choice.template
    withdraw(shop, event)

    answer = desk.hand_out("1001")

    assert "plain_thanks" != before
    assert ("printed", "plain_thanks") == (answer.state, answer.template)
    assert 1 == len(channel.sent)
    assert CardState.PACKED is cards_of(shop, 1001).state


def test_the_stop_of_a_card_is_recorded(shop, desk):
    event = an_event()
    shop.ingest([event])
    withdraw(shop, event)
    desk.hand_out("1001")

    reasons = [each.reasons[0] for each in decisions_of(shop, event) if not each.allowed]
    assert WITHDRAWN in reasons


def test_a_printed_card_is_replaced_at_the_desk(shop, desk, channel):
    event = an_event()
    shop.ingest([event])
    list(Batch(room=shop.press_room, channel=channel, medium=Medium()).run_waiting())
    withdraw(shop, event)

    answer = desk.hand_out("1001")

    assert ("printed", "plain_thanks") == (answer.state, answer.template)
    assert "leave the one that was printed before out" in answer.sentence
    assert 2 == len(channel.sent)


def test_a_sheet_is_imposed_anew_without_what_was_withdrawn(shop, channel):
    events = [an_event(number) for number in (1001, 1002, 1003)]
    shop.ingest(events)
    withdraw(shop, events[1])
    sheet = plan_named("sra3")
    batch = Batch(room=shop.press_room, channel=channel, medium=Medium(), sheet=sheet)

    slips = list(batch.run_waiting())

    assert {("1001", "printed"), ("1002", "printed"), ("1003", "printed")} == {
        (slip.order, slip.state) for slip in slips
    }
    assert "plain_thanks" == cards_of(shop, 1002).choice.template
    assert {cards_of(shop, 1001).choice.template} != {"plain_thanks"}
    sent = {slip.job for slip in slips}
    assert sent == {delivery.id for delivery in channel.sent}


def test_a_card_whose_job_was_stopped_before_a_crash_is_written_anew(shop, channel):
    """The stop is committed; the process dies before the card is written anew."""
    event = an_event()
    shop.ingest([event])
    withdraw(shop, event)
    room = shop.press_room
    record = cards_of(shop, 1001)
    printer = Printer(room=room, channel=channel, medium=Medium())
    text = room.text(record)
    job = printer.plan(record)
    artifact = draw_card(text, Medium(), looks=room.looks)
    with pytest.raises(ConsentError, match="nothing was sent"):
        printer.submit(job, (artifact,), question=room.question(record, text))

    (slip,) = Batch(room=room, channel=channel, medium=Medium()).run_waiting()

    assert "printed" == slip.state
    assert "plain_thanks" == cards_of(shop, 1001).choice.template
    assert 1 == len(channel.sent)


def test_a_card_of_somebody_forgotten_meanwhile_is_void(shop, desk, channel):
    event = an_event()
    shop.ingest([event])
    with shop.store.begin() as connection:
        subject = shop.store.subjects.for_event(connection, event)
        shop.store.subjects.erase(connection, subject, now=NOON)

    answer = desk.hand_out("1001")

    assert not answer.may_close
    assert [] == channel.sent


def test_an_erasure_event_still_voids_before_the_gate_is_asked(shop, desk):
    event = an_event()
    shop.ingest([event])
    shop.ingest(
        [
            CustomerErased(
                id="test:erased",
                shop_id="soap.example",
                occurred_at=NOON,
                erasure=Erasure(customer_id="c1001"),
            )
        ]
    )

    assert "void" == desk.hand_out("1001").state


def test_a_card_of_an_earlier_ledger_is_asked_about_too(shop):
    """It has no candidate on record; its printed parts tell what it is about."""
    event = an_event()
    shop.ingest([event])
    record = cards_of(shop, 1001)
    text = shop.press_room.text(record)

    old = shop.press_room.question(record, text.model_copy(update={"candidate": None}))

    assert record.choice.template == old.candidate.template
    assert old.candidate.is_personalised
    assert "own_personalised" == old.candidate.insert_type
