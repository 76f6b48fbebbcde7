"""What a card says of points that come and go, and of the next rank, while there is room."""

from __future__ import annotations

from datetime import date

import pytest

from retention_sdk.inserts import compose_card
from retention_sdk.inserts.render import attempts
from retention_sdk.l10n import localizer, strip_isolates
from retention_sdk.model import (
    Candidate,
    ConsentChannel,
    ContentKind,
    Decision,
    LoyaltyState,
    MessageClass,
)
from retention_sdk.model.context import TierProgress
from retention_sdk.testing.builders import a_context

PROGRESS = TierProgress(
    tier="gold", counts="spend", reached=14_600, needed=20_000, currency="EUR", name="Gold"
)
FULL = LoyaltyState(
    balance=1240,
    earned=120,
    pending=120,
    pending_on=date(2026, 12, 20),
    expiring=300,
    expires_on=date(2026, 12, 31),
    tier_progress=PROGRESS,
)
DAYS = "120 more points from Dec 20, 2026\n300 points expire on Dec 31, 2026"
AHEAD = "€54.00 more until Gold"


def card_of(loyalty, *, content=frozenset({ContentKind.THANKS, ContentKind.POINTS_BALANCE})):
    context = a_context(loyalty=loyalty)
    candidate = Candidate(
        id="card:repeat_customer:x",
        surface="card",
        channel=ConsentChannel.PARCEL_INSERT,
        template="repeat_customer",
        content=content,
    )
    decision = Decision(
        decision_id="d",
        event_id=context.event_id,
        candidate_id=candidate.id,
        allowed=True,
        message_class=MessageClass.MARKETING,
        channel=candidate.channel,
        jurisdictions=(),
        basis="none",
        rule_ids=(),
        rules_version="x",
        reasons=(),
        decided_at=context.now,
    )
    return compose_card(context, candidate, decision, localizer("en"), code_url=None)


def notes_of(card):
    return [strip_isolates(block.text) for block in card.blocks]


def test_a_card_tells_when_points_come_and_go_and_how_far_the_next_rank_is():
    assert [DAYS, AHEAD] == notes_of(card_of(FULL))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"pending_on": None}, ["300 points expire on Dec 31, 2026", AHEAD]),
        ({"expiring": 0, "expires_on": None}, ["120 more points from Dec 20, 2026", AHEAD]),
        ({"tier_progress": None}, [DAYS]),
        ({"tier_progress": PROGRESS.model_copy(update={"name": ""})}, [DAYS]),
        ({"balance": 0, "earned": 0}, []),
    ],
)
def test_what_nobody_knows_is_left_out(changes, expected):
    assert expected == notes_of(card_of(FULL.model_copy(update=changes)))


def test_a_card_that_was_not_decided_with_points_says_nothing_of_them():
    assert [] == notes_of(card_of(FULL, content=frozenset({ContentKind.THANKS})))


def test_where_room_is_short_the_progress_goes_first_and_the_days_second():
    tried = [notes_of(card) for card in attempts(card_of(FULL))]

    assert [[DAYS, AHEAD], [DAYS], []] == tried
