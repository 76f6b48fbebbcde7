"""Who may ask the Admin API, which version answers, and how patient we are."""

import threading

import pytest

from retention_sdk.errors import ConfigError, PlatformError, UnsupportedFeature
from retention_sdk.testing import money

SECRET = "shpss-invented-one"


def pages(adapter, **options):
    return [[order.number for order in page.items] for page in adapter.order_pages(**options)]


def test_answer_of_a_later_version_is_refused(admin):
    """A retired version is not refused by Shopify: the oldest that is left answers."""
    admin.server.retired = {"2026-10": "2027-10"}

    with pytest.raises(PlatformError, match=r"2026-10.*2027-10") as caught:
        admin.adapter().fetch_shop()
    assert not caught.value.retryable


def test_wrong_token_is_refused_and_not_shown(admin):
    with pytest.raises(PlatformError, match="401") as caught:
        admin.adapter(access_token="shpat-stolen").fetch_shop()

    assert not caught.value.retryable
    assert "shpat-stolen" not in f"{caught.value!r} {admin.adapter(access_token='shpat-stolen')!r}"


def test_app_of_the_dev_dashboard_asks_for_its_token_once_a_day(admin):
    admin.server.apps = {"id-of-the-app": SECRET}
    adapter = admin.adapter(access_token=None, client_id="id-of-the-app")

    def tokens_asked():
        return sum("oauth" in each["path"] for each in admin.play.seen)

    adapter.fetch_shop()
    adapter.fetch_shop()
    assert 1 == tokens_asked()
    admin.clock.seconds += 86_399 - 200
    adapter.fetch_shop()
    assert 2 == tokens_asked()


def test_token_that_was_revoked_is_asked_for_anew_the_next_time(admin):
    admin.server.apps = {"id-of-the-app": SECRET}
    adapter = admin.adapter(access_token=None, client_id="id-of-the-app")
    adapter.fetch_shop()
    admin.server.tokens.clear()

    with pytest.raises(PlatformError, match="401"):
        adapter.fetch_shop()

    assert "Kiln and Leaf" == adapter.fetch_shop().name


def test_wrong_secret_gets_no_token(admin):
    with pytest.raises(PlatformError, match="400") as caught:
        admin.adapter(access_token=None, client_id="another").fetch_shop()
    assert SECRET not in repr(caught.value)


def test_without_a_token_only_webhooks_work(admin, shopify):
    with pytest.raises(UnsupportedFeature, match="access_token"):
        admin.adapter(access_token=None).fetch_shop()
    assert shopify.events("orders_paid")


@pytest.mark.parametrize("domain", ["", "kiln.example", "evil.example/kiln.myshopify.com"])
def test_token_goes_to_no_other_host_than_shopifys(admin, domain):
    with pytest.raises(ConfigError, match="myshopify"):
        admin.adapter(shop_domain=domain)


def test_two_ways_to_a_token_are_one_too_many(admin):
    with pytest.raises(ConfigError, match="not both"):
        admin.adapter(client_id="x")


@pytest.mark.parametrize("library", ["httpx", "httpx2"])
def test_either_library_will_do(admin, library):
    http = pytest.importorskip(library)

    assert "Kiln and Leaf" == admin.adapter(http=http).fetch_shop().name


def test_empty_bucket_is_waited_for_instead_of_being_refused(admin):
    """A bucket that holds little more than two requests, and fills up slowly."""
    admin.add_numbered_orders(6)
    admin.server.bucket.maximum = admin.server.bucket.left = 700.0
    admin.server.bucket.rate = 20.0

    found = pages(admin.adapter(page_size=1))

    assert [[f"#{number}"] for number in range(6)] == found
    assert 0 == admin.server.throttled
    assert sum(admin.clock.slept) > 0


def test_mutation_that_was_throttled_is_sent_again(admin):
    """THROTTLED says that nothing was done."""
    admin.server.bucket.left, admin.server.bucket.rate = 0.0, 50.0
    admin.shop.add_customer(1)

    admin.adapter().give_credit("1", money("5.00 EUR"), key="spring")

    assert 1 == len(admin.shop.credit)
    assert 0 < admin.server.throttled


def test_threads_share_one_adapter(admin):
    admin.add_numbered_orders(3)
    adapter, found = admin.adapter(), []

    def read():
        found.append([order.number for order in adapter.fetch_orders()])

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [["#0", "#1", "#2"]] * 4 == found
