"""Three levels of attribution over a store with known customers."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from retention_sdk.pipeline.cards.attribution import judge, measure_lift, report_cards
from retention_sdk.storage import CardChoice, CardPlace, open_store
from retention_sdk.storage.card_records import CardState
from retention_sdk.storage.codes import CodeState
from retention_sdk.testing import NOON, an_order

KEY = bytes(range(32))
DAY = timedelta(days=1)
SINCE = NOON - 200 * DAY
SHOP = "soap.example"


class Book:
    """Puts customers, cards, scans, coupons and orders into a store."""

    def __init__(self, store):
        self.store = store
        self.cards = 0

    def card(
        self,
        who,
        *,
        at=NOON - 100 * DAY,
        holdout=False,
        template="thank_you",
        arm="",
        states=(),
        shop=SHOP,
    ):
        self.cards += 1
        number = self.cards
        place = CardPlace(
            card_id=number, shop_id=shop, order_id=f"o{number}", fulfilment_id="1", event_id="e"
        )
        choice = CardChoice(
            template=template, locale="de", formality="formal", is_holdout=holdout, arm=arm
        )
        with self.store.begin() as connection:
            subject = self.store.subjects.subject_for(connection, shop, f"id:{who}", now=at)
            record = self.store.cards.assign(
                connection,
                place,
                choice,
                b"{}",
                order_number=f"{number}",
                subject_id=subject,
                now=at,
            )
            for state in states:
                assert self.store.cards.advance(connection, record, CardState(state), now=at)
                record = self.store.cards.get(connection, number)
        self.order(who, at=at - timedelta(minutes=5), name=f"o{number}", shop=shop)
        return number

    def order(self, who, *, at, name=None, is_paid=True, is_cancelled=False, shop=SHOP):
        order = an_order(
            id=name or f"x{random.Random(f'{who}{at}').random()}",
            placed_at=at,
            paid_at=at if is_paid else None,
            cancelled_at=at if is_cancelled else None,
        )
        with self.store.begin() as connection:
            subject = self.store.subjects.subject_for(connection, shop, f"id:{who}", now=at)
            self.store.orders.record(connection, order, shop_id=shop, subject_id=subject)

    def scan(self, card, *, at):
        with self.store.begin() as connection:
            self.store.scans.record(connection, card, variant=0, at=at, ua_class="phone")

    def coupon(self, card, state=None):
        with self.store.begin() as connection:
            self.store.codes.record(connection, card, f"{card}.0", platform="vendure", now=NOON)
            if state:
                self.store.codes.mark(connection, card, f"{card}.0", CodeState(state), now=NOON)


@pytest.fixture
def store():
    with open_store("sqlite://", key=KEY) as opened:
        yield opened


@pytest.fixture
def book(store):
    return Book(store)


def lift(store, **changes):
    wiring = {"shop_id": SHOP, "since": SINCE, "now": NOON, "window_days": 60}
    return measure_lift(store, **wiring | changes)


def rows(store, window_days=30):
    report = report_cards(store, shop_id=SHOP, since=SINCE, until=NOON, window_days=window_days)
    return {(row.template, row.arm): row for row in report.rows}


def groups(report):
    return [(rate.count, rate.total) for rate in (report.treated, report.held_out)]


def test_customers_are_compared_as_they_were_dealt(store, book):
    """Never printed, voided, scanned or not: a customer counts in the group of the first card."""
    printed = ("rendered", "printed")
    book.card("ada", states=printed)
    book.card("bob", states=("voided",))
    book.card("cleo")
    book.card("dora", holdout=True, template="plain_thanks")
    book.card("emil", holdout=True, template="plain_thanks", states=printed)
    for who, days in (("ada", 10), ("bob", 59), ("dora", 60)):
        book.order(who, at=NOON - 100 * DAY + days * DAY)

    assert [(2, 3), (1, 2)] == groups(lift(store))


def test_only_a_paid_order_within_the_window_is_a_return(store, book):
    start = NOON - 100 * DAY
    for who in ("early", "late", "unpaid", "cancelled", "own", "back"):
        book.card(who, at=start)
    book.order("early", at=start - DAY)
    book.order("late", at=start + 60 * DAY + timedelta(microseconds=1))
    book.order("unpaid", at=start + DAY, is_paid=False)
    book.order("cancelled", at=start + DAY, is_cancelled=True)
    book.order("back", at=start + 60 * DAY)

    assert [(1, 6), (0, 0)] == groups(lift(store))


def test_a_customer_counts_once_in_the_group_of_the_first_card(store, book):
    book.card("ada", at=NOON - 90 * DAY)
    book.card("ada", at=NOON - 80 * DAY, holdout=True)
    book.card("bob", at=NOON - 90 * DAY, holdout=True)
    book.card("bob", at=NOON - 80 * DAY)

    assert [(1, 1), (1, 1)] == groups(lift(store))


def test_customers_whose_window_is_open_do_not_count_yet(store, book):
    book.card("ada", at=NOON - 60 * DAY)
    book.card("bob", at=NOON - 60 * DAY - timedelta(microseconds=1))
    book.card("old", at=SINCE - timedelta(microseconds=1))

    assert [(0, 1), (0, 0)] == groups(lift(store))


def test_gifts_and_other_shops_are_in_no_group(store, book):
    book.card("ada", template="gift_message")
    book.card("bob", shop="other.example")

    assert [(0, 0), (0, 0)] == groups(lift(store))


def test_result_is_told_with_its_interval_and_no_more(store, book):
    """By hand, with z = 1.96: Wilson gives 19.2 to 51.2 % and 16.8 to 68.7 %.

    −6.7 less √(14.1² + 28.7²) = 32.0, and plus √(17.9² + 23.2²) = 29.3.
    """
    for number in range(40):
        book.card(number, holdout=number >= 30)
        if number % 3 == 0:
            book.order(number, at=NOON - 90 * DAY)

    report = lift(store)

    assert [(10, 30), (4, 10)] == groups(report)
    assert "difference −6.7 points, 95 % interval −38.7 to 22.6; not enough data" == report.sentence


def test_before_the_planned_size_it_is_too_early_whatever_the_difference(store, book):
    for number in range(40):
        book.card(number, holdout=number >= 20)
        if number < 20:
            book.order(number, at=NOON - 90 * DAY)

    assert "more came back" == lift(store).verdict
    assert "too early to tell" == lift(store, planned=41).verdict
    assert "more came back" == lift(store, planned=40).verdict


def test_no_customers_are_no_result(store):
    report = lift(store)

    assert (0, 0, 0.0, -1.0, 1.0, "not enough data") == (
        report.treated.total, report.held_out.total, report.difference, report.low, report.high,
        report.verdict,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (0.001, 0.2, "more came back"),
        (-0.2, -0.001, "fewer came back"),
        (-0.004, 0.028, "not enough data"),
        (-0.019, 0.019, "no difference that matters"),
        (-0.02, 0.019, "not enough data"),
        (0.0, 0.01, "no difference that matters"),
    ],
)
def test_verdict_says_what_the_interval_allows(low, high, verdict):
    assert verdict == judge(low, high, matters=0.02)


def test_cards_are_counted_by_template_and_arm(store, book):
    packed = ("rendered", "printed", "packed")
    book.card("ada", states=packed)
    book.card("bob", states=("rendered", "printed"))
    book.card("cleo", states=("voided",))
    book.card("dora", template="birthday", arm="long")
    book.card("emil", template="birthday", arm="short")

    found = rows(store)

    thanks = found["thank_you", ""]
    assert (3, 2, 1, 1) == (thanks.assigned, thanks.printed, thanks.packed, thanks.voided)
    assert {("thank_you", ""), ("birthday", "long"), ("birthday", "short")} == set(found)


def test_a_card_is_scanned_once_however_often_and_its_order_counts_once(store, book):
    start = NOON - 100 * DAY
    ada, bob = book.card("ada", states=("rendered", "printed")), book.card("bob")
    for days in (1, 2, 3):
        book.scan(ada, at=start + days * DAY)
        book.order("ada", at=start + days * DAY + timedelta(minutes=1))
    book.scan(bob, at=start + DAY)
    book.order("bob", at=start + 40 * DAY)

    row = rows(store)["thank_you", ""]

    assert (2, 2) == (row.scanned.count, row.scanned.total)
    assert (1, 2) == (row.ordered.count, row.ordered.total)


def test_an_order_of_the_scans_hour_counts_and_one_before_it_does_not(store, book):
    start = NOON - 100 * DAY
    for who, minutes in (("same hour", 10), ("hour before", -10)):
        card = book.card(who)
        book.scan(card, at=start + DAY + timedelta(minutes=30))
        book.order(who, at=start + DAY + timedelta(minutes=minutes))

    assert 1 == rows(store)["thank_you", ""].ordered.count


def test_redemption_is_of_coupons(store, book):
    for who, state in (("a", "redeemed"), ("b", None), ("c", "voided")):
        book.coupon(book.card(who), state)
    book.card("d")

    redeemed = rows(store)["thank_you", ""].redeemed
    assert (1, 3) == (redeemed.count, redeemed.total)


def test_report_holds_nothing_about_a_person(store, book):
    book.card("zenobia@quill.example")
    with store.reading() as connection:
        (subject,) = {card.subject_id for card in store.cards.of_order(connection, SHOP, "o1")}

    told = (
        lift(store).model_dump_json()
        + report_cards(
            store, shop_id=SHOP, since=SINCE, until=NOON, window_days=30
        ).model_dump_json()
    )

    assert "zenobia" not in told
    assert subject not in told
    assert "o1" not in told


def test_the_lift_of_a_simulated_shop_is_found(store, book):
    """A shop where cards bring 20 points more: the interval lies around the truth."""
    chance = random.Random(3)
    for number in range(400):
        is_holdout = chance.random() < 0.3
        book.card(number, holdout=is_holdout)
        if chance.random() < (0.2 if is_holdout else 0.4):
            book.order(number, at=NOON - 70 * DAY)

    report = lift(store)

    assert report.low < 0.20 < report.high
    assert "more came back" == report.verdict
