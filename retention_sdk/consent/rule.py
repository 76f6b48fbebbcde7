"""One consent rule: what the law of one place asks, with its source, its dates and its version."""

from __future__ import annotations

import json
from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ..model import Record
from ..model.base import Line, Paragraph
from .quiet import QuietHours

_VERSION_DIGITS = 12


class Basis(StrEnum):
    """What a rule asks for before something may be sent, from nothing to a recorded yes."""

    NONE = "none"
    OPT_OUT = "opt_out"
    SOFT_OPT_IN = "soft_opt_in"
    OPT_IN = "opt_in"

    @property
    def strictness(self) -> int:
        """0 for none, 3 for opt-in."""
        return _ORDER.index(self)


_ORDER = (Basis.NONE, Basis.OPT_OUT, Basis.SOFT_OPT_IN, Basis.OPT_IN)
_Months = Annotated[int | None, Field(ge=1, le=600)]
_Region = Annotated[str, Field(pattern=r"^(\*|[A-Z]{2}(-[A-Z0-9]{1,5})?)$")]


class Cap(Record):
    """At most ``count`` messages within any ``hours``."""

    count: Annotated[int, Field(ge=1, le=1000)]
    hours: Annotated[int, Field(ge=1, le=24 * 366)]


class Rule(Record):
    """One rule of one jurisdiction. Columns are explained in ``data/SOURCES.md``.

    It holds from ``in_force_from`` to ``effective_until``, both days included; None is no known
    beginning or end. ``in_force_note`` keeps the words of the table. ``registry_check`` names a
    list of people who must not be addressed. Nobody younger than ``consent_age`` years can say
    yes for himself; None where the table knows no age. An inquiry is a ground like a sale for
    ``inquiry_months``, and none at all where that is None. ``reviewer`` is who read the rule for
    this table, and empty as long as nobody did. ``replaces`` is for an own rule: the id of the
    shipped one that it stands for once it is signed off.
    """

    rule_id: Annotated[Line, Field(min_length=1)]
    jurisdiction: Line
    region: _Region
    message_class: Literal["transactional", "marketing", "privacy_right"]
    channel: Literal[
        "any", "email", "sms", "whatsapp", "push", "phone", "postal_mail", "parcel_insert"
    ]
    insert_type: Literal["", "own_generic", "own_personalised", "third_party"] = ""
    basis_code: Basis
    basis: Paragraph
    basis_conditions: Paragraph = ""
    consent_expiry: Paragraph = ""
    quiet_hours: QuietHours | None = None
    quiet_hours_note: Paragraph = ""
    quiet_days_note: Paragraph = ""
    frequency_cap: Paragraph = ""
    cap: Cap | None = None
    registry_check: Paragraph = ""
    mandatory_content: Paragraph = ""
    optout_deadline: Paragraph = ""
    evidence: Paragraph = ""
    age_rule: Paragraph = ""
    consent_age: Annotated[int | None, Field(ge=1, le=21)] = None
    in_force_from: date | None = None
    in_force_note: Line = ""
    effective_until: date | None = None
    citation: Annotated[Paragraph, Field(min_length=1)]
    source: Paragraph = ""
    source_read: Literal["page", "statute-known", "derived"]
    confidence: Literal["high", "medium", "low"]
    reviewer: Line = ""
    note: Paragraph = ""
    opt_in_proof: Literal["", "confirmed"] = ""
    opt_in_months: _Months = None
    soft_opt_in_months: _Months = None
    inquiry_months: _Months = None
    replaces: Line = ""

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        since, until = self.in_force_from, self.effective_until
        if since is not None and until is not None and until < since:
            raise ValueError("effective_until: is before in_force_from")
        if self.insert_type and self.channel != "parcel_insert":
            raise ValueError("insert_type: is for the channel parcel_insert")
        return self

    @property
    def version(self) -> str:
        """The first 12 hexadecimal digits of the SHA-256 of what the rule says.

        A signature binds to it. Who reviewed the rule is not part of what it says.
        """
        columns = said(self)
        columns.pop("reviewer", None)
        return sha256(canonical_json(columns).encode()).hexdigest()[:_VERSION_DIGITS]

    def is_in_force(self, day: date) -> bool:
        """Whether the rule has begun by that day, and not ended before it."""
        since, until = self.in_force_from, self.effective_until
        return (since is None or since <= day) and (until is None or day <= until)


def canonical_json(document: object) -> str:
    """Return JSON whose bytes depend on the content alone: sorted keys, no spaces, no escapes."""
    return json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def said(rule: Rule) -> dict[str, object]:
    """Return the columns that differ from their default.

    A column added to the table later leaves the hash of every older rule as it was.
    """
    return rule.model_dump(mode="json", exclude_defaults=True)
