"""A shop asks for ways to pay: the table answers, plugins register and reorder."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from retention_sdk import PaymentKind, PaymentMethod
from retention_sdk.errors import ConfigError, PluginError
from retention_sdk.hooks import hookimpl
from retention_sdk.hooks.manager import load
from retention_sdk.testing import NOON, an_address, an_order

ROOT = Path(__file__).parents[3]


def shop_with(make_shop, **hooks):
    plugins = load(discover=False)
    plugin = type("Plugin", (), {})()
    for hook, function in hooks.items():
        setattr(plugin, hook, hookimpl(function, specname=hook))
    plugins.add(plugin, "ours")
    assert [] == plugins.problems
    return make_shop(plugins=plugins)


def ids(offered):
    return [choice.method_id for choice in offered]


def test_an_order_is_asked_for_its_country_currency_and_total(make_shop):
    order = an_order("1000.00 EUR", billing_address=an_address(country="FR"), paid_at=None)

    offered = ids(make_shop().payment_methods(order))

    assert "cartes_bancaires" == offered[0]
    assert "klarna" in offered
    assert "klarna" not in ids(
        make_shop().payment_methods(
            an_order("5000.00 EUR", billing_address=an_address(country="FR"))
        )
    )


def test_what_a_paid_order_was_paid_with_comes_first(make_shop):
    paid = an_order("40.00 EUR", payment_method="paypal", paid_at=NOON)
    unpaid = an_order("40.00 EUR", payment_method="paypal", paid_at=None)

    assert "paypal" == ids(make_shop().payment_methods(paid))[0]
    assert "paypal" != ids(make_shop().payment_methods(unpaid))[0]


def test_a_country_is_asked_in_the_currency_of_the_shop_unless_told(make_shop):
    shop = make_shop()

    assert "ideal" == ids(shop.payment_methods("NL"))[0]
    assert "konbini" not in ids(shop.payment_methods("JP"))
    assert "konbini" in ids(shop.payment_methods("JP", currency="JPY"))


def test_names_are_in_the_language_asked_for(make_shop):
    shop = make_shop()

    (choice,) = shop.payment_methods(
        "JP", currency="JPY", locale="ja", enabled_on_platform=["konbini"]
    )
    assert "コンビニ払い" == choice.name
    with pytest.raises(ConfigError, match="no catalogue serves this locale"):
        shop.payment_methods("JP", locale="xx")


def own_method(**changes):
    fields = {"method_id": "anything", "name": "SnailPay", "kind": PaymentKind.WALLET}
    return PaymentMethod.model_validate({**fields, "countries": ("NL",), **changes})


def test_a_registered_method_is_offered_under_its_name_on_the_shelf(make_shop):
    shop = shop_with(
        make_shop,
        retention_register=lambda registry: registry.payment_method("snailpay", own_method),
    )

    assert {"snailpay", "ideal"} == set(ids(shop.payment_methods("NL"))[:2])


def test_a_registered_method_stands_in_the_place_of_a_shipped_one(make_shop):
    def register(registry):
        registry.payment_method("ideal", lambda: own_method(status="discontinued"))

    assert "ideal" not in ids(
        shop_with(make_shop, retention_register=register).payment_methods("NL")
    )


@pytest.mark.parametrize(
    ("factory", "message"),
    [
        (dict, "ours: payment method 'snailpay' is not a PaymentMethod"),
        (lambda: 1 / 0, "ours: payment method 'snailpay' failed: ZeroDivisionError"),
        ("no.such:thing", "ours: cannot load no.such:thing"),
    ],
)
def test_a_broken_method_names_its_plugin(make_shop, factory, message):
    shop = shop_with(
        make_shop,
        retention_register=lambda registry: registry.payment_method("snailpay", factory),
    )

    with pytest.raises(PluginError, match=message):
        shop.payment_methods("NL")


def test_a_plugin_sees_the_order_and_has_the_last_word(make_shop):
    def only_for_large_orders(context, methods):
        is_large = context.order is not None and context.order.total.minor > 100_00
        return [method for method in methods if is_large or method.method_id != "klarna"]

    shop = shop_with(make_shop, retention_payment_methods=only_for_large_orders)

    assert "klarna" in ids(shop.payment_methods(an_order("200.00 EUR")))
    assert "klarna" not in ids(shop.payment_methods(an_order("20.00 EUR")))
    assert "klarna" not in ids(shop.payment_methods("DE"))


def test_the_plugin_in_the_guide_is_the_example_that_runs():
    guide = (ROOT / "docs/howto/add-a-payment-method.md").read_text("utf-8")
    example = (ROOT / "examples/local_wallet.py").read_text("utf-8")
    shown = max(re.findall(r"```python\n(.*?)```", guide, re.DOTALL), key=len)

    assert shown in example


def test_the_example_runs():
    command = [sys.executable, ROOT / "examples/local_wallet.py"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)

    names = [line.partition(":")[0] for line in done.stdout.splitlines()]
    assert ["Visa", "SnailPay", "iDEAL"] == names


def test_links_of_the_guide_lead_somewhere():
    guide = ROOT / "docs/howto/add-a-payment-method.md"
    links = re.findall(r"\]\((\.\./[^)#]+)", guide.read_text("utf-8"))

    assert links
    assert [] == [link for link in links if not (guide.parent / link).exists()]
