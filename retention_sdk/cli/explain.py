"""``retention explain``: what happened to an event, and why."""

from __future__ import annotations

from typing import Annotated

import typer

from ..app import Retention
from ..pipeline.replay import ReplayedEvent, Under, replay_event
from .output import DEFAULT_CONFIG, ConfigFile, Json, console, emit, table
from .show import sentences

_NEWEST = 20


def command(
    event_id: Annotated[
        str, typer.Argument(help="As `retention receive` printed it; without, the newest events.")
    ] = "",
    replay: Annotated[
        bool, typer.Option("--replay", help="Make the decisions again, from their record.")
    ] = False,
    under: Annotated[
        Under,
        typer.Option(help="By the rules of the day of the decision, or by those of today."),
    ] = "then",
    config: ConfigFile = DEFAULT_CONFIG,
    json: Json = False,
) -> None:
    """Tell in sentences what was decided, by which rule, what left, and which points moved.

    Without an event, list the newest.

    With --replay, exit code 1 means that a decision on record did not come out the same under its
    own rules.
    """
    with Retention.from_file(config) as shop:
        if not event_id:
            _list(shop, as_json=json)
            return
        if replay:
            shop.intake.stored(event_id)
            replayed = replay_event(event_id, store=shop.store, current=shop.rules, under=under)
            _replay(replayed, as_json=json)
            return
        outcome = shop.outcome(event_id)
    told = sentences(outcome)
    answer = {**outcome.model_dump(mode="json"), "sentences": told}
    emit(answer, as_json=json, human=lambda: _show(told))


def _list(shop: Retention, *, as_json: bool) -> None:
    with shop.store.reading() as connection:
        newest = shop.store.inbox.newest(connection, shop.config.shop.id, limit=_NEWEST)
    answer = [
        {"event": event_id, "state": state, "received_at": f"{received_at:%Y-%m-%dT%H:%M:%SZ}"}
        for event_id, state, received_at in newest
    ]
    rows = [(name, state, f"{moment:%Y-%m-%d %H:%M} UTC") for name, state, moment in newest]
    shown = table(("event", "state", "received"), rows) if rows else "No event was received yet."
    emit(answer, as_json=as_json, human=lambda: console().print(shown))


def _replay(replayed: ReplayedEvent, *, as_json: bool) -> None:
    told = [*_replayed(replayed), *replayed.gaps]
    answer = {**replayed.model_dump(mode="json"), "sentences": told}
    emit(answer, as_json=as_json, human=lambda: _show(told))
    if replayed.under == "then" and not replayed.is_same:
        raise typer.Exit(1)


def _replayed(replayed: ReplayedEvent) -> list[str]:
    rules = "today's rules" if replayed.under == "current" else "the rules of its day"
    told = []
    for each in replayed.replays:
        name = each.then.candidate_id
        if each.is_same:
            told.append(f"{name}: the same answer under {rules}, byte for byte.")
        else:
            changes = ". ".join(difference.sentence() for difference in each.differences)
            told.append(f"{name}: another answer under {rules}. {changes}.")
    return told or ["Nothing was decided about this event."]


def _show(told: list[str]) -> None:
    out = console()
    for sentence in told:
        out.print(f"• {sentence}")
