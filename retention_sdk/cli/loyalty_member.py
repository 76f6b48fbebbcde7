"""``retention loyalty member``: what a storefront shows somebody, in their own language."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from ..app import Retention
from ..l10n import strip_isolates
from .loyalty_people import Customer, Points, find_person, open_ledger
from .output import DEFAULT_CONFIG, ConfigFile, Json, console, emit

if TYPE_CHECKING:
    from ..loyalty.member_view import MemberView

Locale = Annotated[
    str, typer.Option("--locale", help="In which language, such as fa; without it the customer's.")
]
Currency = Annotated[str, typer.Option("--currency", help="For amounts; the shop's without it.")]
Last = Annotated[int, typer.Option("--last", min=0, help="How many lines of history.")]


def member(
    customer: Customer,
    locale: Locale = "",
    currency: Currency = "",
    last: Last = 10,
    points: Points = "",
    config: ConfigFile = DEFAULT_CONFIG,
    json: Json = False,
) -> None:
    """Show what a member reads: points, level, rewards, friends and goals. --json for a page."""
    with Retention.from_file(config) as shop:
        program = open_ledger(shop, points).program
        with shop.store.reading() as connection:
            subject_id = find_person(shop, connection, customer)
        assert shop.loyalty is not None  # there is a ledger
        view = shop.loyalty.members.view(
            subject_id, locale=locale, currency=currency, program=program.id, history_max=last
        )
    emit(view.model_dump(mode="json"), as_json=json, human=lambda: _show(view))


def _show(view: MemberView) -> None:
    """Print the texts alone; terminals order a line by themselves."""
    out = console()
    for line in _lines(view):
        out.print(Text(strip_isolates(line)))


def _lines(view: MemberView) -> Iterator[str]:
    if view.name:
        yield view.name
    points = (view.balance, view.pending, view.held, view.expiring, view.owed)
    yield from (line.text for line in points if line)
    if tier := view.tier:
        ahead = tier.progress.text if tier.progress else ""
        yield from filter(None, (tier.text, tier.until_text, ahead))
    for reward in view.rewards:
        about = "; ".join(filter(None, (reward.details, reward.minimum, reward.text)))
        yield f"· {reward.name} ({reward.price}): {about}"
    if friends := view.referral:
        yield from (friends.text, friends.invitation, friends.share)
        yield from (f"· {friend.text}" for friend in friends.friends)
    for goal in view.goals:
        yield "· " + "; ".join(filter(None, (goal.name, goal.text, goal.brings, goal.ends_text)))
    for entry in view.history:
        yield f"{entry.day}  {entry.change:>8}  {entry.label}"
