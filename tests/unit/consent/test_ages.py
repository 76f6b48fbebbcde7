"""Who is known to be too young cannot say yes alone; a birth date that cannot be true is a no."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from retention_sdk.consent import decide
from retention_sdk.model import Consent, ConsentChannel, ConsentState, OptInLevel

NOW = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)


@pytest.fixture
def ask(rules, make_context, make_candidate):
    def ask(year, birthday="", *, country="NL", kind="marketing", now=NOW, source="form", proof=""):
        yes = Consent(
            channel=ConsentChannel.ANY,
            state=ConsentState.GRANTED,
            recorded_at=datetime(2026, 1, 1, tzinfo=UTC),
            opt_in_level=OptInLevel.CONFIRMED,
            source=source,
            evidence_ref=proof,
        )
        context = make_context(
            country, birth_year=year, birthday=birthday, now=now, consents=(yes,)
        )
        return decide(make_candidate(kind), context, rules=rules)

    return ask


@pytest.mark.parametrize(
    ("year", "birthday", "allowed"),
    [
        # The Netherlands, 16 years (UAVG art. 5): asked on 18 November 2026.
        (2010, "11-17", True),
        (2010, "11-18", True),
        (2010, "11-19", False),
        (2010, "", False),
        (2009, "", True),
        (1950, "", True),
        (2026, "11-18", False),
        (None, "", True),
        (None, "11-19", True),
    ],
)
def test_the_day_of_the_birthday_counts_and_without_it_the_last_of_the_year(
    ask, year, birthday, allowed
):
    decision = ask(year, birthday)

    assert allowed is decision.allowed
    assert allowed or "known to be younger than 16" in decision.reasons


def test_a_birthday_has_come_when_it_has_come_everywhere(ask):
    """At noon UTC the eighteenth begins where the clock is twelve hours behind."""
    before = datetime(2026, 11, 18, 11, 59, tzinfo=UTC)
    after = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)

    assert not ask(2010, "11-18", now=before).allowed
    assert ask(2010, "11-18", now=after).allowed


def test_a_leap_day_comes_on_the_first_of_march(ask):
    """South Africa, 18 years; born on 29 February 2008."""
    before = datetime(2026, 2, 28, 23, tzinfo=UTC)
    after = datetime(2026, 3, 1, 12, tzinfo=UTC)

    assert not ask(2008, "02-29", country="ZA", now=before).allowed
    assert ask(2008, "02-29", country="ZA", now=after).allowed


@pytest.mark.parametrize("year", [2027, 9999, 1, 1800, 1900])
def test_a_year_that_cannot_be_true_is_a_no_with_a_reason(ask, year):
    decision = ask(year)

    assert not decision.allowed
    assert "the year of birth on record cannot be true" in decision.reasons
    assert ("the true year of birth",) == decision.missing


@pytest.mark.parametrize(
    ("source", "proof", "allowed"),
    [
        ("guardian: signed form", "scan-12", True),
        ("Guardian", "scan-12", True),
        ("guardian: signed form", "", False),
        ("form", "scan-12", False),
    ],
)
def test_who_is_responsible_can_agree_with_a_proof(ask, source, proof, allowed):
    assert allowed is ask(2014, source=source, proof=proof).allowed


def test_the_highest_age_of_all_places_counts(rules, make_context, make_candidate):
    """South Africa asks for 18 (Children's Act), the Netherlands for 16."""
    yes = Consent(
        channel=ConsentChannel.EMAIL,
        state=ConsentState.GRANTED,
        recorded_at=datetime(2026, 1, 1, tzinfo=UTC),
    )

    def decision(**places):
        context = make_context("NL", birth_year=2009, consents=(yes,), **places)
        return decide(make_candidate("marketing"), context, rules=rules)

    assert decision(seat="NL").allowed
    assert not decision(seat="ZA").allowed


@pytest.mark.parametrize("year", [2020, 2027, 1])
def test_service_and_what_everybody_gets_reach_people_of_any_age(ask, year):
    assert ask(year, kind="transactional").allowed
    assert ask(year, kind="insert_plain").allowed


def test_the_platforms_record_of_the_age_counts_as_the_shops_own(
    rules, make_context, make_candidate
):
    context = make_context("NL", birth_year=2015)
    context = context.model_copy(
        update={"customer": context.customer.model_copy(update={"birth_year": None})}
    )

    assert not decide(make_candidate("marketing"), context, rules=rules).allowed
