"""``retention loyalty adjust``: points changed by hand, with a reason and a name."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from ..app import Retention
from .loyalty_people import Customer, Points, find_person, open_ledger
from .output import DEFAULT_CONFIG, ConfigFile, Json, console, emit


def command(
    customer: Customer,
    points: Annotated[int, typer.Argument(help="How many to add; below zero: to take.")],
    reason: Annotated[str, typer.Option(help="Why; sealed with the person's own key.")],
    by: Annotated[str, typer.Option(help="Who answers for it: a role, stored in clear.")],
    may_owe: Annotated[
        bool, typer.Option("--may-owe", help="Take more than can be spent; the rest is owed.")
    ] = False,
    key: Annotated[
        str, typer.Option(help="A name of your own: repeating it changes nothing.")
    ] = "",
    currency: Points = "",
    config: ConfigFile = DEFAULT_CONFIG,
    json: Json = False,
) -> None:
    """Add points by hand, or take some: those first that expire soonest. Nothing can be deleted."""
    from ..loyalty import Hand

    hand = Hand(actor=by, reason=reason)
    with Retention.from_file(config) as shop:
        ledger = open_ledger(shop, currency)
        key = f"by hand:{key or shop.store.random_bytes(8).hex()}"
        with shop.store.begin() as connection:
            subject_id = find_person(shop, connection, customer)
            posted = ledger.adjust(
                connection,
                subject_id,
                points,
                hand=hand,
                key=key,
                now=shop.clock(),
                may_owe=may_owe,
            )
    answer: dict[str, Any] = {
        "txn": posted.txn_id,
        "is_new": posted.is_new,
        "points": posted.points,
        "available": posted.balance.balance,
        "owed": posted.balance.debt,
        "key": key,
    }
    emit(answer, as_json=json, human=lambda: _show(answer, ledger.program.unit))


def _show(answer: dict[str, Any], unit: str) -> None:
    out = console()
    points = answer["points"]
    done = "added" if points > 0 else "taken"
    if not answer["is_new"]:
        out.print("This was done before under the same key; nothing changed.", style="yellow")
    out.print(f"{abs(points):,} {unit} {done}; {answer['available']:,} can be spent")
    if answer["owed"]:
        out.print(f"{answer['owed']:,} are owed and repaid by what is earned next")
    out.print(f"transaction {answer['txn']}", style="dim")
