"""Recompute everything from the postings, and say where the books disagree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ..storage import Connection
from ..storage import ledger as rows
from .chain import canonical, lot_facts, txn_hash
from .holds import hold_facts
from .journal import balances, read_body

_LOT_BUCKETS = ("pending", "available", "held", "redeemed", "expired", "reversed")
_OUTSIDE = ("debt", "issued")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as the postings say."""

    account_id: str
    place: str
    message: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What was checked and what was found wrong."""

    accounts_count: int
    txns_count: int
    findings: tuple[Finding, ...]

    @property
    def is_clean(self) -> bool:
        """Whether all books agree."""
        return not self.findings


@dataclass(slots=True)
class _Replay:
    """What an account must look like after its transactions."""

    buckets: dict[str, int] = field(default_factory=dict)
    lots: dict[str, dict[str, int]] = field(default_factory=dict)
    facts: dict[str, tuple[dict[str, Any], str]] = field(default_factory=dict)
    holds: dict[str, dict[str, Any]] = field(default_factory=dict)

    def balances(self) -> dict[str, int]:
        own = {name: self.buckets.get(name, 0) for name in ("pending", "available", "held")}
        return {**own, "debt": -self.buckets.get("debt", 0)}


def verify_program(connection: Connection, program_id: str) -> Verification:
    """Check every account of a programme. Reads all of it; writes nothing."""
    findings: list[Finding] = []
    txns_count = accounts_count = 0
    for account in rows.all_accounts(connection, program_id):
        chain = rows.txns_of_account(connection, account.id)
        accounts_count += 1
        txns_count += len(chain)
        for place, message in _check_account(connection, account, chain):
            findings.append(Finding(account.id, place, message))
    if txns_count != rows.count_txns(connection, program_id):
        findings.append(Finding("", "txn", "transactions belong to no account"))
    return Verification(accounts_count, txns_count, tuple(findings))


def _check_account(
    connection: Connection, account: rows.Account, chain: list[rows.Txn]
) -> Iterator[tuple[str, str]]:
    yield from _check_chain(account, chain)
    replay = _Replay()
    for txn in chain:
        yield from _replay_txn(replay, txn)
    if balances(account) != replay.balances():
        yield "account", f"holds {balances(account)}, postings make {replay.balances()}"
    yield from _check_lots(replay, rows.all_lots(connection, account.id))
    yield from _check_holds(replay, rows.find_holds(connection, account_id=account.id))


def _check_chain(account: rows.Account, chain: list[rows.Txn]) -> Iterator[tuple[str, str]]:
    previous = ""
    for expected, txn in enumerate(chain, start=1):
        if txn.sequence != expected:
            yield f"txn {txn.id}", f"is number {txn.sequence}, {expected} was expected"
        if txn.prev_hash != previous:
            yield f"txn {txn.id}", "does not follow the transaction before it"
        if txn.hash != txn_hash(txn):
            yield f"txn {txn.id}", "was changed: its hash does not fit"
        previous = txn.hash
    if account.head_hash != previous or account.version != len(chain):
        yield "account", "does not end where its chain ends"


def _replay_txn(replay: _Replay, txn: rows.Txn) -> Iterator[tuple[str, str]]:
    body = read_body(txn.body)
    for fact, breakdown in _lots_made(body):
        replay.facts[fact["id"]] = (fact, canonical(breakdown))
        replay.lots[fact["id"]] = dict.fromkeys((*_LOT_BUCKETS, "clawed", "forgiven"), 0)
    for lot_id, (clawed, forgiven) in body.get("lots", {}).items():
        state = replay.lots.setdefault(lot_id, {})
        state["clawed"] = state.get("clawed", 0) + clawed
        state["forgiven"] = state.get("forgiven", 0) + forgiven
    _replay_hold(replay, txn, body)
    for move in txn.moves:
        _replay_move(replay, move)
    if replay.balances() != body["after"]:
        yield f"txn {txn.id}", f"says {body['after']}, postings make {replay.balances()}"
    if negative := [name for name, count in _own(replay) if count < 0]:
        yield f"txn {txn.id}", f"leaves {', '.join(negative)} below zero"
    if sum(replay.buckets.values()):
        yield f"txn {txn.id}", "makes points from nothing"


def _lots_made(body: dict[str, Any]) -> Iterator[tuple[dict[str, Any], Any]]:
    if body.get("lot"):
        yield body["lot"], body["breakdown"]
    for fact, breakdown, _was in body.get("new_lots", ()):
        yield fact, breakdown


def _own(replay: _Replay) -> Iterator[tuple[str, int]]:
    yield from replay.balances().items()
    for lot_id, state in replay.lots.items():
        for name, count in state.items():
            yield f"{name} of lot {lot_id}", count


def _replay_move(replay: _Replay, move: rows.Move) -> None:
    buckets = replay.buckets
    buckets[move.src] = buckets.get(move.src, 0) - move.points
    buckets[move.dst] = buckets.get(move.dst, 0) + move.points
    if move.lot_id is None:
        return
    lot = replay.lots.setdefault(move.lot_id, {})
    if move.src in _LOT_BUCKETS:
        lot[move.src] = lot.get(move.src, 0) - move.points
    arrival = "reversed" if move.dst in _OUTSIDE else move.dst
    lot[arrival] = lot.get(arrival, 0) + move.points


def _replay_hold(replay: _Replay, txn: rows.Txn, body: dict[str, Any]) -> None:
    states = {"capture": "captured", "release": "released"}
    if txn.kind == "hold":
        replay.holds[body["hold"]] = {
            "amount": body["points"],
            "expires_at": body["expires_at"],
            "shares": body["shares"],
            "state": "open",
            "captured": 0,
            "refunded": 0,
        }
    elif txn.kind in states:
        by_time = txn.cause_type == "time"
        hold = replay.holds.setdefault(txn.cause_id, {})
        hold["state"] = "expired" if by_time else states[txn.kind]
        hold["captured"] = body["points"] if txn.kind == "capture" else 0
    elif txn.kind == "refund_redemption":
        hold = replay.holds.setdefault(body["hold"], {})
        hold["refunded"] = hold.get("refunded", 0) + body["points"]
    _replay_moved_holds(replay, body)


def _replay_moved_holds(replay: _Replay, body: dict[str, Any]) -> None:
    for fact in body.get("new_holds", ()):
        state = {name: value for name, value in fact.items() if name not in {"was", "hold"}}
        replay.holds[fact["hold"]] = state
    for hold_id in body.get("moved_holds", ()):
        hold = replay.holds.setdefault(hold_id, {})
        hold["state"] = "released" if hold.get("state") == "open" else hold.get("state")
        hold["refunded"] = hold.get("captured", 0)


def _check_lots(replay: _Replay, stored: list[rows.Lot]) -> Iterator[tuple[str, str]]:
    for lot in stored:
        fact = (lot_facts(lot), lot.rule_breakdown)
        if replay.facts.get(lot.id) != fact:
            yield f"lot {lot.id}", "is not what the transaction that made it says"
        state = {name: getattr(lot, name) for name in (*_LOT_BUCKETS, "clawed", "forgiven")}
        if replay.lots.get(lot.id) != state:
            yield f"lot {lot.id}", f"holds {state}, postings make {replay.lots.get(lot.id)}"
    for missing in replay.lots.keys() - {lot.id for lot in stored}:
        yield f"lot {missing}", "is missing"


def _check_holds(replay: _Replay, stored: list[rows.Hold]) -> Iterator[tuple[str, str]]:
    for hold in stored:
        state = {name: value for name, value in hold_facts(hold).items() if name != "hold"}
        if replay.holds.get(hold.id) != state:
            yield f"hold {hold.id}", "is not what its transactions say"
    for missing in replay.holds.keys() - {hold.id for hold in stored}:
        yield f"hold {missing}", "is missing"
