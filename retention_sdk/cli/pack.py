"""``retention pack``: a packing desk. A scanner types order numbers, and the cards come out."""

from __future__ import annotations

import json as json_module
import sys
from collections.abc import Callable, Iterable, Iterator
from io import TextIOWrapper
from typing import Annotated

import typer

from ..app import Retention
from ..inserts.profiles import DEFAULT_PROFILE
from ..pipeline.cards.desk import Handout, PackingDesk
from ..pipeline.cards.draw import Medium
from ..pipeline.cards.presses import presses_of
from .choices import PaperFormat, Profile, pick_format, pick_profile, refuse
from .output import DEFAULT_CONFIG, ConfigFile, Json

_BELL = "\a"


def command(
    numbers: Annotated[
        list[str] | None, typer.Argument(help="Order numbers; without, each line of the input.")
    ] = None,
    backend: Annotated[str, typer.Option(help="The channel that prints.")] = "folder",
    card_format: PaperFormat = "",
    profile: Profile = DEFAULT_PROFILE,
    again: Annotated[
        bool, typer.Option("--again", help="Print another copy, packed or not: it is torn or lost.")
    ] = False,
    config: ConfigFile = DEFAULT_CONFIG,
    json: Json = False,
) -> int:
    """Hand out the card of each scanned order: print it if need be, and mark it packed."""
    with Retention.from_file(config) as shop:
        channel = shop.channel(backend)
        if channel.is_deferred:
            refuse("--backend", f"{backend} prints nothing; name the channel of a printer")
        paper = pick_format(card_format or shop.config.inserts.format)
        desk = PackingDesk(
            room=shop.press_room,
            channel=channel,
            medium=Medium(
                format=paper.name,
                profile=pick_profile(profile, shop.config).name,
                presses=presses_of(shop.config),
            ),
            gifts=shop.loyalty.parcel_gifts if shop.loyalty else None,
        )
        desk.warm_up()
        if not numbers and sys.stderr.isatty():
            print("ready: scan an order number", file=sys.stderr)
        hand_out: Callable[[str], Handout] = desk.print_again if again else desk.hand_out
        answers = [_tell(hand_out(number), as_json=json) for number in _scans(numbers)]
    return 0 if all(answers) else 6


def _scans(numbers: Iterable[str] | None) -> Iterator[str]:
    """Yield what is scanned: a scanner ends each number with a line break."""
    if numbers:
        yield from numbers
        return
    if isinstance(sys.stdin, TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")  # a scanner set to another code page
    for line in sys.stdin:
        if scanned := line.strip():
            yield scanned


def _tell(handout: Handout, *, as_json: bool) -> bool:
    """Answer at once, one line for each scan; return whether the parcel may be closed."""
    if as_json:
        print(json_module.dumps(handout.model_dump(mode="json"), ensure_ascii=False), flush=True)
    else:
        bell = "" if handout.may_close or not sys.stdout.isatty() else _BELL
        print(f"{bell}{handout.order}: {handout.sentence}", flush=True)
    return handout.may_close
