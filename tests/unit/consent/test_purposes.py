"""A yes and a no are about a purpose: which covers which, and what a newer yes can lift."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from retention_sdk.consent import decide, explain
from retention_sdk.model import (
    Consent,
    ConsentAct,
    ConsentChannel,
    ConsentState,
    ContentKind,
    OptInLevel,
    Purpose,
    Wording,
)

NOW = datetime(2026, 11, 18, 11, 0, tzinfo=UTC)
LAST_YEAR, LAST_MONTH = datetime(2025, 11, 18, tzinfo=UTC), datetime(2026, 10, 18, tzinfo=UTC)
EMAIL, ANY, INSERT = ConsentChannel.EMAIL, ConsentChannel.ANY, ConsentChannel.PARCEL_INSERT
OWN = ["offers", "reviews", "surveys", "loyalty"]
CONTENT = {
    "offers": ContentKind.COUPON,
    "reviews": ContentKind.REVIEW_REQUEST,
    "surveys": ContentKind.SURVEY,
    "loyalty": ContentKind.POINTS_BALANCE,
    "third_party": ContentKind.THIRD_PARTY,
}


def answer(state, purpose="marketing", channel=EMAIL, at=LAST_MONTH, **more):
    return Consent(
        channel=channel,
        state=ConsentState(state),
        purpose=Purpose(purpose),
        recorded_at=at,
        **more,
    )


@pytest.fixture
def ask(rules, make_context, make_candidate):
    """Ask about an e-mail, or an insert, of one purpose; Armenia asks for an opt-in to all."""

    def ask(purpose, *consents, country="AM", now=NOW, kind="marketing", **candidate):
        content = frozenset({CONTENT[purpose]}) if purpose in CONTENT else candidate.pop("content")
        candidate = {"content": content, "is_personalised": False, **candidate}
        context = make_context(country, region="NY", consents=consents, now=now)
        return decide(make_candidate(kind, **candidate), context, rules=rules)

    return ask


@pytest.mark.parametrize("purpose", OWN)
def test_a_yes_to_marketing_covers_all_advertising_of_the_shops_own(ask, purpose):
    assert ask(purpose, answer("granted")).allowed
    assert ask(purpose, answer("granted", purpose)).allowed


@pytest.mark.parametrize("purpose", OWN)
def test_a_yes_to_one_purpose_covers_no_other(ask, purpose):
    others = [other for other in OWN if other != purpose]

    assert not any(ask(other, answer("granted", purpose)).allowed for other in others)
    assert not ask("third_party", answer("granted", purpose)).allowed


def test_advertising_of_others_needs_a_yes_of_its_own(ask):
    refused = ask("third_party", answer("granted"))

    assert not refused.allowed
    assert ("a recorded opt-in for advertising of others over email",) == refused.missing
    assert ask("third_party", answer("granted", "third_party")).allowed


def test_a_sale_is_no_ground_for_advertising_of_others(ask):
    """Directive 2002/58 art. 13(2): own similar products or services."""
    assert ask("offers", country="DE").allowed
    assert not ask("third_party", country="DE").allowed


@pytest.mark.parametrize("purpose", [*OWN, "third_party"])
@pytest.mark.parametrize("country", ["US", "DE"])
def test_a_no_to_marketing_covers_everything(ask, purpose, country):
    yes = answer("granted", purpose, at=LAST_YEAR, evidence_ref="form-1")

    assert not ask(purpose, yes, answer("denied"), country=country).allowed
    assert not ask(purpose, yes, answer("denied", channel=ANY), country=country).allowed


def test_a_no_to_one_purpose_leaves_the_others(ask):
    no = answer("denied", "reviews")

    assert not ask("reviews", answer("granted"), no).allowed
    assert ask("offers", answer("granted"), no).allowed
    assert "the person objected to reviews" in ask("reviews", no).reasons[1]


def test_each_of_several_purposes_needs_its_yes(ask):
    both = {"content": frozenset({ContentKind.COUPON, ContentKind.THIRD_PARTY})}
    one = answer("granted")
    two = answer("granted", "third_party")

    assert not ask("both", one, **both).allowed
    assert ask("both", one, two, **both).allowed


def test_a_personalised_insert_needs_a_yes_to_profiling_where_opt_in_rules(ask):
    insert = {"kind": "insert", "is_personalised": True}
    own, profiling = answer("granted", channel=INSERT), answer("granted", "profiling", INSERT)

    assert not ask("offers", own, **insert).allowed
    assert ask("offers", own, profiling, **insert).allowed


def test_a_no_to_profiling_stops_what_is_chosen_for_somebody_and_not_what_all_get(ask):
    """GDPR art. 21(2): profiling to the extent that it is related to direct marketing."""
    no = answer("denied", "profiling", channel=ANY)
    insert = {"kind": "insert", "country": "DE"}

    assert ask("offers", is_personalised=True, **insert).allowed
    assert not ask("offers", no, is_personalised=True, **insert).allowed
    assert ask("offers", no, is_personalised=False, **insert).allowed
    assert not ask("offers", no, country="DE", is_personalised=True).allowed
    assert ask("offers", no, country="DE").allowed


@pytest.mark.parametrize("act", [ConsentAct.SIGNAL, ConsentAct.EXPRESS])
def test_a_no_to_sale_or_sharing_stops_advertising_of_others_for_chosen_people(ask, act):
    """Cal. Civ. Code 1798.120, 1798.135(e): the signal is such a no, on whatever channel."""
    no = answer("denied", "sale_or_sharing", channel=ANY, act=act)
    yes = (answer("granted", "third_party", INSERT), answer("granted", "profiling", INSERT))
    insert = {"kind": "insert", "country": "US"}

    assert ask("third_party", *yes, is_personalised=True, **insert).allowed
    assert not ask("third_party", *yes, no, is_personalised=True, **insert).allowed
    assert ask("third_party", *yes, no, is_personalised=False, **insert).allowed
    assert ask("offers", no, is_personalised=True, **insert).allowed


def test_a_signal_is_never_a_yes(ask):
    assert not ask("offers", answer("granted", act=ConsentAct.SIGNAL)).allowed


PROVED = [
    {"evidence_ref": "form-7"},
    {"opt_in_level": OptInLevel.CONFIRMED},
    {"confirmed_at": LAST_MONTH + timedelta(minutes=5)},
]


@pytest.mark.parametrize("proof", PROVED)
@pytest.mark.parametrize("country", ["US", "DE", "AM"])
def test_a_newer_proved_yes_lifts_an_older_objection_for_exactly_its_channel(ask, country, proof):
    no = answer("denied", channel=ANY, at=LAST_YEAR)
    decision = ask("offers", no, answer("granted", **proof), country=country)

    assert decision.allowed
    assert any("lifted by a newer yes" in reason for reason in decision.reasons)
    assert not ask("offers", no, answer("granted", **proof), country=country, kind="insert").allowed


@pytest.mark.parametrize(
    ("no", "yes"),
    [
        # not proved; a signal; implied; for any channel; expired; not yet confirmed
        ({}, {}),
        ({}, {"act": ConsentAct.SIGNAL, "evidence_ref": "form-7"}),
        ({}, {"act": ConsentAct.IMPLIED_BY_PURCHASE, "evidence_ref": "form-7"}),
        ({}, {"channel": ANY, "purpose": "offers", "evidence_ref": "form-7"}),
        ({}, {"evidence_ref": "form-7", "expires_at": NOW}),
        ({}, {"confirmed_at": NOW + timedelta(minutes=1)}),
        # an objection without a date, of the same moment, newer, or to exactly this
        ({"at": None}, {"evidence_ref": "form-7"}),
        ({"at": LAST_MONTH}, {"evidence_ref": "form-7"}),
        ({"at": NOW}, {"evidence_ref": "form-7"}),
        ({"purpose": "offers"}, {"evidence_ref": "form-7"}),
    ],
)
def test_everything_else_leaves_an_objection_as_it_is(ask, no, yes):
    no = {"channel": ANY, "at": LAST_YEAR, **no}

    assert not ask("offers", answer("denied", **no), answer("granted", **yes), country="US").allowed


def test_a_yes_to_one_purpose_lifts_an_objection_for_that_one_only(ask):
    no = answer("denied", channel=ANY, at=LAST_YEAR)
    yes = answer("granted", "reviews", evidence_ref="form-7")

    assert ask("reviews", no, yes, country="US").allowed
    assert not ask("offers", no, yes, country="US").allowed


@pytest.mark.parametrize("order", [1, -1])
def test_contradicting_records_of_one_moment_are_a_no_and_say_so(ask, order):
    both = [answer("granted", evidence_ref="form-7"), answer("denied")][::order]
    decision = ask("offers", *both, country="US")

    assert not decision.allowed
    assert "the same moment brought a yes too, and the no counts" in decision.reasons[1]


@pytest.mark.parametrize("order", [1, -1])
def test_silence_ends_a_yes_and_never_a_no(ask, order):
    silence = answer("unknown", at=NOW)

    assert not ask("offers", *[answer("granted"), silence][::order]).allowed
    assert not ask("offers", *[answer("denied"), silence][::order], country="US").allowed


def test_what_was_granted_for_a_time_ends_with_it_and_stays_ended(ask):
    yes = answer("granted", expires_at=NOW)

    assert ask("offers", yes, now=NOW - timedelta(seconds=1)).allowed
    for later in (NOW, NOW + timedelta(days=1), NOW + timedelta(days=4000)):
        decision = ask("offers", yes, now=later)
        assert not decision.allowed
        assert "the opt-in ended 2026-11-18" in decision.reasons


@pytest.mark.parametrize(
    "case",
    [
        # CASL s. 10(10)(a): two years after a purchase; (e): six months after an inquiry.
        (ConsentAct.IMPLIED_BY_PURCHASE, 23, True),
        (ConsentAct.IMPLIED_BY_PURCHASE, 24, False),
        (ConsentAct.IMPLIED_BY_INQUIRY, 5, True),
        (ConsentAct.IMPLIED_BY_INQUIRY, 6, False),
    ],
)
def test_implied_consent_in_canada_ends_after_its_months(rules, make_context, make_candidate, case):
    act, months, allowed = case
    year, month = divmod(2026 * 12 + 10 - months, 12)
    since = datetime(year, month + 1, 18, 11, 0, tzinfo=UTC)
    implied = answer("granted", at=since, act=act)
    context = make_context("CA", region="ON", consents=(implied,), is_paid=False)

    assert allowed is decide(make_candidate("marketing"), context, rules=rules).allowed


def test_an_inquiry_is_no_ground_where_the_law_names_none(rules, make_context, make_candidate):
    """UWG s. 7(3) no. 1: in connection with the sale of goods or services."""
    inquiry = answer("granted", at=LAST_MONTH, act=ConsentAct.IMPLIED_BY_INQUIRY)
    purchase = answer("granted", at=LAST_MONTH, act=ConsentAct.IMPLIED_BY_PURCHASE)

    def allowed(consent):
        context = make_context("DE", consents=(consent,), is_paid=False)
        return decide(make_candidate("marketing"), context, rules=rules).allowed

    assert not allowed(inquiry)
    assert allowed(purchase)


def test_implied_consent_is_no_opt_in(ask):
    assert not ask("offers", answer("granted", act=ConsentAct.IMPLIED_BY_PURCHASE)).allowed


def test_a_double_opt_in_counts_once_it_was_confirmed(rules, make_context, make_candidate):
    def allowed(**proof):
        context = make_context("DE", consents=(answer("granted", **proof),), is_paid=False)
        return decide(make_candidate("marketing"), context, rules=rules).allowed

    assert allowed(confirmed_at=NOW)
    assert allowed(confirmed_at=NOW, opt_in_level=OptInLevel.CONFIRMED)
    assert not allowed(confirmed_at=NOW + timedelta(seconds=1), opt_in_level=OptInLevel.CONFIRMED)
    assert not allowed(confirmed_at=NOW, opt_in_level=OptInLevel.SINGLE)


def test_the_evidence_names_the_wording_that_was_read(ask):
    wording = Wording(text_sha256="ab" * 32, locale="de-DE", version="3")
    decision = ask("offers", answer("granted", wording=wording, confirmed_at=LAST_MONTH))

    assert "wording 3 de-DE abababababab" in decision.evidence[0]
    assert "confirmed 2026-10-18" in decision.evidence[0]
    assert "On record: opt-in for email, recorded 2026-10-18" in explain(decision)


def test_the_decision_says_what_it_was_for(ask):
    assert (Purpose.OFFERS,) == ask("offers").purposes
    insert = ask("third_party", kind="insert", is_personalised=True)
    assert (Purpose.PROFILING, Purpose.THIRD_PARTY) == insert.purposes
