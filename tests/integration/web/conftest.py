"""A shop with short links and a platform, and its app."""

from __future__ import annotations

import pytest

from retention_sdk.demo.derive import DEMO_SECRET
from retention_sdk.testing import FrozenClock, a_shop
from retention_sdk.web import create_app
from tests.integration.web.serving import CARD, HOME, NEW_KEY, OLD_KEY, THANKS, Seconds, put_card


@pytest.fixture
def clock():
    return FrozenClock()


@pytest.fixture
def seconds():
    return Seconds()


@pytest.fixture
def shop(make_shop, clock):
    return make_shop(
        clock=clock,
        shop=a_shop(url=HOME),
        codes={
            "base_url": "https://soap.example/t/",
            "keys": {"0": OLD_KEY, "1": NEW_KEY},
            "current": 1,
            "targets": {"thank_you/3": THANKS},
        },
        platforms={"woocommerce": {"webhook_secrets": [DEMO_SECRET]}},
    )


@pytest.fixture
def app(shop, seconds):
    return create_app(shop, clock=seconds)


@pytest.fixture
def card(shop):
    """A card in the ledger, of the third variant."""
    return put_card(shop, CARD)
