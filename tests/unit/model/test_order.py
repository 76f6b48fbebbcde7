from datetime import UTC, datetime, timedelta, timezone

import pytest
from pydantic import ValidationError

from retention_sdk.model import (
    Fulfilment,
    FulfilmentLine,
    FulfilmentStatus,
    LineKind,
    Money,
    Order,
    OrderLine,
    Parcel,
    plan_fulfilment,
)

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def eur(text):
    return Money.parse(text, "EUR")


def line(line_id="1", **changes):
    fields = {
        "id": line_id,
        "title": "Rose tea",
        "quantity": 2,
        "unit_price": eur("9"),
        "total": eur("18"),
    }
    return OrderLine(**(fields | changes))


def order(**changes):
    fields = {
        "id": "7",
        "number": "7",
        "placed_at": NOON,
        "currency": "EUR",
        "total": eur("18"),
        "lines": (line(),),
    }
    return Order(**(fields | changes))


@pytest.mark.parametrize("quantity", [0, -1, 1.5, "2", True, 10**7])
def test_a_quantity_is_a_positive_whole_number(quantity):
    with pytest.raises(ValidationError):
        line(quantity=quantity)


def test_a_naive_time_is_refused():
    with pytest.raises(ValidationError, match="timezone"):
        order(placed_at=NOON.replace(tzinfo=None))


def test_times_are_kept_in_utc():
    tehran = timezone(timedelta(hours=3, minutes=30))

    assert NOON == order(placed_at=NOON.astimezone(tehran)).placed_at
    assert UTC is order(placed_at=NOON.astimezone(tehran)).placed_at.tzinfo


@pytest.mark.parametrize("field", ["total", "shipping", "tax", "discount", "refunded"])
def test_an_order_has_one_currency(field):
    with pytest.raises(ValidationError, match="one order has one currency"):
        order(**{field: Money.parse("1", "USD")})


@pytest.mark.parametrize("refunded", ["-0.01", "18.01"])
def test_refunds_are_never_above_the_total(refunded):
    with pytest.raises(ValidationError, match="refunds"):
        order(refunded=eur(refunded))


def test_a_full_refund_is_seen():
    assert order(refunded=eur("18")).is_fully_refunded
    assert not order(refunded=eur("17.99")).is_fully_refunded


def test_more_than_was_ordered_cannot_be_fulfilled():
    part = Fulfilment(id="f", lines=(FulfilmentLine(line_id="1", quantity=3),))

    with pytest.raises(ValidationError, match="more is fulfilled"):
        order(fulfilments=(part,))


def test_a_cancelled_fulfilment_does_not_count():
    gone = Fulfilment(
        id="a", status=FulfilmentStatus.CANCELLED, lines=(FulfilmentLine(line_id="1", quantity=2),)
    )
    again = Fulfilment(
        id="b", lines=(FulfilmentLine(line_id="1", quantity=2),), parcels=(Parcel(id="p"),)
    )

    assert again == order(fulfilments=(gone, again)).insert_fulfilment


def test_a_digital_line_never_lies_in_a_parcel():
    part = Fulfilment(
        id="f", lines=(FulfilmentLine(line_id="1", quantity=1),), parcels=(Parcel(id="p"),)
    )

    with pytest.raises(ValidationError, match="digital"):
        order(lines=(line(kind=LineKind.DIGITAL),), fulfilments=(part,))


def test_a_fulfilment_holds_only_lines_of_its_order():
    part = Fulfilment(id="f", lines=(FulfilmentLine(line_id="9", quantity=1),))

    with pytest.raises(ValidationError, match="does not have"):
        order(fulfilments=(part,))


def test_a_planned_parcel_holds_the_physical_lines_and_nothing_else():
    lines = (line("1"), line("2", kind=LineKind.DIGITAL), line("3", kind=LineKind.PICKUP))

    (planned,) = plan_fulfilment("7", lines)

    assert (FulfilmentLine(line_id="1", quantity=2),) == planned.lines
    assert 1 == len(planned.parcels)
    assert () == plan_fulfilment("7", lines[1:])


def test_a_card_goes_only_into_a_parcel_that_is_still_open():
    lines = (line(),)
    (planned,) = plan_fulfilment("7", lines)
    shipped = planned.model_copy(update={"status": FulfilmentStatus.SHIPPED})

    assert planned == order(fulfilments=(planned,)).insert_fulfilment
    assert order(fulfilments=(shipped,)).insert_fulfilment is None


def test_two_lines_never_share_an_id():
    with pytest.raises(ValidationError, match="same id"):
        order(lines=(line(), line()))
