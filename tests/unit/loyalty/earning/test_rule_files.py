"""Programmes in files: each error names its path and a way out, and the examples are right."""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import pytest

from retention_sdk import Retention
from retention_sdk.cli import main
from retention_sdk.config import load_config
from retention_sdk.errors import ConfigError
from retention_sdk.loyalty.earning import EarningRule
from retention_sdk.testing import a_customer, a_paid_event, an_order

ROOT = Path(__file__).parents[4]
EXAMPLES = ROOT / "examples" / "loyalty"
GUIDE = ROOT / "docs" / "howto" / "loyalty-programme.md"
BRAND = 'name = "Tea"\n[sender]\nname = "Mira"\n'
SHOP = """
[shop]
id = "tea"
name = "Tea"
country = "DE"
currency = "EUR"
"""


@pytest.fixture
def load(tmp_path):
    def load(loyalty: str):
        (tmp_path / "brand.toml").write_text(BRAND)
        file = tmp_path / "retention.toml"
        file.write_text(SHOP + loyalty)
        return load_config(file, environ={}).loyalty

    return load


def with_rule(text: str) -> str:
    rates = "[loyalty]\n[loyalty.rates]\nEUR = { points = 1, per_minor = 100 }\n"
    fine = '[[loyalty.rules]]\nkind = "signup"\nid = "hello"\npoints = 5\n'
    return f"{rates}{fine}[[loyalty.rules]]\n{text}\n"


@pytest.mark.parametrize(
    ("text", "key", "message", "hint"),
    [
        ('kind = "multiplier"\nid = "d"\nfactr = 2\nfactor = 2', "factr", "not a known key", "factor"),
        ('kind = "multiplier"\nid = "d"', "factor", "is missing", "factor = …"),
        ('kind = "multiplier"\nid = "d"\nfactor = 0.5', "factor", "greater than 1", ""),
        ('kind = "multiplier"\nid = "d"\nfactor = "two"', "factor", "decimal", ""),
        ('kind = "doubler"\nid = "d"', "", "'multiplier'", ""),
        ('id = "d"', "", "discriminator 'kind'", ""),
        ('kind = "signup"\nid = "Big Rule"\npoints = 5', "id", "pattern", ""),
        ('kind = "signup"\nid = "s"\npoints = -5', "points", "greater than or equal to 1", ""),
        ('kind = "units"\nid = "u"\npoints = 5', "", "names no goods", ""),
        ('kind = "rate"\nid = "r"\nskus = ["T"]\nrates.EUR.point = 1', "rates.EUR.points", "is missing", ""),
        ('kind = "milestone"\nid = "m"\npoints = 5', "", "either orders or every", ""),
        ('kind = "signup"\nid = "s"\npoints = 5\nstarts = 2026-03-02\nends = 2026-03-01', "", "ends before it starts", ""),
        ('kind = "signup"\nid = "s"\npoints = 5\nstarts = 2026-03-02T00:00:00Z', "starts", "timezone", ""),
        ('kind = "cap"\nid = "c"\npoints = 5\nper = "week"', "per", "'month'", ""),
    ],
)  # fmt: skip
def test_an_error_names_its_path_and_a_way_out(load, text, key, message, hint):
    with pytest.raises(ConfigError) as caught:
        load(with_rule(text))

    told = str(caught.value)
    assert f"loyalty.rules.1{'.' if key else ''}{key}" == caught.value.key
    assert message in told
    assert hint in told


def test_a_typing_mistake_in_a_rate_of_a_rule_is_recognized(load):
    text = 'kind = "rate"\nid = "r"\nskus = ["T"]\nrates.EUR = { points = 1, per_minr = 9, per_minor = 9 }'

    with pytest.raises(ConfigError, match="did you mean `per_minor`"):
        load(with_rule(text))


def test_two_rules_cannot_have_one_name(load):
    with pytest.raises(ConfigError, match="two rules have the same id: hello"):
        load(with_rule('kind = "review"\nid = "hello"\npoints = 5'))


@pytest.mark.parametrize(("name", "kinds"), [("small", 4), ("large", 14)])
def test_the_examples_load(load, name, kinds):
    program = load((EXAMPLES / f"{name}.toml").read_text())

    assert kinds == len({rule.kind for rule in program.rules})


def blocks(language: str) -> list[str]:
    text = GUIDE.read_text()
    return [part.split("```")[0] for part in text.split(f"```{language}\n")[1:]]


@pytest.fixture
def shop_dir(tmp_path, monkeypatch):
    """A shop with the programme of the guide, in which somebody with the number 7 ordered."""
    monkeypatch.chdir(tmp_path)
    assert 0 == main(["init", "--name", "Tea", "--country", "DE"])
    file = tmp_path / "retention.toml"
    review = '[[loyalty.rules]]\nkind = "review"\nid = "review"\npoints = 5\n'
    file.write_text(f"{file.read_text().split('[loyalty')[0]}{blocks('toml')[0]}\n{review}")
    with Retention.from_file(file) as shop:
        order = an_order("20.00 EUR", customer=a_customer(id="7"))
        shop.remember([a_paid_event(order, shop_id=shop.config.shop.id)])
    return tmp_path


def test_the_guide_says_what_its_snippets_print(shop_dir, capsys):
    """An order of 38.90 EUR: 77 doubled, and 50 for the first."""
    capsys.readouterr()
    exec(blocks("python")[0], {})

    told = blocks("python")[0].split("print(")[1:]
    printed = capsys.readouterr().out.splitlines()
    assert f"# {printed[0]}" in told[0]
    comment = " ".join(line.removeprefix("# ") for line in told[1].splitlines()[1:])
    assert printed[1].startswith(comment.removesuffix(" …"))


def test_the_guide_gives_points_for_a_review_once(shop_dir, capsys):
    capsys.readouterr()
    for _ in range(2):
        exec(blocks("python")[1], {})
    assert 0 == main(["loyalty", "history", "7", "--json"])

    first, again, *told = capsys.readouterr().out.splitlines()
    causes = [each["cause"]["type"] for each in json.loads("\n".join(told))]
    assert ("5", "5", ["order", "review"]) == (first, again, causes)


def test_the_guide_names_every_kind_and_every_key():
    text = GUIDE.read_text()
    kinds = get_args(get_args(EarningRule)[0])
    for model in kinds:
        assert all(f"`{kind}`" in text for kind in get_args(model.model_fields["kind"].annotation))
        keys = model.model_fields.keys() - {"kind", "id"}
        assert set() == {key for key in keys if f"`{key}`" not in text}
