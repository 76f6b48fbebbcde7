"""``shop.sync`` is ``retention sync`` for programs."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from retention_sdk import Retention, adapter
from retention_sdk.errors import PlatformError, UnsupportedFeature
from retention_sdk.model import Page
from retention_sdk.testing import an_order

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HEAD = "order_id,placed_at,paid_at,currency,total,title,quantity,unit_price,ship_country\n"
ORDER = "{0},{1},{1},EUR,5.00,Bowl,1,5.00,DE\n"


@pytest.fixture
def shop(tmp_path):
    with Retention.offline("Kiln & Leaf", sender="Mira", clock=lambda: NOW) as opened:
        opened.config.platforms["file"] = {"path": str(tmp_path / "orders.csv")}
        yield opened


def write(shop, *moments):
    rows = [ORDER.format(number, moment) for number, moment in enumerate(moments, start=1)]
    Path(shop.config.platforms["file"]["path"]).write_text(HEAD + "".join(rows))


def test_the_past_counts_and_what_comes_later_is_news(shop):
    write(shop, "2026-01-20T10:00:00+01:00", "2026-02-20T10:00:00+01:00")
    first, again = shop.sync("file"), shop.sync("file")
    write(shop, "2026-01-20T10:00:00+01:00", "2026-11-20T12:00:00+00:00")
    later = shop.sync("file")

    assert (2, 4, 0, 1) == (first.orders, first.history, first.news, first.pages)
    assert (NOW, NOW, None) == (first.history_until, first.seen_until, first.since)
    assert (0, 0) == (again.history, again.news)
    assert [] == first.refusals
    assert (0, 0) == (later.history, later.failed)


def test_each_page_is_told_once_it_is_stored(shop, monkeypatch):
    monkeypatch.setattr(adapter, "_PAGE", 2)
    write(shop, *["2026-01-20T10:00:00+01:00"] * 3)
    pages = []
    report = shop.sync("file", on_page=pages.append, since=NOW - timedelta(days=500))

    assert [2, 1] == [page.orders for page in pages]
    assert NOW - timedelta(days=500) == report.since


def test_orders_that_were_passed_over_are_counted_and_named(shop, monkeypatch):
    class Lossy(type(shop.adapter("file"))):
        def order_pages(self, *, updated_since=None, cursor=""):
            yield Page((an_order("5.00 EUR"),), "", tuple(f"row {n}: torn" for n in range(30)))

    lossy = Lossy(shop.adapter("file").settings, shop_id="offline")
    monkeypatch.setattr(shop, "adapter", lambda _: lossy)
    report = shop.sync("file")

    assert (1, 30, 20) == (report.orders, report.refused, len(report.refusals))
    assert "row 0: torn" == report.refusals[0]


def test_a_platform_that_stays_away_is_an_error_after_all_pauses(shop, monkeypatch):
    class Away(type(shop.adapter("file"))):
        def order_pages(self, *, updated_since=None, cursor=""):
            raise PlatformError("busy", adapter=self.name, retryable=True)

    away = Away(shop.adapter("file").settings, shop_id="offline")
    monkeypatch.setattr(shop, "adapter", lambda _: away)
    slept = []

    with pytest.raises(PlatformError, match="busy"):
        shop.sync("file", sleep=slept.append)
    assert [1.0, 5.0, 20.0, 60.0] == slept


def test_a_platform_without_a_list_is_refused(shop):
    shop.config.platforms["demoshop"] = {"webhook_secrets": ["s"]}

    with pytest.raises(UnsupportedFeature, match="does not list orders"):
        shop.sync("demoshop")


def test_the_page_about_it_shows_what_runs(shop, monkeypatch, capsys):
    page = Path(__file__).parents[3] / "docs" / "howto" / "sync.md"
    blocks = re.findall(r"```python\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    (code,) = (each for each in blocks if "shop.sync" in each)
    write(shop, "2026-01-20T10:00:00+01:00")
    monkeypatch.setattr(Retention, "from_file", lambda _: shop)
    exec(compile(code.replace('"vendure"', '"file"'), page.name, "exec"), {})

    assert ["1 orders", "2 0 0 0 0"] == capsys.readouterr().out.splitlines()
