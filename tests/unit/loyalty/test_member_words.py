"""Lines of a member's page that need no store: names, days, reasons, labels."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from retention_sdk.l10n import localizer
from retention_sdk.loyalty import HistoryEntry
from retention_sdk.loyalty.member_history import history_lines, label_key
from retention_sdk.loyalty.names import Names
from retention_sdk.loyalty.rewards import AccountCredit, Donation, ParcelGift, StoreCredit
from retention_sdk.loyalty.speaker import Speaker
from retention_sdk.loyalty.words import name_in, progress_line, reward_name
from retention_sdk.model.context import TierProgress
from retention_sdk.storage.tables.ledger import KINDS

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def speaker(tag="en", zone="Europe/Berlin"):
    return Speaker(localizer(tag), ZoneInfo(zone))


def an_entry(kind="earn", cause="order", points=5, cause_id="o1"):
    return HistoryEntry("t", kind, points, NOON, cause, cause_id, 5, 0, 0)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_transaction_has_a_label_in_every_manner(kind):
    for points in (5, -5, 0):
        (line,) = history_lines([an_entry(kind, points=points)], speaker())
        assert line.label


@pytest.mark.parametrize(
    ("cause", "expected"),
    [
        ("order", "For an order"),
        ("birthday", "For your birthday"),
        ("referral (referrer)", "For recommending us"),
        ("referral (friend)", "For coming with a friend"),
        ("achievement", "For reaching a goal"),
        ("partner", "From a partner"),
        ("something of the shop", "A thank-you from us"),
    ],
)
def test_points_that_were_earned_say_what_for(cause, expected):
    (line,) = history_lines([an_entry(cause=cause)], speaker())

    assert expected == line.label


def test_a_transfer_is_told_from_both_sides():
    assert "transfer_in" == label_key(an_entry("transfer", "account", 5))
    assert "transfer_out" == label_key(an_entry("transfer", "account", -5))
    assert "partner_out" == label_key(an_entry("capture", "hold", -5, "h1"), sent={"h1"})
    assert "capture" == label_key(an_entry("capture", "hold", -5, "h2"), sent={"h1"})
    assert "taken_back" == label_key(an_entry("clawback", "decision", -5))


def test_an_order_is_named_by_its_number_where_that_is_known():
    (line,) = history_lines([an_entry()], speaker(), numbers={"o1": "1042"})

    assert ("For order 1042", "+5") == (line.label, line.change)


def test_a_day_is_the_programmes_own_and_midnight_ends_the_day_before():
    late = datetime(2026, 12, 31, 23, tzinfo=UTC)

    assert date(2027, 1, 1) == speaker().day(late)
    assert date(2026, 12, 31) == speaker().last_day(late)
    assert date(2027, 1, 1) == speaker().last_day(late.replace(minute=1))


@pytest.mark.parametrize(
    ("names", "tag", "expected"),
    [
        ({"en": "Gold", "fa": "طلایی"}, "fa", "طلایی"),
        ({"en": "Gold"}, "ja", "Gold"),
        ({"fr": "Or"}, "ja", "Or"),
        ({"fa": "طلایی"}, "ja", ""),
        ({"hy": "Ոսկի", "ru": "Золото"}, "en", ""),
        (None, "en", ""),
    ],
)
def test_a_name_is_one_the_reader_can_read_or_none(names, tag, expected):
    assert expected == name_in(Names(names) if names else None, localizer(tag))


def test_a_reward_without_a_name_in_the_language_is_called_what_it_is():
    gift = ParcelGift(kind="gift", id="tin", points=5, names=Names({"en": "Tea tin"}))
    tree = Donation(
        kind="donation",
        id="tree",
        points=5,
        cause="trees",
        worth_minor={"EUR": 100, "GBP": 90},
        names=Names({"en": "A tree"}),
    )

    money = {"points": 5, "worth_minor": {"EUR": 500}, "names": Names({"en": "Five"})}
    credit = AccountCredit(kind="account_credit", id="credit", **money)
    card = StoreCredit(kind="store_credit", id="card", **money)

    assert "Tea tin" == reward_name(gift, localizer("en-GB"))
    assert "5,00" in reward_name(credit, localizer("de"))
    assert reward_name(card, localizer("de")) == reward_name(credit, localizer("de"))
    assert "Ein Geschenk im Paket" == reward_name(gift, localizer("de"))
    # Nobody knows which of its two amounts it is, so the shop's own name stands.
    assert "A tree" == reward_name(tree, localizer("de"))
    assert "1\u00a0€ für einen guten Zweck" in Speaker(localizer("de"), ZoneInfo("UTC")).tidy(
        reward_name(tree, localizer("de"), currency="EUR")
    ).replace("1,00", "1")


def test_the_way_to_a_rank_that_nobody_named_is_not_told():
    ahead = TierProgress(tier="gold", counts="points", reached=1, needed=3)

    assert "" == progress_line(ahead, speaker().say, localizer("en"))
    assert "" == progress_line(None, speaker().say, localizer("en"))
