"""Consent in customer metadata, there and back, and erasure."""

from datetime import UTC, datetime

import pytest
from retention_medusa.adapter import MedusaAdapter

from retention_sdk.errors import PlatformError, UnsupportedFeature
from retention_sdk.model import Consent, ConsentChannel, ConsentState, OptInLevel
from retention_sdk.testing import a_consent
from tests.playing import good

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def tell(shop, customer, metadata):
    shop.server.admin("POST", f"customers/{customer}", {"metadata": metadata})


def test_silent_customer_has_no_consent(shop, adapter):
    assert () == adapter.fetch_consents(shop.new_account()["id"])


def test_answer_is_written_beside_what_others_keep_there(shop, adapter):
    customer = shop.new_account()["id"]
    tell(shop, customer, {"vip": "yes"})
    answer = a_consent(ConsentState.GRANTED, recorded_at=NOON, opt_in_level=OptInLevel.CONFIRMED)

    adapter.write_consent(customer, answer)

    kept = {"state": "subscribed", "level": "confirmed_opt_in", "at": "2026-11-20T12:00:00+00:00"}
    assert {"vip": "yes", "email_marketing_consent": kept} == shop.customer(customer)["metadata"]
    (found,) = adapter.fetch_consents(customer)
    assert (ConsentState.GRANTED, OptInLevel.CONFIRMED, NOON) == (
        found.state,
        found.opt_in_level,
        found.recorded_at,
    )
    listed = {each.id: each for page in adapter.customer_pages() for each in page.items}
    assert (found,) == listed[customer].consents

    adapter.write_consent(customer, a_consent(ConsentState.UNKNOWN))
    assert {"vip": "yes"} == shop.customer(customer)["metadata"]


@pytest.mark.parametrize(
    ("kept", "state"),
    [
        (True, ConsentState.GRANTED),
        (False, ConsentState.DENIED),
        ("unsubscribed", ConsentState.DENIED),
        ({"state": "subscribed"}, ConsentState.GRANTED),
    ],
)
def test_words_of_the_shop_are_understood(scripted, kept, state):
    assert [state] == [each.state for each in consents_of(scripted, kept)]


@pytest.mark.parametrize("kept", ["maybe", "pending", 7, None, {}, {"state": None}, ["subscribed"]])
def test_what_nobody_knows_is_silence(scripted, kept):
    assert () == consents_of(scripted, kept)


def consents_of(scripted, kept):
    metadata = {"newsletter": kept}
    answer = good({"customer": {"id": "cus_1", "metadata": metadata}})
    adapter, _ = scripted(answer, consent_field="newsletter")
    return adapter.fetch_consents("cus_1")


def test_other_channels_have_no_field(scripted):
    adapter, play = scripted()
    answer = Consent(channel=ConsentChannel.SMS, state=ConsentState.GRANTED, recorded_at=NOON)

    with pytest.raises(UnsupportedFeature, match="only consent to email"):
        adapter.write_consent("cus_1", answer)

    assert not play.seen


def test_shop_without_a_field_is_told_so(scripted):
    adapter, _ = scripted(consent_field="")

    with pytest.raises(UnsupportedFeature, match="set consent_field"):
        adapter.fetch_consents("cus_1")


def test_erasure_overwrites_before_it_deletes(shop, adapter, kept_rows):
    """Deleted customers stay in the database: nothing of the person may stay with them."""
    customer = shop.new_account("Hedwig")
    path = f"customers/{customer['id']}"
    tell(shop, customer["id"], {"shoe_size": "38", "email_marketing_consent": True})
    street = {"address_1": "Hidden Lane 1", "city": "Kiel", "first_name": "Hedwig"}
    shop.server.admin("POST", f"{path}/addresses", {**street, "country_code": "de"})

    adapter.erase_customer(customer["id"])

    with pytest.raises(PlatformError, match="404"):
        adapter.fetch_consents(customer["id"])
    kept = kept_rows("customer", "id", customer["id"])
    assert kept
    for word in ("Hedwig", "Hopper", customer["email"], "38"):
        assert word not in kept
    addresses = kept_rows("customer_address", "customer_id", customer["id"])
    assert "Hidden Lane" not in addresses


def test_erasing_a_stranger_is_safe(adapter):
    adapter.erase_customer("cus_nobody")


def test_profile_needs_a_country(shop):
    settings = shop.settings(country="", shop_name="Seife")

    with pytest.raises(UnsupportedFeature, match="set country"):
        MedusaAdapter.from_config(settings, shop_id="soap.example").fetch_shop()
