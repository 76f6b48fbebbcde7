"""Which answer of a person counts: by when it was given, and the strict one in doubt."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retention_sdk.errors import StorageError, SubjectErased
from retention_sdk.model import (
    Consent,
    ConsentAct,
    ConsentChannel,
    ConsentState,
    OptInLevel,
    Purpose,
    Wording,
)
from retention_sdk.storage import open_store

DAY = timedelta(days=1)
YES, NO, SILENCE = ConsentState.GRANTED, ConsentState.DENIED, ConsentState.UNKNOWN


def answer(state, *, at=None, **changes):
    return Consent(channel=ConsentChannel.EMAIL, state=state, recorded_at=at, **changes)


@pytest.fixture
def person(store, now):
    with store.begin() as connection:
        return store.subjects.subject_for(connection, "shop", "id:1", now=now)


@pytest.fixture
def told(store, now):
    """Record answers one by one and return what counts then."""

    def tell(person, *answers, start=0, at=now):
        with store.begin() as connection:
            for number, each in enumerate(answers, start=start):
                store.consents.record(connection, person, [each], event_id=f"e{number}", now=at)
            return store.consents.current(connection, person)

    return tell


def test_everything_about_an_answer_comes_back(store, person, told, now):
    wording = Wording(text_sha256="b" * 64, locale="fa-IR", version="2026-02")
    given_answer = answer(
        YES,
        at=now,
        source="preference page",
        opt_in_level=OptInLevel.CONFIRMED,
        evidence_ref="mail:77",
        purpose=Purpose.REVIEWS,
        wording=wording,
        confirmed_at=now - DAY,
        expires_at=now + 700 * DAY,
        platform="vendure",
    )

    assert (given_answer,) == told(person, given_answer)
    with store.reading() as connection:
        (entry,) = store.consents.entries(connection, person)
    assert ("reviews", "granted", "express", now - DAY, now + 700 * DAY) == (
        entry.purpose,
        entry.state,
        entry.act,
        entry.confirmed_at,
        entry.expires_at,
    )


def test_each_purpose_has_an_answer_of_its_own(person, told, now):
    offers, reviews = (
        answer(state, at=now, purpose=purpose)
        for state, purpose in ((YES, Purpose.OFFERS), (NO, Purpose.REVIEWS))
    )

    assert (offers, reviews) == told(person, reviews, offers)


def test_silence_is_never_kept(store, person, told, now):
    assert () == told(person, answer(SILENCE, at=now))
    with store.reading() as connection:
        assert () == store.consents.shops(connection)


def test_of_two_answers_at_one_instant_the_no_counts_in_either_order(person, told, now):
    assert NO is told(person, answer(YES, at=now), answer(NO, at=now))[0].state
    other = ConsentChannel.SMS
    no, yes = (answer(state, at=now).model_copy(update={"channel": other}) for state in (NO, YES))
    assert NO is told(person, no, yes, start=2)[1].state


def test_an_answer_from_the_future_counts_from_its_arrival(person, told, now):
    future = answer(YES, at=now + 300 * DAY)
    assert now == told(person, future)[0].recorded_at

    (current,) = told(person, answer(NO, at=now + DAY), start=1, at=now + DAY)
    assert NO is current.state


def test_business_implies_no_yes_after_a_no_in_words(person, told, now):
    """CASL: buying again does not undo an unsubscribe."""
    bought = answer(
        YES, at=now + DAY, act=ConsentAct.IMPLIED_BY_PURCHASE, expires_at=now + 730 * DAY
    )

    assert bought == told(person, bought, at=now + DAY)[0]
    assert NO is told(person, answer(NO, at=now), start=1, at=now + DAY)[0].state
    assert NO is told(person, bought.model_copy(update={"source": "again"}), start=2)[0].state


def test_a_withdrawal_is_effective_at_once_and_a_later_yes_too(person, told, now):
    yes, no = answer(YES, at=now), answer(NO, at=now + DAY)
    again = answer(YES, at=now + 2 * DAY, source="preference page")

    assert NO is told(person, yes, no, at=now + DAY)[0].state
    assert again == told(person, again, start=2, at=now + 2 * DAY)[0]


def test_what_every_order_repeats_is_recorded_once(store, person, told, now):
    old = answer(YES, at=now - DAY, source="platform")
    newer = answer(NO, at=now, source="web")
    told(person, old, newer, old, old)

    with store.reading() as connection:
        assert (old, newer) == store.consents.history(connection, person)


def test_the_same_event_twice_adds_nothing(store, person, now):
    with store.begin() as connection:
        counts = [
            store.consents.record(connection, person, [each], event_id="e", now=now)
            for each in (answer(YES, at=now), answer(NO, at=now))
        ]

    assert [1, 0] == counts


def test_of_an_erased_person_nothing_is_read_or_written(store, person, told, now):
    told(person, answer(YES, at=now))
    with store.begin() as connection:
        store.subjects.erase(connection, person, now=now)
        for attempt in (store.consents.current, store.consents.history):
            with pytest.raises(SubjectErased):
                attempt(connection, person)
        no = [answer(NO, at=now)]
        with pytest.raises(SubjectErased):
            store.consents.record(connection, person, no, event_id="late", now=now)


def test_a_changed_clear_column_is_not_believed(store, person, told, now):
    told(person, answer(NO, at=now))
    with store.begin() as connection:
        where = " ON consent_record" if store.dialect == "postgresql" else ""
        connection.exec_driver_sql(f"DROP TRIGGER consent_record_no_update{where}")
        connection.exec_driver_sql("UPDATE consent_record SET state = 'granted'")

        with pytest.raises(StorageError, match="consent verify"):
            store.consents.current(connection, person)


# The answers of one person in any order ------------------------------------------------------

MOMENTS = st.none() | st.integers(-3, 3)
ANSWERS = st.lists(
    st.tuples(st.sampled_from([YES, NO]), MOMENTS, st.sampled_from(ConsentAct)),
    min_size=1,
    max_size=4,
)


@pytest.fixture(scope="module")
def crowd():
    """A store in memory, and a function that records answers of somebody new; returns the state."""
    numbers = count()
    with open_store("sqlite://", key=bytes(32)) as store:

        def tell(answers, *, at):
            number = next(numbers)
            with store.begin() as connection:
                person = store.subjects.subject_for(connection, "shop", f"id:{number}", now=at)
                for place, each in enumerate(answers):
                    event_id = f"{number}:{place}"
                    store.consents.record(connection, person, [each], event_id=event_id, now=at)
                current = store.consents.current(connection, person)
            return current[0].state if current else SILENCE

        yield tell
        with store.reading() as connection:
            assert store.consents.verify(connection, "shop").is_whole


@settings(max_examples=40, deadline=None)
@given(given_answers=ANSWERS)
def test_the_order_of_arrival_changes_nothing_about_answers_with_a_time(crowd, given_answers):
    start = datetime(2026, 3, 1, tzinfo=UTC)
    made = [
        answer(state, at=start + (day or 0) * DAY, act=act, source=str(number))
        for number, (state, day, act) in enumerate(given_answers)
    ]
    states = {crowd(order, at=start + 9 * DAY) for order in permutations(made)}

    assert 1 == len(states)


@settings(max_examples=40, deadline=None)
@given(given_answers=ANSWERS, position=st.integers(0, 3))
def test_leaving_out_a_yes_never_turns_a_no_into_a_yes(crowd, given_answers, position):
    now = datetime(2026, 3, 1, tzinfo=UTC)
    made = [
        answer(state, at=None if day is None else now + day * DAY, act=act, source=str(number))
        for number, (state, day, act) in enumerate(given_answers)
    ]
    fewer = [each for place, each in enumerate(made) if place != position or each.state is NO]
    found = [crowd(some, at=now + 9 * DAY) for some in (made, fewer)]

    assert found in ([YES, YES], [YES, NO], [YES, SILENCE], [NO, NO])


# Two records of one person -------------------------------------------------------------------


@pytest.fixture
def other(store, now):
    with store.begin() as connection:
        return store.subjects.subject_for(connection, "shop", "id:2", now=now)


@pytest.fixture
def merged(store, person, other, told, now):
    """Merge two people with an answer each; return what counts then."""

    def merge(own, absorbed, *, days):
        told(person, answer(own, at=now))
        told(other, answer(absorbed, at=now + days * DAY), start=5)
        with store.begin() as connection:
            assert store.consents.merge(connection, person, other, at=now + DAY, now=now + 2 * DAY)
            assert not store.consents.merge(connection, person, other, at=now, now=now)
            current = store.consents.current(connection, person)
            assert current == store.consents.current(connection, other)
            assert store.consents.verify(connection, "shop").is_whole
        return current[0].state if current else SILENCE

    return merge


@pytest.mark.parametrize(
    ("own", "absorbed", "expected"),
    [
        (YES, NO, NO),
        (NO, YES, NO),
        (NO, NO, NO),
        (YES, YES, YES),
        (YES, SILENCE, YES),
        (SILENCE, NO, NO),
        (SILENCE, YES, SILENCE),
    ],
)
@pytest.mark.parametrize("days", [-1, 0, 1])
def test_merged_people_keep_the_strictest(merged, own, absorbed, expected, days):
    """Whichever answer is newer. A yes of the absorbed account only was given for that one."""
    assert expected is merged(own, absorbed, days=days)


def test_after_a_merge_a_new_yes_counts_and_an_old_one_does_not(store, person, other, told, now):
    told(other, answer(NO, at=now))
    with store.begin() as connection:
        store.consents.merge(connection, person, other, at=now + DAY, now=now + DAY)

    before = told(person, answer(YES, at=now + DAY / 2), start=3, at=now + 3 * DAY)
    after = told(other, answer(YES, at=now + 2 * DAY), start=4, at=now + 3 * DAY)

    assert (NO, YES) == (before[0].state, after[0].state)


def test_a_merged_person_is_found_by_both_references_and_erased_with_both(
    store, person, other, told, now
):
    told(person, answer(YES, at=now))
    told(other, answer(NO, at=now, source="the other account"), start=5)
    with store.begin() as connection:
        store.consents.merge(connection, person, other, at=now, now=now)
        assert person == store.subjects.find(connection, "shop", "id:2")
        history = store.consents.history(connection, person)
        sources = [each.source for each in history]
        assert ["", "the other account", "the other account"] == sources

        store.subjects.erase(connection, person, now=now)
        for each in (person, other):
            with pytest.raises(SubjectErased):
                store.subjects.seal(connection, each, b"", purpose="p")
        assert store.consents.verify(connection, "shop").is_whole


def test_three_accounts_become_one_whatever_was_merged_first(store, person, other, told, now):
    with store.begin() as connection:
        third = store.subjects.subject_for(connection, "shop", "id:3", now=now)
    told(person, answer(NO, at=now))
    with store.begin() as connection:
        store.consents.merge(connection, other, person, at=now, now=now)
        store.consents.merge(connection, third, person, at=now, now=now)
        for each in (person, other, third):
            assert NO is store.consents.current(connection, each)[0].state
        assert not store.consents.merge(connection, person, third, at=now, now=now)
        assert store.consents.verify(connection, "shop").is_whole


def test_people_of_two_shops_are_never_one(store, person, now):
    with store.begin() as connection:
        stranger = store.subjects.subject_for(connection, "other shop", "id:1", now=now)
        with pytest.raises(StorageError, match="two shops"):
            store.consents.merge(connection, person, stranger, at=now, now=now)


# Rules that were decided by ------------------------------------------------------------------


def test_a_set_of_rules_is_kept_once_and_never_under_another_text(store, now):
    with store.begin() as connection:
        kept = [store.rule_sets.keep(connection, "v1", "{}", now=now) for _ in range(2)]
        assert ([True, False], "{}", None) == (
            kept,
            store.rule_sets.get(connection, "v1"),
            store.rule_sets.get(connection, "v2"),
        )
        assert (True, False) == tuple(store.rule_sets.has(connection, v) for v in ("v1", "v2"))
        with pytest.raises(StorageError, match="another text"):
            store.rule_sets.keep(connection, "v1", "[]", now=now)
