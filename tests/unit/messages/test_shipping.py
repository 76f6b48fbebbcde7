"""The notice that an order is on its way."""

from __future__ import annotations

import pytest

from retention_sdk.consent import decide, load_rules
from retention_sdk.errors import ConsentError
from retention_sdk.l10n import isolate_ltr, localizer
from retention_sdk.messages import (
    compose_email,
    message_candidates,
    render_html,
    render_text,
)
from retention_sdk.model import (
    Block,
    ConsentState,
    ContentKind,
    Fulfilment,
    FulfilmentLine,
    FulfilmentStatus,
    LineKind,
    MessageClass,
    OrderFulfilled,
    Parcel,
)
from retention_sdk.testing.builders import a_customer, a_line, a_shop, an_order, money

URL = "https://carrier.example/track/00340"
DHL = Parcel(id="p1", carrier="DHL", tracking_number="00340434")


def an_order_in(*parcels, status=FulfilmentStatus.SHIPPED, **changes):
    fulfilment = Fulfilment(
        id="f1",
        status=status,
        lines=(FulfilmentLine(line_id="l1", quantity=1),),
        parcels=parcels,
    )
    return an_order(fulfilments=(fulfilment,), **changes)


@pytest.fixture
def make_notice(make_context, make_message):
    def make(*parcels, locale="en", url=URL, **changes):
        order = an_order_in(*parcels, **changes)
        context = make_context(event_type="order_fulfilled", order=order, locale=locale)
        return make_message(context, tracking_url=url)

    return make


def test_a_notice_is_about_the_order_and_nothing_else(make_notice):
    notice = make_notice(DHL)

    assert MessageClass.TRANSACTIONAL is notice.message_class
    assert "Your order 1001 from Soap & Sons is on its way" == notice.subject
    assert "Soap & Sons has sent your order." == notice.preheader
    assert ("DHL", "Tracking number: 00340434") == notice.tracking
    assert ("Track the package", URL) == (notice.call_to_action.text, notice.call_to_action.url)
    assert "Rose soap" == notice.summary.rows[0].title
    assert notice.unsubscribe is None
    assert () == notice.points


def test_it_is_sent_although_marketing_was_refused(make_context):
    context = make_context(
        event_type="order_fulfilled", state=ConsentState.DENIED, order=an_order_in(DHL)
    )
    (only,) = message_candidates(context)

    assert decide(only, context, rules=load_rules()).allowed


def test_only_service_blocks_travel_with_it(make_context):
    coupon = Block(content=ContentKind.COUPON, text="10 % off")
    care = Block(content=ContentKind.CARE, text="Wash cold")
    context = make_context(event_type="order_fulfilled", order=an_order_in(DHL), points=12)
    (only,) = message_candidates(context, blocks=[coupon, care])

    assert (care,) == only.blocks
    assert {ContentKind.ORDER_SUMMARY, ContentKind.CARE} == only.content


@pytest.mark.parametrize(
    "order",
    [
        an_order(lines=(a_line(kind=LineKind.DIGITAL),)),
        an_order(lines=(a_line(kind=LineKind.PICKUP),)),
        an_order(sales_channel="Amazon.de"),
        an_order(refunded=money("12.00 EUR")),
    ],
)
def test_what_no_carrier_brings_is_not_announced(make_context, order):
    assert () == message_candidates(make_context(event_type="order_fulfilled", order=order))


def test_without_a_number_there_is_no_line_and_without_a_link_no_button(make_notice):
    for parcels in ((), (Parcel(id="p1"),), (Parcel(id="p1", carrier="DHL"),)):
        notice = make_notice(*parcels, url=None)

        assert () == notice.tracking
        assert notice.call_to_action is None


def test_a_parcel_that_is_still_planned_has_no_line(make_notice):
    assert () == make_notice(DHL, status=FulfilmentStatus.PLANNED).tracking
    assert () == make_notice(DHL, status=FulfilmentStatus.CANCELLED).tracking


def test_several_parcels_are_listed_by_carrier(make_notice):
    second = DHL.model_copy(update={"id": "p2", "tracking_number": "00340435"})
    other = Parcel(id="p3", carrier="UPS", tracking_number="1Z")
    notice = make_notice(DHL, second, other)

    assert (
        "DHL",
        "Tracking number: 00340434",
        "Tracking number: 00340435",
        "UPS",
        "Tracking number: 1Z",
    ) == notice.tracking


@pytest.mark.parametrize(
    "url", ["http://carrier.example", "javascript:alert(1)", "//x", "https:// x"]
)
def test_only_https_takes_a_button(make_notice, url):
    assert make_notice(DHL, url=url).call_to_action is None


def test_carrier_and_number_stand_in_text_and_html(make_notice):
    notice = make_notice(DHL)
    text, html = render_text(notice), render_html(notice)

    assert "DHL\nTracking number: 00340434\n\nTrack the package:\n" + URL in text
    assert ">DHL</p>" in html
    assert f'href="{URL}"' in html


def test_a_hostile_carrier_is_text(make_notice):
    evil = Parcel(id="p1", carrier="<script>alert(1)</script>", tracking_number='"><img src=x>')

    html = render_html(make_notice(evil))
    assert "<script>" not in html
    assert "<img" not in html


def test_neither_number_nor_link_shows_in_a_repr(make_notice):
    notice = repr(make_notice(DHL))

    assert "00340434" not in notice


def test_a_right_to_left_notice_keeps_the_number_from_left_to_right(make_notice):
    notice = make_notice(DHL, locale="he")

    assert isolate_ltr("DHL") == notice.tracking[0]
    assert isolate_ltr("00340434") in notice.tracking[1]


def test_a_language_without_the_text_brings_no_candidate_instead_of_a_failure(make_context):
    """A new text takes time to be translated; the pipeline must not stop for it."""
    context = make_context(event_type="order_fulfilled", order=an_order_in(DHL))
    unknown = context.model_copy(
        update={"locale": context.locale.model_copy(update={"tag": "tlh"})}
    )

    assert () == message_candidates(unknown)


def test_no_notice_without_a_decision_about_it(make_context):
    context = make_context(event_type="order_fulfilled", order=an_order_in(DHL))
    (only,) = message_candidates(context)
    decision = decide(only, context, rules=load_rules(), vetoes=("not today",))

    with pytest.raises(ConsentError, match="does not allow"):
        compose_email(context, only, decision, localizer("en"))


def test_the_pipeline_sends_it_when_all_has_left_the_house(make_shop, tmp_path):
    """One event, one e-mail in the folder; a repetition of the event changes nothing."""
    shop = make_shop()
    order = an_order_in(DHL)
    event = OrderFulfilled(
        id="test:soap.example:order:1001:fulfilled",
        shop_id="soap.example",
        occurred_at=order.placed_at,
        order=order,
    )
    (outcome,) = shop.ingest([event])
    shop.ingest([event])

    assert [("email", "order_shipped", "accepted")] == [
        (each.surface, each.template, each.state) for each in outcome.deliveries
    ]
    (mail,) = (tmp_path / "out").rglob("*.eml")
    assert mail.name.startswith("order-shipped.en")
    assert b"00340434" in mail.read_bytes()


def test_nothing_without_an_address(make_context):
    customer = a_customer(email="")
    context = make_context(
        event_type="order_fulfilled", customer=customer, order=an_order_in(DHL), shop=a_shop()
    )

    assert () == message_candidates(context)
