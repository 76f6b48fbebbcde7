"""Reading a shop over its Admin API: complete, of the right version, and patient."""

import threading
from datetime import UTC, datetime

import pytest

from retention_sdk.errors import ConfigError, PlatformError, UnsupportedFeature
from retention_sdk.model import ConsentChannel, ConsentState, Money, OptInLevel, Purpose
from retention_sdk.testing import a_code, a_consent, money

SECRET = "shpss-invented-one"


def pages(adapter, **options):
    return [[order.number for order in page.items] for page in adapter.order_pages(**options)]


def add_orders(admin, count):
    """Add orders that changed one minute after another."""
    body = admin.payload("orders_paid")
    for number in range(count):
        stamp = f"2026-11-20T10:{number:02}:00Z"
        admin.shop.add_order({**body, "id": 6000 + number, "name": f"#{number}"}, updatedAt=stamp)


# One order, told twice ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "orders_create",
        "orders_paid",
        "orders_paid_abroad",
        "orders_fulfilled",
        "orders_updated_refunded",
        "orders_cancelled",
    ],
)
def test_fetched_order_is_the_one_that_the_webhook_told(admin, shopify, name):
    """All but what webhooks do not say of a customer: the language."""
    admin.add_orders(name)
    told = shopify.order(name)

    fetched = admin.adapter().fetch_order(told.id)

    customer = fetched.customer.model_copy(update={"language": None})
    assert told == fetched.model_copy(update={"customer": customer})
    assert "de" == fetched.customer.language


def test_fetched_and_told_order_are_the_same_facts(admin, shopify):
    admin.add_orders("orders_updated_refunded")
    adapter = admin.adapter()

    fetched = {event.id for event in adapter.order_events(adapter.fetch_order("5501"))}

    assert {event.id for event in shopify.events("orders_updated_refunded")} == fetched


def test_order_of_many_lines_is_whole(admin):
    """Sixty lines come in three requests, and so does what travels in the parcel."""
    body = admin.payload("orders_fulfilled")
    line, (parcel,) = body["line_items"][0], body["fulfillments"]
    lines = [{**line, "id": number} for number in range(1, 61)]
    admin.shop.add_order(
        {**body, "line_items": lines, "fulfillments": [{**parcel, "line_items": lines}]}
    )

    order = admin.adapter().fetch_order("5501")

    assert [str(number) for number in range(1, 61)] == [each.id for each in order.lines]
    assert 60 == len(order.fulfilments[0].lines)


def test_line_that_was_refunded_before_it_left_waits_for_no_parcel(admin):
    admin.add_orders("orders_paid")
    order = admin.shop.orders["gid://shopify/Order/5501"]
    lines = order["lineItems"](first=10)["nodes"]
    lines[1] |= {"currentQuantity": 0, "unfulfilledQuantity": lines[1]["quantity"]}

    (waiting,) = admin.adapter().fetch_order("5501").fulfilments

    assert ["901"] == [part.line_id for part in waiting.lines]


# Lists -------------------------------------------------------------------------------------


def test_order_that_changes_meanwhile_comes_again_and_none_is_left_out(admin):
    add_orders(admin, 6)
    found = admin.adapter(page_size=2).order_pages()
    first = [order.number for order in next(found).items]

    admin.shop.orders["gid://shopify/Order/6000"]["updatedAt"] = "2026-11-20T12:00:00Z"
    rest = [order.number for page in found for order in page.items]

    assert ["#0", "#1"] == first
    assert ["#2", "#3", "#4", "#5", "#0"] == rest


def test_list_goes_on_after_a_cursor_in_another_process(admin):
    add_orders(admin, 5)
    cursor = next(admin.adapter(page_size=2).order_pages()).cursor

    assert [["#2", "#3"], ["#4"]] == pages(admin.adapter(page_size=2), cursor=cursor)


def test_page_that_is_too_dear_is_asked_for_in_smaller_ones(admin):
    """Twenty orders would cost more points than one request may."""
    add_orders(admin, 6)

    found = pages(admin.adapter(page_size=20))

    assert [f"#{number}" for number in range(6)] == [each for page in found for each in page]
    assert 20 == admin.server.asked[0]["variables"]["first"]
    assert 20 > admin.server.asked[-1]["variables"]["first"]


def test_only_products_that_are_sold_are_listed(admin):
    admin.shop.add_product(1)
    admin.shop.add_product(2, status="DRAFT")

    ((product,),) = (page.items for page in admin.adapter().product_pages())

    assert ("1", "Tea bowl", "KL-901") == (product.id, product.title, product.sku)
    assert ("Bowls", "Home & Garden > Kitchen & Dining") == product.categories


def test_shop_is_what_its_settings_say(admin):
    shop = admin.adapter().fetch_shop()

    assert ("Kiln and Leaf", "DE", "EUR", "de") == (
        shop.name,
        shop.country,
        shop.currency,
        shop.language,
    )
    assert "Europe/Berlin" == shop.time_zone


# Answers -----------------------------------------------------------------------------------


def test_customers_carry_what_they_answered(admin):
    answered = {"optInLevel": "CONFIRMED_OPT_IN", "updatedAt": "2026-11-01T10:00:00Z"}
    never = {"optInLevel": None, "updatedAt": None, "collectedFrom": None}
    admin.shop.add_customer(
        1,
        dataSaleOptOut=True,
        defaultPhoneNumber={
            "phoneNumber": "+493410000001",
            "smsMarketingConsent": {"state": "SUBSCRIBED", "collectedFrom": "SHOPIFY", **answered},
            "whatsAppMarketingConsent": {"state": "NEVER_SUBSCRIBED", **never},
        },
    )

    ((customer,),) = (page.items for page in admin.adapter().customer_pages())

    sms, sale = customer.consents
    assert (ConsentChannel.SMS, ConsentState.GRANTED) == (sms.channel, sms.state)
    assert OptInLevel.CONFIRMED is sms.opt_in_level
    assert (Purpose.SALE_OR_SHARING, ConsentState.DENIED) == (sale.purpose, sale.state)


@pytest.mark.parametrize("state", ["PENDING", "NOT_SUBSCRIBED", "INVALID"])
def test_what_is_no_answer_is_none(admin, state):
    admin.shop.add_customer(1)["defaultEmailAddress"] |= {
        "marketingState": state,
        "marketingOptInLevel": "CONFIRMED_OPT_IN",
        "marketingUpdatedAt": "2026-11-01T10:00:00Z",
    }

    assert () == admin.adapter().fetch_consents("1")


def test_answer_is_written_with_its_proof(admin):
    customer = admin.shop.add_customer(1)
    yes = a_consent(opt_in_level=OptInLevel.CONFIRMED)

    admin.adapter().write_consent("1", yes)

    there = customer["defaultEmailAddress"]
    assert ("SUBSCRIBED", "CONFIRMED_OPT_IN") == (
        there["marketingState"],
        there["marketingOptInLevel"],
    )
    assert yes.recorded_at.isoformat() == there["marketingUpdatedAt"]


def test_answer_about_sms_is_written_and_read_back(admin):
    admin.add_orders("orders_paid")
    customer = admin.shop.add_customer(1)
    phone = {"state": "NEVER_SUBSCRIBED", "optInLevel": None, "updatedAt": None}
    phone["collectedFrom"] = None
    customer["defaultPhoneNumber"] = {
        "phoneNumber": "+493410000001",
        "smsMarketingConsent": phone,
        "whatsAppMarketingConsent": phone,
    }
    adapter = admin.adapter()

    adapter.write_consent("1", a_consent(channel=ConsentChannel.SMS))

    (answer,) = adapter.fetch_consents("1")
    assert (ConsentChannel.SMS, ConsentState.GRANTED) == (answer.channel, answer.state)


@pytest.mark.parametrize(
    "changes",
    [
        {"channel": ConsentChannel.POST},
        {"channel": ConsentChannel.WHATSAPP},
        {"purpose": Purpose.REVIEWS},
        {"state": ConsentState.UNKNOWN},
    ],
)
def test_answer_that_shopify_has_no_place_for_is_refused(admin, changes):
    state = changes.pop("state", ConsentState.DENIED)
    with pytest.raises(UnsupportedFeature):
        admin.adapter().write_consent("1", a_consent(state, **changes))
    assert [] == admin.server.asked


# Who asks, and which version answers -------------------------------------------------------


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


# Limits ------------------------------------------------------------------------------------


def test_empty_bucket_is_waited_for(admin):
    """With 300 points and 20 more a second, ten orders cannot be had at once."""
    add_orders(admin, 4)
    admin.server.bucket.maximum = admin.server.bucket.left = 700.0
    admin.server.bucket.rate = 20.0

    found = pages(admin.adapter(page_size=1))

    assert [["#0"], ["#1"], ["#2"], ["#3"]] == found
    assert sum(admin.clock.slept) > 0


def test_mutation_that_was_throttled_is_sent_again(admin):
    """THROTTLED says that nothing was done."""
    admin.server.bucket.left, admin.server.bucket.rate = 0.0, 50.0
    admin.shop.add_customer(1)

    admin.adapter().give_credit("1", money("5.00 EUR"), key="spring")

    assert 1 == len(admin.shop.credit)


def test_threads_share_one_adapter(admin):
    add_orders(admin, 3)
    adapter, found = admin.adapter(), []

    def read():
        found.append([order.number for order in adapter.fetch_orders()])

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [["#0", "#1", "#2"]] * 4 == found


# Money -------------------------------------------------------------------------------------


def test_code_is_worth_what_was_asked(admin):
    code = a_code("THANKS-10", percent=None, amount=money("5.00 EUR"), minimum=money("30.00 EUR"))

    admin.adapter().create_code(code)

    discount = admin.shop.discounts["thanks-10"]["codeDiscount"]
    value = discount["customerGets"]["value"]
    assert ("5.00", False) == (value["amount"]["amount"], value["appliesOnEachItem"])
    assert 1 == discount["usageLimit"]
    least = discount["minimumRequirement"]["greaterThanOrEqualToSubtotal"]
    assert {"amount": "30.00", "currencyCode": "EUR"} == least


@pytest.mark.parametrize("percent", [1, 7, 29, 58, 100])
def test_percentage_survives_as_a_number_with_a_point(admin, percent):
    """Shopify's Float is a share: 0.07, and 0.29 is not 0.29000000000000004."""
    code = a_code("THANKS-7", percent=percent)

    assert admin.adapter().create_code(code) == admin.adapter().create_code(code)


def test_code_whose_first_answer_was_lost_is_found(admin):
    """The shop made it, the connection broke, and the second call gets the same one."""
    admin.server.after = lambda asked: "CreateBasic" in asked["query"]
    with pytest.raises(PlatformError):
        admin.adapter().create_code(a_code())
    admin.server.after = None

    code = admin.adapter().create_code(a_code())

    assert [code.platform_id] == [each["id"] for each in admin.shop.discounts.values()]


def test_code_that_another_process_made_first_is_the_first_ones(admin):
    other = admin.adapter()

    def race(asked):
        if "mutation CreateBasic" in asked["query"] and not admin.shop.discounts:
            admin.shop.discountCodeBasicCreate(asked["variables"]["input"])

    admin.server.before = race
    code = other.create_code(a_code())

    assert [code.platform_id] == [each["id"] for each in admin.shop.discounts.values()]


@pytest.mark.parametrize(
    "changes",
    [
        {"percent": 20},
        {"uses_max": 5},
        {"uses_per_customer_max": 1},
        {"minimum": money("5.00 EUR")},
        {"percent": None, "amount": money("5.00 EUR")},
        {"percent": None, "is_free_shipping": True},
    ],
)
def test_code_that_is_worth_something_else_is_not_ours(admin, changes):
    admin.adapter().create_code(a_code())

    with pytest.raises(PlatformError, match="something else"):
        admin.adapter().create_code(a_code().model_copy(update=changes))


@pytest.mark.parametrize("worth", [{}, {"balance": money("5.00 EUR")}])
def test_voided_code_is_not_given_out_again(admin, worth):
    code = admin.adapter().create_code(a_code("THANKS-1001", **worth))
    admin.adapter().void_code(code)

    with pytest.raises(PlatformError, match="voided"):
        admin.adapter().create_code(code)


@pytest.mark.parametrize("worth", [{}, {"balance": money("5.00 EUR")}])
def test_code_that_was_never_made_is_voided_in_peace(admin, worth):
    admin.adapter().void_code(a_code("THANKS-1001", **worth))


@pytest.mark.parametrize(
    "changes", [{"percent": None, "amount": money("5.00 USD")}, {"minimum": money("5 JPY")}]
)
def test_amount_in_another_currency_is_refused(admin, changes):
    with pytest.raises(PlatformError, match="EUR"):
        admin.adapter().create_code(a_code().model_copy(update=changes))


def test_limit_for_a_customer_is_one_or_none(admin):
    with pytest.raises(UnsupportedFeature, match="once"):
        admin.adapter().create_code(a_code(uses_max=9, uses_per_customer_max=3))


def test_gift_card_is_written_without_hyphens_and_ends_on_a_day_of_the_shop(admin):
    """23:30 UTC is the next day in Leipzig."""
    ends = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    code = a_code("ABCD-EFGH-JKLM", balance=money("25.00 EUR"), ends_at=ends)

    admin.adapter().create_code(code)

    (card,) = admin.shop.gift_cards.values()
    assert ("abcdefghjklm", "2027-01-01") == (card["code"], card["expiresOn"])
    assert {"amount": "25.00", "currencyCode": "EUR"} == card["initialValue"]
    assert "abcd" not in card["note"].casefold()


def test_gift_card_whose_first_answer_was_lost_is_not_made_twice(admin):
    code = a_code("ABCD-EFGH-JKLM", balance=money("25.00 EUR"))
    admin.server.after = lambda asked: "CreateGiftCard" in asked["query"]
    with pytest.raises(PlatformError):
        admin.adapter().create_code(code)
    admin.server.after = None

    again = admin.adapter().create_code(code)

    assert [again.platform_id] == [card["id"] for card in admin.shop.gift_cards.values()]


def test_gift_card_of_somebody_else_is_not_ours(admin):
    wish = {"code": "abcdefghjklm", "note": "Happy birthday", "expiresOn": None}
    amount = {"amount": "25.00", "currencyCode": "EUR"}
    admin.shop.giftCardCreate({**wish, "initialAmount": amount})

    with pytest.raises(PlatformError, match="another gift card"):
        admin.adapter().create_code(a_code("ABCD-EFGH-JKLM", balance=money("25.00 EUR")))


@pytest.mark.parametrize("code", ["ABC-DEF", "ABCDEFG-HIJKLMN-OPQRSTU"])
def test_gift_card_of_another_length_is_refused(admin, code):
    with pytest.raises(UnsupportedFeature, match="8 to 20"):
        admin.adapter().create_code(a_code(code, balance=money("25.00 EUR")))


def test_store_credit_is_paid_once_for_a_key(admin):
    admin.shop.add_customer(1)
    for key in ("spring", "spring", "summer"):
        admin.adapter().give_credit("1", money("5.00 EUR"), key=key)

    assert 2 == len(admin.shop.credit)


def test_store_credit_that_was_cut_off_is_left_to_a_person(admin):
    """The shop paid, and we do not know it: nobody pays again."""
    admin.shop.add_customer(1)
    admin.server.after = lambda asked: "GiveCredit" in asked["query"]
    for _ in range(2):
        with pytest.raises(PlatformError):
            admin.adapter().give_credit("1", money("5.00 EUR"), key="spring")
        admin.server.after = None

    with pytest.raises(PlatformError, match="metafield credit-") as caught:
        admin.adapter().give_credit("1", money("5.00 EUR"), key="spring")
    assert not caught.value.retryable
    assert 1 == len(admin.shop.credit)


def test_of_two_processes_one_pays(admin):
    """Another process claims the key between our look and our claim."""
    admin.shop.add_customer(1)
    other = {"value": "asked 5.00 EUR", "compareDigest": "its"}

    def race(asked):
        if "mutation SetClaim" in asked["query"]:
            field = asked["variables"]["field"]
            admin.shop.metafields.setdefault((field["ownerId"], field["key"]), other)

    admin.server.before = race
    with pytest.raises(PlatformError, match="another process") as caught:
        admin.adapter().give_credit("1", money("5.00 EUR"), key="spring")

    assert caught.value.retryable
    assert [] == admin.shop.credit


def test_store_credit_that_was_refused_may_be_tried_again(admin):
    """A currency that the shop does not take; afterwards the shop takes it."""
    admin.shop.add_customer(1)
    for _ in range(2):
        with pytest.raises(PlatformError, match="UNSUPPORTED_CURRENCY"):
            admin.adapter().give_credit("1", Money.parse("500", "JPY"), key="spring")

    assert [] == admin.shop.credit


def test_one_key_is_one_amount(admin):
    admin.shop.add_customer(1)
    admin.adapter().give_credit("1", money("5.00 EUR"), key="spring")

    with pytest.raises(PlatformError, match="another amount"):
        admin.adapter().give_credit("1", money("6.00 EUR"), key="spring")


def test_nobody_is_given_no_store_credit(admin):
    with pytest.raises(PlatformError, match="no such customer"):
        admin.adapter().give_credit("404", money("5.00 EUR"), key="spring")


# Orders' notes, tags, webhooks, erasure ----------------------------------------------------


def test_note_keeps_what_the_buyer_wrote_and_is_not_read_as_theirs(admin):
    admin.shop.add_order({**admin.payload("orders_paid"), "note": "Please ring twice"})
    adapter = admin.adapter()

    for _ in range(2):
        adapter.note_order("5501", "Card printed")

    note = admin.shop.orders["gid://shopify/Order/5501"]["note"]
    assert "Please ring twice\n[retention] Card printed" == note
    assert "Please ring twice" == adapter.fetch_order("5501").customer_note


def test_tags_are_added(admin):
    admin.shop.add_order({**admin.payload("orders_paid"), "tags": "early"})

    for _ in range(2):
        admin.adapter().tag_order("5501", ("card printed",))

    assert ("card printed", "early") == admin.adapter().fetch_order("5501").tags


@pytest.mark.parametrize("tag", ["", "a,b", "x" * 41])
def test_tag_that_shopify_would_cut_or_split_is_refused(admin, tag):
    with pytest.raises(UnsupportedFeature, match="comma"):
        admin.adapter().tag_order("5501", (tag,))


@pytest.mark.parametrize(
    "call",
    [
        lambda adapter: adapter.note_order("404", "x"),
        lambda adapter: adapter.tag_order("404", ("x",)),
        lambda adapter: adapter.fetch_order("404"),
        lambda adapter: adapter.fetch_consents("404"),
        lambda adapter: adapter.write_consent("404", a_consent()),
    ],
)
def test_what_is_not_there_is_refused_without_shopifys_words(admin, call):
    with pytest.raises(PlatformError) as caught:
        call(admin.adapter())

    assert not caught.value.retryable
    assert "quote" not in str(caught.value)


def test_dropped_subscription_is_missing_and_comes_back(admin):
    """Shopify deletes a subscription that fails again and again."""
    address, adapter = "https://kiln.example/hooks/shopify", admin.adapter()
    adapter.register_webhooks(address)
    admin.shop.hooks = [each for each in admin.shop.hooks if each["topic"] != "ORDERS_PAID"]

    assert ("orders/paid",) == adapter.missing_webhooks(address)
    assert ("orders/paid",) == adapter.register_webhooks(address)


def test_every_registered_topic_is_understood(shopify):
    """What is subscribed to is read; nothing that is asked for is thrown away."""
    from retention_shopify.adapter import _CONSENT_TOPICS, _CUSTOMER_TOPICS, _ORDER_TOPICS
    from retention_shopify.admin import TOPICS

    assert set() == TOPICS.keys() - _ORDER_TOPICS - _CUSTOMER_TOPICS - _CONSENT_TOPICS


def test_erasure_of_somebody_unknown_is_no_error(admin):
    admin.adapter().erase_customer("404")

    assert [] == admin.shop.erasures
