"""Writes what was earned, revoked or ended, and posts its points. Nothing else moves points."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from ...storage import AchievementStep, Connection, Store
from ..gifts import gift_row
from ..journal import Cause, Journal
from .evaluate import Completion, completions
from .facts import Facts
from .settings import Achievement, Achievements, Level

if TYPE_CHECKING:
    from ..ledger import PointsLedger

REFUNDED, MERGED = "what it was earned by was given back", "two customers became one"

History = tuple[tuple[str, AchievementStep], ...]
"""Steps in the order of recording, each with the subject it was kept for."""

Name = tuple[str, str, str]
"""Achievement, level and occurrence: what can be held once."""


@dataclass(frozen=True, slots=True)
class Writing:
    """For whom, why and when something is written. ``moment`` is up to when facts count."""

    connection: Connection
    who: str
    cause: str
    occurred_at: datetime
    now: datetime

    @property
    def moment(self) -> datetime:
        """Now, or the time of the event if its clock is ahead of ours."""
        return max(self.now, self.occurred_at)


@dataclass(frozen=True, slots=True)
class Held:
    """A level that somebody holds, and the subject it was recorded for."""

    subject_id: str
    step: AchievementStep

    @property
    def name(self) -> Name:
        """What tells it from other levels: two of one name are one too many."""
        return self.step.achievement, self.step.level, self.step.occurrence


def held_of(history: History) -> tuple[Held, ...]:
    """Return what was earned and not revoked, in the order of earning."""
    revoked = {(who, _name(s), s.number) for who, s in history if s.step == "revoked"}
    return tuple(
        Held(who, s)
        for who, s in history
        if s.step == "earned" and (who, _name(s), s.number) not in revoked
    )


def step_key(subject_id: str, step: AchievementStep) -> str:
    """Return the idempotency key of what a level brings: the same for each try."""
    return f"achievement:{':'.join((subject_id, *_name(step), str(step.number)))}"


class StepWriter:
    """Appends steps for one programme, and grants and revokes the points of levels."""

    def __init__(self, store: Store, ledger: PointsLedger) -> None:
        self._store, self._ledger, self._program = store, ledger, ledger.program

    def old_rules(
        self, connection: Connection, held: tuple[Held, ...]
    ) -> dict[tuple[str, str], Achievement]:
        """Return the rules that held levels were earned by, by version and name."""
        found: dict[tuple[str, str], Achievement] = {}
        for version in sorted({each.step.rules for each in held}):
            rules = _read_rules(self._store.achievements.rules(connection, version))
            found |= {(version, each.id): each for each in rules}
        return found

    def lose(
        self,
        writing: Writing,
        held: tuple[Held, ...],
        rules: dict[tuple[str, str], Achievement],
        facts: Facts,
    ) -> list[Held]:
        """Revoke what the facts do not bear any more, and what merged people hold twice."""
        lost, seen = list[Held](), set[Name]()
        bearing: dict[tuple[str, str], frozenset[tuple[str, str]]] = {}
        for each in held:
            key = (each.step.rules, each.step.achievement)
            rule = rules.get(key)
            if rule is None or rule.on_refund == "keep":
                continue
            if key not in bearing:
                bearing[key] = frozenset(
                    (reached.level, reached.occurrence)
                    for reached in self._reached(rule, facts, writing)
                )
            is_borne = each.name[1:] in bearing[key]
            if is_borne and each.name not in seen:
                seen.add(each.name)
            else:
                lost.append(self._revoke(writing, each, MERGED if is_borne else REFUNDED))
        return lost

    def earn(
        self, writing: Writing, facts: Facts, *, kept: set[Name], history: History
    ) -> list[Held]:
        """Give what the facts bear and nobody holds."""
        times = Counter(_name(step) for _, step in history if step.step == "earned")
        rules = self._version(writing)
        found = []
        for achievement in self._program.achievements:
            for each in self._reached(achievement, facts, writing):
                name = (achievement.id, each.level, each.occurrence)
                level = achievement.level(each.level)
                if level and name not in kept:
                    step = _earned(name, level, each, writing)
                    step = replace(step, number=times[name] + 1, rules=rules)
                    found.append(self._give(writing, step))
        return found

    def record(self, writing: Writing, subject_id: str, step: AchievementStep) -> None:
        """Append a step for a subject."""
        self._store.achievements.record(writing.connection, self._program.id, subject_id, step)

    def _version(self, writing: Writing) -> str:
        """Return the version of the programme's rules, kept by now at the latest."""
        connection, now = writing.connection, writing.now
        return Journal(self._store, connection, self._program, writing.who, now=now).policy_version

    def _reached(
        self, achievement: Achievement, facts: Facts, writing: Writing
    ) -> tuple[Completion, ...]:
        zone = self._program.time_zone
        return completions(achievement, facts, writing.moment, time_zone=zone)

    def _give(self, writing: Writing, step: AchievementStep) -> Held:
        if step.points:
            step = replace(step, grant_key=step_key(writing.who, step))
            part = {"source": "rule", "points": step.points, "rule": step.achievement}
            self._ledger.grants.grant(
                writing.connection,
                subject_id=writing.who,
                points=step.points,
                cause=Cause("achievement", step.achievement),
                key=step.grant_key,
                occurred_at=step.occurred_at,
                now=writing.now,
                reason="",
                breakdown={"parts": [part]},
            )
        self.record(writing, writing.who, step)
        self._plan_gift(writing, Held(writing.who, step))
        return Held(writing.who, step)

    def _revoke(self, writing: Writing, held: Held, reason: str) -> Held:
        step = held.step
        if step.grant_key:
            self._ledger.grants.revoke(
                writing.connection,
                step.grant_key,
                key=f"revoke:{step.grant_key}",
                occurred_at=writing.occurred_at,
                now=writing.now,
            )
        revoked = replace(
            step,
            step="revoked",
            reason=reason,
            cause=writing.cause,
            occurred_at=writing.occurred_at,
            recorded_at=writing.now,
        )
        self.record(writing, held.subject_id, revoked)
        self._plan_gift(writing, held, is_back=True)
        return Held(held.subject_id, revoked)

    def _plan_gift(self, writing: Writing, held: Held, *, is_back: bool = False) -> None:
        """Let the reward of a level be given, or taken back, once this commit is done."""
        if held.step.reward:
            key = step_key(held.subject_id, held.step)
            row = gift_row(self._program.id, key, writing.who, writing.now, is_back=is_back)
            self._store.due.plan(writing.connection, [row])


@lru_cache(maxsize=32)
def _read_rules(program: str) -> tuple[Achievement, ...]:
    """Return the achievements of a programme as it was stored.

    Only these are read: the rest names things that a stored programme does not hold.
    """
    adapter: TypeAdapter[tuple[Achievement, ...]] = TypeAdapter(Achievements)
    return adapter.validate_python(json.loads(program)["achievements"])


def _earned(name: Name, level: Level, reached: Completion, writing: Writing) -> AchievementStep:
    achievement, key, occurrence = name
    return AchievementStep(
        achievement=achievement,
        level=key,
        occurrence=occurrence,
        step="earned",
        number=1,
        points=level.points,
        reward=level.reward,
        rules="",
        cause=writing.cause,
        occurred_at=reached.at,
        recorded_at=writing.now,
    )


def _name(step: AchievementStep) -> Name:
    return step.achievement, step.level, step.occurrence
