"""The tutorial's code is the demo adapter's, and what ``retention new-adapter`` writes."""

import re
import sys
from datetime import UTC, datetime
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from retention_sdk.errors import PlatformError
from retention_sdk.testing import write_adapter_package
from tests.playing import good, playing

ROOT = Path(__file__).parents[3]
PLUGIN = ROOT / "plugins" / "retention-demoshop"
TUTORIAL = (ROOT / "docs" / "tutorial" / "write-an-adapter.md").read_text(encoding="utf-8")
FILES = dict(
    re.findall(r"^`([\w./-]+)`:\n\n```\w+\n(.*?)^```$", TUTORIAL, re.MULTILINE | re.DOTALL)
)
TWINS = (
    "retention_demoshop/__init__.py",
    "retention_demoshop/adapter.py",
    "retention_demoshop/py.typed",
    "tests/payloads/guest.json",
    "tests/payloads/paid.json",
    "tests/test_conformance.py",
)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """What the commands of the tutorial write: with webhooks, and with an API as well."""

    def write(name, **wishes):
        folder = tmp_path_factory.mktemp(name)
        return write_adapter_package("demoshop", folder, title="DemoShop", **wishes)

    return {"webhooks": write("webhooks"), "api": write("api", has_api=True)}


def test_tutorial_shows_the_files_that_matter():
    assert {
        "pyproject.toml",
        "retention_demoshop/__init__.py",
        "retention_demoshop/adapter.py",
        "tests/payloads/guest.json",
        "tests/payloads/paid.json",
        "tests/test_conformance.py",
    } == set(FILES)


@pytest.mark.parametrize("name", sorted(FILES))
def test_code_in_the_tutorial_is_the_file(name):
    assert (PLUGIN / name).read_text(encoding="utf-8") == FILES[name]


def test_adapter_has_less_than_a_hundred_lines():
    assert len(FILES["retention_demoshop/adapter.py"].splitlines()) < 100


@pytest.mark.parametrize("name", TWINS)
def test_tutorial_is_what_the_command_writes(written, name):
    assert (PLUGIN / name).read_bytes() == (written["webhooks"] / name).read_bytes()


def test_chapter_on_the_api_is_what_the_command_writes(written):
    chapter = TUTORIAL[TUTORIAL.index("## 5. Ask the API") : TUTORIAL.index("## 6.")]
    adapter = (written["api"] / "retention_demoshop" / "adapter.py").read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```$", chapter, re.MULTILINE | re.DOTALL)

    assert 3 == len(blocks)
    assert [] == [block for block in blocks if block not in adapter]


@pytest.fixture(scope="module")
def api_adapter(written):
    """The class with the API, as it was written."""
    file = written["api"] / "retention_demoshop" / "adapter.py"
    spec = spec_from_file_location("adapter_with_api", file)
    module = sys.modules["adapter_with_api"] = module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module.DemoShopAdapter
    del sys.modules["adapter_with_api"]


def asking(api_adapter, play):
    values = {"webhook_secrets": ["s"], "api_url": play.url, "token": "an invented token"}
    return api_adapter.from_config(values, shop_id="demo.example")


def listed(*names, after=None, version="2026-11"):
    texts = ",".join(FILES[f"tests/payloads/{name}.json"] for name in names)
    following = f'"{after}"' if after else "null"
    body = f'{{"orders": [{texts}], "next": {following}}}'.encode()
    return good(body, x_demoshop_version=version)


def test_chapter_on_the_api_reads_page_after_page_and_goes_on_after_a_cursor(api_adapter):
    since = datetime(2026, 11, 1, tzinfo=UTC)
    with playing(listed("paid", after="2026-11-20,1001"), listed("guest")) as play:
        shop = asking(api_adapter, play)
        pages = list(shop.order_pages(updated_since=since))
        again = list(shop.order_pages(cursor=pages[0].cursor))

    first, second, third = (parse_qs(urlsplit(each["path"]).query) for each in play.seen)
    assert ["38.90 EUR", "1200 JPY"] == [
        f"{order.total.amount} {order.currency}" for page in pages for order in page.items
    ]
    assert ["2026-11-20,1001", ""] == [page.cursor for page in pages]
    assert again == pages[1:]
    assert {"sort": ["updated_at,id"], "since": ["2026-11-01T00:00:00+00:00"]} == first
    assert first | {"after": ["2026-11-20,1001"]} == second
    assert {"sort": ["updated_at,id"], "after": ["2026-11-20,1001"]} == third
    assert "Bearer an invented token" == play.seen[0]["headers"]["authorization"]


def test_chapter_on_the_api_lists_orders_and_refuses_another_version(api_adapter):
    with playing(listed("paid", "guest")) as play:
        assert 2 == len(list(asking(api_adapter, play).fetch_orders()))
    with playing(listed("paid", version="2027-02")) as play, pytest.raises(PlatformError):
        list(asking(api_adapter, play).fetch_orders())


def test_links_of_the_tutorial_lead_somewhere():
    links = re.findall(r"\]\((\.\./[^)]+)\)", TUTORIAL)

    assert links
    assert [] == [link for link in links if not (ROOT / "docs" / "tutorial" / link).exists()]
