"""Leaderboards in a shop: only who chose to be seen is, under a name that tells nothing."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention_sdk.errors import LedgerError
from retention_sdk.loyalty.leaderboards import rank
from retention_sdk.model import CustomerErased, Erasure
from retention_sdk.testing import a_customer, a_shop
from tests.unit.loyalty.achievements.kit import (
    ADA,
    NOW,
    a_program,
    merged,
    paid,
    person,
    refunded,
    tell,
    who,
)

MONTHLY = {"id": "monthly", "participants_min": 3}
NAMES = ("Otter", "Badger", "Heron", "Lynx", "Puffin", "Raven", "Tiger", "Finch")


@pytest.fixture
def open_board(make_shop):
    """Return a function that opens a shop with a board and members who ordered for some euros."""

    def opened(*euros, board=MONTHLY, clock=lambda: NOW, achievements=(), **changes):
        program = a_program(*achievements, leaderboards=[board], **changes)
        shop = make_shop(loyalty=program, clock=clock)
        for number, amount in enumerate(euros):
            tell(shop, paid(f"o{number}", customer=person(number), euros=amount, at=NOW))
            desk(shop).opt_in(person(number), "monthly", name=NAMES[number], source="form")
        return shop

    return opened


def desk(shop):
    return shop.loyalty.achievements


def lines(places):
    return [(place.rank, place.name, place.score) for place in places]


def test_equal_scores_have_equal_places_and_the_next_is_left_out(open_board):
    shop = open_board(70, 90, 70, 10)
    view = desk(shop).leaderboard("monthly", person(3))

    assert (1, "Badger", 90) == lines(view.top)[0]
    assert {(2, "Otter", 70), (2, "Heron", 70)} == set(lines(view.top)[1:3])
    assert (4, "Lynx", 10) == lines(view.top)[3]
    assert (4, 10, 4, "2026-11") == (view.rank, view.score, view.participants, view.period)
    assert [place.is_me for place in view.top] == [False, False, False, True]


def test_below_the_least_number_nothing_is_shown_but_ones_own_score(open_board):
    shop = open_board(70, 90)
    view = desk(shop).leaderboard("monthly", person(0))

    assert (False, None, (), (), None) == (
        view.is_shown,
        view.participants,
        view.top,
        view.around,
        view.rank,
    )
    assert (True, 70) == (view.is_member, view.score)


def test_who_has_no_score_does_not_make_the_number_full(open_board):
    shop = open_board(70, 90)
    tell(shop, paid("other", customer=person(7), euros=5, at=NOW - timedelta(days=60)))
    desk(shop).opt_in(person(7), "monthly", name="Finch")

    assert not desk(shop).leaderboard("monthly").is_shown


def test_nobody_who_did_not_choose_it_is_kept_counted_or_shown(open_board):
    shop = open_board(70, 90, 50)
    before = desk(shop).leaderboard("monthly")
    tell(shop, paid("quiet", customer=ADA, euros=80))
    with shop.store.reading() as connection:
        ada = who(shop, connection)
        for table in ("leaderboard_member", "leaderboard_score"):
            query = f"SELECT count(*) FROM {table} WHERE subject_id = '{ada}'"
            assert 0 == connection.exec_driver_sql(query).scalar()

    assert before == desk(shop).leaderboard("monthly")
    seen = desk(shop).leaderboard("monthly", ADA)
    assert (False, 0, None, ()) == (seen.is_member, seen.score, seen.rank, seen.around)
    assert before.top == seen.top


def test_ones_neighbours_are_shown_on_both_sides(open_board):
    board = {**MONTHLY, "top": 1, "neighbours": 1}
    shop = open_board(10, 20, 30, 40, 50, board=board)
    view = desk(shop).leaderboard("monthly", person(2))

    assert [(1, "Puffin", 50)] == lines(view.top)
    assert [(2, "Lynx", 40), (3, "Heron", 30), (4, "Badger", 20)] == lines(view.around)


def test_who_opts_out_is_gone_at_once_with_name_and_score(open_board):
    shop = open_board(70, 90, 50, 30)

    assert desk(shop).opt_out(person(1), "monthly", source="preferences")
    assert not desk(shop).opt_out(person(1), "monthly")
    assert ["Otter", "Heron", "Lynx"] == [p.name for p in desk(shop).leaderboard("monthly").top]
    assert not desk(shop).leaderboard("monthly", person(1)).is_member
    with shop.store.reading() as connection:
        who_left = who(shop, connection, person(1))
        rows = shop.store.achievements.choices(connection, "points", who_left)
    assert [("joined", "form"), ("left", "preferences")] == [(r.act, r.source) for r in rows]

    assert "Badger" == desk(shop).opt_in(person(0), "monthly", name="Badger").name


def test_a_refund_lowers_a_score_in_its_own_commit(open_board):
    shop = open_board(70, 90, 50)
    tell(shop, refunded(paid("o1", customer=person(1), euros=90), 60))

    assert (1, "Otter", 70) == lines(desk(shop).leaderboard("monthly").top)[0]
    assert 30 == desk(shop).leaderboard("monthly", person(1)).score


def test_a_name_that_looks_like_anothers_is_taken(open_board):
    shop = open_board(70, 90, 50)
    for name in ("otter", "0TTER"):
        with pytest.raises(LedgerError, match="looks like one"):
            desk(shop).opt_in(person(1), "monthly", name=name)

    assert "Badger" == desk(shop).opt_in(person(1), "monthly").name


def test_neither_ones_own_name_nor_address_nor_the_shops_can_be_shown(open_board):
    shop = open_board()
    known = a_customer(id="e", email="quokka@example.org", given_name="Eve", family_name="Moor")
    tell(shop, paid("1", customer=known))
    for name in ("Quokka", "Eve", "M00r", "Soap 'n Soap Sons", "Soap Sons"):
        with pytest.raises(LedgerError, match="cannot be shown"):
            desk(shop).opt_in(known, "monthly", name=name)


def test_a_name_is_made_for_who_gives_none_and_kept(open_board):
    shop = open_board()
    tell(shop, paid("1"))
    made = desk(shop).opt_in(ADA, "monthly").name

    assert 2 == len(made.split())
    assert made == desk(shop).opt_in(ADA, "monthly").name


def test_names_are_made_of_the_boards_own_words(open_board):
    words = {"first_words": ["رنگین"], "second_words": ["پروانه"]}
    shop = open_board(board={**MONTHLY, **words})
    tell(shop, paid("1"), paid("2", customer=person(0)))

    assert "رنگین پروانه" == desk(shop).opt_in(ADA, "monthly").name
    assert desk(shop).opt_in(person(0), "monthly").name.startswith("رنگین پروانه ")


def test_the_name_lies_sealed_and_no_table_names_anybody(open_board):
    shop = open_board(70)
    with shop.store.reading() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM leaderboard_member").all()

    assert b"Otter" not in b"".join(v for row in rows for v in row if isinstance(v, bytes))
    assert "Otter" not in repr(rows)


def test_the_erased_are_gone_from_every_list_with_all_they_did(open_board):
    shop = open_board(70, 90, 50, 30)
    erased = CustomerErased(
        id="erased",
        shop_id=a_shop().id,
        occurred_at=NOW,
        erasure=Erasure(customer_id="p1", email="p1@example.org"),
    )
    shop.ingest([erased])
    view = desk(shop).leaderboard("monthly")

    assert ["Otter", "Heron", "Lynx"] == [place.name for place in view.top]
    assert 3 == view.participants
    with shop.store.reading() as connection:
        for table in ("leaderboard_member", "leaderboard_score"):
            assert 3 == connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar()


def test_two_who_become_one_have_one_line_with_the_score_of_both(open_board):
    shop = open_board(70, 90, 50, 30)
    tell(shop, merged(person(0), person(1)))
    view = desk(shop).leaderboard("monthly", person(0))

    assert (3, 160, 1) == (view.participants, view.score, view.rank)
    assert [160, 50, 30] == [place.score for place in view.top]


def test_orders_are_counted(open_board):
    shop = open_board(70, 90, 50, board={**MONTHLY, "measure": "orders"})
    tell(shop, paid("more", customer=person(2), euros=1))

    assert (1, "Heron", 2) == lines(desk(shop).leaderboard("monthly").top)[0]


def test_an_achievement_is_compared_by_what_counts_for_it_in_the_period(open_board):
    large = {
        "id": "large",
        "kind": "orders",
        "from_minor": {"EUR": 5000},
        "levels": [{"target": 9}],
    }
    board = {**MONTHLY, "measure": "achievement", "achievement": "large"}
    shop = open_board(70, 90, 50, 10, board=board, achievements=[large])
    tell(shop, paid("more", customer=person(2), euros=60))
    tell(shop, paid("before", customer=person(0), euros=60, at=NOW - timedelta(days=40)))

    assert [2, 1, 1] == [place.score for place in desk(shop).leaderboard("monthly").top]


def test_every_period_has_a_list_of_its_own_and_the_one_before_is_kept(open_board):
    clock = [NOW]
    shop = open_board(70, 90, 50, clock=lambda: clock[0])
    clock[0] = datetime(2026, 12, 1, tzinfo=UTC)
    shop.run_due(now=clock[0])

    assert ("2026-12", False) == (
        desk(shop).leaderboard("monthly").period,
        desk(shop).leaderboard("monthly").is_shown,
    )
    assert [90, 70, 50] == [
        p.score for p in desk(shop).leaderboard("monthly", is_previous=True).top
    ]

    clock[0] = datetime(2027, 1, 1, tzinfo=UTC)
    shop.run_due(now=clock[0])
    with shop.store.reading() as connection:
        query = "SELECT count(*) FROM leaderboard_score"
        assert 0 == connection.exec_driver_sql(query).scalar()


def test_a_board_in_the_programmes_zone_ends_at_its_midnight(open_board):
    """Midnight of 1 December in Tehran is half past eight in the evening before, in UTC."""
    shop = open_board(70, time_zone="Asia/Tehran")

    assert (
        datetime(2026, 11, 30, 20, 30, tzinfo=UTC)
        == desk(shop).leaderboard("monthly", person(0)).ends_at
    )


def test_a_board_of_amounts_in_several_currencies_is_refused():
    spend = {"id": "big", "kind": "spend", "levels": [{"target_minor": {"EUR": 5}}]}
    board = {**MONTHLY, "measure": "achievement", "achievement": "big"}
    with pytest.raises(ValueError, match="cannot be compared"):
        a_program(spend, leaderboards=[board])


@given(st.dictionaries(st.text(min_size=1, max_size=3), st.integers(0, 5), max_size=30))
def test_a_rank_is_one_more_than_how_many_are_ahead(scores):
    for place, _, score in rank(scores):
        assert place == 1 + sum(other > score for other in scores.values())

    assert len(rank(scores)) == sum(score > 0 for score in scores.values())


@pytest.mark.parametrize("seed", range(3))
def test_the_store_ranks_as_the_pure_function_does(open_board, seed):
    """Both kinds of list agree on ties, wherever they are cut."""
    from retention_sdk.storage import Board, Member

    chance = random.Random(seed)
    shop = open_board(board={**MONTHLY, "top": 5, "neighbours": 3})
    place = Board("points", "monthly", "2026-11")
    with shop.store.begin() as connection:
        scores = {}
        for number in range(25):
            owner = shop.store.subjects.subject_for(
                connection, a_shop().id, f"id:m{number}", now=NOW
            )
            scores[owner] = chance.randrange(6)
            member = Member(owner, f"name {number}", NOW)
            shop.store.leaderboards.join(
                connection, place, member, shop_id=a_shop().id, likeness=f"name{number}"
            )
            shop.store.leaderboards.set_score(connection, place, owner, scores[owner])
        expected = rank(scores)
        for owner, score in scores.items():
            near = shop.store.leaderboards.around(connection, place, (owner, score), limit=3)
            if not score:
                continue
            keys = [key for _, key, _ in expected]
            at = keys.index(owner)
            assert [(key, points) for _, key, points in expected[max(0, at - 3) : at + 4]] == near
        best = shop.store.leaderboards.best(connection, place, limit=5)
    assert [(key, points) for _, key, points in expected[:5]] == best
