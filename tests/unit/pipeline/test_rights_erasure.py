"""An erasure takes everything along that need not stay, and says so."""

import json

import pytest

from retention_sdk.errors import RightsError, SubjectErased
from retention_sdk.model import OrderRefunded, ShopErased, UnknownEvent, WebhookRequest
from retention_sdk.storage import Arrival
from retention_sdk.testing import NOON, FrozenClock, a_customer, a_paid_event, an_address, an_order
from tests.unit.pipeline.rights_requests import (
    ADA,
    DAY,
    SHOP,
    about,
    cards_of,
    checked,
    files_of,
    forget,
    states,
    waiting_shop,
)


def test_an_erasure_says_what_it_did_and_what_stays(make_shop, tmp_path):
    shop = make_shop()
    shop.ingest([a_paid_event(an_order("40.00 EUR"))])
    request = checked(shop, "erasure")

    report = shop.rights.erase(request)
    view = shop.rights.get(request)

    assert (1, 2) == (report.subjects, report.files_removed)
    assert not [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    told = {each.what.partition(":")[0]: each for each in report.remains}
    assert {"sales", "postings of points, without a person"} < set(told)
    assert (1, "tax law: until 8 years after the end of their own") == (
        told["sales"].count,
        told["sales"].reason,
    )
    assert ("answered", True) == (view.state, view.is_erased)
    assert report == shop.rights.erase(request)


def put_aside(shop, number, *, at, is_waiting=False):
    """Keep a delivery that nobody can read, or that nobody has tried to read."""
    body = json.dumps({"customer": "ada@example.com", "number": number}).encode()
    kept = Arrival("test", WebhookRequest(headers={}, body=body, received_at=at))
    store = shop.store
    with store.begin() as connection:
        before = {each.digest for each in store.arrivals.waiting(connection, SHOP, limit=9)}
        store.arrivals.keep(connection, SHOP, [kept])
        after = {each.digest for each in store.arrivals.waiting(connection, SHOP, limit=9)}
        (digest,) = after - before
        if not is_waiting:
            store.arrivals.put_aside(connection, digest, error="no such field")
    return digest


def unreadable(shop):
    with shop.store.reading() as connection:
        return shop.store.arrivals.unreadable(connection, SHOP)


def test_what_nobody_could_read_goes_with_the_first_who_is_erased(make_shop):
    """It may be about them: the delivery of a later day stays."""
    clock = FrozenClock(NOON)
    shop = make_shop(clock=clock)
    shop.ingest([a_paid_event(an_order())])
    request = checked(shop, "erasure")
    put_aside(shop, 1, at=NOON - DAY)
    late = put_aside(shop, 2, at=NOON - DAY, is_waiting=True)
    clock.advance(DAY)
    report = shop.rights.erase(request)
    put_aside(shop, 3, at=NOON + 2 * DAY)

    assert (1, 1) == (report.unread_dropped, unreadable(shop))
    assert report == shop.rights.erase(request)

    with shop.store.begin() as connection:  # found to be unreadable after the erasure
        shop.store.arrivals.put_aside(connection, late, error="no such field")
    shop.rights.sweep()
    assert 1 == unreadable(shop)


def test_bodies_of_unknown_topics_go_with_the_first_who_is_erased(make_shop):
    shop = make_shop(clock=FrozenClock(NOON))
    told = about(UnknownEvent, "unknown:1", topic="customers/merge", raw=b'{"of": "ada"}')
    shop.ingest([a_paid_event(an_order()), told])
    report = shop.rights.erase(checked(shop, "erasure"))

    assert 1 == report.unread_dropped
    with shop.store.reading() as connection:
        assert shop.store.inbox.raw_body(connection, told.id) is None


def test_a_copy_says_that_there_is_something_nobody_could_read(make_shop):
    shop = make_shop(clock=FrozenClock(NOON))
    shop.ingest([a_paid_event(an_order())])
    put_aside(shop, 1, at=NOON)
    copies = {kind: shop.rights.export(checked(shop, kind)) for kind in ("access", "portability")}
    told = {kind: files_of(packed)["README.txt"] for kind, packed in copies.items()}

    assert "that could not be read: 1." in told["access"]
    assert "could not be read" not in told["portability"]


def test_a_waiting_card_is_void_and_a_waiting_event_never_runs(make_shop):
    shop = waiting_shop(make_shop)
    shop.ingest([a_paid_event()])
    later = a_paid_event(an_order(id="1002"))
    shop.accept([later])

    shop.rights.erase(checked(shop, "erasure"))

    assert ["voided"] == [card.state.value for card in cards_of(shop)]
    assert () == shop.resume()
    assert () == cards_of(shop, "1002")


def test_old_orders_do_not_bring_anybody_back_and_a_new_one_is_a_contract_only(make_shop):
    shop, order = make_shop(), an_order()
    shop.ingest([a_paid_event(order), forget(at=NOON)])

    again = shop.ingest([a_paid_event(order), about(OrderRefunded, "refund", order=order)])
    (fresh,) = shop.ingest(
        [a_paid_event(an_order(id="2001", placed_at=NOON + DAY, paid_at=NOON + DAY))]
    )
    with shop.store.reading() as connection:
        refused = shop.store.suppressions.refused_count(connection, SHOP)

    assert {("erased", "done")} == {(each.event_type, each.state) for each in again}
    assert 1 == refused
    assert ["plain_thanks"] == [d.template for d in fresh.deliveries if d.surface == "card"]
    assert not [d for d in fresh.decisions if d.allowed and d.message_class == "marketing"]


def test_a_file_of_old_orders_prints_no_card_for_the_erased(make_shop):
    from retention_sdk.pipeline.cards.admit import ERASED, admit

    shop, order = make_shop(), an_order()
    shop.ingest([a_paid_event(order), forget(at=NOON)])
    elsewhere = an_address(name="Bob", street=("Elm St. 5",))
    bob = a_customer(id="9", email="b@example.com", address=elsewhere)
    other = a_paid_event(an_order(id="1002", customer=bob, shipping_address=elsewhere))

    refused, admitted = admit([a_paid_event(order), other], shop.press_room)

    assert (ERASED, False) == (refused.refusal, refused.is_due)
    assert admitted.record is not None


def test_an_erasure_that_a_platform_passes_on_is_a_request_with_an_answer(make_shop):
    shop = make_shop()
    shop.ingest([a_paid_event()])

    (outcome,) = shop.ingest([forget()])
    (view,) = shop.rights.list()

    assert "done" == outcome.state
    assert ("erasure", "answered", "test") == (view.kind, view.state, view.steps[0].by)
    assert ["received", "identity_check", "scoped", "collected", "reviewed", "answered"] == states(
        view
    )


def test_a_shop_that_leaves_takes_everybody_along(make_shop):
    shop = make_shop()
    bob = a_customer(id="9", email="bob@example.com")
    shop.ingest([a_paid_event(), a_paid_event(an_order(id="1002", customer=bob))])

    (outcome,) = shop.ingest([about(ShopErased, "gone", at=NOON)])

    assert "done" == outcome.state
    for event_id in ("1001", "1002"):
        with pytest.raises(SubjectErased):
            shop.outcome(f"test:soap.example:order:{event_id}:paid")
    with shop.store.reading() as connection:
        assert () == shop.store.subjects.of_shop(connection, SHOP)
        assert shop.ledger.verify(connection).is_clean
    assert ["erased"] == [each.event_type for each in shop.ingest([a_paid_event(an_order(id="3"))])]


def test_an_export_on_disk_goes_with_the_person(make_shop, tmp_path):
    shop = make_shop()
    shop.ingest([a_paid_event()])
    request = checked(shop, "access")
    packed = shop.rights.export(request)
    file, changed = tmp_path / "ada.zip", tmp_path / "mine.zip"
    for path in (file, changed):
        path.write_bytes(packed)
        shop.rights.note_export(request, str(path), packed)
    changed.write_bytes(b"the shop's own")

    report = shop.rights.erase(checked(shop, "erasure", reference="2", **ADA))

    assert 1 == report.exports_removed
    assert not file.exists()
    assert changed.exists()
    with pytest.raises(RightsError, match="erased since"):
        shop.rights.export(request)


def test_sales_go_when_tax_law_lets_them(make_shop):
    clock = FrozenClock(NOON)
    shop = make_shop(clock=clock, consent={"keep_order_years": 3})
    shop.ingest([a_paid_event(), forget()])

    assert 0 == shop.rights.sweep()
    clock.now = NOON + 365 * 5 * DAY
    assert 1 == shop.rights.sweep()
