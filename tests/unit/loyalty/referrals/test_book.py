"""Referrals in a store: from a code to points on both sides, or to a reason why not."""

from datetime import timedelta

import pytest

from retention_sdk.errors import LedgerError, StorageError
from retention_sdk.loyalty.referrals import read_code
from retention_sdk.model import Address
from tests.unit.loyalty.referrals.circle import DAY, HAND, PEOPLE, RULE, Circle

REFUNDED = "the friend's order was given back"
NOT_NEW = "the friend has bought before"
ALIKE = "both have the same account, mailbox or telephone"


@pytest.fixture
def make_circle(store):
    with store.begin() as connection:
        yield lambda **changes: Circle(store, connection, **changes)


@pytest.fixture
def circle(make_circle):
    return make_circle()


@pytest.mark.parametrize("how", ["claim", "coupon", "tag"])
def test_both_sides_get_points_when_the_order_cannot_come_back(circle, how):
    code = circle.code_of("ada")
    typed = code.lower().replace("-", " ")
    if how == "claim":
        circle.claim(typed, "bob")
    carried = {"coupon": {"coupon_codes": (typed,)}, "tag": {"tags": (f"Ref:{code}",)}}
    circle.pay("bob", "1", **carried.get(how, {}))

    assert ["pending"] == circle.states()
    assert [] == circle.wait(13.9)
    early = circle.all()[0].head.id
    assert () == circle.book.reward(circle.connection, early, at=circle.now)
    assert (0, 0) == circle.points("ada", "bob")
    assert [("referrer", 500), ("friend", 200)] == [
        (each.role, each.points) for each in circle.wait(0.2)
    ]
    assert (500, 200) == circle.points("ada", "bob")
    assert ["claimed", "ordered", "pending", "rewarded"] == [
        step.state for step in circle.all()[0].steps
    ]
    paid_at = circle.orders["1"][1].paid_at
    assert paid_at + 14 * DAY == circle.all()[0].step.at


def test_points_of_a_referral_can_be_spent_at_once(make_circle):
    circle = make_circle(matures_after_days=30)
    circle.pay("bob", "1", coupon_codes=(circle.code_of("ada"),))
    circle.wait(14)
    state = circle.ledger.balance(circle.connection, circle.who("ada"), now=circle.now)

    assert (500, 0) == (state.balance, state.pending)


def test_a_member_has_one_code_that_only_its_hash_finds(circle):
    code = circle.code_of("ada")

    assert code == circle.code_of("ada") == read_code(code)
    assert code != circle.code_of("cyd")
    assert None is circle.claim("AAAA-AAAA-AAAA-AAAA", "bob")
    assert None is circle.claim("TEATIME10", "bob")
    rows = circle.connection.exec_driver_sql("SELECT * FROM referral_code").all()
    clear = [value for row in rows for value in row if isinstance(value, str)]
    sealed = b"".join(bytes(v) for row in rows for v in row if isinstance(v, bytes | memoryview))
    assert not any(code in value for value in clear)
    assert code.encode() not in sealed


def test_r1_nobody_brings_themselves_under_another_spelling_or_account(circle):
    code = circle.code_of("bob")
    circle.claim(code, "bob")
    circle.claim(code, "alias")
    circle.pay("alias", "1", coupon_codes=(code,))
    circle.wait(99)

    assert [("rejected", ("both turned out to be one person",)), ("rejected", (ALIKE,))] == (
        circle.told()
    )
    assert (0, 0) == circle.points("bob", "alias")


def test_who_has_bought_before_is_no_friend_even_under_an_alias(circle):
    code = circle.code_of("ada")
    circle.pay("bob", "1")
    circle.now += DAY
    circle.claim(code, "bob")
    circle.pay("alias", "2", coupon_codes=(code,))

    assert [("rejected", (NOT_NEW,))] * 2 == circle.told()


def test_a_door_in_common_waits_for_a_person_who_says_why(circle, monkeypatch):
    home = Address(name="X", street=("Main St 1",), postcode="10115", country="DE")
    for name in ("ada", "bob"):
        lives = PEOPLE[name].model_copy(update={"address": home})
        monkeypatch.setitem(PEOPLE, name, lives)
    circle.pay("bob", "1", coupon_codes=(circle.code_of("ada"),))
    (waiting,) = circle.book.waiting(circle.connection)
    circle.wait(20)
    assert [("ordered", ("both live behind the same door",))] == circle.told()

    known = circle.book.approve(circle.connection, waiting.head.id, hand=HAND, now=circle.now)
    assert ("pending", "support") == (known.step.state, known.step.actor)
    circle.wait()
    assert [("rewarded", ("both live behind the same door", HAND.reason))] == circle.told()
    assert (500, 200) == circle.points("ada", "bob")
    clear = circle.connection.exec_driver_sql("SELECT reasons FROM referral_step").all()
    assert not any("Zenobia" in text for (text,) in clear)


def test_a_person_may_say_no_before_and_after_the_reward(circle):
    code = circle.code_of("ada")
    circle.pay("bob", "1", coupon_codes=(code,))
    circle.wait(14)
    (stored,) = circle.all()
    circle.book.reject(circle.connection, stored.head.id, hand=HAND, now=circle.now)
    circle.pay("cyd", "2", coupon_codes=(code,))
    other = circle.all()[-1]
    circle.book.reject(circle.connection, other.head.id, hand=HAND, now=circle.now)
    circle.wait(99)

    assert [("clawed", (HAND.reason,)), ("rejected", (HAND.reason,))] == circle.told()
    assert (0, 0, 0) == circle.points("ada", "bob", "cyd")
    with pytest.raises(LedgerError, match="stays so"):
        circle.book.approve(circle.connection, other.head.id, hand=HAND, now=circle.now)
    with pytest.raises(LedgerError, match="no referral"):
        circle.book.reject(circle.connection, "nothing", hand=HAND, now=circle.now)


def test_a_refund_before_the_window_ends_rejects_and_later_takes_back(circle):
    code = circle.code_of("ada")
    circle.pay("bob", "1", coupon_codes=(code,))
    circle.refund("1", 4999)
    circle.wait(14)
    assert ["rewarded"] == circle.states()
    circle.refund("1")
    circle.pay("cyd", "2", coupon_codes=(code,))
    circle.cancel("2")
    circle.wait(99)

    assert [("clawed", (REFUNDED,)), ("rejected", (REFUNDED,))] == circle.told()
    assert (0, 0, 0) == circle.points("ada", "bob", "cyd")
    assert circle.ledger.verify(circle.connection).is_clean


def test_a_refund_told_before_the_payment_leaves_no_reward(circle):
    code = circle.code_of("ada")
    order = {"coupon_codes": (code,)}
    circle.pay("cyd", "seen", total="1.00 EUR")  # another order, so that the books are not empty
    circle.orders["1"] = ("bob", circle.orders["seen"][1].model_copy(
        update={"id": "1", "customer": PEOPLE["bob"], **order}
    ))  # fmt: skip
    circle.refund("1")
    circle.pay("bob", "1")
    circle.wait(99)

    assert [("rejected", (REFUNDED,))] == circle.told()
    assert (0, 0) == circle.points("ada", "bob")


def test_telling_everything_twice_changes_nothing(circle):
    code = circle.code_of("ada")
    for again in ("", "again"):
        circle.claim(code, "bob")
        circle.pay("bob", "1", again=again, coupon_codes=(code,))
    before = circle.all()
    circle.wait(14)
    for again in ("a", "b"):
        circle.pay("bob", "1", again=again)
        circle.wait()
    circle.refund("1")
    after = circle.all()
    for again in ("a", "b"):
        circle.refund("1", again=again)
        circle.pay("bob", "1", again=f"late-{again}")

    assert ["claimed", "ordered", "pending"] == [step.state for step in before[0].steps]
    assert after == circle.all()
    assert (0, 0) == circle.points("ada", "bob")


def test_the_first_code_counts_and_one_order_brings_one_reward(circle):
    first, second = circle.code_of("ada"), circle.code_of("cyd")
    circle.claim(first, "bob")
    assert circle.claim(first, "bob") == circle.claim(second, "bob")
    circle.pay("bob", "1", coupon_codes=(second,))
    circle.pay("bob", "2")
    circle.wait(14)

    assert (500, 200, 0) == circle.points("ada", "bob", "cyd")


def test_a_year_has_a_limit_for_the_member_and_none_for_friends(make_circle):
    circle = make_circle(rule={**RULE, "yearly_max": 1})
    code = circle.code_of("ada")
    for number, name in enumerate(("bob", "cyd")):
        circle.pay(name, str(number), coupon_codes=(code,))
    circle.wait(14)
    assert (500, 200, 200) == circle.points("ada", "bob", "cyd")

    circle.now += 300 * DAY
    circle.pay("guest", "9", coupon_codes=(code,))
    circle.wait(14)
    assert (1000, 200) == circle.points("ada", "guest")


def test_an_order_has_to_be_large_enough_and_to_stay_so(make_circle):
    circle = make_circle(rule={**RULE, "from_minor": {"EUR": 30_00}})
    code = circle.code_of("ada")
    circle.pay("bob", "1", total="29.99 EUR", coupon_codes=(code,))
    circle.pay("cyd", "2", total="30.00 EUR", coupon_codes=(code,))
    circle.pay("guest", "3", total="90.00 USD", coupon_codes=(code,))
    small = ("rejected", ("the order is below the amount that a referral asks for",))
    assert [small, ("pending", ()), small] == circle.told()

    circle.refund("2", 1)
    assert [small] * 3 == circle.told()


def test_rules_of_earning_give_the_member_more_and_are_taken_back_too(make_circle):
    rules = [{"kind": "referral", "id": "friends", "points": 50, "yearly_max": 1}]
    circle = make_circle(rules=rules)
    circle.pay("bob", "1", coupon_codes=(circle.code_of("ada"),))
    assert [550, 200] == [each.points for each in circle.wait(14)]
    assert (550, 200) == circle.points("ada", "bob")

    circle.refund("1")
    assert (0, 0) == circle.points("ada", "bob")


def test_two_who_become_one_person_brought_nobody(circle):
    code = circle.code_of("ada")
    circle.pay("bob", "1", coupon_codes=(code,))
    circle.pay("cyd", "2", coupon_codes=(code,))
    circle.wait(14)
    circle.merge("ada", "bob")
    told = ("both turned out to be one person",)

    assert [("clawed", told), ("rewarded", ())] == circle.told()
    assert (500, 200) == circle.points("ada", "cyd")
    assert circle.code_of("bob") == code


def test_one_who_was_brought_by_two_counts_for_the_first(circle):
    circle.claim(circle.code_of("ada"), "bob")
    circle.now += timedelta(hours=1)
    circle.claim(circle.code_of("cyd"), "guest")
    circle.pay("guest", "1")
    circle.merge("bob", "guest")
    circle.wait(99)

    assert [
        ("claimed", ()),
        ("rejected", ("somebody else had brought the friend before",)),
    ] == circle.told()


def test_the_erased_get_nothing_and_the_other_side_keeps_its_reward(circle):
    code = circle.code_of("ada")
    circle.pay("bob", "1", coupon_codes=(code,))
    circle.pay("cyd", "2", coupon_codes=(circle.code_of("guest"),))
    ada, cyd = circle.who("ada"), circle.who("cyd")
    for who in (ada, cyd):
        circle.store.subjects.erase(circle.connection, who, now=circle.now)
    assert 2 <= circle.store.referrals.forget_erased(circle.connection, "shop")
    paid = circle.wait(14)

    assert [("friend", circle.who("bob")), ("referrer", circle.who("guest"))] == [
        (each.role, each.subject_id) for each in paid
    ]
    assert None is circle.claim(code, "cyd")
    held = [circle.ledger.balance(circle.connection, who, now=circle.now) for who in (ada, cyd)]
    assert [0, 0] == [each.balance for each in held]


def test_words_said_by_hand_go_with_either_person(circle):
    circle.pay("bob", "1", coupon_codes=(circle.code_of("ada"),))
    (stored,) = circle.all()
    circle.book.reject(circle.connection, stored.head.id, hand=HAND, now=circle.now)
    circle.store.subjects.erase(circle.connection, circle.who("bob"), now=circle.now)

    ((state, reasons),) = circle.told()
    assert ("rejected", True) == (state, bool(reasons))
    assert not any("Zenobia" in reason for reason in reasons)


@pytest.mark.parametrize("table", ["referral_code", "referral", "referral_step"])
@pytest.mark.parametrize("verb", ["DELETE FROM {}", "UPDATE {} SET {}"])
def test_no_database_lets_the_history_of_referrals_be_rewritten(store, table, verb):
    column = {"referral_step": "state = 'rewarded'"}.get(table, "shop_id = 'x'")
    with store.begin() as connection:
        circle = Circle(store, connection)
        circle.pay("bob", "1", coupon_codes=(circle.code_of("ada"),))

    with pytest.raises(StorageError, match="append-only"), store.begin() as connection:
        connection.exec_driver_sql(verb.format(table, column))
