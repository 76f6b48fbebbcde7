"""The conformance kit for shop adapters: subclass it in a test, answer its questions.

    class TestMyShop(AdapterConformance):
        adapter_class = MyShopAdapter
        settings = {"webhook_secret": "s"}
        cases = (Case("paid", HERE / "paid.json", HEADERS, (OrderPlaced, OrderPaid),
                      total="38.90 EUR", placed_at="2026-11-20T10:00:00+02:00"),)

        def sign(self, headers, body):
            return {**headers, "X-My-Hmac": ...}

A test that does not apply to the declared capabilities is not there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from inspect import signature
from typing import Any

import pytest

from ..adapter import Capability
from .kit import Kit
from .kit_api import ApiTests, PromiseTests
from .kit_fuzz import FuzzTests
from .kit_hostile import HostileTests
from .kit_lists import ListTests
from .kit_replay import ReplayTests
from .kit_webhooks import AuthenticityTests, ReadingTests


class AdapterConformance(
    AuthenticityTests,
    ReplayTests,
    ReadingTests,
    HostileTests,
    FuzzTests,
    PromiseTests,
    ApiTests,
    ListTests,
):
    """Tests that every adapter passes. See the module for an example."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Leave out the tests that need what the adapter does not declare."""
        super().__init_subclass__(**kwargs)
        if hasattr(cls, "adapter_class"):
            for name, test in kit_tests():
                if not _applies(test, cls):
                    setattr(cls, name, None)
                elif getattr(cls, name) is None:
                    setattr(cls, name, test)

    def test_kit_is_not_weakened(self) -> None:
        """A test of the kit may be overridden in one way only: xfail with a reason."""
        for name, test in kit_tests():
            mine = getattr(type(self), name)
            if mine is test or not _applies(test, type(self)):
                continue
            marks = getattr(mine, "pytestmark", [])
            is_excused = any(m.name == "xfail" and m.kwargs.get("reason") for m in marks)
            assert is_excused, f"{name} is overridden without xfail(reason=...)"


def kit_tests() -> Iterator[tuple[str, Callable[..., None]]]:
    """Yield the kit's tests by name."""
    for name in dir(AdapterConformance):
        if name.startswith("test_"):
            yield name, getattr(AdapterConformance, name)


def kit_failures(
    kit: type[AdapterConformance], *, only: Collection[str] | None = None
) -> dict[str, str]:
    """Run a kit without collecting it; return what failed, by name of the test.

    ``only`` names the tests to run, None means all. For tests of the kit itself, and for trying
    an adapter in a notebook.
    """
    names = (name for name, _ in kit_tests() if getattr(kit, name))
    failures = {name: _failure(kit, name) for name in names if only is None or name in only}
    return {name: failure for name, failure in failures.items() if failure}


def _failure(kit: type[AdapterConformance], name: str) -> str:
    try:
        subject = kit()
        test = getattr(subject, name)
        test(*([subject.make_adapter()] if signature(test).parameters else ()))
    except (Exception, pytest.fail.Exception) as error:  # noqa: BLE001 - it is reported
        return f"{type(error).__name__}: {error}"
    return ""


def _applies(test: Callable[..., None], kit: type[Kit]) -> bool:
    is_asked: Callable[[type[Kit]], object] = getattr(test, "only_if", bool)
    needed = getattr(test, "needs", Capability.NONE)
    return needed in kit.adapter_class.capabilities and bool(is_asked(kit))
