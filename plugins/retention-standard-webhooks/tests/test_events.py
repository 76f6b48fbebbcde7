"""Which events a shop may tell."""

import json
from typing import get_args

from retention_standard_webhooks.events import EVENTS, read_event

from retention_sdk.model import Event
from retention_sdk.model.events import DerivedEvent, RecordChanged, UnknownEvent
from retention_sdk.testing import a_consent, a_customer, a_paid_event, an_order


def test_a_shop_may_tell_everything_that_does_not_follow_from_something_else():
    kinds = set(get_args(get_args(Event)[0])) - {RecordChanged, UnknownEvent}
    told = {kind for kind in kinds if not issubclass(kind, DerivedEvent)}

    assert told == set(EVENTS.values())
    assert {kind.model_fields["type"].default: kind for kind in told} == dict(EVENTS)


def test_what_the_sdk_writes_is_read_back_whole():
    order = an_order("38.90 EUR", customer=a_customer(consents=(a_consent(),)))
    event = a_paid_event(order)
    body = json.loads(event.model_dump_json())

    assert event == read_event(EVENTS["order_paid"], body, raw=b"")
