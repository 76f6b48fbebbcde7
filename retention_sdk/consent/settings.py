"""The table ``[consent]`` of ``retention.toml``."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from ..model import Settings


class SignOff(Settings):
    """A lawyer's name under a rule: ``by`` read ``rule_id`` on the day ``on``, and stands for it.

    A rule of low confidence decides by its own words only with a sign-off; so does an own rule
    that is looser than a shipped one. ``version`` is the hash of the rule that was read: a rule
    that changed later needs a new signature.
    """

    rule_id: Annotated[str, Field(min_length=1, max_length=100)]
    by: Annotated[str, Field(min_length=1, max_length=200)]
    on: date
    version: Annotated[str, Field(pattern=r"^[0-9a-f]{12}$")]
    note: Annotated[str, Field(max_length=500)] = ""


class ConsentConfig(Settings):
    """How the shop asks and decides.

    ``base_url`` is where its pages for unsubscribing and preferences are served, as the world sees
    them, with a slash at the end. ``rules`` is a file of own rules, with the columns of the
    shipped table. ``double_opt_in`` asks for a confirmation ``where_required`` by a rule, or
    ``always``; it can be given for ``confirm_days``. ``link_days`` is how long the links in a
    message work: 16 CFR 316.5 and CASL s. 11 want 30 and 60 days at least. ``keep_order_years``
    is how long numbers and amounts of sales outlive an erasure; without, as tax law of the shop's
    country has it.
    """

    base_url: Annotated[str, Field(pattern=r"^(https?://[^\s]+/)?$", max_length=200)] = ""
    rules: str = ""
    sign_offs: tuple[SignOff, ...] = ()
    double_opt_in: Literal["where_required", "always"] = "where_required"
    confirm_days: Annotated[int, Field(ge=1, le=90)] = 7
    link_days: Annotated[int, Field(ge=60, le=3650)] = 730
    keep_order_years: Annotated[int | None, Field(ge=0, le=30)] = None
