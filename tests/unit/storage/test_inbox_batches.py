"""Whether events come one by one or many in one batch, they are about the same people."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from retention_sdk.storage import open_store
from retention_sdk.testing import NOON, a_customer, a_paid_event, an_order

# Guests and accounts that share addresses: who takes over whom depends on the order.
BUYERS = st.tuples(
    st.sampled_from(["", "1", "2"]),
    st.sampled_from(["", "ada@x.example", "Ada@x.example", "b@x.example"]),
)


def event(number, buyer):
    account, email = buyer
    who = a_customer(id=account, email=email) if account or email else None
    return a_paid_event(an_order(id=str(number), customer=who), id=f"e{number}")


def owners(key, batches):
    """Return whose each event is: the number of the first event that was theirs."""
    first, found = {}, []
    with open_store("sqlite://", key=key) as store, store.begin() as connection:
        for batch in batches:
            assert len(batch) == len(store.inbox.receive(connection, batch, now=NOON))
        for each in (event for batch in batches for event in batch):
            kept = store.inbox.get(connection, each.id)
            assert each == kept.event
            found.append(first.setdefault(kept.subject_id, each.id))
    return found


@settings(max_examples=15, deadline=None)
@given(st.lists(BUYERS, min_size=1, max_size=8))
def test_a_batch_is_as_good_as_its_events_alone(buyers):
    key = bytes(32)
    events = [event(number, buyer) for number, buyer in enumerate(buyers)]

    assert owners(key, [[each] for each in events]) == owners(key, [events])
