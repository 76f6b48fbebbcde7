"""A batch prints each card once, in order, tells what fails, and goes on where it stopped."""

import io
import shutil
from collections import Counter

import pikepdf
import pytest

from retention_sdk.errors import DeliveryError
from retention_sdk.model import CustomerErased, Erasure, ReceiptState
from retention_sdk.pipeline.cards.batch import Batch
from retention_sdk.pipeline.cards.draw import Medium
from retention_sdk.pipeline.cards.sheets import plan_named
from retention_sdk.storage import CardState, DeliveryState
from retention_sdk.testing import (
    NOON,
    MemoryChannel,
    a_customer,
    a_line,
    a_paid_event,
    an_order,
    failing,
)


def paid(*numbers, **changes):
    """Return payments of orders by different people."""
    return [
        a_paid_event(
            an_order(
                id=str(number),
                customer=a_customer(id=f"c{number}", email=f"c{number}@example.com"),
                **changes,
            )
        )
        for number in numbers
    ]


class Press:
    """A shop, a channel in memory, and batches that print with both."""

    def __init__(self, shop, channel=None, **options):
        self.shop = shop
        self.channel = channel or MemoryChannel()
        shop._channels[self.channel.name] = self.channel
        self.options = options

    def run(self, events):
        return list(self.batch().run(iter(events)))

    def batch(self):
        return Batch(
            room=self.shop.press_room, channel=self.channel, medium=Medium(), **self.options
        )

    def card(self, number):
        with self.shop.store.reading() as connection:
            (record,) = self.shop.store.cards.of_order(connection, "soap.example", str(number))
        return record


@pytest.fixture
def press(make_shop):
    return Press(make_shop(inserts={"holdout_ratio": 0}))


def states(slips):
    return [(slip.order, slip.state) for slip in slips]


def test_cards_are_printed_in_the_order_of_the_orders(press):
    slips = press.run(paid(3, 1, 2))

    assert [("3", "printed"), ("1", "printed"), ("2", "printed")] == states(slips)
    assert ["card-3.pdf", "card-1.pdf", "card-2.pdf"] == [
        delivery.artifacts[0].name for delivery in press.channel.sent
    ]
    assert CardState.PRINTED == press.card(1).state


def test_a_second_run_prints_nothing_and_tells_the_same_places(press):
    first = press.run(paid(1, 2))
    second = press.run(paid(1, 2))

    assert {"known"} == {slip.state for slip in second}
    assert [slip.job for slip in first] == [slip.job for slip in second]
    assert 2 == len(press.channel.sent)


def test_printing_sends_no_mail_and_leaves_no_event_behind(press):
    press.run(paid(1))

    with press.shop.store.reading() as connection:
        assert () == press.shop.store.inbox.pending(connection)
    assert {"card"} == {delivery.surface for delivery in press.channel.sent}


def test_a_card_that_cannot_be_printed_is_told_and_the_rest_goes_on(press):
    broken = paid(2, is_gift=True, gift_message="\U00012345")
    slips = press.run([*paid(1), *broken, *paid(3)])

    assert [("1", "printed"), ("2", "failed"), ("3", "printed")] == states(slips)
    assert "U+12345" in slips[1].reason


def test_an_order_without_a_parcel_gets_no_card_and_that_is_no_fault(press):
    (slip,) = press.run(paid(1, fulfilments=()))

    assert "none" == slip.state
    assert slip.reason


def test_an_order_cancelled_since_is_void(press):
    press.run(paid(1))
    (slip,) = press.run(paid(1, cancelled_at=NOON))

    assert ("void", "the order was cancelled") == (slip.state, slip.reason)
    assert CardState.VOIDED == press.card(1).state


def test_an_order_edited_since_is_printed_anew(press):
    press.run(paid(1))
    (slip,) = press.run(paid(1, lines=(a_line(title="Lavender soap"),)))

    assert ("printed", 2) == (slip.state, slip.copy_number)
    assert 2 == len(press.channel.sent)


def test_a_card_that_events_made_is_not_printed_again(press):
    (event,) = paid(1)
    press.shop.ingest([event])
    (slip,) = press.run([event])

    assert "known" == slip.state
    assert [] == press.channel.sent


def test_an_event_after_the_batch_prints_no_second_card(make_shop, tmp_path):
    """The file says ``file:…``, the webhook ``woocommerce:…``: the parcel is the same."""
    press = Press(make_shop())
    (event,) = paid(1)
    press.run([event])
    webhook = event.model_copy(update={"id": "woocommerce:soap.example:order:1:paid"})

    (outcome,) = press.shop.ingest([webhook])

    assert "done" == outcome.state
    assert [] == list((tmp_path / "out").rglob("*.pdf"))


def test_waiting_cards_are_printed_without_a_list_of_orders(make_shop):
    press = Press(make_shop(delivery={"card": "desk"}))
    press.shop.ingest(paid(1, 2))

    slips = list(press.batch().run_waiting())

    assert {"printed"} == {slip.state for slip in slips}
    assert 2 == len(press.channel.sent)


def test_a_refusal_is_told_and_the_next_run_prints_what_is_missing(make_shop):
    press = Press(make_shop(), MemoryChannel(before_send=failing(1)))
    first = press.run(paid(1, 2))
    second = press.run(paid(1, 2))

    assert [("1", "failed"), ("2", "printed")] == states(first)
    assert [("1", "printed"), ("2", "known")] == states(second)
    assert Counter({"card-1.pdf": 1, "card-2.pdf": 1}) == Counter(
        delivery.artifacts[0].name for delivery in press.channel.sent
    )


def test_after_a_refusal_for_good_the_next_run_prints_another_copy(make_shop):
    press = Press(make_shop(), MemoryChannel(before_send=failing(1, retryable=False)))
    press.run(paid(1))
    (slip,) = press.run(paid(1))

    assert ("printed", 2) == (slip.state, slip.copy_number)
    assert (2, 1) == (press.card(1).copy, press.card(1).version)


class Cut(MemoryChannel):
    """Prints, and loses the answer."""

    is_idempotent = False

    def send(self, delivery, *, now):
        super().send(delivery, now=now)
        raise DeliveryError("the connection broke", retryable=True, is_uncertain=True)


def test_a_card_in_doubt_is_never_printed_twice(make_shop):
    press = Press(make_shop(), Cut())
    press.run(paid(1))
    (slip,) = press.run(paid(1))

    assert 1 == len(press.channel.sent)
    assert "failed" == slip.state
    assert "nobody knows" in slip.reason


def sheets(make_shop, **options):
    return Press(make_shop(), sheet=plan_named("sra3", sheets_per_file=1), **options)


def test_imposed_cards_tell_sheet_and_place(make_shop):
    press = sheets(make_shop)
    slips = press.run(paid(*range(1, 11)))

    assert [8, 2] == [Counter(slip.job for slip in slips)[job] for job in _jobs(slips)]
    assert [(1, place) for place in range(1, 9)] == [
        (slip.page, slip.position) for slip in slips[:8]
    ]
    file = press.channel.sent[0].artifacts[0]
    with pikepdf.open(io.BytesIO(file.data)) as document:
        assert 2 == len(document.pages)


def _jobs(slips):
    return list(dict.fromkeys(slip.job for slip in slips))


def test_a_sheet_that_was_planned_and_not_sent_is_sent_under_the_same_name(make_shop):
    press = sheets(make_shop)
    press.channel = MemoryChannel(before_send=failing(1))
    press.shop._channels["memory"] = press.channel
    first = press.run(paid(1, 2, 3))
    second = press.run(paid(1, 2, 3))

    assert {"failed"} == {slip.state for slip in first}
    assert {"printed"} == {slip.state for slip in second}
    (sent,) = press.channel.sent
    assert sent.id == second[0].job
    with press.shop.store.reading() as connection:
        assert DeliveryState.ACCEPTED == press.shop.store.deliveries.get(connection, sent.id).state


def test_a_refused_sheet_goes_to_another_sheet(make_shop):
    press = sheets(make_shop)
    press.channel = MemoryChannel(before_send=failing(1, retryable=False))
    press.shop._channels["memory"] = press.channel
    press.run(paid(1, 2, 3))
    second = press.run(paid(1, 2, 3))

    assert [("1", "printed"), ("2", "printed"), ("3", "printed")] == states(second)
    assert {2} == {slip.copy_number for slip in second}


def test_the_same_cards_make_the_same_bytes(make_shop):
    shop = make_shop()
    first, second = Press(shop, Named("one")), Press(shop, Named("two"))
    first.run(paid(1))
    record = first.card(1)
    again = shop.press_room.reprint(record, "torn")
    list(second.batch()._print(iter([again])))

    assert first.channel.sent[0].artifacts[0].data == second.channel.sent[0].artifacts[0].data


class Named(MemoryChannel):
    def __init__(self, name):
        super().__init__()
        self.name = name


class GivesUp(MemoryChannel):
    """Takes the first job and says that it will never be printed, as a jammed printer does."""

    def send(self, delivery, *, now):
        receipt = super().send(delivery, now=now)
        if len(self.sent) > 1:
            return receipt
        return receipt.model_copy(update={"state": ReceiptState.REJECTED, "location": "job 7"})


def test_a_job_the_printer_gave_up_is_no_printed_card(make_shop):
    press = Press(make_shop(), GivesUp())
    (first,) = press.run(paid(1))
    (second,) = press.run(paid(1))

    assert ("failed", "the printer gave up: job 7") == (first.state, first.reason)
    assert ("printed", 2) == (second.state, second.copy_number)


def test_a_forgotten_customer_is_taken_off_the_sheet_and_the_others_are_printed_again(
    make_shop, tmp_path
):
    shop = make_shop()
    batch = Batch(
        room=shop.press_room,
        channel=shop.channel("folder"),
        medium=Medium(),
        sheet=plan_named("sra3"),
    )
    first = list(batch.run(iter(paid(1, 2, 3))))
    erased = CustomerErased(
        id="test:erased",
        shop_id="soap.example",
        occurred_at=NOON,
        erasure=Erasure(customer_id="c2", email="c2@example.com"),
    )
    shop.ingest([erased])
    assert [] == list((tmp_path / "out").rglob("*.pdf"))

    again = list(batch.run_waiting())

    assert {"1", "3"} == {slip.order for slip in again}
    assert {2} == {slip.copy_number for slip in again}
    assert [again[0].job] == [path.parent.name for path in (tmp_path / "out").rglob("*.pdf")]
    assert first[0].job != again[0].job


def test_a_forgotten_customer_on_a_sheet_that_was_fetched_changes_no_other_card(
    make_shop, tmp_path
):
    """The press has the sheet; the packing desk refuses the void card on it."""
    shop = make_shop()
    batch = Batch(
        room=shop.press_room,
        channel=shop.channel("folder"),
        medium=Medium(),
        sheet=plan_named("sra3"),
    )
    list(batch.run(iter(paid(1, 2))))
    shutil.rmtree(tmp_path / "out")
    shop.ingest(
        [
            CustomerErased(
                id="test:erased",
                shop_id="soap.example",
                occurred_at=NOON,
                erasure=Erasure(customer_id="c2"),
            )
        ]
    )

    assert [] == list(batch.run_waiting())
    with shop.store.reading() as connection:
        cards = [
            shop.store.cards.of_order(connection, "soap.example", number)[0] for number in "12"
        ]
    assert [CardState.PRINTED, CardState.VOIDED] == [card.state for card in cards]


@pytest.mark.parametrize("options", [{}, {"sheet": plan_named("sra3", sheets_per_file=1)}])
def test_an_order_that_stands_twice_in_the_list_is_printed_once(make_shop, options):
    press = Press(make_shop(), **options)
    slips = press.run(paid(1, 2, 1))

    assert [("1", "printed"), ("2", "printed"), ("1", "known")] == states(slips)
    assert "stands in the list before" in slips[2].reason


def test_each_card_is_on_the_page_that_its_slip_names(make_shop):
    """Numbers of orders are on the backs; the fronts are the pages before."""
    import pypdfium2

    shop = make_shop(inserts={"holdout_ratio": 0})
    press = Press(shop, sheet=plan_named("sra3", sheets_per_file=2))
    slips = press.run(paid(*range(7001, 7011)))
    document = pypdfium2.PdfDocument(press.channel.sent[0].artifacts[0].data)
    backs = [document[number].get_textpage().get_text_bounded() for number in (1, 3)]

    for slip in slips:
        assert slip.order in backs[(slip.page - 1) // 2], slip
        assert slip.order not in backs[1 - (slip.page - 1) // 2]
    document.close()
