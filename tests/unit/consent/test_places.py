"""Whose law and whose clock: addresses, telephone numbers, states and the shop's seat."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from importlib.resources import files

import pytest

from retention_sdk.consent import decide
from retention_sdk.consent.places import (
    Place,
    find_places,
    number_places,
    ruled_countries,
    zones_of,
)
from retention_sdk.model import Address, Consent, ConsentChannel, ConsentState, OptInLevel

NOW = datetime(2026, 11, 18, 11, 0, tzinfo=UTC)
DATA = files("retention_sdk.consent") / "data"
BERLIN, NEW_YORK, TORONTO = "+49 30 123456", "+1 212 555 2671", "+1 416 555 2671"


def rows_of(name):
    return list(csv.DictReader((DATA / name).read_text(encoding="utf-8").splitlines()))


def yes_to(channel):
    return Consent(
        channel=channel,
        state=ConsentState.GRANTED,
        recorded_at=NOW,
        opt_in_level=OptInLevel.CONFIRMED,
    )


def test_the_states_of_a_country_have_all_its_clocks_and_no_other():
    countries = {row["country"]: set(row["zones"].split()) for row in rows_of("zones.csv")}
    states = {row["code"]: set(row["zones"].split()) for row in rows_of("subdivision_zones.csv")}

    for country in ("US", "CA", "AU"):
        own = [zones for code, zones in states.items() if code.startswith(f"{country}-")]
        assert countries[country] == set().union(*own)
    assert {row["code"] for row in rows_of("subdivisions.csv")} == set(states)


@pytest.mark.parametrize(
    ("country", "region", "zones"),
    [
        ("US", "Hawaii", ("Pacific/Honolulu",)),
        ("US", "FL", ("America/Chicago", "America/New_York")),
        ("AU", "queensland", ("Australia/Brisbane", "Australia/Lindeman")),
        ("CA", "QC", ("America/Blanc-Sablon", "America/Halifax", "America/Toronto")),
        ("DE", "Bayern", ("Europe/Berlin", "Europe/Busingen")),
    ],
)
def test_a_state_that_is_known_has_its_own_clocks(rules, country, region, zones):
    places = find_places([(country, region)], subdivisions_of=rules.subdivisions_of)

    assert zones == zones_of(places)


def test_a_state_that_is_not_known_has_every_clock_of_the_country(rules):
    places = find_places([("US", "Ruritania")], subdivisions_of=rules.subdivisions_of)

    assert 29 == len(zones_of(places))


def test_the_hour_in_a_known_state_is_that_of_the_state(rules, make_context, make_candidate):
    """Texas, 18 November 2026, 13:30 UTC: 07:30 in Dallas, 06:30 in El Paso."""
    now = datetime(2026, 11, 18, 13, 30, tzinfo=UTC)
    sms = ConsentChannel.SMS
    candidate = make_candidate("marketing", channel=sms)
    texas = make_context("US", region="TX", now=now, consents=(yes_to(sms),))
    anywhere = make_context("US", now=now, consents=(yes_to(sms),))

    # 09:00 in El Paso, which keeps mountain time; and 09:00 in Honolulu.
    expected = datetime(2026, 11, 18, 16, 0, tzinfo=UTC)
    assert expected == decide(candidate, texas, rules=rules).earliest_send_at
    expected = datetime(2026, 11, 18, 19, 0, tzinfo=UTC)
    assert expected == decide(candidate, anywhere, rules=rules).earliest_send_at


@pytest.mark.parametrize("channel", ["sms", "whatsapp", "phone"])
def test_the_law_of_the_numbers_country_counts_for_what_is_sent_to_it(
    rules, make_context, make_candidate, channel
):
    candidate = make_candidate("marketing", channel=ConsentChannel(channel))
    decision = decide(candidate, make_context("GB", phone=BERLIN), rules=rules)

    assert ("GB", "DE") == decision.jurisdictions


@pytest.mark.parametrize("channel", ["email", "push", "post", "parcel_insert"])
def test_the_numbers_country_says_nothing_about_other_channels(
    rules, make_context, make_candidate, channel
):
    candidate = make_candidate("marketing", channel=ConsentChannel(channel))
    decision = decide(candidate, make_context("GB", phone=BERLIN), rules=rules)

    assert ("GB",) == decision.jurisdictions


@pytest.mark.parametrize(
    ("homes", "number", "countries"),
    [
        # A number from where somebody lives tells nothing new, and neither does one without +.
        (["DE"], BERLIN, ()),
        (["DE"], "030 123456", ()),
        (["US"], NEW_YORK, ()),
        (["US"], TORONTO, ("CA",)),
        (["DE"], NEW_YORK, ("US",)),
        # A number that no plan of +1 knows can be of any of its countries that has rules.
        (["DE"], "+1 555 000 0000", ("US", "CA")),
        (["CA"], "+1 555 000 0000", ("US",)),
        # What belongs to no country, or is no number, may be anybody's.
        (["DE"], "+800 1234 5678", ("*",)),
        (["DE"], "ask at the door", ("*",)),
        ([], "030 123456", ("*",)),
        ([], BERLIN, ("DE",)),
    ],
)
def test_a_number_adds_the_country_it_was_given_out_in(rules, homes, number, countries):
    ruled = ruled_countries(rule.region for rule in rules.rules)
    found = number_places([number], [(home, "") for home in homes], ruled=ruled)

    assert countries == found


def test_a_number_beside_the_address_counts_where_the_account_has_none(
    rules, make_context, make_candidate
):
    context = make_context("GB")
    address = Address(country="GB", phone=BERLIN)
    order = context.order.model_copy(update={"shipping_address": address})
    context = context.model_copy(update={"order": order})
    candidate = make_candidate("marketing", channel=ConsentChannel.SMS)

    assert ("GB", "DE") == decide(candidate, context, rules=rules).jurisdictions


def test_delivery_invoice_account_and_seat_are_all_asked(rules, make_context, make_candidate):
    context = make_context("DE", billing="FR", seat="PL")
    customer = context.customer.model_copy(update={"address": Address(country="IT")})
    context = context.model_copy(update={"customer": customer})
    decision = decide(make_candidate("marketing"), context, rules=rules)

    assert ("DE", "FR", "IT", "PL") == decision.jurisdictions
    assert ("de.mark.email", "fr.mark.email", "it.mark.email", "pl.mark.email") == (
        decision.rule_ids
    )


def test_members_of_the_union_and_of_the_economic_area_have_its_baseline():
    assert ("GR", "EU", "*") == Place("GR").national
    assert ("NO", "EU", "*") == Place("NO").national
    assert ("GB", "*") == Place("GB").national
