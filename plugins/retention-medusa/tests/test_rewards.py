"""Points for store credit on a real Medusa: paid in once, captured, or everything back."""

from __future__ import annotations

from datetime import timedelta
from threading import Thread

import pytest
from retention_medusa.adapter import MedusaAdapter

from retention_sdk import Brand, Config, Sender
from retention_sdk.loyalty import Hand, PointsLedger, Program
from retention_sdk.pipeline.rewards.wiring import open_rewards
from retention_sdk.storage import open_store
from retention_sdk.testing import FrozenClock, a_customer, a_paid_event, a_shop, an_order, money
from tests.proxy import cutting_proxy

KEY = bytes(range(32))
SHOP = "soap.example"
POINTS = 10_000
PROGRAM = Program.model_validate(
    {
        "rates": {"EUR": {"points": 1, "per_minor": 100}},
        "rewards_platform": "medusa",
        "rewards": [
            {
                "id": "five",
                "kind": "account_credit",
                "points": 100,
                "names": {"en": "Five euros"},
                "worth_minor": {"EUR": 505},
            }
        ],
    }
)


@pytest.fixture
def store(tmp_path):
    with open_store(f"sqlite:///{tmp_path}/shop.db", key=KEY) as opened:
        yield opened


@pytest.fixture
def clock():
    return FrozenClock()


@pytest.fixture
def open_desk(store, clock):
    """Return a function that makes a desk for a server with some settings."""

    def make(settings):
        brand = Brand(name="Soap", sender=Sender(name="Mary"))
        return open_rewards(
            Config(shop=a_shop(), brand=brand, loyalty=PROGRAM),
            store=store,
            ledgers=[PointsLedger(store, PROGRAM)],
            adapter=lambda _: MedusaAdapter.from_config(settings, shop_id=SHOP),
            clock=clock,
        )

    return make


@pytest.fixture
def account(shop):
    return shop.new_account()


@pytest.fixture
def desk(shop, open_desk):
    return open_desk(shop.settings())


@pytest.fixture
def ada(desk, account):
    """The member of an account that an order from this server told of."""
    return member(desk, account["id"])


def member(desk, account_id):
    store, now = desk.store, desk.clock()
    order = an_order(customer=a_customer(id=account_id))
    paid = a_paid_event(order, id=f"medusa:paid:{account_id}", shop_id=SHOP)
    with store.begin() as connection:
        store.inbox.receive(connection, [paid], now=now)
        who = store.subjects.subject_for(connection, SHOP, f"id:{account_id}", now=now)
        hand = Hand(actor="test", reason="test")
        desk.book.ledger("").adjust(connection, who, POINTS, hand=hand, key="test", now=now)
    return who


def points(desk, who):
    with desk.store.reading() as connection:
        ledger = desk.book.ledger("")
        assert ledger.verify(connection).is_clean
        return ledger.balance(connection, who, now=desk.clock()).balance


def credit(shop, account):
    """Return the notes of what was paid into an account, and its balance."""
    path = f"store-credit-accounts?customer_id={account['id']}"
    found = shop.server.admin("GET", path)["store_credit_accounts"]
    if not found:
        return [], 0
    path = f"store-credit-accounts/{found[0]['id']}/transactions"
    rows = shop.server.admin("GET", path)["transactions"]
    return [row["note"] for row in rows], found[0]["balance"]


def test_points_become_credit_that_pays_a_part_of_a_real_order(shop, desk, ada, account):
    """21.4081 less 5.05 is 16.3581 to pay; a repetition of the form pays nothing more."""
    redeemed = desk.redeem(ada, "five", key="form 1")
    again = desk.redeem(ada, "five", key="form 1")

    assert ("issued", "", POINTS - 100) == (redeemed.state, redeemed.code, points(desk, ada))
    assert redeemed.id == again.id
    assert ([f"reward:{redeemed.id}"], 5.05) == credit(shop, account)

    cart = shop.cart("de", email=account["email"], token=account["token"])
    path = f"carts/{cart['id']}/store-credits"
    left = shop.server.store("POST", path, {"amount": 5.05}, account["token"])
    assert 16.3581 == left["cart"]["total"]
    order = desk.adapter("medusa").fetch_order(shop.pay(cart, total="21.41 EUR")["id"])
    assert money("21.41 EUR") == order.total


def test_a_server_that_refuses_gives_the_points_back(shop, desk):
    """The server knows no such customer."""
    nobody = member(desk, "cus_nobody")
    redeemed = desk.redeem(nobody, "five")

    assert ("returned", POINTS) == (redeemed.state, points(desk, nobody))
    assert "404" in redeemed.reason


def test_an_answer_that_is_lost_after_the_server_paid_is_one_payment(
    medusa, shop, open_desk, account, clock
):
    """Ever fewer bytes of the answers arrive, until the one about the payment does not."""
    with cutting_proxy(int(medusa.rpartition(":")[2])) as proxy:
        settings = {**shop.settings(), "url": f"http://127.0.0.1:{proxy.port}", "timeout_s": 20}
        desk = open_desk(settings)
        ada = member(desk, account["id"])
        for tries in range(1, 41):
            proxy.cut_after("answer", 4_000 - 100 * tries)
            first = desk.redeem(ada, "five", key=f"form {tries}")
            if first.state == "held":
                break
        assert f"reward:{first.id}" in credit(shop, account)[0]
        proxy.heal()
        clock.now += timedelta(hours=1)
        done = desk.redeem(ada, "five", key=f"form {tries}")

    assert (first.id, "issued") == (done.id, done.state)
    notes, balance = credit(shop, account)
    assert (1, tries * 505) == (notes.count(f"reward:{done.id}"), round(balance * 100))
    assert POINTS - 100 * tries == points(desk, ada)


def test_two_workers_at_the_same_moment_pay_once(shop, desk, ada, account):
    """Only one of them asks the server; the other says that it is held, or finds it done."""
    states = []

    def redeem():
        states.append(desk.redeem(ada, "five", key="form 1").state)

    workers = [Thread(target=redeem) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert "issued" in states
    assert {"held", "issued"} >= set(states)
    assert 5.05 == credit(shop, account)[1]
    assert POINTS - 100 == points(desk, ada)
