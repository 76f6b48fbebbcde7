"""One card per parcel: printed once, void when the sale is off, made anew when the order changes."""

from datetime import timedelta
from pathlib import Path

import pytest

from retention_sdk import CustomerErased, OrderCancelled, OrderFulfilled, OrderRefunded
from retention_sdk.hooks import hookimpl
from retention_sdk.hooks.manager import load
from retention_sdk.model import (
    ConsentChanged,
    ConsentChannel,
    ConsentState,
    Erasure,
    FulfilmentStatus,
)
from retention_sdk.storage import CardState
from retention_sdk.testing import (
    NOON,
    MemoryChannel,
    a_consent,
    a_customer,
    a_line,
    a_paid_event,
    an_address,
    an_order,
    failing,
    money,
)


def cards_of(shop, order_id="1001"):
    with shop.store.reading() as connection:
        return shop.store.cards.of_order(connection, "soap.example", order_id)


def steps_of(shop, record):
    with shop.store.reading() as connection:
        history = shop.store.cards.history(connection, record.card_id)
    return [(step.copy, step.state.value, step.reason) for step in history]


def text_of(shop, record):
    return shop.press_room.text(record)


def printed_files(tmp_path):
    return sorted(path.parent.name for path in Path(tmp_path, "out").rglob("*.pdf"))


def cancelled(order, **changes):
    off = order.model_copy(update={"cancelled_at": NOON, **changes})
    event_id = f"test:soap.example:order:{order.id}:cancelled"
    return OrderCancelled(id=event_id, shop_id="soap.example", occurred_at=NOON, order=off)


@pytest.fixture
def shop(make_shop):
    return make_shop()


@pytest.fixture
def desk(make_shop):
    """A shop whose cards wait until their parcel is packed."""
    return make_shop(delivery={"card": "desk"})


def test_a_card_is_assigned_rendered_and_printed(shop):
    shop.ingest([a_paid_event()])
    (record,) = cards_of(shop)

    assert [(1, "assigned", ""), (1, "rendered", ""), (1, "printed", "")] == steps_of(shop, record)
    assert record.job_id.startswith("card-")
    assert ("first_order_welcome", "en-DE") == (record.choice.template, record.choice.locale)


def test_a_card_for_the_desk_waits_unprinted(desk, tmp_path):
    desk.ingest([a_paid_event()])
    (record,) = cards_of(desk)

    assert CardState.RENDERED == record.state
    assert [] == printed_files(tmp_path)


def test_a_cancelled_order_voids_its_card_and_takes_the_file_back(shop, tmp_path):
    order = an_order()
    shop.ingest([a_paid_event(order)])
    assert 1 == len(printed_files(tmp_path))

    shop.ingest([cancelled(order)])

    (record,) = cards_of(shop)
    assert (CardState.VOIDED, "the order was cancelled") == (record.state, record.reason)
    assert [] == printed_files(tmp_path)


def test_an_order_cancelled_while_its_channel_was_away_is_never_printed(make_shop, tmp_path):
    """The event waits for the channel; meanwhile the sale is off."""
    shop = make_shop(channels={"folder": {"directory": str(tmp_path / "locked")}})
    (tmp_path / "locked").write_text("no folder")
    order = an_order()
    shop.ingest([a_paid_event(order)])
    shop.ingest([cancelled(order)])
    (tmp_path / "locked").unlink()

    shop.resume()

    assert [] == list((tmp_path / "locked").rglob("*.pdf"))
    assert CardState.VOIDED == cards_of(shop)[0].state


def test_a_full_refund_voids_the_card_and_a_partial_one_does_not(shop):
    order = an_order("40.00 EUR")
    shop.ingest([a_paid_event(order)])

    def refund(amount):
        back = order.model_copy(update={"refunded": money(amount)})
        event_id = f"test:refunded-{amount}".replace(" ", "")
        return OrderRefunded(id=event_id, shop_id="soap.example", occurred_at=NOON, order=back)

    shop.ingest([refund("20.00 EUR")])
    assert CardState.PRINTED == cards_of(shop)[0].state
    shop.ingest([refund("40.00 EUR")])
    assert CardState.VOIDED == cards_of(shop)[0].state


def test_a_parcel_that_left_is_closed_and_its_card_stays(shop):
    order = an_order()
    shop.ingest([a_paid_event(order)])
    (parcel,) = order.fulfilments
    gone = parcel.model_copy(update={"status": FulfilmentStatus.SHIPPED, "shipped_at": NOON})
    left = order.model_copy(update={"fulfilments": (gone,)})
    shop.ingest(
        [OrderFulfilled(id="test:left", shop_id="soap.example", occurred_at=NOON, order=left)]
    )
    shop.ingest([cancelled(left)])

    assert CardState.PACKED == cards_of(shop)[0].state


def test_an_edited_order_gets_a_new_version_under_the_same_number(shop, tmp_path):
    shop.ingest([a_paid_event(an_order())])
    (before,) = cards_of(shop)
    edited = an_order(lines=(a_line(title="Lavender soap"),))

    shop.ingest([a_paid_event(edited)])

    (after,) = cards_of(shop)
    assert (before.card_id, 2, 2, 1, CardState.PRINTED) == (
        after.card_id,
        after.copy,
        after.version,
        after.reprint_of,
        after.state,
    )
    assert "Lavender soap" in text_of(shop, after).card.items[0].title
    assert (1, "reprinted", "the order was edited") in steps_of(shop, after)
    assert [after.job_id] == printed_files(tmp_path)


def test_another_language_is_another_version(desk):
    desk.ingest([a_paid_event(an_order())])
    desk.ingest([a_paid_event(an_order(language="fr"))])

    (record,) = cards_of(desk)
    assert (2, CardState.ASSIGNED, "fr-DE") == (record.version, record.state, record.choice.locale)


def test_the_code_on_a_card_made_anew_stays_the_same(make_shop):
    shop = make_shop(codes={"base_url": "https://s.example/"}, delivery={"card": "desk"})
    shop.ingest([a_paid_event(an_order())])
    first = text_of(shop, cards_of(shop)[0]).card
    shop.ingest([a_paid_event(an_order(lines=(a_line(title="Lavender soap"),)))])
    second = text_of(shop, cards_of(shop)[0]).card

    assert first.code is not None
    assert first != second
    assert first.code == second.code


def test_what_no_customer_sees_prints_no_new_card(shop):
    shop.ingest([a_paid_event(an_order())])
    moved = an_address(street=("Nebenstr. 9",))
    shop.ingest([a_paid_event(an_order(payment_method="voucher", shipping_address=moved))])

    (record,) = cards_of(shop)
    assert (1, CardState.PRINTED) == (record.copy, record.state)


def test_an_old_delivery_that_comes_again_does_not_bring_the_old_card_back(shop):
    first = a_paid_event(an_order(), raw=b"first body")
    edit = a_paid_event(an_order(lines=(a_line(title="Lavender soap"),)), raw=b"second body")
    for event in (first, edit, edit, first):
        shop.ingest([event])

    (record,) = cards_of(shop)
    assert 2 == record.copy
    assert "Lavender soap" in text_of(shop, record).card.items[0].title


def test_an_edit_after_packing_changes_nothing(shop):
    shop.ingest([a_paid_event(an_order())])
    (record,) = cards_of(shop)
    with shop.store.begin() as connection:
        shop.store.cards.advance(connection, record, CardState.PACKED, now=NOON)
    shop.ingest([a_paid_event(an_order(lines=(a_line(title="Lavender soap"),)))])

    assert (1, CardState.PACKED) == (cards_of(shop)[0].copy, cards_of(shop)[0].state)


def test_an_order_that_turned_into_a_gift_gets_the_gift_card(desk):
    desk.ingest([a_paid_event(an_order())])
    desk.ingest([a_paid_event(an_order(is_gift=True, gift_message="Happy birthday!"))])

    (record,) = cards_of(desk)
    assert (2, "gift_message") == (record.version, record.choice.template)


def test_an_objection_reaches_a_card_that_no_printer_has_yet(desk):
    desk.ingest([a_paid_event(an_order())])
    before = cards_of(desk)[0].choice.template
    no = a_consent(ConsentState.DENIED, channel=ConsentChannel.PARCEL_INSERT)
    desk.ingest(
        [
            ConsentChanged(
                id="test:objection",
                shop_id="soap.example",
                occurred_at=NOON,
                customer=a_customer(),
                consent=no,
            )
        ]
    )

    (record,) = cards_of(desk)
    assert "plain_thanks" != before
    assert (2, "plain_thanks") == (record.copy, record.choice.template)


def test_a_forgotten_customer_leaves_no_file_and_no_readable_card(shop, tmp_path):
    shop.ingest([a_paid_event()])
    (record,) = cards_of(shop)
    erased = CustomerErased(
        id="test:erased",
        shop_id="soap.example",
        occurred_at=NOON + timedelta(hours=1),
        erasure=Erasure(customer_id="77", email="ada@example.com"),
    )

    shop.ingest([erased])

    (void,) = cards_of(shop)
    assert (CardState.VOIDED, "the customer was forgotten") == (void.state, void.reason)
    assert [] == [path for path in Path(tmp_path, "out").rglob("*") if path.is_file()]
    with pytest.raises(Exception, match="erased"):
        text_of(shop, record)


def test_explain_tells_every_step(shop):
    from retention_sdk.cli.show import sentences

    order = an_order()
    paid = a_paid_event(order)
    shop.ingest([paid])
    shop.ingest([cancelled(order)])
    told = "\n".join(sentences(shop.outcome(paid.id)))

    assert "copy 1 assigned" in told
    assert "voided" in told
    assert "(the order was cancelled)" in told


def test_a_file_that_describes_the_order_otherwise_is_no_edit(desk):
    desk.ingest([a_paid_event(an_order())])
    told = a_paid_event(an_order(lines=(a_line(title="SOAP ROSE 100G"),)))
    desk.ingest([told.model_copy(update={"id": "file:soap.example:order:1001:paid"})])

    (record,) = cards_of(desk)
    assert (1, CardState.RENDERED) == (record.copy, record.state)


def test_a_cancellation_is_believed_from_anywhere(desk):
    order = an_order()
    desk.ingest([a_paid_event(order)])
    desk.ingest([cancelled(order).model_copy(update={"id": "file:soap.example:order:1001:off"})])

    assert CardState.VOIDED == cards_of(desk)[0].state


def fulfilled(order, *fulfilments):
    left = order.model_copy(update={"fulfilments": fulfilments})
    return OrderFulfilled(id="test:left", shop_id="soap.example", occurred_at=NOON, order=left)


def test_a_parcel_that_got_another_name_when_it_left_is_the_same_parcel(shop):
    order = an_order()
    shop.ingest([a_paid_event(order)])
    (planned,) = order.fulfilments
    changes = {"id": "F-7", "status": FulfilmentStatus.SHIPPED, "shipped_at": NOON}
    shop.ingest([fulfilled(order, planned.model_copy(update=changes))])

    assert CardState.PACKED == cards_of(shop)[0].state


def test_the_card_of_a_parcel_that_left_and_arrived_stays_in_the_folder(shop, tmp_path):
    """Whether the platform keeps the name of the parcel, or gives it another one."""
    kept, renamed = an_order(id="1", number="1"), an_order(id="2", number="2")
    for order in (kept, renamed):
        shop.ingest([a_paid_event(order)])
    files = printed_files(tmp_path)
    for order, name in ((kept, kept.fulfilments[0].id), (renamed, "F-7")):
        for status in (FulfilmentStatus.SHIPPED, FulfilmentStatus.DELIVERED):
            changes = {"id": name, "status": status, "shipped_at": NOON}
            parcel = order.fulfilments[0].model_copy(update=changes)
            event_id = f"test:{order.id}:{status}"
            shop.ingest([fulfilled(order, parcel).model_copy(update={"id": event_id})])
            shop.ingest([a_paid_event(order.model_copy(update={"fulfilments": (parcel,)}))])

    assert 2 == len(files)
    assert files == printed_files(tmp_path)
    assert {CardState.PACKED} == {cards_of(shop, each)[0].state for each in ("1", "2")}


class DiesWhenItIsTold:
    """Ends the process after the channel has taken a card, and before the ledger knows."""

    @hookimpl
    def retention_delivered(self, receipt):
        if receipt.channel == "folder":
            raise KeyboardInterrupt


def test_a_card_that_a_printer_took_is_not_taken_back_though_the_ledger_missed_it(
    make_shop, tmp_path
):
    order, plugins = an_order(), load(discover=False)
    plugins.add(DiesWhenItIsTold(), "dies")
    with pytest.raises(KeyboardInterrupt):
        make_shop(plugins=plugins).ingest([a_paid_event(order)])
    files = printed_files(tmp_path)
    shop = make_shop()
    assert CardState.RENDERED == cards_of(shop)[0].state

    (planned,) = order.fulfilments
    gone = planned.model_copy(update={"status": FulfilmentStatus.SHIPPED, "shipped_at": NOON})
    shop.ingest([fulfilled(order, gone)])

    (record,) = cards_of(shop)
    assert (CardState.PACKED, "the parcel left") == (record.state, record.reason)
    assert [record.job_id] == files == printed_files(tmp_path)


def test_a_cancelled_parcel_voids_its_card(desk):
    order = an_order()
    desk.ingest([a_paid_event(order)])
    (planned,) = order.fulfilments
    off = planned.model_copy(update={"status": FulfilmentStatus.CANCELLED})
    desk.ingest([fulfilled(order, off)])

    (record,) = cards_of(desk)
    assert (CardState.VOIDED, "the parcel was cancelled") == (record.state, record.reason)


def test_a_parcel_that_left_without_its_card_voids_it(desk):
    order = an_order()
    desk.ingest([a_paid_event(order)])
    (planned,) = order.fulfilments
    gone = planned.model_copy(update={"status": FulfilmentStatus.SHIPPED, "shipped_at": NOON})
    desk.ingest([fulfilled(order, gone)])

    assert "the parcel left without it" == cards_of(desk)[0].reason


def test_a_printer_that_is_off_does_not_hold_up_an_edit_and_resume_prints_it(make_shop):
    printer = MemoryChannel()
    shop = make_shop(delivery={"card": "memory"})
    shop._channels["memory"] = printer
    shop.ingest([a_paid_event(an_order())])
    printer._before_send = failing(1)
    (outcome,) = shop.ingest([a_paid_event(an_order(lines=(a_line(title="Lavender soap"),)))])

    assert "done" == outcome.state
    assert (2, CardState.RENDERED) == (cards_of(shop)[0].copy, cards_of(shop)[0].state)
    shop.resume()
    assert CardState.PRINTED == cards_of(shop)[0].state
    assert 2 == len(printer.sent)
