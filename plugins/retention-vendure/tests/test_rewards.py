"""Rewards from points to a checkout on a real Vendure server, whatever breaks on the way."""

import importlib.util
import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from retention_sdk.errors import RewardRefused
from retention_sdk.loyalty.rewards import IssueState
from retention_sdk.pipeline.rewards.orders import note_rewards
from retention_sdk.storage import open_store
from retention_sdk.testing import money
from tests.proxy import cutting_proxy

WORKER = Path(__file__).parent / "server/redeemer.py"
KILLS = 100 if os.environ.get("RETENTION_SOAK") else 3
COUPONS = """query ($c: String!) { promotions(options: { filter: { couponCode: { eq: $c } } }) {
  items { id enabled } } }"""


def _load(file):
    """Tests are no package: a helper beside them is loaded by its path."""
    spec = importlib.util.spec_from_file_location(f"vendure_{file.stem}", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


redeemer = _load(WORKER)


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path}/shop.db"


@pytest.fixture
def store(url):
    with open_store(url, key=redeemer.KEY) as opened:
        yield opened


@pytest.fixture
def desk(shop, store):
    return redeemer.open_desk(store, shop.settings(), soap=shop.soap)


@pytest.fixture
def ada(desk):
    return redeemer.ada(desk)


@pytest.fixture
def gross_channel(shop):
    """The channel's prices include tax for one test: the soap costs 12.99 EUR."""
    shop.set_prices_include_tax(True)
    yield
    shop.set_prices_include_tax(False)


def balance(desk, who):
    with desk.store.reading() as connection:
        return desk.book.ledger("").balance(connection, who, now=desk.clock()).balance


def enabled(shop, code):
    """Return whether each promotion with a code is switched on."""
    found = shop.server.admin(COUPONS, c=code)["promotions"]["items"]
    return [each["enabled"] for each in found]


def code_of(desk, issue):
    with desk.store.reading() as connection:
        return desk.book.code_of(connection, issue)


def bought_with(desk, shop, code, **how):
    """Buy with a code, tell the store of the order, and return it."""
    adapter = desk.adapter("vendure")
    order = adapter.fetch_order(shop.buy(coupon=code, **how)["id"])
    with desk.store.begin() as connection:
        used = note_rewards(
            desk.store,
            connection,
            order,
            shop_id="soap.example",
            ledgers=desk.book.ledgers.values(),
            now=desk.clock(),
        )
    assert 1 == len(used)
    return order


@pytest.mark.parametrize(
    "case",
    [
        ("percent", "pickup", "13.91 EUR"),  # 12.99 less 10 % is 11.69, with 19 % tax 13.91
        ("shipping", "post", "15.46 EUR"),  # 15.46 and nothing for sending it
        ("soap", "post", "5.95 EUR"),  # the one soap is free, sending it is not
    ],
)
def test_points_pay_a_code_that_a_real_checkout_takes_once(shop, desk, ada, case):
    reward, method, total = case
    redeemed = desk.redeem(ada, reward)
    assert ("issued", redeemer.POINTS - 100) == (redeemed.state, balance(desk, ada))
    order = bought_with(desk, shop, redeemed.code, method=method, total=total)

    assert money(total) == order.total
    assert ["redeemed"] == [each.state for each in desk.list(ada)]
    with pytest.raises(AssertionError, match="COUPON_CODE_LIMIT_ERROR"):
        shop.buy(method=method, coupon=redeemed.code, total=total)


def test_an_amount_is_taken_off_where_prices_include_tax(shop, desk, ada, gross_channel):
    """12.99 less 5.00."""
    redeemed = desk.redeem(ada, "amount")
    order = bought_with(desk, shop, redeemed.code, method="pickup", total="7.99 EUR")

    assert money("7.99 EUR") == order.total


def test_an_amount_without_tax_is_refused_for_good_and_the_points_are_back(desk, ada):
    redeemed = desk.redeem(ada, "amount")

    assert ("returned", redeemer.POINTS) == (redeemed.state, balance(desk, ada))
    assert "use a percentage" in redeemed.reason


def test_gift_cards_are_offered_to_nobody(desk, ada):
    with pytest.raises(RewardRefused, match="nothing here can make"):
        desk.redeem(ada, "card")


def test_cancelled_reward_is_refused_at_the_checkout(shop, desk, ada):
    redeemed = desk.redeem(ada, "percent")
    desk.cancel(redeemed.id, reason="mistake")

    assert [False] == enabled(shop, redeemed.code)
    assert redeemer.POINTS == balance(desk, ada)
    with pytest.raises(AssertionError, match="COUPON_CODE_INVALID_ERROR"):
        shop.buy(method="pickup", coupon=redeemed.code, total="13.91 EUR")


@pytest.mark.parametrize(
    "cut",
    [("request", 0), ("request", 400), ("answer", 0), ("answer", 300), ("answer", 1500)],
)
def test_connection_that_breaks_leaves_one_code_and_one_payment(vendure, shop, store, ada, cut):
    """Cut before, in the middle of, and after what asks for the code; then asked again."""
    port = int(vendure.admin_url.split(":")[2].split("/")[0])
    with cutting_proxy(port) as proxy:
        broken = shop.settings(url=f"http://127.0.0.1:{proxy.port}/admin-api", timeout_s=20)
        desk = redeemer.open_desk(store, broken, soap=shop.soap)
        proxy.cut_after(*cut)
        held = desk.redeem(ada, "percent", key="form 1")
        assert ("held", "") == (held.state, held.code)
        assert redeemer.POINTS - 100 == balance(desk, ada)
        proxy.heal()
        redeemed = desk.redeem(ada, "percent", key="form 1")

    assert ("issued", held.id) == (redeemed.state, redeemed.id)
    assert ([True], redeemer.POINTS - 100) == (enabled(shop, redeemed.code), balance(desk, ada))


def test_killed_redemptions_leave_no_code_unpaid_and_no_payment_without_code(
    shop, store, url, tmp_path
):
    """Killed while it redeems and takes back on the server; then one sweep ends what is open."""
    settings = tmp_path / "settings.json"
    settings.write_text(json.dumps(shop.settings()))
    for seed in range(KILLS):
        moment = random.Random(seed)
        keys = [f"{seed}-{n}" for n in range(30)]
        worker = subprocess.Popen(
            [sys.executable, str(WORKER), url, str(settings), "percent", *keys],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(moment.randrange(1, 4)):
            assert worker.stdout.readline(), worker.stderr.read()
        time.sleep(moment.random() * 0.3)
        worker.kill()
        worker.communicate()

    desk = redeemer.open_desk(store, shop.settings())
    assert () == desk.retry_open().waiting
    ada = redeemer.ada(desk)
    with store.reading() as connection:
        issues = store.rewards.of_person(connection, ada)
        assert desk.book.ledger("").verify(connection).is_clean
    issued = [each for each in issues if each.state == IssueState.ISSUED]
    assert issued
    assert redeemer.POINTS - 100 * len(issued) == balance(desk, ada)
    for each in issues:
        switched_on = sum(enabled(shop, code_of(desk, each)))
        assert (each.id, int(each in issued)) == (each.id, switched_on)
