"""What a preflight found: findings with a stable code, a place and a way to mend it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, model_validator

from ...model import Record
from .rules import RULES, Severity

Depth = Literal["card", "full"]
"""How much is looked at: what can differ from card to card, or everything."""


class Place(Record):
    """A rectangle on a page, in millimetres from the upper left corner of the trimmed card."""

    x_mm: float
    y_mm: float
    width_mm: float
    height_mm: float

    def __str__(self) -> str:
        size = f"{self.width_mm:.1f} × {self.height_mm:.1f} mm"
        return f"{size} at {self.x_mm:.1f}, {self.y_mm:.1f} mm"


class Finding(Record):
    """One thing that is wrong. ``code`` is stable and documented; ``page`` counts from 1."""

    code: str
    severity: Severity
    page: Annotated[int, Field(ge=1)] | None = None
    place: Place | None = None
    message: str
    fix: str

    @model_validator(mode="after")
    def _is_documented(self) -> Finding:
        if self.code not in RULES:
            raise ValueError("the code of a finding stands in RULES")
        return self

    def __str__(self) -> str:
        page = f", page {self.page}" if self.page else ""
        place = f", {self.place}" if self.place else ""
        return f"{self.severity} {self.code}{page}{place}: {self.message}; {self.fix}"


class Report(Record):
    """Everything that was found in one file; no findings means that it may be printed."""

    profile: str
    format: str
    depth: Depth
    pages: int
    findings: tuple[Finding, ...] = ()

    @property
    def has_errors(self) -> bool:
        """Tell whether a printer would refuse the file, or a customer be left without a code."""
        return any(finding.severity == "error" for finding in self.findings)

    @property
    def codes(self) -> frozenset[str]:
        """The codes of all findings."""
        return frozenset(finding.code for finding in self.findings)

    def text(self) -> str:
        """Return the report for a person, one finding a line."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        count = Counter(finding.severity for finding in self.findings)
        pages = "1 page" if self.pages == 1 else f"{self.pages} pages"
        yield f"{self.profile}, {self.format}, {pages}: " + (
            ", ".join(f"{number} {severity}(s)" for severity, number in sorted(count.items()))
            or "nothing to object to"
        )
        yield from (f"  {finding}" for finding in self.findings)


def make_finding(
    code: str, message: str, *, page: int | None = None, place: Place | None = None
) -> Finding:
    """Return a finding with the severity and the remedy of its code."""
    rule = RULES[code]
    return Finding(
        code=code, severity=rule.severity, page=page, place=place, message=message, fix=rule.fix
    )
