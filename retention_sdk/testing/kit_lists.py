"""Tests of the kit for lists in which one record cannot be read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, TypeVar
from unittest.mock import patch

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from ..adapter import Capability, ShopAdapter
from ..model import Customer, Order, Page, Product
from .kit import Kit, needs, only_if
from .mutants import personal_values

_FAULT: InitErrorDetails = {
    "type": PydanticCustomError("unreadable", "the kit does not let this one be read"),
    "input": None,
}
Listed = TypeVar("Listed", Order, Customer, Product)


def _has_pages_of_orders(kit: type[Kit]) -> bool:
    return kit.adapter_class.order_pages is not ShopAdapter.order_pages


class ListTests(Kit):
    """One record that cannot be read is named in ``refused``, and the list goes on."""

    @needs(Capability.LIST_ORDERS)
    @only_if(_has_pages_of_orders)
    def test_order_that_cannot_be_read_is_named_and_stops_no_other(
        self, adapter: ShopAdapter
    ) -> None:
        """Read each page with ``shop_api.read_page``."""
        _assert_stops_no_other(adapter.order_pages, Order)

    @needs(Capability.LIST_CUSTOMERS)
    def test_customer_who_cannot_be_read_is_named_and_stops_no_other(
        self, adapter: ShopAdapter
    ) -> None:
        """As with orders; name the customer by a number of the platform's."""
        _assert_stops_no_other(adapter.customer_pages, Customer)

    @needs(Capability.LIST_PRODUCTS)
    def test_product_that_cannot_be_read_is_named_and_stops_no_other(
        self, adapter: ShopAdapter
    ) -> None:
        """As with orders."""
        _assert_stops_no_other(adapter.product_pages, Product)


def _assert_stops_no_other(pages: Callable[[], Iterator[Page[Listed]]], kind: type[Listed]) -> None:
    everything = [each for page in pages() for each in page.items]
    assert everything, f"let the test shop have a {kind.__name__.lower()}"
    spoiled = everything[0]
    with unreadable(kind, spoiled.id):
        told = list(pages())
    others = [each.id for each in everything if each.id != spoiled.id]
    assert others == [each.id for page in told for each in page.items]
    sentences = {sentence for page in told for sentence in page.refused}
    assert len(sentences) == 1, "name the one that cannot be read in Page.refused"
    private = personal_values(json.loads(spoiled.model_dump_json()))
    assert not [text for text in private if text in f"{sentences}"], "refused tells of somebody"


@contextmanager
def unreadable(kind: type[Order | Customer | Product], identifier: str) -> Iterator[None]:
    """Let the model refuse one record, as it does when a platform tells it badly.

    What is bad differs from platform to platform; that the record cannot be built does not.
    """

    def refusing(build: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(build)
        def refuse(*args: Any, **values: Any) -> Any:
            record = build(*args, **values) or args[0]
            if record.id == identifier:
                raise ValidationError.from_exception_data(kind.__name__, [_FAULT])
            return record if record is not args[0] else None

        return refuse

    with (
        patch.object(kind, "__init__", refusing(kind.__init__)),
        patch.object(kind, "model_validate", refusing(kind.model_validate)),
        patch.object(kind, "model_validate_json", refusing(kind.model_validate_json)),
    ):
        yield
