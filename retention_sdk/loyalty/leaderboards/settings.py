"""``[[loyalty.leaderboards]]``: what is compared, over which time, and from how many on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, NaiveDatetime, StringConstraints, model_validator

from ...model import Settings
from ..earning.settings import RuleId
from ..names import Names

_Word = Annotated[str, StringConstraints(pattern=r"^[^\W\d_]{2,12}$")]


class Leaderboard(Settings):
    """A list of those who chose to be on it, under names of their choice.

    ``measure`` is points earned in the period and not taken back, orders paid and not given back,
    or how far the ``achievement`` is. ``period`` is each calendar week, month, quarter or year in
    the programme's time zone, or *window*, from ``starts`` until just before ``ends``; each has a
    list of its own. Nothing is shown below ``participants_min`` people with a score: among fewer,
    one could tell who is who. ``top`` places are shown, and ``neighbours`` on each side of one's
    own. ``first_words`` and ``second_words`` make names for who does not want to think of one.
    """

    id: RuleId
    names: Names | None = None
    measure: Literal["points", "orders", "achievement"] = "points"
    achievement: str = ""
    period: Literal["week", "month", "quarter", "year", "window"] = "month"
    starts: NaiveDatetime | None = None
    ends: NaiveDatetime | None = None
    participants_min: Annotated[int, Field(ge=3, le=10_000)] = 5
    top: Annotated[int, Field(ge=1, le=100)] = 10
    neighbours: Annotated[int, Field(ge=0, le=20)] = 2
    first_words: Annotated[tuple[_Word, ...], Field(max_length=500)] = ()
    second_words: Annotated[tuple[_Word, ...], Field(max_length=500)] = ()

    @model_validator(mode="after")
    def _takes_time(self) -> Self:
        has_both = self.starts is not None and self.ends is not None
        if (self.period == "window") != has_both or (self.starts is None) != (self.ends is None):
            raise ValueError("give starts and ends for a window, and for nothing else")
        if self.starts and self.ends and self.starts >= self.ends:
            raise ValueError("ends before it starts")
        if bool(self.achievement) != (self.measure == "achievement"):
            raise ValueError("name the achievement if it is what is measured, and only then")
        if bool(self.first_words) != bool(self.second_words):
            raise ValueError("give first_words and second_words, or neither")
        return self


def _with_own_names(boards: Sequence[Leaderboard]) -> tuple[Leaderboard, ...]:
    names = [each.id for each in boards]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"two leaderboards have the same id: {', '.join(twice)}")
    return tuple(boards)


Leaderboards = Annotated[
    tuple[Leaderboard, ...], Field(max_length=50), AfterValidator(_with_own_names)
]
"""The leaderboards of a programme, at most 50. They move no point."""


def require_measures(boards: Sequence[Leaderboard], counted: Sequence[str]) -> None:
    """Refuse boards that measure an achievement that cannot be compared or is not there.

    ``counted`` are the achievements with one number for everybody, not amounts by currency.

    Raises:
        ValueError: one does.
    """
    for board in boards:
        if board.achievement and board.achievement not in counted:
            raise ValueError(
                f"leaderboard {board.id!r}: no achievement {board.achievement!r} that counts "
                "things; amounts in several currencies cannot be compared"
            )
