"""``retention consent untold``: answers that a platform could not be told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from ..app import Retention
from .output import DEFAULT_CONFIG, ConfigFile, Json, console, emit, table

if TYPE_CHECKING:
    from ..pipeline.privacy.untold import Untold

Settle = Annotated[
    bool, typer.Option("--settle", help="Take what is listed off the list: you saw to it.")
]


def command(
    settle: Settle = False, config: ConfigFile = DEFAULT_CONFIG, json: Json = False
) -> None:
    """List answers that a platform could not be told, and why: tell it by hand.

    It may write to these people against their will until then. The list names them: handle it as
    personal data.
    """
    from ..pipeline.privacy.untold import list_untold

    with Retention.from_file(config) as shop:
        store, shop_id = shop.store, shop.config.shop.id
        with store.begin() if settle else store.reading() as connection:
            found = list_untold(store, connection, shop_id, at=shop.clock())
            for row, _ in found if settle else ():
                store.due.settle(connection, row)
    untold = [each for _, each in found]
    answer = [each.model_dump(mode="json") for each in untold]
    emit(answer, as_json=json, human=lambda: _show(untold, settle))


def _show(found: Sequence[Untold], is_settled: bool) -> None:
    if not found:
        console().print("Every answer was told to the platforms that keep such answers.")
        return
    rows = [
        (
            f"{each.answered_at:%Y-%m-%d}",
            each.customer or each.email or "(nobody knows)",
            each.email_answer,
            each.sms_answer,
            each.why,
        )
        for each in found
    ]
    console().print(table(("day", "who", "e-mail", "SMS", "why"), rows))
    if is_settled:
        console().print(f"{len(found)} settled.")
