"""A shop from captured records on loopback, and adapters for it."""

import importlib.util
from pathlib import Path

import pytest
from retention_prestashop.adapter import PrestaShopAdapter

from retention_sdk.http import httpx
from retention_sdk.shop_api import Timing
from tests.playing import playing


def _load_server():
    """Tests are no package: the server beside them is loaded by its path."""
    path = Path(__file__).parent / "server" / "shop.py"
    spec = importlib.util.spec_from_file_location("prestashop_server", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


server = _load_server()


class Running(server.PrestaShop):
    """The shop behind an address; its adapters note their waits in ``slept``."""

    def __init__(self, version):
        super().__init__(version)
        self.url, self.slept = "", []

    def settings(self, **changes):
        return {
            "store_url": "https://shop.example",
            "api_url": self.url,
            "webservice_key": server.KEY,
            **changes,
        }

    def adapter(self, library=httpx, shop_id="soap.example", **changes):
        """An adapter that does not sleep between tries."""
        kind = type(
            "Adapter",
            (PrestaShopAdapter,),
            {
                "http": library,
                "timing": Timing(sleep=self.slept.append),
                "make_token": staticmethod(lambda: "0123456789ab"),
            },
        )
        return kind.from_config(self.settings(**changes), shop_id=shop_id)


def _running(version):
    running = Running(version)
    with playing(running.answer) as play:
        running.url = play.url
        yield running


@pytest.fixture
def shop():
    """A shop as it was captured from thirty bees 1.7."""
    yield from _running("1.6.1.999")


@pytest.fixture
def shop_8():
    """The same records under the name of a version that nobody ran here (synthetic)."""
    yield from _running("8.1.7")


@pytest.fixture(params=["httpx", "httpx2"])
def library(request):
    """Each of the two HTTP libraries that the SDK accepts."""
    return pytest.importorskip(request.param, reason=f"{request.param} is not installed")
