"""The public list is sorted, complete, lazy, and every name in it has a docstring."""

import subprocess
import sys

import pytest

import retention_sdk


def test_the_list_is_sorted_and_every_name_resolves():
    public = [name for name in retention_sdk.__all__ if not name.startswith("__")]

    assert sorted(public, key=lambda name: (name[0].islower(), name)) == public
    assert all(getattr(retention_sdk, name) is not None for name in public)


@pytest.mark.parametrize("name", retention_sdk.__all__)
def test_a_public_name_is_documented(name):
    assert getattr(retention_sdk, name).__doc__


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'Ordre'"):
        retention_sdk.Ordre  # noqa: B018


def modules_after(code):
    listed = f"{code}\nimport sys\nprint(' '.join(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", listed], capture_output=True, text=True, check=True
    )
    return set(done.stdout.splitlines()[-1].split())


HEAVY = {
    "alembic", "asyncio", "babel", "cryptography", "email", "httpx", "httpx2", "importlib.metadata",
    "jinja2", "json", "pikepdf", "pluggy", "pydantic", "rich", "segno", "smtplib", "sqlalchemy",
    "ssl", "typer", "typst", "uharfbuzz",
}  # fmt: skip


@pytest.mark.parametrize(
    "code",
    [
        "import retention_sdk",
        "from retention_sdk.cli import main; main(['--help'])",
        "from retention_sdk.cli import main; main(['--version'])",
        "from retention_sdk.cli import main; main(['unknown'])",
    ],
)
def test_start_up_loads_nothing_heavy(code):
    assert set() == modules_after(code) & HEAVY


def test_the_model_does_not_load_the_engines():
    loaded = modules_after("from retention_sdk import Order, ShopAdapter")

    assert set() == loaded & (
        HEAVY - {"pydantic", "json", "importlib.metadata", "email", "asyncio"}
    )


def test_printing_a_card_loads_no_database_and_no_network():
    loaded = modules_after(
        "from retention_sdk import Retention\n"
        "from retention_sdk.testing import an_order\n"
        "Retention.offline('Kiln', sender='Mira').print_card(an_order())"
    )

    absent = {"alembic", "asyncio", "babel", "cryptography", "httpx", "httpx2", "jinja2", "rich"}
    assert set() == loaded & (absent | {"smtplib", "sqlalchemy", "ssl", "typer"})


def test_a_card_that_is_composed_needs_no_orders_and_no_events():
    loaded = modules_after("from retention_sdk.inserts import Card, render_card")

    others = ("address", "context", "customer", "events", "order")
    assert set() == loaded & {f"retention_sdk.model.{name}" for name in others}


def test_hooks_load_pluggy_and_no_model():
    loaded = modules_after("from retention_sdk.hooks import hookimpl")

    assert set() == loaded & (HEAVY - {"pluggy", "importlib.metadata", "email", "json"})
