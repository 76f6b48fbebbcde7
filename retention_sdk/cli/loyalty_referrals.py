"""``retention loyalty referrals``: who brought whom, what waits for a decision, and codes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import typer
from rich.text import Text

from ..app import Retention
from ..errors import ConfigError
from ..pipeline.loyalty.referring import ReferralDesk, ReferralView
from .loyalty_people import Customer, Points, find_person
from .output import DEFAULT_CONFIG, ConfigFile, Json, console, emit, table

HELP = "Friends who bring friends: what waits, why, and decisions by hand. Each takes --json."
ReferralId = Annotated[str, typer.Argument(help="As `retention loyalty referrals list` shows it.")]
Reason = Annotated[str, typer.Option(help="Why; sealed with the keys of both persons.")]
By = Annotated[str, typer.Option(help="Who answers for it: a role, stored in clear.")]
_State = Literal["claimed", "ordered", "pending", "rewarded", "rejected", "clawed"]
_COLOURS = {"rewarded": "green", "rejected": "red", "clawed": "red", "ordered": "yellow"}


def add_commands(app: typer.Typer) -> None:
    """Add the sub-commands."""
    app.command("list")(list_referrals)
    app.command("show")(show)
    app.command("approve")(approve)
    app.command("reject")(reject)
    app.command("code")(code)


def list_referrals(
    state: Annotated[_State | None, typer.Option(help="Only those that came so far.")] = None,
    waiting: Annotated[
        bool, typer.Option("--waiting", help="Only those that wait for a decision.")
    ] = False,
    last: Annotated[int, typer.Option(min=1, help="At most the last so many.")] = 100,
    points: Points = "",
    config: ConfigFile = DEFAULT_CONFIG,
    json: Json = False,
) -> None:
    """List referrals of all programmes, or of one, the oldest first, each with its reasons."""
    wanted = "ordered" if waiting else state
    states = (wanted,) if wanted else ()
    with Retention.from_file(config) as shop:
        views = _desk(shop, points).listed(states=states, limit=last, program=points)
    emit([as_json(view) for view in views], as_json=json, human=lambda: _show_list(views))


def show(referral_id: ReferralId, config: ConfigFile = DEFAULT_CONFIG, json: Json = False) -> None:
    """Tell everything about one referral: its steps, their reasons, and what was given."""
    with Retention.from_file(config) as shop:
        view = _desk(shop).show(referral_id)
    emit(as_json(view), as_json=json, human=lambda: _show_one(view))


def approve(
    referral_id: ReferralId,
    reason: Reason,
    by: By,
    config: ConfigFile = DEFAULT_CONFIG,
    json: Json = False,
) -> None:
    """Let a referral wait for its return window although something speaks against it."""
    from ..loyalty import Hand

    with Retention.from_file(config) as shop:
        view = _desk(shop).approve(referral_id, Hand(actor=by, reason=reason))
    emit(as_json(view), as_json=json, human=lambda: _show_one(view))


def reject(
    referral_id: ReferralId,
    reason: Reason,
    by: By,
    config: ConfigFile = DEFAULT_CONFIG,
    json: Json = False,
) -> None:
    """Say no to a referral; points that were given for it are taken back."""
    from ..loyalty import Hand

    with Retention.from_file(config) as shop:
        view = _desk(shop).reject(referral_id, Hand(actor=by, reason=reason))
    emit(as_json(view), as_json=json, human=lambda: _show_one(view))


def code(
    customer: Customer,
    points: Points = "",
    config: ConfigFile = DEFAULT_CONFIG,
    json: Json = False,
) -> None:
    """Tell the code that a customer may pass on, and the page it belongs to."""
    with Retention.from_file(config) as shop:
        desk = _desk(shop, points)
        with shop.store.reading() as connection:
            who = find_person(shop, connection, customer)
        text = desk.code_for(who, program=points)
        answer = {"code": text, "link": desk.book(points).rule.link_to(text)}
    emit(answer, as_json=json, human=lambda: _show_code(answer))


def as_json(view: ReferralView) -> dict[str, Any]:
    """Return a referral for machines."""
    return {**view.model_dump(mode="json"), "needs_decision": view.needs_decision}


def _desk(shop: Retention, points: str = "") -> ReferralDesk:
    desk = shop.loyalty.referrals if shop.loyalty else None
    if desk is None or (points and points not in desk.books):
        hint = "add the table, as docs/howto/referrals.md shows"
        message = f"this shop has no referrals{f' for {points!r}' if points else ''}"
        raise ConfigError(message, file=shop.config.file, key="loyalty.referral", hint=hint)
    return desk


def _show_list(views: tuple[ReferralView, ...]) -> None:
    out = console()
    if not views:
        out.print("No referrals.")
        return
    rows = [
        (view.id, _day(view.claimed_at), _state(view.state), "; ".join(view.reasons) or "–")
        for view in views
    ]
    out.print(table(("referral", "claimed", "state", "reasons"), rows))
    if waiting := sum(view.needs_decision for view in views):
        out.print(f"{waiting} wait for a decision: retention loyalty referrals approve, or reject")


def _show_one(view: ReferralView) -> None:
    out = console()
    out.print(Text.assemble(("Referral ", "bold"), view.id, "  ", _state(view.state)))
    out.print(f"{view.referrer} brought {view.friend}")
    if view.order_id:
        out.print(f"first order {view.order_id}")
    if view.state == "pending" and view.rewardable_at:
        out.print(f"rewarded on {_day(view.rewardable_at)} unless the order goes back")
    for role, points in view.points.items():
        out.print(f"{points:,} points for the {role}")
    rows = [
        (_day(step.at), _state(step.state), "; ".join(step.reasons) or "–", step.actor)
        for step in view.steps
    ]
    out.print(table(("day", "state", "why", "by"), rows))


def _show_code(answer: dict[str, str]) -> None:
    out = console()
    out.print(Text(answer["code"], "bold"))
    if answer["link"]:
        out.print(answer["link"])


def _state(state: str) -> Text:
    return Text(state, _COLOURS.get(state, ""))


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}"
