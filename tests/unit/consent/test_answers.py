"""What is ticked becomes answers: what the page says afterwards is what was ticked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from retention_sdk.consent.answers import (
    EXTRAS,
    PARTS,
    Answered,
    Choices,
    choose,
    find_answer,
    is_wanted,
    refuse,
    refuse_by_signal,
    refuse_everything,
)
from retention_sdk.model import (
    Consent,
    ConsentAct,
    ConsentChannel,
    ConsentState,
    Purpose,
)

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
ANY, EMAIL = ConsentChannel.ANY, ConsentChannel.EMAIL
MARKETING, SALE = Purpose.MARKETING, Purpose.SALE_OR_SHARING
CHANNELS = [channel for channel in ConsentChannel if channel is not ANY]
PURPOSES = [*PARTS, *EXTRAS, SALE]


def how(minutes):
    return Answered(NOON + timedelta(minutes=minutes), "preferences page", f"preferences-{minutes}")


def after(current, answers):
    """Return what is on record: the newest answer per channel and purpose."""
    newest = {(each.channel, each.purpose): each for each in (*current, *answers)}
    return tuple(newest.values())


choices = st.builds(
    Choices,
    st.fixed_dictionaries({channel: st.booleans() for channel in CHANNELS}),
    st.fixed_dictionaries({purpose: st.booleans() for purpose in PURPOSES}),
)
steps = st.lists(st.one_of(choices, st.none()), min_size=1, max_size=5)


@given(steps)
def test_page_shows_what_was_ticked_last(history):
    """Whatever was ticked, or all turned off, before it."""
    current = ()
    for minute, wish in enumerate(history):
        answered = how(minute)
        answers = refuse_everything(answered) if wish is None else choose(current, wish, answered)
        current = after(current, answers)
        at = answered.at
        channels, purposes = wish or ({}, {})
        for channel in CHANNELS:
            is_yes = find_answer(current, channel, MARKETING, at=at) is ConsentState.GRANTED
            assert channels.get(channel, False) is is_yes
        for purpose in (*EXTRAS, SALE):
            needs_channel = purpose in EXTRAS and not any(channels.values())
            is_ticked = purposes.get(purpose, False) and not needs_channel
            assert is_ticked is is_wanted(current, purpose, at=at) or needs_channel


@given(choices)
def test_saving_the_same_again_adds_nothing(wish):
    current = after((), choose((), wish, how(0)))

    assert () == choose(current, wish, how(1))


@given(choices)
def test_only_what_was_ticked_is_granted(wish):
    """No yes for a channel, nor for a purpose, whose box was empty; never one for all channels."""
    yes = [each for each in choose((), wish, how(0)) if each.state is ConsentState.GRANTED]

    for each in yes:
        assert each.purpose is SALE or wish.channels[each.channel]
        assert each.purpose is MARKETING or wish.purposes[each.purpose]
        assert each.evidence_ref


def test_unsubscribing_says_no_to_one_channel():
    (no,) = refuse(EMAIL, how(0))

    assert (EMAIL, MARKETING, ConsentState.DENIED) == (no.channel, no.purpose, no.state)


def test_a_signal_is_an_answer_once():
    (no,) = refuse_by_signal((), how(0))

    assert (ANY, SALE, ConsentAct.SIGNAL) == (no.channel, no.purpose, no.act)
    assert () == refuse_by_signal((no,), how(1))


def test_a_yes_whose_time_is_over_is_silence():
    yes = Consent(channel=EMAIL, state=ConsentState.GRANTED, expires_at=NOON)

    assert ConsentState.GRANTED is find_answer((yes,), EMAIL, MARKETING, at=NOON - timedelta(1))
    assert ConsentState.UNKNOWN is find_answer((yes,), EMAIL, MARKETING, at=NOON)


def test_an_unproved_yes_lifts_no_objection_to_everything():
    no = Consent(channel=ANY, state=ConsentState.DENIED, recorded_at=NOON)
    later = {"channel": EMAIL, "state": ConsentState.GRANTED, "recorded_at": NOON + timedelta(1)}

    at = NOON + timedelta(2)
    assert ConsentState.DENIED is find_answer((no, Consent(**later)), EMAIL, MARKETING, at=at)
    proved = Consent(**later, evidence_ref="form-1")
    assert ConsentState.GRANTED is find_answer((no, proved), EMAIL, MARKETING, at=at)
    assert ConsentState.DENIED is find_answer((no, proved), ConsentChannel.SMS, MARKETING, at=at)
