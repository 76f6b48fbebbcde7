"""Requests of people: which step may follow, and until when."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention_sdk.consent.rights import (
    TRANSITIONS,
    RequestKind,
    RequestState,
    RequestStep,
    Span,
    advance,
    days_left,
    deadlines,
    jurisdictions_of,
    keeping_rule,
    kept_since,
    load_deadlines,
    next_states,
    read_deadlines,
)
from retention_sdk.errors import RightsError

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
ACCESS = RequestKind.ACCESS
STRAIGHT = ("received", "identity_check", "scoped", "collected", "reviewed", "answered", "closed")
CODES = sorted({rule.jurisdiction for rule in load_deadlines()} | {"XX", "DE", "US-NY"})

kinds = st.sampled_from(RequestKind)
places = st.lists(st.sampled_from(CODES), min_size=1, max_size=4)
moments = st.integers(1_577_836_800, 2_208_988_800).map(lambda s: datetime.fromtimestamp(s, UTC))
zones = st.sampled_from(
    [ZoneInfo(name) for name in ("UTC", "Asia/Tehran", "Pacific/Kiritimati", "America/Los_Angeles")]
)


def steps(*states, at=NOW):
    return tuple(
        RequestStep(state=state, at=at, reason="because", citation="GDPR art. 12(3)")
        for state in map(RequestState, states)
    )


def walk(*states, kind=ACCESS):
    history = ()
    for step in steps(*states):
        history = advance(kind, history, step)
    return history


# States --------------------------------------------------------------------------------------


def test_the_straight_way_leads_from_receipt_to_the_end():
    assert STRAIGHT == tuple(step.state for step in walk(*STRAIGHT))
    assert () == next_states(ACCESS, walk(*STRAIGHT))


def test_illegal_step_is_refused_and_the_legal_ones_are_named():
    with pytest.raises(RightsError, match="received cannot become answered; it can: identity"):
        walk("received", "answered")


def test_a_closed_request_stays_closed():
    with pytest.raises(RightsError, match="nowhere: it is closed"):
        walk(*STRAIGHT, "appealed")


def test_nothing_happens_before_a_request_is_received():
    with pytest.raises(RightsError, match="not yet received cannot become scoped"):
        walk("scoped")


def test_an_extended_request_goes_on_where_it_stood():
    history = walk("received", "identity_check", "extended")

    assert ("scoped", "refused") == next_states(ACCESS, history)


def test_a_request_is_extended_once():
    with pytest.raises(RightsError, match="cannot become extended"):
        walk("received", "extended", "identity_check", "extended")


def test_a_refusal_can_be_appealed_once_and_the_appeal_is_answered_or_refused():
    appealed = walk("received", "refused", "appealed")

    assert ("scoped", "answered", "refused") == next_states(ACCESS, appealed)
    assert ("closed",) == next_states(ACCESS, walk("received", "refused", "appealed", "refused"))


@pytest.mark.parametrize("kind", ["objection", "opt_out_of_sale"])
def test_who_objects_need_not_prove_who_they_are(kind):
    history = walk("received", "scoped", kind=RequestKind(kind))

    assert "scoped" == history[-1].state
    with pytest.raises(RightsError, match="cannot become scoped"):
        walk("received", "scoped")


@pytest.mark.parametrize("state", ["extended", "refused"])
def test_a_delay_or_refusal_needs_its_reason_and_its_citation(state):
    received = walk("received")

    with pytest.raises(RightsError, match="needs a reason"):
        advance(
            ACCESS, received, RequestStep(state=RequestState(state), at=NOW, citation="art. 12")
        )
    with pytest.raises(RightsError, match="needs a citation"):
        advance(ACCESS, received, RequestStep(state=RequestState(state), at=NOW, reason="too many"))


def test_a_step_is_not_dated_before_the_one_it_follows():
    early = RequestStep(state=RequestState.IDENTITY_CHECK, at=NOW - timedelta(seconds=1))

    with pytest.raises(RightsError, match="dated before"):
        advance(ACCESS, walk("received"), early)


@given(kinds, st.lists(st.sampled_from(RequestState), max_size=12))
def test_every_walk_ends_and_extends_and_appeals_at_most_once(kind, wishes):
    history = walk("received", kind=kind)
    for wish in wishes:
        if wish in next_states(kind, history):
            history = advance(kind, history, *steps(wish))
        else:
            with pytest.raises(RightsError):
                advance(kind, history, *steps(wish))
    states = [step.state for step in history]

    assert 1 >= states.count(RequestState.EXTENDED)
    assert 1 >= states.count(RequestState.APPEALED)
    assert not next_states(kind, history) or states[-1] is not RequestState.CLOSED


def test_every_state_has_its_ways_and_can_be_reached():
    reached = {state for ways in TRANSITIONS.values() for state in ways}

    assert set(RequestState) == set(TRANSITIONS)
    assert set(RequestState) - {RequestState.RECEIVED} == reached


# Deadlines -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "kind", "acknowledge", "answer", "extended"),
    [
        # Received on Saturday, 31 January 2026. Months end on the last day there is.
        ("DE", "access", None, "2026-02-28", "2026-04-28"),
        ("GB", "erasure", None, "2026-02-28", "2026-04-28"),
        # Ten business days, Monday 2 to Friday 13 February; 45 days end on 17 March.
        ("US-CA", "access", "2026-02-13", "2026-03-17", "2026-05-01"),
        # Fifteen business days: Friday, 20 February.
        ("US-CA", "opt_out_of_sale", None, "2026-02-20", "2026-02-20"),
        ("NZ", "access", None, "2026-02-27", "2026-02-27"),
        ("KR", "rectification", None, "2026-02-10", "2026-02-10"),
        ("BR", "access", None, "2026-02-15", "2026-02-15"),
        ("CA-QC", "access", None, "2026-03-02", "2026-03-02"),
        ("XX", "access", None, "2026-03-02", "2026-03-02"),
    ],
)
def test_deadlines_are_as_written(code, kind, acknowledge, answer, extended):
    found = deadlines(RequestKind(kind), NOW, jurisdictions=[code], zone=BERLIN)
    days = [
        str(moment.astimezone(BERLIN).date()) if moment else None
        for moment in (found.acknowledge_by, found.answer_by, found.extended_by)
    ]

    assert [acknowledge, answer, extended] == days


def test_the_strictest_of_all_jurisdictions_counts():
    """California alone gives until 17 March; with Korea it is 10 February."""
    found = deadlines(ACCESS, NOW, jurisdictions=["US-CA", "KR"], zone=BERLIN)

    assert date(2026, 2, 10) == found.answer_by.astimezone(BERLIN).date()
    assert date(2026, 2, 13) == found.acknowledge_by.astimezone(BERLIN).date()
    assert ["US-CA", "KR"] == [rule.jurisdiction for rule in found.rules]


def test_a_deadline_ends_with_the_day_of_the_shop():
    """In Tehran (+03:30) the day of 20:45 UTC is the next one already."""
    late = datetime(2026, 3, 1, 20, 45, tzinfo=UTC)
    found = deadlines(ACCESS, late, jurisdictions=["TR"], zone=ZoneInfo("Asia/Tehran"))

    assert datetime(2026, 4, 1, 20, 29, 59, tzinfo=UTC) == found.answer_by


def test_an_appeal_has_a_term_where_the_law_gives_one():
    virginia = deadlines(ACCESS, NOW, jurisdictions=["US-VA"], zone=BERLIN)
    germany = deadlines(ACCESS, NOW, jurisdictions=["DE"], zone=BERLIN)

    assert date(2026, 4, 1) == virginia.appeal_by(NOW, zone=BERLIN).astimezone(BERLIN).date()
    assert germany.appeal_by(NOW, zone=BERLIN) is None


@given(kinds, moments, places, zones)
def test_no_deadline_lies_before_the_receipt_and_no_extension_shortens(kind, at, codes, zone):
    found = deadlines(kind, at, jurisdictions=codes, zone=zone)

    assert at < found.answer_by <= found.extended_by
    assert found.acknowledge_by is None or at < found.acknowledge_by
    assert 0 < days_left(found.answer_by, at, zone=zone)


@given(kinds, moments, places, st.sampled_from(CODES), zones)
def test_another_jurisdiction_never_loosens(kind, at, codes, more, zone):
    few = deadlines(kind, at, jurisdictions=codes, zone=zone)
    many = deadlines(kind, at, jurisdictions=[*codes, more], zone=zone)

    assert many.answer_by <= few.answer_by
    assert many.extended_by <= few.extended_by
    assert few.acknowledge_by is None or many.acknowledge_by <= few.acknowledge_by


@given(moments, st.timedeltas(timedelta(0), timedelta(days=400)), places, zones)
def test_who_asks_later_is_not_answered_earlier(at, later, codes, zone):
    first = deadlines(ACCESS, at, jurisdictions=codes, zone=zone)
    second = deadlines(ACCESS, at + later, jurisdictions=codes, zone=zone)

    assert first.answer_by <= second.answer_by


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(1, 60))
def test_business_days_leave_out_weekends_and_nothing_else(start, count):
    end = Span(count=count, unit="business_day").after(start)
    between = [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]

    assert 5 > end.weekday()
    assert count == sum(day.weekday() < 5 for day in between)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2024-01-31", 1, "2024-02-29"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2026-12-31", 2, "2027-02-28"),
        ("2026-05-15", 3, "2026-08-15"),
    ],
)
def test_a_month_ends_on_the_same_day_or_on_the_last_one(start, months, end):
    span = Span(count=months, unit="month")

    assert end == str(span.after(date.fromisoformat(start)))


@pytest.mark.parametrize("term", ["", "soon", "45", "2 weeks", "-1 days"])
def test_a_table_without_a_readable_term_is_refused(term):
    head = "jurisdiction,kind,acknowledge,answer,extension,appeal,citation"
    text = f"{head},source_read,confidence,note\nDE,*,,{term},,,GDPR,no,low,\n"

    with pytest.raises(ValueError, match=r"no term for the answer|is not like 45 days"):
        read_deadlines(text)


def test_every_term_names_its_source_and_none_claims_more_than_was_read():
    rules = load_deadlines()

    assert all(rule.citation for rule in rules)
    assert not [rule for rule in rules if rule.confidence == "high" and not rule.source_read]
    assert len(rules) == len({(rule.jurisdiction, rule.kind) for rule in rules})


def test_a_state_has_its_own_terms_and_an_unreadable_one_counts_as_all_that_have():
    assert ("US-CA",) == jurisdictions_of([("US", "California")])
    assert ("DE", "US-VA") == jurisdictions_of([("DE", "Bayern"), ("US", "va")])
    assert ("US-CA", "US-CO", "US-CT", "US-TX", "US-VA") == jurisdictions_of([("US", "??")])
    assert ("*",) == jurisdictions_of([])


# What tax law keeps --------------------------------------------------------------------------


def test_sales_are_kept_until_their_years_are_over():
    """Eight years in Germany: in 2026 all of 2018 is still kept."""
    since = kept_since(NOW, keeping_rule("DE"), zone=BERLIN)

    assert datetime(2017, 12, 31, 23, tzinfo=UTC) == since


def test_a_shop_may_set_its_own_years():
    rule = keeping_rule("DE", years=3)

    assert (3, "set by the shop") == (rule.years, rule.note)
    assert 10 == keeping_rule("XX").years
