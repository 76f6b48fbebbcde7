"""What people ask about their data is recorded, answered in time, and carried out."""

import pytest

from retention_sdk.consent.rights import RequestKind, RequestState
from retention_sdk.errors import RightsError
from retention_sdk.model import AccessRequest
from retention_sdk.testing import NOON, FrozenClock, a_customer, a_paid_event, an_address, an_order
from tests.unit.pipeline.rights_requests import ADA, DAY, asked, checked, states


def test_a_request_has_the_deadlines_of_where_the_person_lives(make_shop):
    """Received on Friday, 20 November 2026: ten business days end on 4 December."""
    shop = make_shop(clock=FrozenClock(NOON))
    home = an_address(country="US", region="California")
    shop.ingest([a_paid_event(an_order(shipping_address=home, customer=a_customer(address=home)))])

    view = shop.rights.open(RequestKind.ACCESS, asked())

    assert ("US-CA",) == view.jurisdictions
    assert ("2026-12-04", 14) == (str(view.due_at.date()), view.days_left)
    assert "2027-01-04" == str(view.answer_by.date())


def test_a_stranger_has_the_deadlines_of_the_shop(make_shop):
    view = make_shop().rights.open(RequestKind.ACCESS, asked(email="who@example.org"))

    assert ("DE",) == view.jurisdictions


def test_who_says_nothing_of_themselves_is_asked_who_it_is(make_shop):
    with pytest.raises(RightsError, match="say who asks"):
        make_shop().rights.open(RequestKind.ACCESS, AccessRequest(reference="1"))


def test_an_order_leads_to_who_placed_it_until_they_are_erased(make_shop):
    shop = make_shop()
    shop.ingest([a_paid_event()])
    by_order = checked(shop, "erasure", reference="2", order_ids=("1001",))

    assert 1 == shop.rights.erase(by_order).subjects
    later = shop.rights.open(RequestKind.ACCESS, asked("3", order_ids=("1001",)))
    assert not later.is_erased


def test_the_same_reference_is_the_same_request(make_shop):
    shop = make_shop()

    first, second = (shop.rights.open(RequestKind.ACCESS, asked()) for _ in range(2))

    assert first.id == second.id
    assert ["received"] == states(second)


def test_requests_are_listed_with_the_most_urgent_first(make_shop):
    clock = FrozenClock(NOON)
    shop = make_shop(clock=clock)
    late = shop.rights.open(RequestKind.ACCESS, asked("1"), received_at=NOON - 40 * DAY)
    done = shop.rights.open(RequestKind.ACCESS, asked("2"), received_at=NOON - 50 * DAY)
    shop.rights.advance(done.id, RequestState.REFUSED, reason="twice a week", citation="art. 12(5)")
    fresh = shop.rights.open(RequestKind.ACCESS, asked("3"))

    assert [late.id, fresh.id, done.id] == [view.id for view in shop.rights.list()]
    assert 0 > shop.rights.get(late.id).days_left


def test_an_extension_moves_the_deadline_and_an_erasure_is_no_promise(make_shop):
    shop = make_shop(clock=FrozenClock(NOON))
    request = checked(shop, "erasure")
    before = shop.rights.get(request)
    after = shop.rights.advance(
        request, RequestState.EXTENDED, reason="many orders", citation="GDPR art. 12(3)"
    )
    for state in ("scoped", "collected", "reviewed"):
        shop.rights.advance(request, RequestState(state))

    assert ("2026-12-20", "2027-02-20") == (str(before.due_at.date()), str(after.due_at.date()))
    with pytest.raises(RightsError, match="nothing was erased yet"):
        shop.rights.advance(request, RequestState.ANSWERED)


def test_nobody_is_served_before_it_is_known_who_they_are(make_shop):
    shop = make_shop()
    for kind, act in (("access", shop.rights.export), ("erasure", shop.rights.erase)):
        view = shop.rights.open(RequestKind(kind), asked(kind, **ADA))
        with pytest.raises(RightsError, match="check who asks first"):
            act(view.id)
