"""``[loyalty.referral]``: what both sides get, and what a shop asks of a referral."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from ...model import Settings
from ...model.base import Line
from ...model.money import CurrencyCode

Weight = Annotated[int, Field(ge=0, le=100)]
_Minor = Annotated[int, Field(ge=1, le=10**12)]
_Points = Annotated[int, Field(ge=0, le=1_000_000)]
CODE_PLACE = "{code}"


class ReferralRule(Settings):
    """What a shop gives for a referral, and what it asks. Rules of kind ``referral`` give more.

    ``referrer_points`` and ``friend_points`` come when the friend's first order cannot go back
    any more, ``return_days`` after it was paid; ``friend_reward`` is a reward of the programme
    that the friend gets at once, for that first order. From ``from_minor`` on an order counts; a
    currency that is missing in it never reaches the amount. ``yearly_max`` is for how many friends
    of one calendar year a member gets points; the friends get theirs.

    Weights are summed; 100 of them are certainty. From ``review_at`` on a person decides, from
    ``reject_at`` on nobody has to. ``burst_max`` claims within ``burst_hours`` are normal;
    ``disposable_domains`` are added to those we know. Nobody refers themselves, whatever the
    weights. ``link`` is the page for friends, with ``{code}``
    where the code belongs.
    """

    referrer_points: _Points = 0
    friend_points: _Points = 0
    friend_reward: Line = ""
    from_minor: dict[CurrencyCode, _Minor] = Field(default_factory=dict)
    yearly_max: Annotated[int | None, Field(ge=1, le=10_000)] = None
    return_days: Annotated[int, Field(ge=0, le=365)] = 30
    review_at: Annotated[int, Field(ge=1, le=1000)] = 40
    reject_at: Annotated[int, Field(ge=1, le=1000)] = 100
    same_device: Weight = 60
    same_household: Weight = 40
    burst: Weight = 40
    disposable_mailbox: Weight = 30
    burst_max: Annotated[int, Field(ge=1, le=10_000)] = 5
    burst_hours: Annotated[int, Field(ge=1, le=24 * 90)] = 24
    disposable_domains: tuple[Line, ...] = ()
    # Moves no point, so it is no part of the rules that a transaction names.
    link: Annotated[Line, Field(exclude=True)] = ""

    @model_validator(mode="after")
    def _links_to_a_page(self) -> Self:
        is_page = self.link.startswith(("https://", "http://")) and " " not in self.link
        if self.link and not (is_page and CODE_PLACE in self.link):
            raise ValueError("link is no address with {code} in it: https://shop.example/?r={code}")
        return self

    def link_to(self, code: str) -> str:
        """Return the page that a member passes on, empty where the shop set none."""
        return self.link.replace(CODE_PLACE, code)
