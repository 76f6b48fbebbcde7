"""Why an account holds what it holds, in words a shopkeeper understands."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..errors import LedgerError, SubjectErased
from ..model import Money
from ..storage import Connection, Store
from ..storage import ledger as rows
from .earning import words
from .journal import note_purpose, read_body
from .rules import Program

_OWN = frozenset({"pending", "available", "held"})


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One line of an account's history. ``points`` is what the holder gained, below zero: lost.

    Maturity and holds move points within what somebody holds, so they count zero.
    """

    txn_id: str
    kind: str
    points: int
    occurred_at: datetime
    cause_type: str
    cause_id: str
    available_after: int
    pending_after: int
    debt_after: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """``facts`` is the stored body; ``sentence`` says it in English, for logs and support."""

    txn_id: str
    kind: str
    sentence: str
    facts: dict[str, Any]
    policy_version: str


def history_entry(txn: rows.Txn) -> HistoryEntry:
    """Read a line of history from a transaction."""
    after = read_body(txn.body)["after"]
    return HistoryEntry(
        txn_id=txn.id,
        kind=txn.kind,
        points=sum(gain(move) for move in txn.moves),
        occurred_at=txn.occurred_at,
        cause_type=txn.cause_type,
        cause_id=txn.cause_id,
        available_after=after["available"],
        pending_after=after["pending"],
        debt_after=after["debt"],
    )


def gain(move: rows.Move) -> int:
    """Return what a move adds to what somebody holds, debt counted against it."""
    arrives = move.dst in _OWN or move.dst == "debt"
    leaves = move.src in _OWN or move.src == "debt"
    return move.points * (arrives - leaves)


def explain_txn(store: Store, connection: Connection, program: Program, txn_id: str) -> Explanation:
    """Explain one transaction. Reasons of awards are left out once their person is erased."""
    txn = rows.txn_by_id(connection, txn_id)
    if txn is None:
        raise LedgerError(f"there is no transaction {txn_id!r}")
    facts = read_body(txn.body)
    if txn.kind == "earn" and txn.cause_type != "order":
        sentence = _grant_sentence(facts, program.unit, txn, _reasons(store, connection, txn))
    elif txn.kind == "earn":
        sentence = _earn_sentence(facts, program.unit, _reasons(store, connection, txn))
    elif txn.kind == "clawback":
        sentence = _clawback_sentence(facts, program.unit, txn)
    elif txn.kind == "adjust":
        sentence = _adjust_sentence(facts, program.unit, txn, _reasons(store, connection, txn))
    else:
        sentence = _SENTENCES[txn.kind].format(points=facts["points"], unit=program.unit)
    return Explanation(txn.id, txn.kind, sentence, facts, txn.policy_version)


_SENTENCES = {
    "mature": "{points} {unit} became spendable because their waiting time was over.",
    "expire": "{points} {unit} expired because their time was over.",
    "hold": "{points} {unit} were set aside for a redemption.",
    "capture": "{points} {unit} were redeemed.",
    "release": "{points} {unit} that were set aside came back.",
    "refund_redemption": "{points} {unit} came back because their redemption was refunded.",
    "donate": "{points} {unit} were given to a good cause.",
    "transfer": "{points} {unit} went from one account to another.",
    "merge_accounts": "Two accounts became one, with all their {unit}.",
}


def _earn_sentence(facts: dict[str, Any], unit: str, reasons: list[str]) -> str:
    breakdown = facts["breakdown"]
    own = sum(part["points"] for part in breakdown["parts"] if part["source"] == "order")
    ruled = words.has_rules(breakdown)
    sentence = words.explain(breakdown, unit) if ruled else _rule_sentence(breakdown, unit, own)
    sentences = [sentence]
    awards = [part for part in breakdown["parts"] if part["source"] == "award"]
    for index, award in enumerate(awards):
        reason = f" ({reasons[index]})" if index < len(reasons) and reasons[index] else ""
        giver = award["plugin"] or "a plugin"
        sentences.append(f"{award['points']} {unit} were added by {giver}{reason}.")
    if awards:
        sentences.append(f"That makes {facts['points']} {unit}.")
    return " ".join(sentences)


def _rule_sentence(breakdown: dict[str, Any], unit: str, own: int) -> str:
    if breakdown["refusal"]:
        return f"The order earned nothing by the rules: {breakdown['refusal']}."
    currency, rate = breakdown["currency"], breakdown["rate"]
    basis = Money(minor=breakdown["basis_minor"], currency=currency)
    per = Money(minor=rate["per_minor"], currency=currency)
    less = [
        f"{Money(minor=breakdown[name], currency=currency)} {what}"
        for name, what in (
            ("shipping_minor", "shipping"),
            ("gift_card_minor", "gift cards"),
            ("tax_minor", "tax (in proportion)"),
        )
        if breakdown[name]
    ]
    without = f", without {' and '.join(less)}," if less else ""
    return (
        f"{own} {unit} for {basis}{without} at {rate['points']} per {per}, "
        "rounded down once at the end."
    )


def _grant_sentence(facts: dict[str, Any], unit: str, txn: rows.Txn, reasons: list[str]) -> str:
    reason = f": {reasons[0]}" if reasons else ""
    return f"{facts['points']} {unit} were given for {txn.cause_type} {txn.cause_id}{reason}."


_GONE = {"order": "is refunded", "decision": "was decided to be taken back"}


def _adjust_sentence(facts: dict[str, Any], unit: str, txn: rows.Txn, reasons: list[str]) -> str:
    points, reason = facts["points"], f": {reasons[0]}" if reasons else ""
    done = "added" if points > 0 else "taken"
    return f"{abs(points)} {unit} were {done} by {txn.actor}{reason}."


def _clawback_sentence(facts: dict[str, Any], unit: str, txn: rows.Txn) -> str:
    what = f"{txn.cause_type} {txn.cause_id}"
    gone = _GONE.get(txn.cause_type, "no longer counts")
    if review := facts.get("review"):
        return (
            f"{review['due']} {unit} are due back because {facts['ratio']} of {what} {gone}; "
            "somebody has to decide."
        )
    if not facts["points"]:
        return f"Nothing was left to take back for {what} at {facts['ratio']} refunded."
    parts = ", ".join(f"{n} {_SOURCES[name]}" for name, n in facts["taken"].items() if n)
    return (
        f"{facts['points']} {unit} were due back because {facts['ratio']} of {what} "
        f"{gone}: {parts}."
    )


_SOURCES = {
    "pending": "not yet spendable",
    "available": "spendable",
    "expired": "that had expired already",
    "other": "from other orders",
    "debt": "owed, because they were spent",
    "waived": "let go by the programme's policy",
}


def _reasons(store: Store, connection: Connection, txn: rows.Txn) -> list[str]:
    if txn.sealed_note is None:
        return []
    owner = rows.owner_of(connection, txn.account_id)
    try:
        plain = store.subjects.open(
            connection, owner, txn.sealed_note, purpose=note_purpose(txn.id)
        )
    except SubjectErased:
        return []
    reasons: list[str] = json.loads(plain)
    return reasons
