"""A shop whose pages are served, one person with answers on record, and what the store holds."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from retention_sdk.model import Consent, ConsentChannel, ConsentState, OptInLevel, Purpose
from retention_sdk.testing import NOON, FrozenClock, a_shop
from retention_sdk.web.privacy import create_privacy_app

BASE = "https://soap.example/privacy/"
SHOP = "soap.example"
YESTERDAY = NOON - timedelta(days=1)
CONFIRMED = Consent(
    channel=ConsentChannel.EMAIL,
    state=ConsentState.GRANTED,
    recorded_at=YESTERDAY,
    source="newsletter form",
    opt_in_level=OptInLevel.CONFIRMED,
    confirmed_at=YESTERDAY,
    evidence_ref="form-1",
)


class Person:
    """Somebody on record, and the links they hold."""

    def __init__(self, shop, clock, reference="id:42"):
        self.shop, self.clock = shop, clock
        with shop.store.begin() as connection:
            self.id = shop.store.subjects.subject_for(
                connection, shop.config.shop.id, reference, now=clock()
            )

    def answers(self, *consents):
        event_id = f"e-{len(self.history)}"
        with self.shop.store.begin() as connection:
            self.shop.store.consents.record(
                connection, self.id, consents, event_id=event_id, now=self.clock()
            )
        return self

    @property
    def current(self):
        with self.shop.store.reading() as connection:
            return self.shop.store.consents.current(connection, self.id)

    @property
    def history(self):
        with self.shop.store.reading() as connection:
            return self.shop.store.consents.history(connection, self.id)

    def answer(self, channel, purpose=Purpose.MARKETING):
        found = [e for e in self.current if (e.channel, e.purpose) == (channel, purpose)]
        return found[0] if found else None

    def unsubscribe_path(self, channel=ConsentChannel.EMAIL, locale="en"):
        links = self.shop.links
        return path_of(links.unsubscribe_url(self.id, channel, now=self.clock(), locale=locale))

    def preferences_path(self, locale="en"):
        return path_of(self.shop.links.preferences_url(self.id, now=self.clock(), locale=locale))


def path_of(url):
    """Return what follows the base: where the app is mounted does not matter here."""
    assert url.startswith(BASE)
    return "/" + url.removeprefix(BASE)


@pytest.fixture
def clock():
    return FrozenClock()


@pytest.fixture
def shop(make_shop, clock):
    return make_shop(
        clock=clock,
        shop=a_shop(url="https://soap.example/", email="hello@soap.example"),
        consent={"base_url": BASE},
    )


@pytest.fixture
def client(shop):
    return TestClient(create_privacy_app(shop), follow_redirects=False)


@pytest.fixture
def make_person(shop, clock):
    return lambda reference="id:42": Person(shop, clock, reference)


@pytest.fixture
def person(make_person):
    """Somebody who subscribed to e-mails, and confirmed it."""
    return make_person().answers(CONFIRMED)


@pytest.fixture
def dump(shop, tmp_path):
    """Return a function that tells everything the store holds, to the byte."""

    def tell():
        shop.store.scrub()
        with sqlite3.connect(tmp_path / "shop.db") as database:
            return tuple(database.iterdump())

    return tell
