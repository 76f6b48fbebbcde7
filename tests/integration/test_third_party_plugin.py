"""A stranger's package, installed with pip, adds an adapter, a veto, a template and a block."""

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

PYPROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "retention-winter"
version = "1.0"
dependencies = ["retention-sdk"]

[project.entry-points.retention_sdk]
winter = "retention_winter"

[tool.hatch.build.targets.wheel]
packages = ["retention_winter"]
"""

PLUGIN = '''
"""Winter for retention_sdk."""
from retention_sdk import Block, ContentKind
from retention_sdk.hooks import hookimpl


@hookimpl
def retention_register(registry):
    registry.adapter("winter", "retention_winter.adapter:WinterAdapter", summary="snow")
    registry.template("winter_card", "retention_winter.look:winter_card", summary="a snowy card")
    registry.command("snow", "retention_winter.look:snow", summary="let it snow")


@hookimpl
def retention_choose_template(context, candidates):
    return "winter_card" if "winter_card" in candidates else None


@hookimpl
def retention_veto_message(context, candidate):
    return "No mail in the holidays." if candidate.surface == "email" else None


@hookimpl
def retention_add_blocks(context):
    return [Block(content=ContentKind.CARE, text="Keep the bowl from frost.", surface="card")]


@hookimpl
def retention_enrich_context(context):
    return {"snow_cm": 12}
'''

ADAPTER = '''
"""Reads winter orders."""
from retention_sdk import Capability, ShopAdapter, UnknownEvent
from retention_sdk.testing import an_order


class WinterAdapter(ShopAdapter):
    name = "winter"
    capabilities = Capability.LIST_ORDERS

    def fetch_orders(self, *, updated_since=None):
        yield an_order("30.00 EUR", id="w-1")
'''

LOOK = '''
"""The snowy card: the built-in layout with another ornament."""
from retention_sdk.inserts import CardTemplate

ORNAMENT = b"""%s"""


def winter_card():
    return CardTemplate(name="winter_card", sources={"ornament.typ": ORNAMENT})


def snow(depth: int = 3):
    print("*" * depth)
'''

SCRIPT = """
import json, sys
from pathlib import Path
from retention_sdk import Retention
from retention_sdk.inserts import render_card
with Retention.offline("Kiln & Leaf", sender="Mira") as shop:
    adapter = shop.adapter("winter")
    (outcome,) = [o for o in shop.ingest([e for o in adapter.fetch_orders() for e in adapter.order_events(o)])
                  if o.event_type == "order_paid"]
    context, _ = shop.pipeline.decisions(outcome.event_id)
    plain = shop.print_card(next(adapter.fetch_orders()), template="plain_thanks")
    card = next(d for d in outcome.deliveries if d.surface == "card")
    text = (Path(card.location) / "card.pdf").read_bytes()
    print(json.dumps({
        "problems": [str(p) for p in shop.plugins.problems],
        "templates": [d.template for d in outcome.deliveries],
        "vetoes": [v for d in outcome.decisions for v in d.vetoes],
        "extras": dict(context.extras["winter"]),
        "pdf": len(text),
        "plain": plain.candidate.template,
        "blocks": [c for c in outcome.decisions[0].candidate_id.split(":")],
    }))
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The plugin's sources, built and installed by pip into a folder of their own."""
    source = tmp_path_factory.mktemp("winter")
    package = source / "retention_winter"
    package.mkdir()
    ornament = (ROOT / "retention_sdk/inserts/templates/classic/ornament.typ").read_text()
    (source / "pyproject.toml").write_text(PYPROJECT)
    (package / "__init__.py").write_text(PLUGIN)
    (package / "adapter.py").write_text(ADAPTER)
    (package / "look.py").write_text(LOOK % ("// snow\n" + ornament).replace("\\", "\\\\"))
    site = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command += ["--no-deps", "--no-build-isolation", "--target", str(site), str(source)]
    subprocess.run(command, check=True)
    return site


def run(site, tmp_path, *command):
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{site}"}
    return subprocess.run(
        [sys.executable, *command], cwd=tmp_path, env=environment,
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_everything_the_plugin_offers_takes_part(site, tmp_path):
    done = run(site, tmp_path, "-c", textwrap.dedent(SCRIPT))
    assert 0 == done.returncode, done.stderr
    said = json.loads(done.stdout)

    assert [] == said["problems"]
    assert ["winter_card"] == said["templates"]
    assert ["winter: No mail in the holidays."] == sorted(set(said["vetoes"]))
    assert {"snow_cm": 12} == said["extras"]
    assert "blocks" in said["blocks"]
    assert "plain_thanks" == said["plain"]
    assert 10_000 < said["pdf"]


def test_its_command_runs_under_x(site, tmp_path):
    code = "from retention_sdk.cli import main; raise SystemExit(main())"

    done = run(site, tmp_path, "-c", code, "x", "snow", "--depth", "5")

    assert (0, "*****") == (done.returncode, done.stdout.strip())


def test_blocked_it_takes_no_part(site, tmp_path, monkeypatch):
    monkeypatch.setenv("RETENTION_BLOCK_PLUGINS", "winter")
    code = "from retention_sdk.cli import main; raise SystemExit(main())"

    done = run(site, tmp_path, "-c", code, "plugins", "--json")

    assert ["winter"] == json.loads(done.stdout)["blocked"]
    assert "winter" not in json.loads(done.stdout)["offers"]["adapters"]
