"""What a consent webhook proves."""

import pytest

from retention_sdk.model import (
    ConsentChanged,
    ConsentChannel,
    ConsentState,
    OptInLevel,
    UnknownEvent,
)

AT = "2026-11-20T09:20:00+01:00"


def answer(shopify, **consent):
    (event,) = shopify.events(
        "consent_email_confirmed",
        email_marketing_consent={"consent_updated_at": AT, "opt_in_level": None, **consent},
    )
    return event


def test_double_opt_in_is_told_as_one(shopify):
    (event,) = shopify.events("consent_email_confirmed")

    assert ConsentState.GRANTED is event.consent.state
    assert OptInLevel.CONFIRMED is event.consent.opt_in_level
    assert "2026-11-20T08:20:00+00:00" == event.consent.recorded_at.isoformat()
    assert "id:7001" == event.customer.reference


@pytest.mark.parametrize("state", ["pending", "not_subscribed", "invalid", "maybe", None])
def test_what_is_no_answer_changes_nothing(shopify, state):
    assert UnknownEvent is type(answer(shopify, state=state, opt_in_level="confirmed_opt_in"))


@pytest.mark.parametrize("state", ["unsubscribed", "redacted"])
def test_a_no_needs_no_proof(shopify, state):
    event = answer(shopify, state=state, consent_updated_at=None)

    assert ConsentChanged is type(event)
    assert ConsentState.DENIED is event.consent.state


@pytest.mark.parametrize("missing", [{"consent_updated_at": None}, {"opt_in_level": "sworn"}])
def test_a_yes_without_date_or_known_level_is_none(shopify, missing):
    fields = {"state": "subscribed", "opt_in_level": "single_opt_in", **missing}

    assert UnknownEvent is type(answer(shopify, **fields))


def test_a_yes_of_unknown_level_is_one_without_proof(shopify):
    event = answer(shopify, state="subscribed", opt_in_level="unknown")

    assert OptInLevel.UNKNOWN is event.consent.opt_in_level


@pytest.mark.parametrize(
    ("name", "channel"),
    [("consent_sms", ConsentChannel.SMS), ("consent_whatsapp", ConsentChannel.WHATSAPP)],
)
def test_each_channel_has_its_own_answer(shopify, name, channel):
    (event,) = shopify.events(name)

    assert (channel, ConsentState.GRANTED) == (event.consent.channel, event.consent.state)


def test_a_yes_a_no_and_a_second_yes_are_three_events(shopify):
    def said(state, at):
        return answer(shopify, state=state, opt_in_level="single_opt_in", consent_updated_at=at).id

    ids = {
        said("subscribed", "2026-11-01T00:00:00Z"),
        said("unsubscribed", "2026-11-02T00:00:00Z"),
        said("subscribed", "2026-11-03T00:00:00Z"),
    }
    assert 3 == len(ids)


def test_accounts_of_older_versions_carry_their_answers(shopify):
    consent = {"state": "subscribed", "opt_in_level": "single_opt_in", "consent_updated_at": AT}

    updated, changed = shopify.events("customers_update", email_marketing_consent=consent)

    assert ConsentState.GRANTED is changed.consent.state
    assert (changed.consent,) == updated.customer.consents
