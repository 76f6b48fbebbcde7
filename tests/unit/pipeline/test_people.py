"""What events tell of people: changes have the time of the event, merges keep the strictest."""

from datetime import timedelta

from retention_sdk.consent import RuleSet
from retention_sdk.model import ConsentChanged, ConsentChannel, ConsentState, CustomersMerged
from retention_sdk.testing import NOON, a_consent, a_customer, a_paid_event, an_order

SHOP = "soap.example"
YES, NO = ConsentState.GRANTED, ConsentState.DENIED


def changed(consent, customer, *, number=1):
    return ConsentChanged(
        id=f"change:{number}", shop_id=SHOP, occurred_at=NOON, customer=customer, consent=consent
    )


def known_of(shop, reference):
    """Return what counts for a person, and the orders they are known to have paid."""
    with shop.store.reading() as connection:
        subject = shop.store.subjects.find(connection, SHOP, reference)
        orders = shop.store.orders.history(connection, subject).orders_count
        return shop.store.consents.current(connection, subject), orders


def test_a_change_without_a_time_was_made_when_the_event_happened(make_shop):
    shop = make_shop()
    ada = a_customer(id="1", email="ada@mail.example")
    no = a_consent(NO, channel=ConsentChannel.EMAIL, recorded_at=None)
    earlier_yes = a_consent(
        YES, channel=ConsentChannel.EMAIL, recorded_at=NOON - timedelta(hours=1)
    )
    shop.ingest([changed(no, ada), changed(earlier_yes, ada, number=2)])

    assert [(NO, NOON)] == [(each.state, each.recorded_at) for each in known_of(shop, "id:1")[0]]


def test_merged_accounts_keep_refusals_and_orders_of_both(make_shop):
    shop = make_shop()
    yes = a_consent(YES, channel=ConsentChannel.EMAIL, recorded_at=NOON)
    no = a_consent(NO, channel=ConsentChannel.EMAIL, recorded_at=NOON - timedelta(days=9))
    stays = a_customer(id="1", email="ada@mail.example", consents=(yes,))
    goes = a_customer(id="2", email="ada@work.example", consents=(no,))
    merged = CustomersMerged(
        id="merge:1",
        shop_id=SHOP,
        occurred_at=NOON + timedelta(minutes=1),
        customer=stays,
        absorbed=("2", "never-seen"),
    )
    shop.ingest(
        [
            a_paid_event(an_order(id="1001", customer=stays)),
            a_paid_event(an_order(id="1002", customer=goes)),
            merged,
        ]
    )

    assert (
        known_of(shop, "id:1") == known_of(shop, "id:2") == known_of(shop, "email:ada@work.example")
    )
    current, orders = known_of(shop, "id:1")
    assert ([NO], 2) == ([each.state for each in current], orders)
    with shop.store.reading() as connection:
        assert shop.store.consents.verify(connection, SHOP).is_whole


def test_the_rules_of_every_decision_are_kept_and_read_back_as_they_were(make_shop):
    shop = make_shop()
    event = a_paid_event(an_order())
    (outcome,) = shop.ingest([event])

    versions = {decision.rules_version for decision in outcome.decisions}
    with shop.store.reading() as connection:
        texts = [shop.store.rule_sets.get(connection, version) for version in versions]
    assert [shop.rules] == [RuleSet.parse(text) for text in texts]


def test_points_of_merged_accounts_are_one_balance_whenever_an_order_is_worked_off(make_shop):
    shop = make_shop()
    stays = a_customer(id="1", email="ada@mail.example")
    goes = a_customer(id="2", email="ada@work.example")
    merged = CustomersMerged(
        id="merge:1", shop_id=SHOP, occurred_at=NOON, customer=stays, absorbed=("2", "never-seen")
    )
    shop.ingest(
        [
            a_paid_event(an_order(id="1001", customer=stays)),
            a_paid_event(an_order(id="1002", customer=goes)),
            merged,
            a_paid_event(an_order(id="1003", customer=goes)),
        ]
    )

    with shop.store.reading() as connection:
        subject = shop.store.subjects.find(connection, SHOP, "id:2")
        accounts = connection.exec_driver_sql("SELECT subject_id, available FROM account").all()
        assert shop.ledger.verify(connection).is_clean
    earned = dict(accounts)[subject]
    assert 0 < earned == sum(points for _, points in accounts)
