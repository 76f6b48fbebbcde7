"""``retention consent link``: what support gives to a customer who asks how to change something."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from starlette.testclient import TestClient

from retention_sdk import Retention
from retention_sdk.cli import main
from retention_sdk.model import Customer
from retention_sdk.web.privacy import create_privacy_app

BASE = "https://tea.example/privacy/"


@pytest.fixture
def folder(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert 0 == main(["init", "--name", "Tea House", "--email", "hello@tea.example"])
    with (tmp_path / "retention.toml").open("a", encoding="utf-8") as settings:
        settings.write(f'\n[consent]\nbase_url = "{BASE}"\n')
    with Retention.from_file() as shop, shop.store.begin() as connection:
        customer = Customer(id="42", email="ada@example.org")
        now = datetime(2026, 11, 21, tzinfo=UTC)
        shop.store.subjects.for_customer(connection, shop.config.shop.id, customer, now=now)
    capsys.readouterr()
    return tmp_path


def run(capsys, *arguments):
    code = main(["consent", "link", *arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("customer", ["42", "Ada@Example.org"])
def test_link_opens_the_preferences_of_the_customer(capsys, customer):
    code, out, _ = run(capsys, "--customer", customer, "--locale", "de")
    url = out.strip()
    with Retention.from_file() as shop:
        page = TestClient(create_privacy_app(shop)).get("/" + url.removeprefix(BASE))

    assert 0 == code
    assert url.startswith(f"{BASE}p/")
    assert 200 == page.status_code
    assert "Ihre Einstellungen" in page.text


@pytest.mark.usefixtures("folder")
def test_json_says_how_long_it_works(capsys):
    _, out, _ = run(capsys, "--customer", "42", "--json")
    answer = json.loads(out)

    ends_on = datetime.now(UTC).date() + timedelta(days=730)
    assert {"url", "valid_until"} == answer.keys()
    assert abs(datetime.fromisoformat(answer["valid_until"]).date() - ends_on) <= timedelta(days=1)


@pytest.mark.usefixtures("folder")
def test_nobody_has_no_link(capsys):
    code, out, err = run(capsys, "--customer", "43")

    assert (2, "") == (code, out)
    assert "nobody is on record" in " ".join(err.split())


def test_a_shop_without_pages_has_no_links(folder, capsys):
    settings = folder / "retention.toml"
    settings.write_text(settings.read_text("utf-8").replace(f'base_url = "{BASE}"', ""), "utf-8")
    code, _, err = run(capsys, "--customer", "42")

    assert 3 == code
    assert "consent.base_url" in err
