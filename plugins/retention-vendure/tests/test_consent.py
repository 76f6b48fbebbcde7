"""Consent in the custom fields that the companion plugin adds."""

from datetime import UTC, datetime

import pytest
from retention_vendure.adapter import VendureAdapter

from retention_sdk.errors import PlatformError, UnsupportedFeature
from retention_sdk.model import ConsentChannel, ConsentState
from retention_sdk.testing import a_consent


@pytest.fixture
def adapter(shop):
    return VendureAdapter.from_config(shop.settings(), shop_id="soap.example")


def test_customer_who_was_never_asked_is_silent(shop, adapter):
    assert adapter.fetch_consents(shop.new_customer()) == ()


def test_answer_comes_with_the_buyers_next_order(shop, adapter):
    bought = shop.buy()
    customer_id = adapter.fetch_order(bought["id"]).customer.id
    at = datetime(2026, 11, 20, 12, tzinfo=UTC)
    adapter.write_consent(customer_id, a_consent(ConsentState.DENIED, recorded_at=at))
    (consent,) = adapter.fetch_order(bought["id"]).customer.consents
    adapter.write_consent(customer_id, a_consent(ConsentState.UNKNOWN, recorded_at=None))

    assert (ConsentState.DENIED, at) == (consent.state, consent.recorded_at)
    assert adapter.fetch_consents(customer_id) == ()


def test_other_channels_have_no_field(shop, adapter):
    with pytest.raises(UnsupportedFeature):
        adapter.write_consent("1", a_consent(channel=ConsentChannel.SMS))


def test_shop_without_the_field_says_so_before_asking(shop):
    adapter = VendureAdapter.from_config(
        shop.settings(consent_field="", consent_at_field=""), shop_id="soap.example"
    )

    with pytest.raises(UnsupportedFeature, match="consent_field"):
        adapter.fetch_consents("1")
    with pytest.raises(UnsupportedFeature, match="consent_field"):
        adapter.write_consent("1", a_consent())


@pytest.mark.parametrize("call", ["fetch_consents", "write_consent"])
def test_customer_who_does_not_exist_is_not_worth_a_second_try(adapter, call):
    arguments = ("424242",) if call == "fetch_consents" else ("424242", a_consent())

    with pytest.raises(PlatformError) as caught:
        getattr(adapter, call)(*arguments)
    assert not caught.value.retryable
