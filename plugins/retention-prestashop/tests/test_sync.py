"""``retention sync`` with a platform that has no webhooks at all."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from retention_sdk import Brand, Config, Retention, Sender
from retention_sdk.adapter import Capability
from retention_sdk.cli import main
from retention_sdk.config import StoreConfig
from retention_sdk.loyalty.rules import Program, Rate
from retention_sdk.pipeline.incoming.sync import Sync
from retention_sdk.testing import a_shop

LATER = "2031-12-01 10:00:00"


@pytest.fixture
def own(tmp_path):
    """A shop of ours, with a store of its own."""
    config = Config(
        shop=a_shop(),
        brand=Brand(name="Soap", sender=Sender(name="Mary")),
        store=StoreConfig(url=f"sqlite:///{tmp_path}/shop.db", key="42" * 32),
        loyalty=Program(rates={"EUR": Rate(points=1, per_minor=100)}),
        directory=str(tmp_path),
    )
    with Retention(config, environ={}) as found:
        yield found


def run(own, shop, **settings):
    """Sync once; return how many facts were history and news."""
    adapter = shop.adapter(shop_id=own.config.shop.id, **settings)
    pages = list(Sync(intake=own.intake, adapter=adapter, shop_id=own.config.shop.id).run())
    return sum(page.history for page in pages), sum(page.news for page in pages)


def facts(own):
    with own.store.reading() as connection:
        names = connection.exec_driver_sql("SELECT id FROM event").scalars().all()
    return {name.split(":", 3)[3] for name in names if ":order:" in name}


def test_history_is_counted_once_and_news_are_found(own, shop):
    """Four orders placed, one paid, sent and partly refunded, one cancelled: eight facts."""
    first = run(own, shop, page_size=2)
    again = run(own, shop, page_size=2)
    shop.state(6, 2, LATER)

    assert ((8, 0), (0, 0)) == (first, again)
    assert (0, 1) == run(own, shop)
    assert {"7:paid", "7:fulfilled", "7:refunded-1964", "9:cancelled", "6:paid"} <= facts(own)


def test_refund_of_an_old_order_is_not_missed(own, shop):
    """Its credit slip is all that is dated anew."""
    run(own, shop)
    shop.add("order_slip", like=1, id_order="7", date_add=LATER, date_upd=LATER)
    run(own, shop)

    assert "7:refunded-3928" in facts(own)


def test_command_reads_a_shop_that_sends_nothing(shop, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert 0 == main(["init", "--name", "Kiln & Leaf", "--email", "hello@kiln-and-leaf.example"])
    settings = Path("retention.toml")
    table = "\n[platforms.prestashop]\n" + "".join(
        f"{name} = {json.dumps(value)}\n" for name, value in shop.settings().items()
    )
    settings.write_text(settings.read_text() + table)
    capsys.readouterr()
    code = main(["sync", "-p", "prestashop", "--json"])
    told = json.loads(capsys.readouterr().out)

    assert (0, 4, 8, 0) == (code, told["orders"], told["history"], told["news"])
    assert datetime.fromisoformat(told["seen_until"]) <= datetime.now(UTC)


def test_webhooks_are_not_declared(shop):
    webhooks = Capability.WEBHOOKS | Capability.REGISTER_WEBHOOKS

    assert not shop.adapter().capabilities & webhooks
