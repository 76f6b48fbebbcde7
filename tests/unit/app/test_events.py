"""Every kind of event does what it should, once."""

import email
from datetime import timedelta
from pathlib import Path

import pytest

from retention_sdk import (
    Award,
    ConsentChanged,
    ConsentState,
    CustomerErased,
    Erasure,
    Money,
    OptInLevel,
    OrderCancelled,
    OrderDelivered,
    OrderRefunded,
    UnknownEvent,
)
from retention_sdk.errors import DeliveryError, SubjectErased
from retention_sdk.hooks import hookimpl
from retention_sdk.hooks.manager import load
from retention_sdk.model import ConsentChannel
from retention_sdk.testing import (
    NOON,
    FrozenClock,
    a_consent,
    a_customer,
    a_paid_event,
    an_order,
    bogus_order,
)

SHOP = "soap.example"
SIGNED_FORMALLY = {
    "name": "Soap & Sons",
    "sender": {"name": "Mary"},
    "formality": {"de": "formal"},
    "legal_footer": {"en": "Soap & Sons GmbH"},
}


def about(kind, name, **fields):
    return kind(id=f"test:{name}", shop_id=SHOP, occurred_at=NOON, **fields)


def ledger_of(shop, event):
    with shop.store.reading() as connection:
        subject = shop.store.inbox.get(connection, event.id).subject_id
        return [entry.points for entry in shop.ledger.history(connection, subject)]


def test_a_paid_order_becomes_a_card_a_mail_and_points(make_shop, tmp_path):
    shop, event = make_shop(), a_paid_event(an_order("38.90 EUR"))

    (outcome,) = shop.ingest([event])

    assert "done" == outcome.state
    assert ("context", "decide", "compose", "render", "deliver") == outcome.stages
    assert {"card", "email"} == {delivery.surface for delivery in outcome.deliveries}
    assert {"accepted"} == {delivery.state for delivery in outcome.deliveries}
    assert 38 == outcome.points_earned == outcome.points_balance
    assert 4 == len([path for path in (tmp_path / "out").rglob("*") if path.is_file()])


def test_a_refund_takes_back_its_share_whatever_the_steps(make_shop):
    shop, paid = make_shop(), a_paid_event(an_order("40.00 EUR"))
    half = an_order("40.00 EUR", refunded=Money.parse("20.00", "EUR"))
    whole = an_order("40.00 EUR", refunded=Money.parse("40.00", "EUR"))

    shop.ingest([paid])
    shop.ingest(
        [about(OrderRefunded, "half", order=half), about(OrderRefunded, "half", order=half)]
    )
    (outcome,) = shop.ingest([about(OrderRefunded, "whole", order=whole)])

    assert [40, -20, -20] == ledger_of(shop, paid)
    assert 0 == outcome.points_balance


def test_a_cancelled_order_gives_all_points_back_and_prints_nothing(make_shop):
    shop, paid = make_shop(), a_paid_event(an_order("40.00 EUR"))
    shop.ingest([paid])

    (outcome,) = shop.ingest(
        [about(OrderCancelled, "off", order=an_order("40.00 EUR", cancelled_at=NOON))]
    )

    assert [40, -40] == ledger_of(shop, paid)
    assert () == outcome.deliveries


def test_a_second_order_is_seen_as_one(make_shop):
    shop = make_shop()
    later = an_order("10.00 EUR", id="1002", placed_at=NOON + timedelta(hours=1))

    shop.ingest([a_paid_event(an_order("40.00 EUR"))])
    (outcome,) = shop.ingest([a_paid_event(later)])

    assert "repeat_customer" in {delivery.template for delivery in outcome.deliveries}


def test_an_objection_is_remembered_for_the_next_order(make_shop):
    shop = make_shop()
    no = a_consent(ConsentState.DENIED, channel=ConsentChannel.ANY)
    shop.ingest([about(ConsentChanged, "no", customer=a_customer(), consent=no)])

    (outcome,) = shop.ingest([a_paid_event()])

    by_surface = {delivery.surface: delivery.template for delivery in outcome.deliveries}
    assert "plain_thanks" == by_surface["card"]
    assert not [d for d in outcome.decisions if d.allowed and d.message_class == "marketing"]


def test_a_delivered_order_asks_for_a_review_where_the_law_lets_it(make_shop):
    shop = make_shop()

    (outcome,) = shop.ingest([about(OrderDelivered, "there", order=an_order())])

    (decision,) = outcome.decisions
    assert "marketing" == decision.message_class
    assert ("soft_opt_in", True) == (decision.basis, decision.allowed)
    assert ["review_request"] == [delivery.template for delivery in outcome.deliveries]


def test_an_erased_person_cannot_be_read_and_the_books_still_add_up(make_shop):
    shop, paid = make_shop(), a_paid_event(an_order("40.00 EUR"))
    shop.ingest([paid])

    forget = Erasure(customer_id=paid.order.customer.id, email=paid.order.customer.email)
    (outcome,) = shop.ingest([about(CustomerErased, "forget", erasure=forget)])

    assert "done" == outcome.state
    with pytest.raises(SubjectErased):
        shop.outcome(paid.id)
    with shop.store.reading() as connection:
        assert shop.ledger.verify(connection).is_clean


def test_a_strict_shop_says_nothing_that_nobody_reviewed(make_shop):
    (outcome,) = make_shop(locales={"strict": "native_reviewed"}).ingest([a_paid_event()])

    assert "failed" == outcome.state
    assert "is not native_reviewed yet" in outcome.error
    assert {"waiting"} == {delivery.state for delivery in outcome.deliveries}


def test_an_unknown_event_is_kept_and_nothing_is_done(make_shop):
    shop = make_shop()
    event = about(UnknownEvent, "moon", topic="moon/landed", raw=b"{}")

    (outcome,) = shop.ingest([event])

    assert "done" == outcome.state
    assert () == outcome.deliveries
    with shop.store.reading() as connection:
        assert b"{}" == shop.store.inbox.raw_body(connection, event.id)


def test_a_raw_body_is_deleted_when_its_time_is_over(make_shop):
    clock = FrozenClock()
    shop = make_shop(clock=clock)
    event = about(UnknownEvent, "moon", topic="moon/landed", raw=b"{}")
    shop.ingest([event])

    clock.advance(timedelta(days=31))
    shop.resume()

    with shop.store.reading() as connection:
        assert shop.store.inbox.raw_body(connection, event.id) is None
        assert shop.store.inbox.get(connection, event.id) is not None


def test_a_gift_card_goes_without_prices_points_or_code(make_shop):
    shop = make_shop()
    gift = an_order("40.00 EUR", is_gift=True, gift_message="Happy birthday!")

    (outcome,) = shop.ingest([a_paid_event(gift)])

    by_surface = {delivery.surface: delivery.template for delivery in outcome.deliveries}
    assert "gift_message" == by_surface["card"]


def test_a_shop_without_a_programme_has_no_points(make_shop):
    (outcome,) = make_shop(loyalty=None).ingest([a_paid_event()])

    assert "done" == outcome.state
    assert 0 == outcome.points_earned == outcome.points_balance


def test_a_refusing_channel_leaves_the_event_pending_and_resume_ends_it(make_shop):
    refusing = [True]

    class Refusing:
        @hookimpl(wrapper=True)
        def retention_around_delivery(self, delivery):
            if refusing[0] and delivery.surface == "email":
                raise DeliveryError("the mail server is away", retryable=True)
            return (yield)

    plugins = load(discover=False)
    plugins.add(Refusing(), "refusing")
    shop = make_shop(plugins=plugins)

    (outcome,) = shop.ingest([a_paid_event()])
    assert ("pending", "the mail server is away") == (outcome.state, outcome.error)
    assert {"card": "accepted", "email": "failed"} == {
        d.surface: d.state for d in outcome.deliveries
    }

    refusing[0] = False
    (outcome,) = shop.resume()
    assert "done" == outcome.state
    assert {"accepted"} == {delivery.state for delivery in outcome.deliveries}
    assert () == shop.resume()


def test_a_broken_wrapper_leaves_the_event_pending_until_it_is_mended(make_shop):
    broken = [True]

    class Tracing:
        @hookimpl(wrapper=True)
        def retention_around_delivery(self, delivery):
            if broken[0]:
                raise KeyError("trace_id")
            return (yield)

    plugins = load(discover=False)
    plugins.add(Tracing(), "tracing")
    shop = make_shop(plugins=plugins)

    (outcome,) = shop.ingest([a_paid_event()])
    assert "pending" == outcome.state
    assert "retention_around_delivery: KeyError" in outcome.error

    broken[0] = False
    (outcome,) = shop.resume()
    assert {"accepted"} == {delivery.state for delivery in outcome.deliveries}


def test_facts_that_are_no_json_name_the_plugin(make_shop):
    class Odd:
        @hookimpl
        def retention_enrich_context(self, context):
            return {"when": object()}

    plugins = load(discover=False)
    plugins.add(Odd(), "odd")

    (outcome,) = make_shop(plugins=plugins).ingest([a_paid_event()])

    assert "pending" == outcome.state
    assert "plugin 'odd'" in outcome.error


def test_awards_of_plugins_are_posted_once(make_shop):
    class FirstSnow:
        @hookimpl
        def retention_award_points(self, context):
            return [Award(points=5, reason="first snow")]

    plugins = load(discover=False)
    plugins.add(FirstSnow(), "winter")
    shop, event = make_shop(plugins=plugins), a_paid_event(an_order("40.00 EUR"))

    shop.ingest([event])
    (outcome,) = shop.ingest([event])

    assert 45 == outcome.points_earned == outcome.points_balance


def test_a_mail_in_quiet_hours_waits_for_the_morning(make_shop):
    clock = FrozenClock(NOON.replace(hour=20))
    shop = make_shop(clock=clock)
    cape_town = an_order().shipping_address.model_copy(update={"country": "ZA"})
    yes = a_consent(opt_in_level=OptInLevel.CONFIRMED)
    order = an_order(shipping_address=cape_town, customer=a_customer(consents=(yes,)))
    event = about(OrderDelivered, "there", order=order)

    (outcome,) = shop.ingest([event])
    (decision,) = outcome.decisions

    # Friday night. South Africa opens on Saturday at 09:00; where the buyer lives, in Berlin,
    # that is one hour later, at 08:00 UTC, and both have to be awake.
    assert NOON.replace(day=21, hour=8) == decision.earliest_send_at
    assert "pending" == outcome.state
    clock.advance(decision.earliest_send_at - clock())
    assert ["done"] == [each.state for each in shop.resume()]


def test_a_new_event_is_called_new(make_shop):
    (outcome,) = make_shop().ingest([a_paid_event(bogus_order("1001"))])

    assert outcome.is_new


def test_a_title_stands_only_where_the_customer_told_a_gender(make_shop):
    def mail_to(number, **customer):
        order = an_order(id=number, language="de", customer=a_customer(id=number, **customer))
        outcome = make_shop(brand=SIGNED_FORMALLY).ingest([a_paid_event(order)])[0]
        folder = next(each.location for each in outcome.deliveries if each.surface == "email")
        message = email.message_from_bytes(next(Path(folder).iterdir()).read_bytes())
        return message.get_payload(0).get_payload(decode=True).decode()

    assert "Frau Lovelace" in mail_to("1", addressee="f")
    assert "Frau" not in mail_to("2")
