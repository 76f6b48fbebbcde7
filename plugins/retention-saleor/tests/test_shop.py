"""A whole shop on Saleor: what it was sent, and what it asks, ends in the same state."""

import pytest

from retention_sdk import Retention


@pytest.fixture
def shop(api, shop_file):
    """A shop with the captured order."""
    api.shop.add_order()
    with Retention.from_file(shop_file) as shop:
        yield shop


def receive(shop, deliveries):
    for delivery in deliveries:
        body = delivery["body"].encode()
        shop.receive("saleor", headers=delivery["headers"], body=body)


def known(shop):
    """Return how far the two facts about the captured order are."""
    names = ("placed", "paid")
    order = "saleor:juice.example:order:T3JkZXI6ZjM4OWI5YmMtMjc3ZC00NTg5LTg1ZjgtNGNmMzc1ZjZlYjg1"
    with shop.store.reading() as connection:
        found = [shop.store.inbox.get(connection, f"{order}:{name}") for name in names]
    return [each and each.state for each in found]


def test_deliveries_of_several_webhooks_are_one_order_that_a_sync_does_not_repeat(
    shop, saleor, api
):
    """Four deliveries of one change, two of them the same to the byte."""
    receive(shop, saleor.captured()[3:7])
    report = shop.sync("saleor")

    assert ["done", "done"] == known(shop)
    asked = [each for each in api.server.asked if "order(id" in each["query"]]
    assert 3 == len(asked)
    assert (1, 0, 0) == (report.orders, report.news, report.refused)
