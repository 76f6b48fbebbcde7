"""How outcomes of events look on a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from ..consent import explain
from ..pipeline import Outcome
from ..pipeline.outcome import CardStepOutcome
from .output import console, table

_COLOURS = {"done": "green", "pending": "yellow", "failed": "red"}


def show_outcomes(outcomes: Sequence[Outcome]) -> None:
    """Print a line per event."""
    out = console()
    if not outcomes:
        out.print("Nothing to do.")
        return
    out.print(table(("event", "state", "what came of it"), map(_row, outcomes)))
    for outcome in outcomes:
        if outcome.error:
            out.print(f"{outcome.event_id}: {outcome.error}", style="yellow")


def _row(outcome: Outcome) -> tuple[str | Text, ...]:
    told = [outcome.event_type.replace("_", " ")]
    if not outcome.is_new:
        told.append("seen before")
    if outcome.locale:
        told.append(f"language {outcome.locale}")
    told += [
        f"{delivery.surface} {delivery.template.replace('_', ' ')} {delivery.state}"
        for delivery in outcome.deliveries
    ]
    if outcome.points_earned or outcome.points_balance:
        told.append(f"points {outcome.points_earned:+d} = {outcome.points_balance}")
    return (outcome.event_id, Text(outcome.state, _COLOURS[outcome.state]), ", ".join(told))


def exit_code(outcomes: Sequence[Outcome]) -> int:
    """Return 8 if an event waits for another try, 1 if one failed for good, else 0."""
    if any(outcome.state == "failed" for outcome in outcomes):
        return 1
    return 8 if any(outcome.state == "pending" for outcome in outcomes) else 0


def sentences(outcome: Outcome) -> list[str]:
    """Tell what happened to an event, and why."""
    told = [
        f"{outcome.event_type}: {outcome.state}, after {', '.join(outcome.stages) or 'no stage'}."
    ]
    if outcome.locale:
        told.append(f"Language {outcome.locale}: {outcome.locale_reason}.")
    told += [f"Card: {note}." for note in outcome.card_notes]
    told += [explain(decision) for decision in outcome.decisions]
    for delivery in outcome.deliveries:
        where = f", {delivery.location}" if delivery.location else ""
        told.append(f"{delivery.surface} “{delivery.template}”: {delivery.state}{where}.")
    for card in outcome.cards:
        steps = "; ".join(_step(step) for step in card.steps)
        told.append(f"Card {card.card}, version {card.version}: {steps}.")
    if outcome.points_earned:
        told.append(
            f"Points: {outcome.points_earned:+d}; the balance was {outcome.points_balance} then."
        )
    return told


def _step(step: CardStepOutcome) -> str:
    reason = f" ({step.reason})" if step.reason else ""
    job = f" by job {step.job}" if step.job else ""
    return f"copy {step.copy_number} {step.state} {step.at:%Y-%m-%d %H:%M} UTC{job}{reason}"
