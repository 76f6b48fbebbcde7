"""The wish that a birthday event brings, and only while it is one."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from retention_sdk.messages import message_candidates
from retention_sdk.testing import a_customer


@pytest.mark.parametrize(
    ("birthday", "today", "expected"),
    [
        ("04-30", "2027-04-30", 1),
        ("04-30", "2027-05-03", 1),
        ("04-30", "2027-05-04", 0),
        ("04-30", "2027-04-29", 0),
        ("12-31", "2027-01-02", 1),
        ("02-29", "2027-02-28", 1),
        ("02-29", "2027-03-01", 1),
        ("02-29", "2028-02-28", 0),
        ("", "2027-04-30", 0),
    ],
)
def test_a_birthday_brings_a_wish_on_the_day_and_not_long_after(
    make_context, birthday, today, expected
):
    context = make_context(
        event_type="birthday",
        order=None,
        customer=a_customer(birthday=birthday),
        now=datetime.fromisoformat(f"{today}T10:00").replace(tzinfo=UTC),
    )

    assert expected == len(message_candidates(context))
