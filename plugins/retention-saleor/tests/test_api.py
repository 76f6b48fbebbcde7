"""Lists, profile, notes, erasure and webhooks; and what an API does to a patient adapter."""

import json
from datetime import UTC, datetime

import pytest
from retention_saleor.webhooks import REGISTERED

from retention_sdk.errors import PayloadError, PlatformError, UnsupportedFeature
from retention_sdk.model import Shop

ADA = "VXNlcjo0Nw=="
HOOK = "https://retention.example/hooks/saleor"


def ids(pages):
    return [each.id for page in pages for each in page.items]


def numbered(api, count, **changes):
    for number in range(count):
        at = f"2026-11-22T10:{number:02}:00+00:00"
        api.shop.add_order(id=f"T3JkZXI6{number}", number=str(number), updatedAt=at, **changes)


def refused(call, match=None, **expected):
    with pytest.raises(PlatformError, match=match) as caught:
        call()
    assert expected.get("retryable", False) == caught.value.retryable
    assert expected.get("code", caught.value.code) == caught.value.code
    return str(caught.value)


# Lists -------------------------------------------------------------------------------------


def test_orders_come_page_by_page_and_each_once(api):
    numbered(api, 7)
    adapter = api.adapter(page_size=3)

    assert [f"T3JkZXI6{n}" for n in range(7)] == ids(adapter.order_pages())
    assert [3, 3, 3] == [asked["variables"]["first"] for asked in api.server.asked]


def test_order_that_changes_meanwhile_comes_again_and_none_is_left_out(api):
    numbered(api, 4)
    pages = api.adapter(page_size=2).order_pages()
    seen = ids([next(pages)])
    api.shop.orders["T3JkZXI60"]["updatedAt"] = "2026-11-22T11:00:00+00:00"
    seen += ids(pages)

    assert [f"T3JkZXI6{number}" for number in "01230"] == seen


def test_list_goes_on_after_a_cursor_in_another_process(api):
    numbered(api, 4)
    first = next(iter(api.adapter(page_size=2).order_pages()))

    assert ["T3JkZXI62", "T3JkZXI63"] == ids(api.adapter().order_pages(cursor=first.cursor))


def test_drafts_and_emptied_orders_are_left_out(api):
    numbered(api, 1)
    api.shop.add_order(id="T3JkZXI6ZW1wdHk=", lines=[])

    assert ["T3JkZXI60"] == ids(api.adapter().order_pages())


def test_order_that_cannot_be_read_is_named_and_stops_no_other(api):
    numbered(api, 3)
    wrong = api.shop.orders["T3JkZXI61"]
    wrong["shippingPrice"] = {"gross": {"amount": 1.234, "currency": "USD"}}
    (page,) = api.adapter().order_pages()

    assert ["T3JkZXI60", "T3JkZXI62"] == ids([page])
    assert 1 == len(page.refused)
    assert page.refused[0].startswith("T3JkZXI61: saleor: cannot be read")


def test_only_what_changed_since_is_asked_for(api):
    numbered(api, 3)
    since = datetime(2026, 11, 22, 10, 1, tzinfo=UTC)

    assert ["T3JkZXI61", "T3JkZXI62"] == ids(api.adapter().order_pages(updated_since=since))


def test_customers_are_listed_with_their_answers(api):
    api.shop.add_user()
    api.shop.add_user(id="VXNlcjo0OA==", metadata={}, updatedAt="2026-11-22T10:00:00+00:00")
    (page,) = api.adapter().customer_pages()

    assert [1, 0] == [len(customer.consents) for customer in page.items]
    since = datetime(2026, 11, 22, tzinfo=UTC)
    assert ["VXNlcjo0OA=="] == ids(api.adapter().customer_pages(updated_since=since))


def test_products_are_those_of_the_channel(api):
    api.shop.add_products()
    (page,) = api.adapter().product_pages()

    assert ["Monospace Tee", "Apple Juice"] == [each.title for each in page.items]
    assert ("328223580", "Fell & fair") == (page.items[0].sku, page.items[0].description)
    assert [] == ids(api.adapter(channel="channel-pln").product_pages())


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        (None, ""),
        ("", ""),
        ("no json", ""),
        ("[]", ""),
        ('{"blocks": [{"data": {}}, {"data": {"text": "a<br>b"}}]}', "ab"),
        ('{"blocks": [{"data": {"text": "a"}}, {"data": {"text": "b"}}]}', "a\nb"),
        ('{"blocks": [{"data": {"text": 7}}]}', ""),
        ('{"blocks": 7}', ""),
    ],
)
def test_description_that_makes_no_sense_costs_no_product(api, description, expected):
    api.shop.add_products()
    for node in api.shop.products.values():
        node["description"] = description
    (page,) = api.adapter().product_pages()

    assert [expected] * 2 == [each.description for each in page.items]


# What is too much --------------------------------------------------------------------------


def test_page_that_is_too_dear_is_asked_for_in_halves(api):
    numbered(api, 5)
    api.server.cost_of_one = 20_000

    assert 5 == len(ids(api.adapter(page_size=8).order_pages()))
    assert [8, 4, 2, 2, 2] == [asked["variables"]["first"] for asked in api.server.asked]


def test_single_order_that_is_too_dear_is_refused(api):
    numbered(api, 1)
    api.server.cost_of_one = 60_000

    refused(lambda: ids(api.adapter(page_size=2).order_pages()), match="QueryCostError")


def test_more_than_a_hundred_at_a_time_cannot_be_set(api):
    with pytest.raises(ValueError, match="page_size"):
        api.adapter(page_size=101)


# Refusals ----------------------------------------------------------------------------------


def test_wrong_token_is_named_with_the_way_out_and_not_shown(api):
    message = refused(lambda: api.adapter(token="tok-s3cr3t").fetch_order("x"), "PermissionDenied")

    assert "permission" in message
    assert "tok-s3cr3t" not in message


def test_words_of_an_error_are_not_shown(api):
    api.server.before = lambda _: (200, {}, json.dumps(api.failed("ValidationError")).encode())

    assert "customer" not in refused(lambda: api.adapter().fetch_order("x"), "ValidationError")


def test_database_that_is_away_may_be_back(api):
    api.server.before = lambda _: (200, {}, json.dumps(api.failed("OperationalError")).encode())

    refused(lambda: api.adapter().fetch_order("x"), "OperationalError", retryable=True)


def test_older_saleor_is_named(api):
    api.server.before = lambda _: (400, {}, json.dumps(api.failed("GraphQLError")).encode())

    assert "3.22" in refused(lambda: api.adapter().fetch_order("x"))


def test_answer_without_what_was_asked_is_refused(api):
    api.server.before = lambda _: (200, {}, b'{"data": {"order": {}}}')
    with pytest.raises(PayloadError):
        api.adapter().fetch_order("x")


def test_limit_of_the_host_is_waited_for(api):
    numbered(api, 1)
    waits = [(429, {"retry-after": "7"}, b"")]
    api.server.before = lambda _: waits.pop() if waits else None

    assert "0" == api.adapter().fetch_order("T3JkZXI60").number
    assert [7.0] == api.slept


def test_cut_answer_is_asked_for_again(api):
    numbered(api, 1)
    cuts = [True]
    api.server.after = lambda _: bool(cuts) and cuts.pop()

    assert "0" == api.adapter().fetch_order("T3JkZXI60").number


# Shop, notes, erasure ----------------------------------------------------------------------


def test_profile_is_the_channels_and_the_settings(api):
    own = {"shop_url": "https://juice.example", "time_zone": "Europe/Warsaw", "language": "pl"}

    assert (
        Shop(
            id="juice.example",
            name="Saleor e-commerce",
            country="PL",
            currency="PLN",
            language="pl",
            time_zone="Europe/Warsaw",
            url="https://juice.example",
            platform="saleor",
        )
        == api.adapter(channel="channel-pln", **own).fetch_shop()
    )


def test_company_says_in_which_country_the_shop_is(api):
    address = {"country": {"code": "DE"}}
    api.shop.profile["companyAddress"] = address

    assert "DE" == api.adapter().fetch_shop().country


def test_channel_that_is_not_there_is_refused(api):
    refused(api.adapter(channel="nowhere").fetch_shop, "platforms.saleor")


def test_note_is_written_once_and_never_repeated(api):
    """Whether a note that was not answered is there, nobody knows."""
    api.shop.add_order(id="T3JkZXI60")
    adapter = api.adapter()
    adapter.note_order("T3JkZXI60", "card printed")
    api.server.after = lambda _: True
    refused(lambda: adapter.note_order("T3JkZXI60", "card packed"), retryable=True)

    assert ["card printed", "card packed"] == [text for _, text in api.shop.notes]
    api.server.after = None
    refused(lambda: adapter.note_order("nothing", "x"), "GRAPHQL_ERROR")


def test_fields_are_private_metadata_and_the_last_value_stays(api):
    order = api.shop.add_order(id="T3JkZXI60", privateMetadata={"erp": "7"})
    adapter = api.adapter()
    adapter.set_order_fields("T3JkZXI60", {"card": "17", "box": "B"})
    adapter.set_order_fields("T3JkZXI60", {"card": "18"})

    expected = {"erp": "7", "retention.card": "18", "retention.box": "B"}
    assert expected == order["privateMetadata"]
    refused(lambda: adapter.set_order_fields("nothing", {"card": "17"}), "NOT_FOUND")


def test_erasure_takes_the_addresses_first(api):
    """Saleor deletes the account alone; nobody would find its addresses again."""
    own = [{"id": "QWRkcmVzczo3MQ=="}, {"id": "QWRkcmVzczo3Mg=="}]
    api.shop.addresses = {each["id"]: {} for each in own}
    api.shop.add_user(addresses=own)
    api.adapter().erase_customer(ADA)

    assert ["addressDelete", "addressDelete", "customerDelete"] == api.mutations()
    assert ({}, {}) == (api.shop.users, api.shop.addresses)


def test_erasure_that_was_cut_off_goes_on(api):
    own = [{"id": "QWRkcmVzczo3MQ=="}, {"id": "QWRkcmVzczo3Mg=="}]
    api.shop.addresses = {each["id"]: {} for each in own}
    api.shop.add_user(addresses=own)
    api.server.after = lambda asked: "addressDelete" in asked["query"]
    refused(lambda: api.adapter().erase_customer(ADA), retryable=True)
    api.server.after = None
    api.adapter().erase_customer(ADA)

    assert ({}, {}) == (api.shop.users, api.shop.addresses)


def test_account_of_staff_is_not_erased(api):
    api.shop.add_user(isStaff=True)

    code = "DELETE_STAFF_ACCOUNT"
    refused(lambda: api.adapter().erase_customer(ADA), f"refused with {code}", code=code)


# Webhooks ----------------------------------------------------------------------------------


def test_one_webhook_is_told_everything(api):
    adapter = api.adapter()

    assert REGISTERED == adapter.missing_webhooks(HOOK)
    assert REGISTERED == adapter.register_webhooks(HOOK)
    assert () == adapter.register_webhooks(HOOK)
    (hook,) = api.shop.hooks.values()
    assert (HOOK, True) == (hook["targetUrl"], hook["isActive"])
    assert adapter.subscription == hook["subscriptionQuery"]


@pytest.mark.parametrize(
    "change",
    [
        {"isActive": False},
        {"subscriptionQuery": "subscription { event { issuedAt } }"},
        {"asyncEvents": [{"eventType": "ORDER_CREATED"}]},
        {"subscriptionQuery": None},
    ],
)
def test_webhook_that_is_off_or_old_is_put_right(api, change):
    adapter = api.adapter()
    adapter.register_webhooks(HOOK)
    (hook,) = api.shop.hooks.values()
    hook.update(change)

    assert set(adapter.missing_webhooks(HOOK)) == set(adapter.register_webhooks(HOOK)) != set()
    assert () == adapter.missing_webhooks(HOOK)
    assert 1 == len(api.shop.hooks)


def test_other_address_gets_a_webhook_of_its_own(api):
    api.adapter().register_webhooks(HOOK)
    api.adapter().register_webhooks(f"{HOOK}2")

    assert 2 == len(api.shop.hooks)


def test_webhooks_that_could_not_be_believed_are_not_registered(api):
    with pytest.raises(UnsupportedFeature, match="saleor-keys"):
        api.adapter(jwks=[], webhook_secrets=["s3cr3t"]).register_webhooks(HOOK)
    assert [] == api.server.asked


def test_what_is_registered_is_signed_by_the_shop(api):
    """``secretKey`` is on its way out, and would be another signature."""
    api.adapter().register_webhooks(HOOK)

    assert "secretKey" not in api.server.asked[-1]["variables"]["input"]


def test_both_http_libraries_will_do(api):
    httpx2 = pytest.importorskip("httpx2", reason="httpx2 is not installed")
    numbered(api, 1)

    assert "0" == api.adapter(http=httpx2).fetch_order("T3JkZXI60").number
