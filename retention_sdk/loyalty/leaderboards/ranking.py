"""Places of members, with ties, and what may be shown of them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import Annotated

from pydantic import Field

from ...model import Record
from ...model.base import Instant, PersonalLine


class Place(Record):
    """One line of a leaderboard. Equal scores have equal ranks, and the next one is left out."""

    rank: Annotated[int, Field(ge=1)]
    name: PersonalLine
    score: Annotated[int, Field(ge=0)]
    is_me: bool = False


class LeaderboardView(Record):
    """What somebody may see of a leaderboard.

    ``top`` and ``around`` are empty and ``participants`` is None while too few take part; the own
    ``score`` is one's own and always told. ``rank`` is None for who is not on the list.
    """

    board: str
    period: str
    ends_at: Instant
    is_shown: bool
    participants: int | None = None
    top: tuple[Place, ...] = ()
    around: tuple[Place, ...] = ()
    is_member: bool = False
    score: Annotated[int, Field(ge=0)] = 0
    rank: int | None = None


def rank(scores: Mapping[str, int]) -> tuple[tuple[int, str, int], ...]:
    """Return rank, key and score of all, best first; zero is no place.

    >>> rank({"a": 7, "b": 9, "c": 7, "d": 1})
    ((1, 'b', 9), (2, 'c', 7), (2, 'a', 7), (4, 'd', 1))
    """
    ordered = sorted(((s, key) for key, s in scores.items() if s > 0), reverse=True)
    places, ahead = [], 0
    for _, tied in groupby(ordered, key=lambda pair: pair[0]):
        same = list(tied)
        places += [(ahead + 1, key, score) for score, key in same]
        ahead += len(same)
    return tuple(places)


def places(
    lines: Sequence[tuple[str, int]],
    names: Mapping[str, str],
    *,
    rank_of: Callable[[int], int],
    me: str = "",
) -> tuple[Place, ...]:
    """Return lines as places; who has no name any more is left out.

    ``rank_of`` returns one more than how many have a higher score. It is asked once per score.
    """
    ranks = {score: rank_of(score) for score in sorted({score for _, score in lines})}
    return tuple(
        Place(rank=ranks[score], name=names[key], score=score, is_me=key == me)
        for key, score in lines
        if names.get(key)
    )
