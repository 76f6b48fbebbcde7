"""At the packing desk: one scan, one clear answer, one card."""

import pytest

from retention_sdk import OrderCancelled
from retention_sdk.model import ReceiptState
from retention_sdk.pipeline.cards.batch import Batch
from retention_sdk.pipeline.cards.desk import PackingDesk
from retention_sdk.pipeline.cards.draw import Medium
from retention_sdk.pipeline.cards.sheets import plan_named
from retention_sdk.storage import CardState
from retention_sdk.testing import (
    NOON,
    MemoryChannel,
    a_customer,
    a_line,
    a_paid_event,
    an_order,
    failing,
)


def an_event(order_id, **changes):
    customer = a_customer(id=f"c{order_id}", email=f"c{order_id}@example.com")
    return a_paid_event(an_order(id=str(order_id), customer=customer, **changes))


@pytest.fixture
def shop(make_shop):
    return make_shop(delivery={"card": "desk"}, inserts={"holdout_ratio": 0})


@pytest.fixture
def channel(shop):
    made = MemoryChannel()
    shop._channels["memory"] = made
    return made


@pytest.fixture
def desk(shop, channel):
    return PackingDesk(room=shop.press_room, channel=channel, medium=Medium())


def state_of(shop, number):
    with shop.store.reading() as connection:
        (record,) = shop.store.cards.of_order(connection, "soap.example", str(number))
    return record.state


def test_a_scan_prints_the_card_and_closes_the_parcel(shop, desk, channel):
    shop.ingest([an_event(1001)])
    answer = desk.hand_out("1001")

    assert ("printed", True) == (answer.state, answer.may_close)
    assert ["card-1001.pdf"] == [delivery.artifacts[0].name for delivery in channel.sent]
    assert CardState.PACKED == state_of(shop, 1001)


@pytest.mark.parametrize("scanned", ["#1001", " 1001\r", "１００１", "۱۰۰۱"])
def test_a_number_is_understood_however_the_scanner_sends_it(shop, desk, scanned):
    shop.ingest([an_event(1001)])

    assert desk.hand_out(scanned).may_close


def test_a_second_scan_says_that_it_is_packed_and_prints_nothing(shop, desk, channel):
    shop.ingest([an_event(1001)])
    desk.hand_out("1001")
    again = desk.hand_out("1001")

    assert ("packed_before", False) == (again.state, again.may_close)
    assert "2026-11-21 10:00 UTC" in again.sentence
    assert "retention pack --again 1001" in again.sentence
    assert 1 == len(channel.sent)


def test_an_unknown_number_says_where_to_look(desk):
    answer = desk.hand_out("9999")

    assert ("unknown", False) == (answer.state, answer.may_close)
    assert "packing slip" in answer.sentence


def test_a_cancelled_order_gets_no_card(shop, desk, channel):
    event = an_event(1001)
    off = event.order.model_copy(update={"cancelled_at": NOON})
    shop.ingest([event])
    shop.ingest(
        [OrderCancelled(id="test:off", shop_id="soap.example", occurred_at=NOON, order=off)]
    )
    answer = desk.hand_out("1001")

    assert ("void", False) == (answer.state, answer.may_close)
    assert "the order was cancelled" in answer.sentence
    assert [] == channel.sent


def test_an_order_edited_before_packing_gets_the_new_card(shop, desk, channel):
    shop.ingest([an_event(1001)])
    shop.ingest([an_event(1001, lines=(a_line(title="Lavender soap"),))])
    answer = desk.hand_out("1001")

    assert "printed" == answer.state
    assert answer.job.endswith("-2")
    assert 1 == len(channel.sent)


def test_a_card_of_a_batch_is_taken_from_its_place(shop, desk, channel):
    batch = Batch(room=shop.press_room, channel=channel, medium=Medium(), sheet=plan_named("sra3"))
    shop.ingest([an_event(1001), an_event(1002)])
    list(batch.run_waiting())
    answers = [desk.hand_out("1001"), desk.hand_out("1002")]

    assert {("taken", True)} == {(answer.state, answer.may_close) for answer in answers}
    assert {"take its card: sheet 1, place 1", "take its card: sheet 1, place 2"} == {
        answer.sentence for answer in answers
    }
    assert 1 == len(channel.sent)


def test_a_torn_card_is_printed_again_under_the_same_number(shop, desk, channel):
    shop.ingest([an_event(1001)])
    list(Batch(room=shop.press_room, channel=channel, medium=Medium()).run_waiting())
    answer = desk.print_again("1001")

    assert "printed" == answer.state
    assert channel.sent[0].artifacts[0].data == channel.sent[1].artifacts[0].data
    assert channel.sent[0].id != channel.sent[1].id


def test_a_packed_card_that_is_lost_is_printed_again_and_recorded_as_a_reprint(shop, desk, channel):
    shop.ingest([an_event(1001)])
    first = desk.hand_out("1001")
    second = desk.print_again("1001")

    assert ("printed", True, first.card) == (second.state, second.may_close, second.card)
    assert channel.sent[0].artifacts[0].data == channel.sent[1].artifacts[0].data
    with shop.store.reading() as connection:
        steps = shop.store.cards.history(connection, int(second.card, 16))
    assert [
        (1, "packed"), (1, "reprinted"), (2, "assigned"), (2, "rendered"), (2, "printed"),
        (2, "packed"),
    ] == [(step.copy, step.state.value) for step in steps][3:]  # fmt: skip


def test_a_void_card_is_not_printed_again_either(shop, desk, channel):
    event = an_event(1001)
    off = event.order.model_copy(update={"cancelled_at": NOON})
    shop.ingest([event])
    shop.ingest(
        [OrderCancelled(id="test:off", shop_id="soap.example", occurred_at=NOON, order=off)]
    )

    assert "void" == desk.print_again("1001").state
    assert [] == channel.sent


def test_a_printer_that_is_off_leaves_the_parcel_open(shop):
    off = MemoryChannel(before_send=failing(1))
    shop._channels["memory"] = off
    desk = PackingDesk(room=shop.press_room, channel=off, medium=Medium())
    shop.ingest([an_event(1001)])

    assert ("failed", "printed") == (desk.hand_out("1001").state, desk.hand_out("1001").state)


def test_two_orders_with_one_number_are_not_guessed(shop, desk):
    shop.ingest([an_event(1001), an_event(2, number="1001")])
    answer = desk.hand_out("1001")

    assert ("ambiguous", False) == (answer.state, answer.may_close)


class GivesUp(MemoryChannel):
    """Takes the first job and says that it will never be printed."""

    def send(self, delivery, *, now):
        receipt = super().send(delivery, now=now)
        if len(self.sent) > 1:
            return receipt
        return receipt.model_copy(update={"state": ReceiptState.REJECTED})


def test_a_job_the_printer_gave_up_is_printed_at_the_next_scan(shop):
    jam = GivesUp()
    shop._channels["memory"] = jam
    desk = PackingDesk(room=shop.press_room, channel=jam, medium=Medium())
    shop.ingest([an_event(1001)])

    assert ["failed", "printed"] == [desk.hand_out("1001").state for _ in range(2)]
