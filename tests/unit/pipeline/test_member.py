"""What a storefront shows a member, from orders that went through the pipeline."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from retention_sdk import Retention
from retention_sdk.cli import main
from retention_sdk.errors import ConfigError, LedgerError
from retention_sdk.l10n import strip_isolates
from retention_sdk.testing import a_customer, a_paid_event, an_order

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ADA = a_customer(id="7", email="ada@mail.example", language="en")
PROGRAM = """
[loyalty]
id = "points"
time_zone = "Europe/Berlin"
matures_after_days = 14
expires_after_days = 365
rates = { EUR = { points = 1, per_minor = 100 } }
names = { en = "Soap circle", de = "Seifenkreis", fa = "باشگاه صابون" }

[loyalty.referral]
referrer_points = 200
friend_points = 100
return_days = 30
link = "https://soap.example/?r={code}"

[loyalty.tiers]
qualify = "spend"
period = "year"
[[loyalty.tiers.ranks]]
key = "silver"
from_minor = { EUR = 10000 }
names = { en = "Silver", de = "Silber", fa = "نقره‌ای" }
[[loyalty.tiers.ranks]]
key = "gold"
from_minor = { EUR = 50000 }
names = { en = "Gold", fa = "طلایی" }

[[loyalty.rewards]]
kind = "donation"
id = "trees"
points = 100
cause = "trees"
worth_minor = { EUR = 100 }
names = { en = "A tree", fa = "یک درخت" }

[[loyalty.rewards]]
kind = "gift"
id = "tin"
points = 500
names = { en = "Tea tin" }
tiers = ["gold"]

[[loyalty.rewards]]
kind = "donation"
id = "later"
points = 50
cause = "sea"
worth_minor = { EUR = 50 }
names = { en = "A clean beach" }
starts = 2027-03-01

[[loyalty.rewards]]
kind = "donation"
id = "for-the-quiet"
points = 10
cause = "sea"
worth_minor = { EUR = 50 }
names = { en = "Come back" }
segment = { quiet_days_from = 100 }

[[loyalty.achievements]]
kind = "orders"
id = "five"
names = { en = "Five orders", fa = "پنج سفارش" }
levels = [{ target = 5, points = 50 }]
"""


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """Ada bought for 120 EUR a month ago and for 80 EUR today, and has a code for friends."""
    monkeypatch.chdir(tmp_path)
    assert 0 == main(["init", "--name", "Soap & Sons", "--country", "DE"])
    file = Path("retention.toml")
    file.write_text(file.read_text().split("[loyalty")[0] + PROGRAM)
    with Retention.from_file("retention.toml", clock=lambda: NOW) as opened:
        for number, (total, days) in enumerate((("120.00 EUR", 30), ("80.00 EUR", 0))):
            at = NOW - timedelta(days=days)
            order = an_order(
                id=f"o{number}",
                customer=ADA,
                total=total,
                shipping=None,
                placed_at=at,
                paid_at=at,
            )
            event = a_paid_event(order, shop_id=opened.config.shop.id, id=f"paid:{number}")
            opened.ingest([event.model_copy(update={"occurred_at": at})])
        opened.loyalty.referrals.code_of(ADA)
        yield opened


def test_points_are_told_with_their_days(shop):
    view = shop.loyalty.members.view(ADA)

    assert ("points", "Soap circle", "en") == (view.program, view.name, view.locale)
    assert (120, "You have 120 points.") == (view.balance.points, view.balance.text)
    assert (80, "80 more points are yours to spend from December 4, 2026.") == (
        view.pending.points,
        view.pending.text,
    )
    assert view.expiring.text.startswith("120 points expire on November ")
    assert (None, None) == (view.held, view.owed)


def test_the_rank_and_the_way_to_the_next_are_told(shop):
    tier = shop.loyalty.members.view(ADA).tier

    assert ("silver", "Your level: Silver") == (tier.key, tier.text)
    assert "Silver is yours until December 31, 2027." == tier.until_text
    assert ("gold", "Gold", 30_000) == (tier.next_key, tier.next_name, tier.progress.missing)
    assert "€300.00 more until Gold." == tier.progress.text


def test_rewards_say_why_not_and_those_for_others_are_not_shown(shop):
    rewards = {each.id: each for each in shop.loyalty.members.view(ADA).rewards}

    assert {"trees", "tin", "later"} == set(rewards)
    assert ("A tree", "100 points", "Yours whenever you like") == (
        rewards["trees"].name,
        rewards["trees"].price,
        rewards["trees"].text,
    )
    assert rewards["trees"].is_available
    assert [
        ("tier", "For members at level Gold"),
        ("points", "380 more points and it is yours."),
    ] == [(reason.code, reason.text) for reason in rewards["tin"].reasons]
    assert (120, 500, 380) == (
        rewards["tin"].progress.reached,
        rewards["tin"].progress.needed,
        rewards["tin"].progress.missing,
    )
    assert "Available from March 1, 2027" == rewards["later"].text


def test_the_code_for_friends_is_told_without_pressure(shop):
    referral = shop.loyalty.members.view(ADA).referral

    assert referral.link == f"https://soap.example/?r={referral.code}"
    assert f"Your code for friends: {referral.code}" == referral.text
    assert referral.share.endswith(f"after your first order. {referral.link}")
    assert referral.code not in repr(referral)


def test_goals_tell_how_far_they_are_and_what_they_bring(shop):
    (goal,) = shop.loyalty.members.view(ADA).goals

    assert ("Five orders", "2 of 5", "Brings 50 points") == (goal.name, goal.text, goal.brings)
    assert (2, 5, 3) == (goal.progress.reached, goal.progress.needed, goal.progress.missing)


def test_the_history_is_told_newest_first(shop):
    history = shop.loyalty.members.view(ADA).history

    assert [("+80", "For an order"), ("+120", "For an order")] == [
        (line.change, line.label) for line in history
    ]
    assert "Nov 20, 2026" == history[0].day
    assert 1 == len(shop.loyalty.members.view(ADA, history_max=1).history)
    assert () == shop.loyalty.members.view(ADA, history_max=0).history


def test_numbers_add_up_to_the_ledger(shop):
    view = shop.loyalty.members.view(ADA)

    assert sum(line.points for line in view.history) == view.balance.points + view.pending.points


def test_what_is_told_is_json_and_nothing_is_written(shop):
    first = shop.loyalty.members.view(ADA).model_dump_json()

    assert first == shop.loyalty.members.view(ADA).model_dump_json()
    assert {"balance", "tier", "rewards", "referral", "goals", "history"} < set(json.loads(first))


def test_who_nobody_knows_is_an_error(shop):
    with pytest.raises(LedgerError, match="not known"):
        shop.loyalty.members.view(a_customer(id="99", email="nobody@mail.example"))
    with pytest.raises(LedgerError, match="'stamps': points"):
        shop.loyalty.members.view(ADA, program="stamps")
    with pytest.raises(ConfigError, match="no catalogue"):
        shop.loyalty.members.view(ADA, locale="tlh")


def test_the_command_says_what_the_customer_reads(shop, capsys):
    capsys.readouterr()
    assert 0 == main(["loyalty", "member", "7", "--locale", "en"])
    shown = capsys.readouterr().out

    assert "You have 120 points." in strip_isolates(shown)
    assert "€300.00 more until Gold." in shown
    assert "· A tree (100 points): Yours whenever you like" in shown
    assert 0 == main(["loyalty", "member", "7", "--json"])
    assert "Soap circle" == json.loads(capsys.readouterr().out)["name"]
