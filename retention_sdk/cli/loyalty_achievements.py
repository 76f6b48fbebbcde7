"""``retention loyalty achievements`` and ``leaderboard``: what was reached, and who is ahead."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.text import Text

from ..app import Retention
from .loyalty_people import Customer, find_person, number_table, open_ledger
from .output import DEFAULT_CONFIG, ConfigFile, Json, console, emit

if TYPE_CHECKING:
    from ..loyalty.leaderboards import LeaderboardView, Place
    from ..pipeline.loyalty.achieving_desk import AchievementDesk, AchievementView

Language = Annotated[str, typer.Option("--locale", help="Name achievements in a language.")]
Previous = Annotated[bool, typer.Option("--previous", help="The list of the period before.")]
For = Annotated[
    str, typer.Option("--for", help="With place and neighbours of a member, as the member sees it.")
]


def achievements(
    customer: Customer,
    locale: Language = "",
    config: ConfigFile = DEFAULT_CONFIG,
    json: Json = False,
) -> None:
    """Tell how far somebody is with every achievement, and which levels they hold."""
    with Retention.from_file(config) as shop:
        open_ledger(shop)
        with shop.store.reading() as connection:
            subject_id = find_person(shop, connection, customer)
        views = _desk(shop).progress_of(subject_id, locale=locale)
        zones = {name: each.program.time_zone for name, each in shop.ledgers.items()}
    answer: dict[str, Any] = {
        "subject": subject_id,
        "achievements": [view.model_dump(mode="json") for view in views],
    }
    emit(answer, as_json=json, human=lambda: _show(views, zones))


def leaderboard(
    board: Annotated[str, typer.Argument(help="Its id in [[loyalty.leaderboards]].")],
    customer: For = "",
    previous: Previous = False,
    config: ConfigFile = DEFAULT_CONFIG,
    json: Json = False,
) -> None:
    """Show a leaderboard: those who chose to be on it, under names of their choice."""
    with Retention.from_file(config) as shop:
        open_ledger(shop)
        subject_id = None
        if customer:
            with shop.store.reading() as connection:
                subject_id = find_person(shop, connection, customer)
        view = _desk(shop).leaderboard(board, subject_id, is_previous=previous)
    emit(view.model_dump(mode="json"), as_json=json, human=lambda: _show_board(view))


def _desk(shop: Retention) -> AchievementDesk:
    if shop.loyalty is None:  # open_ledger refused such a shop before
        raise RuntimeError("a shop with a ledger has a desk")
    return shop.loyalty.achievements


def _show(views: tuple[AchievementView, ...], zones: dict[str, str]) -> None:
    out = console()
    if not views:
        out.print("This programme has no achievements; see docs/howto/achievements.md.")
        return
    headings = ("achievement", "reached", "next", "so far", "of", "until")
    rows = [_row(view, ZoneInfo(zones[view.program])) for view in views]
    out.print(number_table(headings, rows, numbers=(3, 4)))
    for view in views:
        for level in view.held:
            brought = [f"{level.points:,} points"] if level.points else []
            brought += [f"the reward {level.reward}"] if level.reward else []
            which = f" {level.occurrence}" if level.occurrence else ""
            what = f": {' and '.join(brought)}" if brought else ""
            day = level.at.astimezone(ZoneInfo(zones[view.program])).date()
            out.print(f"{day}  {view.achievement} {level.level}{which}{what}")


def _row(view: AchievementView, zone: ZoneInfo) -> tuple[str | Text, ...]:
    seen = view.progress
    name = view.name or view.achievement
    if not seen.is_open:
        state = Text(f"{name} (closed)", "dim")
    elif not seen.has_joined:
        state = Text(f"{name} (not joined)", "dim")
    else:
        state = Text(name)
    unit = f" {seen.currency}" if seen.currency else ""
    return (
        state,
        seen.level or "–",
        seen.next_level or "–",
        f"{seen.count:,}{unit}",
        f"{seen.target:,}{unit}",
        _minute(seen.until, zone),
    )


def _minute(moment: datetime | None, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}" if moment else "–"


def _show_board(view: LeaderboardView) -> None:
    out = console()
    out.print(f"{view.board}, {view.period}, until {view.ends_at:%Y-%m-%d %H:%M} UTC")
    if not view.is_shown:
        out.print("Too few take part: nothing is shown, so that nobody can be guessed.")
    else:
        out.print(f"{view.participants:,} take part")
        out.print(_places(view.top))
        if view.around and view.rank and view.rank > len(view.top):
            out.print(_places(view.around))
    if view.is_member:
        place = f", place {view.rank:,}" if view.rank else ""
        out.print(f"own score {view.score:,}{place}")


def _places(places: tuple[Place, ...]) -> Any:
    rows = [
        (f"{place.rank:,}", Text(place.name, "bold" if place.is_me else ""), f"{place.score:,}")
        for place in places
    ]
    return number_table(("place", "name", "score"), rows, numbers=(0, 2))
