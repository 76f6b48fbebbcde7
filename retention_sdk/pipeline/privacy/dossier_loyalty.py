"""What loyalty keeps of a person beside points: ranks, rewards, friends, goals, exchanges."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ...loyalty import Program
    from ...storage import Connection, Store

Rows = list[dict[str, Any]]
_EVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class LoyaltyDossier:
    """Collects for the programmes of one shop. Of other people it tells nothing."""

    store: Store
    programs: tuple[Program, ...]

    def collect(self, connection: Connection, subjects: Sequence[str]) -> dict[str, Rows]:
        """Return rows by kind of record. What people who are one share is told once."""
        kinds: dict[str, Callable[[Connection, Program, str], Iterable[dict[str, Any]]]] = {
            "tiers": self._tiers,
            "rewards": self._rewards,
            "referrals": self._referrals,
            "achievements": self._achievements,
            "participation": self._participation,
            "leaderboards": self._leaderboards,
            "partner_exchanges": self._exchanges,
        }
        found = {
            name: self._each(partial(read, connection), subjects) for name, read in kinds.items()
        }
        deeds = [row for who in subjects for row in self._deeds(connection, who)]
        return {**found, "deeds": _once(deeds)}

    def _each(
        self, read: Callable[[Program, str], Iterable[dict[str, Any]]], subjects: Sequence[str]
    ) -> Rows:
        return _once(
            {"program": program.id, **row}
            for program in self.programs
            for who in subjects
            for row in read(program, who)
        )

    def _tiers(
        self, connection: Connection, program: Program, who: str
    ) -> Iterable[dict[str, Any]]:
        for change in self.store.tiers.history(connection, program.id, who):
            yield {
                "at": _when(change.at),
                "tier": change.tier,
                "tier_before": change.tier_before,
                "until": str(change.until or ""),
                "reason": change.reason,
            }

    def _rewards(
        self, connection: Connection, program: Program, who: str
    ) -> Iterable[dict[str, Any]]:
        for issue in self.store.rewards.of_person(connection, who, program_id=program.id):
            code = ""
            if issue.sealed_code:
                code = self.store.subjects.open(
                    connection, issue.subject_id, issue.sealed_code, purpose=issue.code_purpose
                ).decode()
            yield {
                "reward": issue.reward_id,
                "kind": issue.kind,
                "points": issue.points,
                "made_at": _when(issue.made_at),
                "ends_at": _when(issue.ends_at),
                "state": issue.state,
                "changed_at": _when(issue.changed_at),
                "code": code,
            }

    def _referrals(
        self, connection: Connection, program: Program, who: str
    ) -> Iterable[dict[str, Any]]:
        """Tell a person's own part: whom they brought, or who brought them, is somebody else."""
        rows = self.store.referrals
        if code := rows.code_of(connection, program.id, who):
            yield {"role": "code", "code": code}
        for role, found in (
            ("referrer", rows.of_referrer(connection, program.id, who)),
            ("friend", rows.of_friend(connection, program.id, who)),
        ):
            for each in found:
                points = (p for step in each.steps for whose, _, p in step.grants if whose == role)
                yield {
                    "role": role,
                    "claimed_at": _when(each.head.claimed_at),
                    "state": each.step.state,
                    "at": _when(each.step.at),
                    "reasons": "; ".join(each.step.reasons),
                    "points": sum(points),
                }

    def _achievements(
        self, connection: Connection, program: Program, who: str
    ) -> Iterable[dict[str, Any]]:
        for _, step in self.store.achievements.history(connection, program.id, who):
            yield {
                "at": _when(step.occurred_at),
                "achievement": step.achievement,
                "level": step.level,
                "step": step.step,
                "points": step.points,
                "reward": step.reward,
                "reason": step.reason,
            }

    def _participation(
        self, connection: Connection, program: Program, who: str
    ) -> Iterable[dict[str, Any]]:
        for choice in self.store.achievements.choices(connection, program.id, who):
            yield {
                "at": _when(choice.at),
                "kind": choice.kind,
                "name": choice.name,
                "act": choice.act,
                "source": choice.source,
            }

    def _leaderboards(
        self, connection: Connection, program: Program, who: str
    ) -> Iterable[dict[str, Any]]:
        from ...storage.leaderboards import Board

        for name in self.store.leaderboards.boards_of(connection, program.id, who):
            member = self.store.leaderboards.member(connection, Board(program.id, name), who)
            if member:
                yield {"board": name, "name": member.name, "joined_at": _when(member.joined_at)}

    def _exchanges(
        self, connection: Connection, program: Program, who: str
    ) -> Iterable[dict[str, Any]]:
        for partner in program.partners:
            for stored in self.store.partners.of_person(
                connection, program.id, partner.id, who, since=_EVER
            ):
                exchange = stored.exchange
                yield {
                    "partner": exchange.partner,
                    "direction": exchange.direction,
                    "points": exchange.points,
                    "units": exchange.units,
                    "asked_at": _when(exchange.asked_at),
                    "state": stored.state,
                    "reference": exchange.reference,
                }

    def _deeds(self, connection: Connection, who: str) -> Iterable[dict[str, Any]]:
        for deed in self.store.achievements.deeds(connection, who):
            yield {"at": _when(deed.at), "kind": deed.kind, "reference": deed.reference}


def _once(rows: Iterable[dict[str, Any]]) -> Rows:
    return list({json.dumps(row, sort_keys=True): row for row in rows}.values())


def _when(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}" if moment else ""
