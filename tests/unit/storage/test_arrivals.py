"""Deliveries that nobody has read yet: each once, sealed, in order, until they are let go."""

from __future__ import annotations

from datetime import timedelta

import pytest

from retention_sdk.model import WebhookRequest
from retention_sdk.storage import Arrival, open_store

SHOP = "soap.example"


def made(number, now, *, body=None, **headers):
    text = body if body is not None else f'{{"id": {number}, "email": "ada@mail.example"}}'.encode()
    named = {"X-Delivery": str(number), **headers}
    return Arrival("shopify", WebhookRequest(headers=named, body=text, received_at=now))


def keep(store, *arrivals, shop_id=SHOP):
    with store.begin() as connection:
        store.arrivals.keep(connection, shop_id, arrivals)


def waiting(store, *, shop_id=SHOP, limit=50):
    with store.reading() as connection:
        return store.arrivals.waiting(connection, shop_id, limit=limit)


def bodies(store, **options):
    return [each.request.body for each in waiting(store, **options)]


def test_deliveries_come_back_byte_for_byte_in_the_order_they_came(store, now):
    sent = [made(number, now, body=bytes(range(256)) * number) for number in (3, 1, 2)]
    keep(store, *sent)

    found = waiting(store)

    assert sent == [Arrival(each.platform, each.request) for each in found]


def test_what_comes_twice_word_for_word_is_kept_once(store, now):
    one, later = made(1, now), made(1, now + timedelta(seconds=7))
    other_topic = made(1, now, Topic="orders/paid")
    keep(store, one, one)
    keep(store, later, other_topic)

    assert [one.request, other_topic.request] == [each.request for each in waiting(store)]


def test_neither_body_nor_credentials_are_in_the_file(store_url, key, path, now):
    headers = {"Authorization": "Basic s3cret", "cookie": "session=s3cret", "X-Name": "Ada"}
    with open_store(store_url, key=key) as store:
        keep(store, made(1, now, **headers))
        (kept,) = waiting(store)

    assert {"X-Delivery": "1", "X-Name": "Ada"} == kept.request.headers
    if path.exists():  # SQLite
        raw = b"".join(file.read_bytes() for file in path.parent.glob("shop.db*"))
        assert not any(word in raw for word in (b"ada@mail", b"s3cret", b"X-Name"))


def test_few_are_handed_out_at_once_and_one_however_long_it_is(store, now):
    short, long = b"{}", b" " * 5_000_000
    keep(store, *(made(number, now, body=body) for number, body in enumerate((short, long, long))))

    assert [2] == [len(each) for each in bodies(store, limit=1)]
    assert [2, 5_000_000] == [len(each) for each in bodies(store)]

    with store.begin() as connection:
        store.arrivals.drop(connection, [waiting(store)[0].digest])
        store.arrivals.keep(connection, "other.example", [made(9, now, body=b" " * 9_000_000)])
    assert [9_000_000] == [len(each) for each in bodies(store, shop_id="other.example")]


def test_what_cannot_be_read_is_put_aside_and_may_be_tried_again_until_it_is_too_old(store, now):
    keep(store, made(1, now), made(2, now))
    first, second = waiting(store)
    with store.begin() as connection:
        store.arrivals.put_aside(connection, first.digest, error="no such field")
        told = store.arrivals.backlog(connection)
        assert 0 == store.arrivals.purge(connection, SHOP, before=now - timedelta(seconds=1))
    assert [second.digest] == [each.digest for each in waiting(store)]
    assert (1, now, 1) == (told.waiting, told.oldest, told.unreadable)

    with store.begin() as connection:
        store.arrivals.retry(connection, SHOP)
    assert [first.digest, second.digest] == [each.digest for each in waiting(store)]

    with store.begin() as connection:
        store.arrivals.put_aside(connection, first.digest, error="no such field")
        assert 1 == store.arrivals.purge(connection, SHOP, before=now)
        store.arrivals.retry(connection, SHOP)
    assert [second.digest] == [each.digest for each in waiting(store)]


def test_a_shop_that_is_erased_takes_along_what_nobody_could_read(store, now):
    keep(store, made(1, now))
    keep(store, made(2, now), shop_id="other.example")
    with store.begin() as connection:
        for shop_id in (SHOP, "other.example"):
            (each,) = waiting(store, shop_id=shop_id)
            store.arrivals.put_aside(connection, each.digest, error="")
        store.arrivals.forget(connection, SHOP)

        assert 1 == store.arrivals.backlog(connection).unreadable


@pytest.mark.parametrize("is_known", [True, False], ids=["previous key", "retired key"])
def test_after_a_rotation_it_opens_with_the_key_of_its_time(store_url, key, now, is_known):
    with open_store(store_url, key=key) as store:
        keep(store, made(1, now))
        with store.begin() as connection:
            store.arrivals.keep(connection, "other.example", [made(2, now)])
    new = bytes(reversed(key))
    with open_store(store_url, key=new, previous_keys=(key,)) as store, store.begin() as connection:
        store.subjects.rewrap(connection)

    with open_store(store_url, key=new, previous_keys=(key,) if is_known else ()) as store:
        (kept,) = waiting(store)
        assert is_known is (kept.request is not None)
