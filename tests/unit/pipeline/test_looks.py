"""A shop's own styles and those of plugins reach every card."""

from __future__ import annotations

from functools import partialmethod

import pytest

from retention_sdk.errors import ConfigError, PluginError, PrintError
from retention_sdk.hooks import hookimpl
from retention_sdk.inserts.style import copy_style, read_style, template_root
from retention_sdk.inserts.worker import Limits
from retention_sdk.pipeline.cards.looks import Looks
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


@pytest.fixture
def foreign(tmp_path):
    """A folder with one template of a stranger, whose ornament is drawn by ``write``."""

    def write(ornament):
        folder = tmp_path / "foreign" / "winter"
        folder.mkdir(parents=True)
        (folder / "ornament.typ").write_text(ornament)
        return {"holdout_ratio": 0, "foreign_templates": str(folder.parent)}

    return write


def built_in_ornament():
    return (template_root() / "classic" / "ornament.typ").read_text()


def test_a_template_of_a_stranger_is_drawn_in_a_process_of_its_own(make_shop, foreign):
    with make_shop(inserts=foreign(built_in_ornament())) as shop:
        printed = shop.print_card(an_order(), template="winter")
        worker = shop.looks._worker._process

        assert ("winter", None) == (printed.composed.template, worker.poll())
        assert printed.card.pdf.data.startswith(b"%PDF-")
    assert worker.poll() is not None


def test_an_endless_template_is_named_and_the_next_card_is_drawn(make_shop, foreign, monkeypatch):
    monkeypatch.setattr(Limits, "__init__", partialmethod(Limits.__init__, cpu_s=1, wall_s=5.0))
    loop = (
        built_in_ornament()
        + "\n#let spin(n) = { let x = 0; for i in range(n) { for j in range(n) { x += 1 } }; x }\n#let sprig(..a) = [#spin(1000000)]\n"
    )
    with make_shop(inserts=foreign(loop)) as shop:
        with pytest.raises(PrintError, match="winter"):
            shop.print_card(an_order(), template="winter")

        assert shop.print_card(an_order(), template="thank_you").card.pdf.data


def test_a_stranger_cannot_bring_a_file_that_is_not_ours(make_shop, foreign, tmp_path):
    settings = foreign(built_in_ornament())
    (tmp_path / "foreign" / "winter" / "run.sh").write_text("true")

    with pytest.raises(PrintError, match=r"run\.sh is not one of"):
        make_shop(inserts=settings).print_card(an_order())


def test_a_folder_that_is_missing_is_a_setting_to_mend(make_shop, tmp_path):
    shop = make_shop(inserts={"foreign_templates": str(tmp_path / "nowhere")})
    with pytest.raises(ConfigError, match=r"inserts\.foreign_templates"):
        shop.print_card(an_order())
