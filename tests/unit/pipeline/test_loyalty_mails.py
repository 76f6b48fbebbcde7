"""From what time and orders bring about to the e-mail that a customer gets, or does not get."""

from __future__ import annotations

import pytest

from retention_sdk.l10n import strip_isolates
from retention_sdk.loyalty.due_settings import DueSettings
from retention_sdk.model import ConsentState, OptInLevel
from retention_sdk.pipeline.make import Documents
from retention_sdk.testing import a_consent, a_customer
from tests.unit.pipeline.due_shop import day, program

NAMES = {"en": "Gold", "fa": "طلایی"}
TIERS = {
    "qualify": "spend",
    "period": "rolling",
    "rolling_days": 60,
    "ranks": [{"key": "gold", "from_minor": {"EUR": 1000}, "names": NAMES}],
}
TREE = {
    "kind": "donation",
    "id": "tree",
    "points": 10,
    "cause": "trees",
    "worth_minor": {"EUR": 100},
    "names": {"en": "A tree", "fa": "یک درخت"},
}
YES = (a_consent(ConsentState.GRANTED, opt_in_level=OptInLevel.CONFIRMED),)


@pytest.fixture
def shop(make_due_shop):
    """A shop that says who it is; mails are made and recorded, and go nowhere."""
    made = make_due_shop(
        loyalty=program(tiers=TIERS, rewards=[TREE]), due=DueSettings(leap_day="02-28")
    )
    config = made.app.config
    brand = config.brand.model_copy(update={"legal_footer": {"en": "Soap, Berlin"}})
    home = config.shop.model_copy(update={"email": "hello@soap.example"})
    made.app.config = config.model_copy(update={"brand": brand, "shop": home})
    return made


def member(language="en", consents=YES):
    return a_customer(language=language, consents=consents)


def mails(shop, report):
    """Return the e-mails that were composed, by the type of their event."""
    found = {}
    for event in shop.events(report):
        with shop.store.reading() as connection:
            payload = shop.store.stages.get(connection, event.id, "compose")
        email = Documents.model_validate_json(payload).email if payload else None
        if email:
            found.setdefault(event.type, []).append(email)
    return found


def plain(lines):
    return [strip_isolates(line) for line in lines]


def test_points_that_expire_are_written_about_in_the_language_of_the_customer(shop):
    shop.buy(customer=member("fa"))
    (first, second) = mails(shop, shop.run(day(375)))["points_expiring"]

    assert "۱۲ امتیاز در ۱۳ آذر ۱۴۰۶ منقضی می‌شود." == strip_isolates(first.preheader)
    assert ["۱۲ امتیاز دارید."] == plain(first.highlights)
    assert ("fa", "rtl") == (second.language, second.direction)


def test_without_a_yes_nothing_leaves(shop):
    shop.buy(customer=member(consents=()))

    assert {} == mails(shop, shop.run(day(375)))


def test_a_rank_that_ends_is_told_before_and_after(shop):
    shop.buy(customer=member("fa"))
    (risk,) = mails(shop, shop.run(day(30)))["tier_at_risk"]
    (lost,) = mails(shop, shop.run(day(61)))["tier_changed"]

    assert "طلایی" in risk.preheader
    assert ("tier_at_risk", "tier_lost") == (risk.template, lost.template)


def test_a_warning_that_waited_until_it_was_too_late_is_not_sent(shop):
    shop.buy(customer=member())

    assert {"tier_changed"} == set(mails(shop, shop.run(day(120)))) & {
        "tier_at_risk",
        "tier_changed",
    }


def test_a_reward_that_was_paid_with_points_is_handed_over_without_a_yes(shop):
    ada = member("fa", consents=())
    shop.buy(customer=ada)
    shop.now = day(20)
    shop.app.loyalty.rewards.redeem(ada, "tree", key="r1")
    (name,) = shop.states("reward_issued")
    with shop.store.reading() as connection:
        payload = shop.store.stages.get(connection, name, "compose")
    email = Documents.model_validate_json(payload).email

    assert "transactional" == email.message_class
    assert "یک درخت" in email.paragraphs[0]
    assert "۱۰ امتیاز" in strip_isolates(email.paragraphs[0])
    assert email.unsubscribe is None
