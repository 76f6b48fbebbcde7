"""Cards as they are really drawn, and as they are finished for each press."""

from __future__ import annotations

from functools import cache
from itertools import product

import pytest

from retention_sdk.inserts import render_card
from retention_sdk.inserts.formats import get_format
from retention_sdk.inserts.press import finish_for_press
from retention_sdk.inserts.profiles import get_profile
from retention_sdk.model import Palette

# A brand that says how its colours are mixed, of two inks each: what a press prints sharply.
PALETTE = Palette.model_validate(
    {
        "inks": {
            "#7a2e2e": {"cmyk": (0, 90, 60, 0)},
            "#c98b3c": {"cmyk": (0, 40, 80, 0)},
            "#fbf7ef": {"cmyk": (0, 2, 6, 0)},
        }
    }
)
CONDITIONS = (
    *product(("coated_fogra39", "coated_gracol", "uncoated"), ("x-1a", "x-4")),
    ("digital_rgb", None),
    ("thermal", None),
)


@pytest.fixture(scope="session")
def finished(samples, created_at):
    """Return a function that gives a sample card as a printing condition wants it."""

    @cache
    def make(tag: str, profile: str, pdfx: str | None, *, marks: bool = False) -> bytes:
        card = samples[tag].model_copy(update={"palette": PALETTE})
        drawn = render_card(card, created_at=created_at).pdf.data
        if profile == "thermal":
            return drawn
        return finish_for_press(
            drawn,
            profile=get_profile(profile),
            palette=PALETTE,
            format=get_format("a6"),
            created_at=created_at,
            pdfx=pdfx,
            marks=marks,
            title="card",
        )

    return make


@pytest.fixture(scope="session")
def created_at():
    from datetime import UTC, datetime

    return datetime(2026, 11, 14, 9, tzinfo=UTC)
