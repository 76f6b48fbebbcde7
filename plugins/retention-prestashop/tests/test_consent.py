"""Answers about the newsletter, and how one field is changed where whole records are replaced."""

import copy
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest

from retention_sdk.errors import PlatformError, UnsupportedFeature
from retention_sdk.model import ConsentChannel, ConsentState, Purpose
from retention_sdk.testing import a_consent

AT = datetime(2026, 11, 23, 8, tzinfo=UTC)
YES, NO = ConsentState.GRANTED, ConsentState.DENIED


def told(shop):
    """The state and date of customer 2's answer."""
    (consent,) = shop.adapter().fetch_consents("2")
    assert (ConsentChannel.EMAIL, Purpose.MARKETING) == (consent.channel, consent.purpose)
    return consent.state, consent.recorded_at


def writes(shop):
    return [request for request in shop.requests if request["method"] != "GET"]


def test_yes_is_dated_and_a_no_is_not(shop):
    """The date of a former yes stays in its field when it becomes a no."""
    assert (YES, datetime(2026, 11, 20, 12, tzinfo=UTC)) == told(shop)
    shop.change("customers", 2, newsletter="0")
    assert (NO, None) == told(shop)


def test_yes_without_a_date_has_none(shop):
    shop.change("customers", 2, newsletter_date_add="0000-00-00 00:00:00")

    assert (YES, None) == told(shop)


@pytest.mark.parametrize("value", [None, "", "maybe", "2", 7, [], {}])
def test_what_is_neither_is_silence(shop, value):
    shop.change("customers", 2, newsletter=value)

    assert () == shop.adapter().fetch_consents("2")


def test_offers_of_partners_say_nothing_about_ours(shop):
    """Grace wants those and not ours."""
    assert ("1", "0") == tuple(shop.tables["customers"][3][n] for n in ("optin", "newsletter"))
    (consent,) = shop.adapter().fetch_consents("3")
    assert NO is consent.state


def test_orders_and_accounts_carry_the_answer(shop):
    order = shop.adapter().fetch_order("7")
    (page,) = shop.adapter().customer_pages()

    assert YES is order.customer.consent_for(ConsentChannel.EMAIL)
    assert ConsentState.UNKNOWN is order.customer.consent_for(ConsentChannel.PARCEL_INSERT)
    assert YES is page.items[0].consent_for(ConsentChannel.EMAIL)


def test_nobody_is_refused_for_good(shop):
    for call in (
        lambda adapter: adapter.fetch_consents("999"),
        lambda adapter: adapter.write_consent("999", a_consent(NO)),
        lambda adapter: adapter.fetch_consents("2 OR 1"),
        lambda adapter: adapter.fetch_consents(""),
    ):
        with pytest.raises(PlatformError) as caught:
            call(shop.adapter())
        assert not caught.value.retryable


def test_withdrawal_changes_nothing_else(shop):
    """Neither the hash nor the key, note, groups and dates, which a partial PUT would empty."""
    before = copy.deepcopy(shop.tables["customers"][2])
    shop.adapter().write_consent("2", a_consent(NO, recorded_at=AT))

    after = {**before, "newsletter": "0", "date_upd": shop.now}
    assert normal(after) == normal(shop.tables["customers"][2])
    assert "line1\r\nline2 <b>x</b> &amp; tea\t“quoted”" == shop.tables["customers"][2]["note"]
    assert (NO, None) == told(shop)


def normal(row):
    """A field that was nothing is written as an empty text."""
    return {name: value or "" for name, value in row.items()}


def test_yes_is_written_with_its_moment_by_the_shops_clock(shop):
    shop.change("customers", 2, newsletter="0")
    shop.adapter().write_consent("2", a_consent(YES, recorded_at=AT))

    assert "2026-11-23 09:00:00" == shop.tables["customers"][2]["newsletter_date_add"]
    assert (YES, AT) == told(shop)


def test_same_answer_is_not_written_again(shop):
    answer = a_consent(YES, recorded_at=datetime(2026, 11, 20, 12, tzinfo=UTC))
    shop.adapter().write_consent("2", answer)

    assert [] == writes(shop)


def test_no_to_everything_is_a_no_to_the_newsletter(shop):
    shop.adapter().write_consent("2", a_consent(NO, channel=ConsentChannel.ANY))

    assert (NO, None) == told(shop)


@pytest.mark.parametrize(
    "consent",
    [
        a_consent(YES, channel=ConsentChannel.SMS),
        a_consent(YES, channel=ConsentChannel.ANY),
        a_consent(YES, purpose=Purpose.PROFILING),
        a_consent(NO, purpose=Purpose.THIRD_PARTY),
        a_consent(ConsentState.UNKNOWN),
    ],
)
def test_answer_without_a_field_is_refused_and_not_written(shop, consent):
    with pytest.raises(UnsupportedFeature):
        shop.adapter().write_consent("2", consent)
    assert [] == writes(shop)


def test_version_8_is_sent_the_fields_alone(shop_8):
    """Synthetic: PATCH as in PrestaShop's source; such a server was never asked."""
    shop_8.adapter().write_consent("2", a_consent(NO))
    (request,) = writes(shop_8)
    (record,) = ET.fromstring(request["body"])

    assert "PATCH" == request["method"]
    assert {"id": "2", "newsletter": "0"} == {field.tag: field.text for field in record}
    assert (NO, None) == told(shop_8)


def test_key_that_may_not_patch_writes_the_whole_record(shop_8):
    def refuse(request):
        shop_8.version = "1.6.1.999" if request["method"] == "PATCH" else "8.1.7"

    shop_8.before_answer = refuse
    shop_8.adapter().write_consent("2", a_consent(NO))

    assert ["PATCH", "PUT"] == [request["method"] for request in writes(shop_8)]
    assert (NO, None) == told(shop_8)


def test_password_changed_at_the_same_moment_is_not_passed_over(shop):
    """As met on thirty bees: the hash we read is taken for a new password then."""

    def race(request):
        if request["method"] == "PUT":
            shop.change("customers", 2, passwd="hash of another password")

    shop.before_answer = race
    with pytest.raises(PlatformError, match=r"look at: passwd$") as caught:
        shop.adapter().write_consent("2", a_consent(NO))
    assert not caught.value.retryable


def test_withdrawal_that_is_not_kept_is_not_believed(shop):
    shop.rewrite = lambda resource, row, record: None
    with pytest.raises(PlatformError, match="not kept"):
        shop.adapter().write_consent("2", a_consent(NO))


def test_groups_in_another_order_are_the_same_groups(shop):
    def turn(request):
        if request["method"] == "PUT":
            shop.tables["customers"][2]["associations"]["groups"].reverse()
            shop.rewrite = lambda resource, row, record: row.update(newsletter="0")

    shop.before_answer = turn
    shop.adapter().write_consent("2", a_consent(NO))

    assert (NO, None) == told(shop)


def test_platform_that_empties_more_is_found_out(shop):
    def forget(request):
        if request["method"] == "PUT":
            shop.rewrite = lambda resource, row, record: row.update(
                record, id_shop="0", secure_key=""
            )

    shop.before_answer = forget
    with pytest.raises(PlatformError, match=r"look at: id_shop, secure_key$"):
        shop.adapter().write_consent("2", a_consent(NO))


def test_change_whose_answer_is_lost_is_not_sent_again(shop):
    """A second one might undo what a customer changed between them."""
    sent = []

    def cut(request):
        if request["method"] == "PUT":
            sent.append(request)
            shop.failures.append((500, {}, b""))

    shop.before_answer = cut
    with pytest.raises(PlatformError) as caught:
        shop.adapter().write_consent("2", a_consent(NO))
    assert caught.value.retryable
    assert 1 == len(sent)


def test_text_that_xml_cannot_carry_keeps_the_record_as_it_is(shop):
    shop.change("customers", 2, note="\x0b")
    before = copy.deepcopy(shop.tables["customers"][2])
    with pytest.raises(UnsupportedFeature, match="control characters"):
        shop.adapter().write_consent("2", a_consent(NO))

    assert before == shop.tables["customers"][2]


def test_erased_account_is_gone_and_orders_stay(shop):
    shop.adapter().erase_customer("2")
    shop.adapter().erase_customer("2")

    order = shop.adapter().fetch_order("7")
    assert (None, "Ada Lovelace") == (order.customer, order.billing_address.name)
