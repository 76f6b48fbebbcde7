"""Answers that a real shop is not easily made to give, from a scripted server."""

from datetime import UTC, datetime

import pytest
from retention_oscar.adapter import OscarAdapter

from retention_sdk.errors import PayloadError, PlatformError
from tests.playing import good, playing, reply

ORDER = {"url": "http://127.0.0.1/api/admin/orders/1/", "date_placed": "2026-11-20T10:00:00+01:00"}


def alone(play, **more):
    settings = {"url": play.url, "username": "staff", "password": "a-password-9", **more}
    return OscarAdapter.from_config(settings, shop_id="soap.example")


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/api/admin/orders/1/lines/",
        "http://127.0.0.1:1/api/admin/orders/1/lines/",
        "//evil.example/api/",
        "/api/admin/orders/1/lines/",
        "",
    ],
)
def test_password_goes_to_no_other_host(link):
    with playing(good({**ORDER, "lines": link})) as play:
        with pytest.raises(PlatformError, match="another address") as caught:
            alone(play).fetch_order("1")

        assert 1 == len(play.seen)
    assert not caught.value.retryable


@pytest.mark.parametrize("path", ["/other/lines/", "/api/../admin/", "/apiary/lines/"])
def test_links_lead_below_the_api_only(path):
    with playing() as play:
        link = play.url.removesuffix("/api") + path
        play.answers.append(good({**ORDER, "lines": link}))
        with pytest.raises(PlatformError, match="another address"):
            alone(play).fetch_order("1")

        assert 1 == len(play.seen)


@pytest.mark.parametrize("body", [{"results": [], "next": "…"}, {}, "x", [1], None])
def test_half_a_list_is_not_taken_for_a_whole_one(body):
    with playing(good(body)) as play, pytest.raises(PlatformError, match="whole list"):
        list(alone(play).fetch_orders())


def test_list_in_one_page_is_a_list():
    with playing(good({"results": [], "next": None})) as play:
        assert [] == list(alone(play).fetch_orders())


def test_date_without_offset_is_refused():
    order = {**ORDER, "date_placed": "2026-11-20T10:00:00"}
    with playing(good([order])) as play, pytest.raises(PayloadError):
        list(alone(play).fetch_orders(updated_since=datetime(2026, 11, 1, tzinfo=UTC)))


@pytest.mark.parametrize("order_id", ["", "../users/1", "1/lines", "१"])
def test_identifier_that_is_no_number_is_asked_nobody(order_id):
    with playing(good({})) as play:
        for companion in (False, True):
            with pytest.raises(PlatformError, match="numbers"):
                alone(play, companion=companion).fetch_order(order_id)

        assert [] == play.seen


def test_shop_without_the_companion_is_told_from_one_without_the_customer():
    """A missing companion must not look like a customer who is gone already."""
    with playing(reply(404, {})) as play, pytest.raises(PlatformError, match="no companion"):
        alone(play, companion=True).erase_customer("7")


def test_shop_that_turns_in_circles_is_left():
    with playing(good({"orders": [], "next": "2026-11-20T10:00:00+01:00|1"})) as play:
        with pytest.raises(PlatformError, match="again and again"):
            list(alone(play, companion=True).fetch_orders())

        assert 2 == len(play.seen)


def test_order_that_cannot_be_read_does_not_stop_the_list():
    with playing(good({"orders": [ORDER], "next": ""})) as play:
        play.answers += [good([{**ORDER, "lines": f"{play.url}/lines/"}]), good([])]
        for companion in (True, False):
            (page,) = alone(play, companion=companion).order_pages()

            assert ((), "") == (page.items, page.cursor)
            (sentence,) = page.refused
            assert sentence.startswith("order 1: oscar: cannot be read")
