"""A shop's own styles and those of plugins reach every card."""

from __future__ import annotations

import pytest

from retention_sdk.errors import PluginError, PrintError
from retention_sdk.hooks import hookimpl
from retention_sdk.inserts.style import copy_style, read_style
from retention_sdk.pipeline.looks import Looks
from retention_sdk.testing import a_paid_event, an_order


@pytest.fixture
def own_style(tmp_path):
    """The classic style with a rule through its ornament."""
    folder = copy_style("classic", tmp_path / "styles" / "ours")
    ornament = folder / "ornament.typ"
    ornament.write_text(ornament.read_text().replace("0.45pt", "1.45pt"))
    return folder


def test_a_style_of_the_shop_is_drawn(make_shop, own_style):
    order = an_order()
    plain = make_shop(inserts={"holdout_ratio": 0}).print_card(order)
    settings = {"holdout_ratio": 0, "style": "ours", "styles": str(own_style.parent)}
    own = make_shop(inserts=settings).print_card(order)

    assert ("classic", "ours") == (plain.composed.style, own.composed.style)
    assert plain.card.front_png.data != own.card.front_png.data


def test_an_event_is_printed_in_the_style_of_the_shop(make_shop, own_style):
    settings = {"holdout_ratio": 0, "style": "ours", "styles": str(own_style.parent)}
    (outcome,) = make_shop(inserts=settings).ingest([a_paid_event()])

    assert "done" == outcome.state


def test_a_style_that_is_nowhere_is_named(make_shop):
    with pytest.raises(PrintError, match="no card style 'ours'"):
        make_shop(inserts={"holdout_ratio": 0, "style": "ours"}).print_card(an_order())


def test_a_plugin_brings_a_style(make_shop, own_style):
    class Plugin:
        @hookimpl
        def retention_register(self, registry):
            registry.style("ours", lambda: read_style(own_style))

    shop = make_shop(inserts={"holdout_ratio": 0, "style": "ours"})
    shop.plugins.add(Plugin(), "ours")

    assert "ours" == shop.print_card(an_order()).composed.style


def test_a_template_whose_plugin_is_gone_is_an_error():
    with pytest.raises(PluginError, match="'winter' is not installed any more"):
        Looks().template_for("winter")
