"""The example programmes: the same in TOML and in Python, and every part of them at work."""

from __future__ import annotations

import importlib.util
import random
import runpy
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from retention_sdk.loyalty import Program
from retention_sdk.loyalty.simulate import Assumptions, simulate
from retention_sdk.model import Customer, Money, OrderLine, OrderPaid

EXAMPLES = Path(__file__).parents[3] / "examples" / "loyalty"
NAMES = ("small", "large")
PARTS = ("rules", "tiers", "rewards", "referral", "achievements", "point_value", "names")
SOME = {"redeem": 0.5, "referral": 0.5, "review": 0.3}
MORE = {"survey": 0.2, "signup": 1, "newsletter": 0.5, "follow": 0.5}
MARCH = datetime(2026, 3, 1, 12, tzinfo=UTC)


def from_file(name: str) -> Program:
    text = (EXAMPLES / f"{name}.toml").read_text("utf-8")
    return Program.model_validate(tomllib.loads(text)["loyalty"])


@pytest.fixture(scope="module")
def python():
    spec = importlib.util.spec_from_file_location("programme", EXAMPLES / "programme.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", NAMES)
def test_python_and_toml_are_the_same_programme(python, name):
    """Also what moves no point and is left out of dumps: names, values, catalogues."""
    assert from_file(name) == getattr(python, name)()


@pytest.mark.parametrize("name", NAMES)
def test_no_part_is_missing(name):
    program = from_file(name)

    assert [] == [part for part in PARTS if not getattr(program, part)]


def test_the_large_one_has_every_part_and_every_kind_of_reward():
    program = from_file("large")
    unset = set(Program.model_fields) - program.model_fields_set

    assert {"rewards_platform"} == unset
    assert 11 == len({reward.kind for reward in program.rewards})
    assert 14 == len({rule.kind for rule in program.rules})


def test_the_script_tells_what_an_order_earns(capsys):
    """38 for the money; 32.69 without 19 % tax would be less, but the order tells no tax.

    389 in the large shop, doubled in that week, and 500 for the first order.
    """
    runpy.run_path(str(EXAMPLES / "programme.py"), run_name="__main__")

    assert [
        "88 leaves: 38 order + 50 first-order",
        "1278 stars: 778 order + 500 first-order",
    ] == capsys.readouterr().out.splitlines()


@pytest.mark.parametrize(
    ("name", "taken", "assumed"),
    [
        ("small", {"small-soap", "tree"}, SOME),
        # The others wait for a country, a season, or somebody who comes back.
        ("large", {"five-off", "refill", "cinema", "gift-card"}, SOME | MORE),
    ],
)
def test_a_year_of_orders_uses_all_of_a_programme(make_order, name, taken, assumed):
    """Thirty people; points come from every rule that orders and assumptions can meet."""
    program, made_of = from_file(name), random.Random(name)
    goods = {"tea": (), "own-label": (), "clearance": (), "": ("REFILL-500",), "books": ()}
    events = []
    for number in range(400):
        at = MARCH + timedelta(hours=number * 22)
        price = Money(minor=made_of.randrange(1500, 9000), currency="EUR")
        lines = tuple(
            OrderLine(
                id=category or "refill",
                title="Thing",
                quantity=1,
                unit_price=price,
                total=price,
                categories=(category,) if category else (),
                sku="".join(skus),
                brand="Kiln & Leaf" if category == "tea" else "",
            )
            for category, skus in made_of.sample(sorted(goods.items()), 2)
        )
        order = make_order(
            price.minor * 2,
            order_id=str(number),
            lines=lines,
            customer=Customer(id=f"c{int(30 * made_of.random() ** 4)}"),
            placed_at=at,
            paid_at=at,
        )
        events.append(OrderPaid(id=f"p{number}", shop_id="tea", occurred_at=at, order=order))

    made = simulate(program, events, assumed=Assumptions(**assumed))

    timeless = {"birthday", "anniversary", "cap", "excluded", "multiplier"}
    expected = {rule.id for rule in program.rules if rule.kind not in timeless}
    assert set() == expected - set(made.sources)
    assert "order" in made.sources
    assert taken <= {use.reward for use in made.rewards}
    assert made.referrals
    assert 1 < sum(number > 0 for number in made.tiers.values())
    assert made.report.lines[-1].closing == sum(
        line.issued - line.redeemed - line.expired - line.reversed for line in made.report.lines
    )
