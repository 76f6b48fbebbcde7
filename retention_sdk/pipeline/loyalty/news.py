"""What an event about points, ranks and time tells a customer, with the shop's names of things."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from ...config import LocaleConfig
from ...l10n import Localizer
from ...loyalty.words import name_in, only_minimum, reward_name
from ...model import (
    AchievementEarned,
    Anniversary,
    Context,
    CustomerLapsed,
    DerivedEvent,
    LoyaltyState,
    PointsEarned,
    PointsExpiring,
    PointsMatured,
    ReferralRewarded,
    RewardIssued,
    ShopEvent,
    TierAtRisk,
    TierChanged,
)
from ...model.news import News
from ..locale import localizer_for

if TYPE_CHECKING:
    from ...loyalty import PointsLedger, Program
    from ...storage import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Adds to a snapshot what its event tells, and when points come and go."""

    ledgers: Sequence[PointsLedger]
    locales: LocaleConfig

    def on(
        self, connection: Connection, context: Context, event: ShopEvent, subject_id: str
    ) -> Context:
        """Return the snapshot with news, days and names; the same where there are none."""
        if not self.ledgers and not isinstance(event, DerivedEvent):
            return context
        programs = tuple(ledger.program for ledger in self.ledgers)
        words = localizer_for(context.locale, self.locales)
        news = Newsroom(programs, words, time_zone=context.shop.time_zone)
        loyalty = context.loyalty
        if programs:
            loyalty = dated(connection, programs[0], subject_id, loyalty, now=context.now)
            loyalty = news.named(loyalty, programs[0].id)
        return context.model_copy(update={"loyalty": loyalty, "news": news.read(event)})


def dated(
    connection: Connection,
    program: Program,
    subject_id: str,
    state: LoyaltyState,
    *,
    now: datetime,
) -> LoyaltyState:
    """Return a state with the days on which points come and go."""
    if not state.balance and not state.pending:
        return state
    from ...loyalty.statement import read_statement
    from ...storage.subject_merges import survivor_of

    who = survivor_of(connection, subject_id)
    statement = read_statement(connection, program, who, now=now)
    if statement is None:
        return state
    zone, expiry = ZoneInfo(program.time_zone), statement.next_expiry
    days = {lot.matures_at.astimezone(zone).date() for lot in statement.lots if lot.pending}
    return state.model_copy(
        update={
            "pending_on": days.pop() if len(days) == 1 else None,
            "expiring": expiry.points if expiry else 0,
            "expires_on": last_day_before(expiry.at, zone) if expiry else None,
        }
    )


def last_day_before(moment: datetime, zone: ZoneInfo) -> date:
    """Return the last day of what ends at a moment: midnight belongs to the day before."""
    return (moment - timedelta(microseconds=1)).astimezone(zone).date()


class Newsroom:
    """Reads events for one shop: days in its time zone, names in the customer's language."""

    def __init__(self, programs: Sequence[Program], words: Localizer, *, time_zone: str) -> None:
        self._programs = {program.id: program for program in programs}
        self._words, self._zone = words, ZoneInfo(time_zone)

    def read(self, event: ShopEvent) -> News | None:
        """Return what an event tells; None for one that tells nothing of this kind."""
        facts = self._facts(event)
        return News(**self._program(event), **facts) if facts is not None else None

    def named(self, state: LoyaltyState, program_id: str) -> LoyaltyState:
        """Return a state with the names of its ranks, for cards and messages."""
        progress = state.tier_progress
        if progress:
            name = self._rank(program_id, progress.tier)
            progress = progress.model_copy(update={"name": name})
        name = self._rank(program_id, state.tier)
        return state.model_copy(update={"tier_name": name, "tier_progress": progress})

    def _program(self, event: ShopEvent) -> dict[str, Any]:
        """Return which programme an event is about, with its name where there are several."""
        found = self._programs.get(getattr(event, "program", ""))
        if found is None:
            return {}
        name = name_in(found.names, self._words) if len(self._programs) > 1 else ""
        return {"program": found.id, "program_name": name}

    def _facts(self, event: ShopEvent) -> dict[str, Any] | None:
        if isinstance(event, PointsEarned | PointsMatured):
            return {"points": event.points}
        if isinstance(event, PointsExpiring):
            return {"points": event.points, "on": last_day_before(event.expires_at, self._zone)}
        if isinstance(event, Anniversary):
            return {"years": event.years, "on": self._anniversary(event)}
        if isinstance(event, CustomerLapsed):
            return {"silent_days": event.days, "on": self._day(event.last_order_at)}
        if isinstance(event, TierChanged | TierAtRisk):
            return self._tier(event)
        if isinstance(event, RewardIssued):
            return self._reward(event)
        if isinstance(event, AchievementEarned):
            return {"points": event.points, "name": self._achievement(event)}
        if isinstance(event, ReferralRewarded):
            return {"points": event.points, "kind": event.role}
        return None

    def _tier(self, event: TierChanged | TierAtRisk) -> dict[str, Any]:
        name = self._rank(event.program, event.tier)
        if isinstance(event, TierChanged):
            facts = {"name": name, "kind": event.tier, "on": event.tier_until}
            return {**facts, "is_up": event.is_up}
        return {
            "name": name,
            "name_next": self._rank(event.program, event.falls_to),
            "on": event.on,
            "measure": event.measure,
            "missing": event.missing,
            "currency": event.currency,
        }

    def _reward(self, event: RewardIssued) -> dict[str, Any]:
        program = self._programs.get(event.program)
        rewards = program.rewards if program else ()
        reward = next((each for each in rewards if each.id == event.reward), None)
        return {
            "points": event.points,
            "kind": event.kind,
            "code": event.code,
            "on": last_day_before(event.ends_at, self._zone) if event.ends_at else None,
            "name": reward_name(reward, self._words) if reward else "",
            "minimum": only_minimum(reward) if reward else None,
        }

    def _achievement(self, event: AchievementEarned) -> str:
        """Return what a level is called: by its own name, else by that of its achievement."""
        program = self._programs.get(event.program)
        achievements = program.achievements if program else ()
        found = next((each for each in achievements if each.id == event.achievement), None)
        level = found.level(event.level) if found else None
        own = name_in(level.names, self._words) if level else ""
        return own or (name_in(found.names, self._words) if found else "")

    def _rank(self, program_id: str, key: str) -> str:
        program = self._programs.get(program_id)
        ranks = program.tiers.ranks if program and program.tiers else ()
        found = next((rank for rank in ranks if rank.key == key), None)
        return name_in(found.names, self._words) if found else ""

    def _day(self, moment: datetime) -> date:
        return moment.astimezone(self._zone).date()

    def _anniversary(self, event: Anniversary) -> date:
        """Return the day itself; the last of February for who first bought on the 29th."""
        first = self._day(event.first_order_at)
        try:
            return first.replace(year=first.year + event.years)
        except ValueError:
            return first.replace(year=first.year + event.years, day=28)
