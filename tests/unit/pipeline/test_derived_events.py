"""Events of our own pass through the pipeline; what nothing is written for sends nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from retention_sdk import Retention
from retention_sdk.model import Consent, ConsentChannel, ConsentState
from retention_sdk.testing import a_customer
from tests.unit.model.test_events import CASES, an_event

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def app(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    opened = Retention.offline("Soap", sender="Ann", clock=lambda: NOW)
    yield opened
    opened.close()


@pytest.mark.parametrize("kind", CASES, ids=lambda kind: kind.__name__)
def test_each_is_worked_on_once(app, kind):
    event = an_event(kind, shop_id=app.config.shop.id)
    (first,) = app.ingest([event])
    (second,) = app.ingest([event])

    assert ("done", "") == (first.state, first.error)
    assert (True, False) == (first.is_new, second.is_new)
    assert kind.model_fields["type"].default == first.event_type


@pytest.mark.parametrize("kind", CASES, ids=lambda kind: kind.__name__)
def test_what_followed_says_nothing_new_of_consent(app, kind):
    """Whoever was known as willing then may have said no since: only the person can answer."""
    yes = Consent(channel=ConsentChannel.EMAIL, state=ConsentState.GRANTED)
    customer = a_customer(consents=(yes,))
    event = an_event(kind, shop_id=app.config.shop.id, customer=customer)
    app.ingest([event])

    with app.store.reading() as connection:
        subject_id = app.store.inbox.get(connection, event.id).subject_id
        assert () == app.store.consents.current(connection, subject_id)
