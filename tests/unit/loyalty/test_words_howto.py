"""What the page about what members read shows, works."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from retention_sdk import Retention
from retention_sdk.cli import main
from retention_sdk.l10n import strip_isolates
from retention_sdk.messages import loyalty
from retention_sdk.testing import a_customer, a_paid_event, an_order

PAGE = Path(__file__).parents[3] / "docs" / "howto" / "loyalty-words.md"
TEXT = PAGE.read_text(encoding="utf-8")
(TABLE,) = re.findall(r"^```toml\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
(CODE,) = re.findall(r"^```python\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """A shop with the programme of the page, and a member who bought for 120 euros."""
    monkeypatch.chdir(tmp_path)
    assert 0 == main(["init", "--name", "Soap & Sons", "--country", "DE"])
    file = Path("retention.toml")
    file.write_text(f"{file.read_text().split('[loyalty')[0]}\n{TABLE}", encoding="utf-8")
    with Retention.from_file("retention.toml") as opened:
        at = datetime.now(tz=UTC)
        customer = a_customer(id="7")
        order = an_order(
            customer=customer, total="120.00 EUR", shipping=None, placed_at=at, paid_at=at
        )
        event = a_paid_event(order, shop_id=opened.config.shop.id, occurred_at=at)
        (outcome,) = opened.ingest([event])
        assert "done" == outcome.state


def test_the_example_says_what_the_page_says(shop):
    known: dict[str, object] = {}
    exec(compile(CODE, str(PAGE), "exec"), known)
    view = known["view"]

    assert "۱۲۰ امتیاز دارید." == strip_isolates(view.balance.text)
    assert (38_000, "EUR") == (view.tier.progress.missing, view.tier.progress.currency)
    assert ("باشگاه صابون", "rtl") == (view.name, view.direction)
    assert "طلایی" in view.tier.progress.text


def test_the_page_names_every_event_that_is_written_about():
    named = set(re.findall(r"^\| `([a-z_]+)`", TEXT, re.MULTILINE)) | {"anniversary"}

    assert set(loyalty._NOTICES) <= named
