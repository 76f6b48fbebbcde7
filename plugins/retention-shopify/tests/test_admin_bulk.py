"""Long lists from a file that Shopify writes: the same orders, none left out, whatever happens."""

import json
import tracemalloc
from datetime import timedelta

import pytest
from retention_shopify import exports
from retention_shopify.bulk_documents import orders_export

from retention_sdk import Config, Retention
from retention_sdk.config import StoreConfig
from retention_sdk.errors import PlatformError
from retention_sdk.pipeline.incoming.sync import Sync
from retention_sdk.testing import NOON, a_brand, a_shop

NAMES = (
    "orders_paid_abroad",
    "orders_updated_refunded",
)


def numbers(pages):
    return [order.number for page in pages for order in page.items]


def listed(admin, cursor="", **settings):
    return list(admin.adapter(**settings).order_pages(cursor=cursor))


@pytest.fixture
def history(admin):
    """A hundred and thirty orders: a page in bulk has a hundred."""
    body = admin.payload("orders_paid")
    for number in range(130):
        numbered = {**body, "id": 6000 + number, "name": f"#{number}"}
        admin.shop.add_order(numbered, updatedAt="2026-11-20T10:00:00Z")
    return [f"#{number}" for number in range(130)]


def test_exported_orders_are_the_orders_of_pages(admin):
    """Lines, parcels with what is in them, amounts and customers."""
    admin.add_orders(*NAMES)

    exported = listed(admin, bulk_from=1)
    paged = listed(admin, bulk_from=0)

    assert 1 == len(admin.exports.operations)
    both = {order.id: order for page in paged for order in page.items}
    assert both == {order.id: order for page in exported for order in page.items}
    assert any(order.fulfilments for order in both.values())


def test_exported_customers_are_the_customers_of_pages(admin):
    admin.add_orders(*NAMES)
    admin.shop.add_customer(7002)

    exported = [c for page in admin.adapter(bulk_from=1).customer_pages() for c in page.items]
    paged = [c for page in admin.adapter(bulk_from=0).customer_pages() for c in page.items]

    assert 1 == len(admin.exports.operations)
    assert {c.id: c for c in paged} == {c.id: c for c in exported}


def test_short_list_is_read_in_pages(admin):
    admin.add_numbered_orders(3)

    assert ["#0", "#1", "#2"] == numbers(listed(admin, bulk_from=4))
    assert {} == admin.exports.operations


def test_search_of_a_sync_is_the_search_of_the_export(admin):
    admin.add_numbered_orders(4)
    since = admin.moment("2026-11-20T10:02:00Z")

    pages = list(admin.adapter(bulk_from=1).order_pages(updated_since=since))

    assert ["#2", "#3"] == numbers(pages)


def test_file_is_read_without_the_token(admin):
    admin.add_numbered_orders(2)
    listed(admin, bulk_from=1)

    (asked,) = (each for each in admin.play.seen if "/bulk/" in each["path"])
    assert "x-shopify-access-token" not in asked["headers"]


def test_pages_follow_each_other_and_each_cursor_goes_on(admin, history):
    pages = listed(admin, bulk_from=1)

    assert [0, 100, 30, 0] == [len(page.items) for page in pages]
    assert sorted(history) == sorted(numbers(pages))
    for number, page in enumerate(pages[:-1], 1):
        assert numbers(pages[number:]) == numbers(listed(admin, page.cursor, bulk_from=1))
    assert 1 == len(admin.exports.operations)


def test_reading_goes_on_at_the_byte_where_it_stopped(admin, history):
    pages = listed(admin, bulk_from=1)
    admin.exports.fetched.clear()

    listed(admin, pages[1].cursor, bulk_from=1)

    assert [int(pages[1].cursor.rpartition(":")[2])] == [
        start for start, _ in admin.exports.fetched
    ]


def test_process_that_stops_while_shopify_writes_waits_for_the_same_file(admin):
    admin.add_numbered_orders(3)
    first = next(admin.adapter(bulk_from=1).order_pages())

    assert ((), "file:1:0") == (first.items, first.cursor)
    assert ["#0", "#1", "#2"] == numbers(listed(admin, first.cursor, bulk_from=1))
    assert 1 == len(admin.exports.operations)
    assert admin.exports.takes_s <= sum(admin.clock.slept)


def test_what_changed_since_the_export_began_comes_after_it(admin):
    admin.add_numbered_orders(3)
    pages = admin.adapter(bulk_from=1).order_pages()
    next(pages)
    admin.shop.orders["gid://shopify/Order/6001"] |= {
        "updatedAt": "2026-11-20T12:00:05Z",
        "name": "#1-changed",
    }

    assert ["#0", "#1", "#2", "#1-changed"] == numbers(pages)


def test_pages_after_the_file_can_be_gone_on_with(admin):
    admin.add_numbered_orders(1)
    body = admin.payload("orders_paid")
    for number in range(3):
        late = {**body, "id": 7000 + number, "name": f"#late-{number}"}
        admin.shop.add_order(late, updatedAt=f"2026-11-20T12:00:0{number}Z")
    adapter = {"bulk_from": 1, "page_size": 2}
    pages = listed(admin, **adapter)

    first_after = pages[2]
    assert ["#late-0", "#late-1"] == [order.number for order in first_after.items]
    assert first_after.cursor.startswith("since:20261120T115000Z:")
    assert ["#late-2"] == numbers(listed(admin, first_after.cursor, **adapter))


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        ("FAILED", "TIMEOUT"),
        ("FAILED", "INTERNAL_SERVER_ERROR"),
        ("FAILED", "ACCESS_DENIED"),
        ("CANCELED", None),
        ("CANCELING", None),
        ("EXPIRED", None),
    ],
)
def test_export_that_came_to_nothing_is_replaced_by_pages(admin, outcome, code):
    """Nobody can tell what is missing in a part of a list."""
    admin.add_numbered_orders(3)
    admin.exports.outcome, admin.exports.error_code = outcome, code

    assert ["#0", "#1", "#2"] == numbers(listed(admin, bulk_from=1))


def test_file_that_shopify_forgot_is_replaced_by_pages(admin, history):
    cursor = listed(admin, bulk_from=1)[1].cursor
    admin.exports.operations.clear()

    assert sorted(history) == sorted(numbers(listed(admin, cursor, bulk_from=1)))


def test_app_that_has_five_exports_under_way_reads_pages(admin):
    admin.add_numbered_orders(2)
    for _ in range(5):
        next(admin.adapter(bulk_from=1).order_pages())

    assert ["#0", "#1"] == numbers(listed(admin, bulk_from=1))
    assert 5 == len(admin.exports.operations)


def test_lines_that_stand_below_another_order_are_not_believed(admin):
    admin.add_numbered_orders(3)
    admin.exports.scatters = True

    assert {"#0", "#1", "#2"} == set(numbers(listed(admin, bulk_from=1)))


def test_file_with_a_line_that_is_no_record_is_replaced_by_pages(admin):
    admin.add_numbered_orders(3)
    pages = admin.adapter(bulk_from=1).order_pages()
    next(pages)
    whole = admin.exports.files["1"]
    for spoiled in (b"<html>" + whole[6:], b"null\n" + whole[5:], whole[:-9] + b"\n" * 9):
        admin.exports.files["1"] = spoiled
        assert {"#0", "#1", "#2"} <= set(numbers(listed(admin, "file:1:0", bulk_from=1)))


def test_export_of_hours_ends_the_run_and_the_next_one_goes_on(admin):
    admin.add_numbered_orders(2)
    admin.exports.takes_s = 5_000.0
    pages = admin.adapter(bulk_from=1).order_pages()
    cursor = next(pages).cursor

    with pytest.raises(PlatformError, match="longer than an hour") as caught:
        next(pages)

    assert caught.value.retryable
    assert ["#0", "#1"] == numbers(listed(admin, cursor, bulk_from=1))


def test_host_that_sends_whole_files_is_understood(admin, history):
    admin.exports.ignores_ranges = True
    pages = listed(admin, bulk_from=1)

    assert sorted(history) == sorted(numbers(pages))
    assert numbers(pages[2:]) == numbers(listed(admin, pages[1].cursor, bulk_from=1))


def test_list_without_anything_in_it_has_no_file(admin):
    """All orders are deleted between counting and exporting."""
    admin.add_numbered_orders(1)

    def delete(asked):
        if "bulkOperationRunQuery" in asked["query"]:
            admin.shop.orders.clear()

    admin.server.before = delete

    assert [] == numbers(listed(admin, bulk_from=1))


def test_order_that_is_deleted_while_the_file_lies_there_is_left_out(admin):
    admin.add_orders("orders_updated_refunded", "orders_paid_abroad")
    pages = admin.adapter(bulk_from=1).order_pages()
    next(pages)
    del admin.shop.orders["gid://shopify/Order/5501"]

    assert ["#1002"] == numbers(pages)


def test_only_what_may_be_exported_is_allowed(documents, admin):
    """The server here refuses what Shopify does; so the document above is fit for it."""
    faults = {
        "{ shop { name } }": "0 connections",
        "{ orders { edges { node { name lineItems { edges { node { id } } } } } } }": "id field",
        "{ orders { edges { node { id fulfillments { fulfillmentLineItems { edges { node { id } } "
        "} } } } } }": "within a list",
        "query { orders { ...Found } } fragment Found on OrderConnection { edges { node { id } } }": "fragments",
    }
    for text, fault in faults.items():
        document, _ = documents.read(text)
        assert any(fault in str(each) for each in admin.bulk_faults(document)), text
    document, faults = documents.read(orders_export())
    assert [] == [*faults, *admin.bulk_faults(document)]


# Reading -----------------------------------------------------------------------------------

ORDER = b'{"id": "o%d", "note": "' + b"x" * 900 + b'"}\n'
LINE = b'{"id": "l%d", "__parentId": "o%d"}\n'


def file_of(count):
    return b"".join(ORDER % each + LINE % (each, each) for each in range(count))


def read(content, *, piece, start=0):
    return list(
        exports.read_nodes(
            lambda first, end: content[first:end], start=start, size=len(content), piece=piece
        )
    )


@pytest.mark.parametrize("piece", [1, 7, 950, 4096, 10**9])
def test_pieces_may_end_anywhere(piece):
    content = file_of(5)
    found = read(content, piece=piece)

    assert [f"o{number}" for number in range(5)] == [node["id"] for node, _ in found]
    assert {1} == {len(node["lineItems"]["nodes"]) for node, _ in found}
    assert len(content) == found[-1][1]
    for number, (_, behind) in enumerate(found):
        assert found[number + 1 :] == read(content, piece=piece, start=behind)


def test_last_line_may_lack_its_end():
    content = file_of(2).rstrip(b"\n")

    assert 2 == len(read(content, piece=100))


def test_file_of_any_length_takes_the_memory_of_a_piece():
    """Four megabytes in pieces of a thirty-second of one."""
    entry = ORDER % 1 + LINE % (1, 1)
    count, piece = 4 * 1024**2 // len(entry), 32 * 1024

    def fetch(start, end):
        first = start // len(entry)
        return (entry * ((end - start) // len(entry) + 2))[start - first * len(entry) :][
            : end - start
        ]

    tracemalloc.start()
    read_count = sum(
        1 for _ in exports.read_nodes(fetch, start=0, size=count * len(entry), piece=piece)
    )
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert count == read_count
    assert peak < 8 * piece


def test_file_that_is_cut_off_is_an_error_that_may_pass():
    with pytest.raises(PlatformError, match="cut off") as caught:
        list(exports.read_nodes(lambda *_: b"", start=0, size=10))

    assert caught.value.retryable


def test_decimals_are_exact():
    (found,) = read(b'{"id": "o1", "rate": 0.1}\n', piece=100)

    assert "0.1" == str(found[0]["rate"])
    assert json.dumps("0.1") != str(found[0]["rate"])


# A sync ------------------------------------------------------------------------------------


def test_sync_that_is_stopped_goes_on_in_the_file_and_counts_each_fact_once(admin, tmp_path):
    admin.add_numbered_orders(3)
    config = Config(
        shop=a_shop(id="kiln.example"),
        brand=a_brand(),
        store=StoreConfig(url=f"sqlite:///{tmp_path}/shop.db", key="42" * 32),
        directory=str(tmp_path),
    )
    adapter = admin.adapter(bulk_from=1)
    with Retention(config, clock=lambda: NOON + timedelta(days=1), environ={}) as shop:
        sync = Sync(intake=shop.intake, adapter=adapter, shop_id="kiln.example")
        stopped = sync.run()
        first = [next(stopped), next(stopped)]
        stopped.close()
        rest = list(sync.run())

    assert [0, 3] == [page.orders for page in first]
    assert 2 * 3 == sum(page.history for page in (*first, *rest))
    assert 1 == len(admin.exports.operations)
