"""Checks on a plugin module: it registers cleanly, and importing it costs nothing."""

from __future__ import annotations

import inspect
import subprocess
import sys
from types import ModuleType

from ..hooks import spec
from ..hooks.manager import load
from ..hooks.registry import Shelves

HEAVY = (
    "aiohttp",
    "asyncio",
    "babel",
    "httpx",
    "httpx2",
    "jinja2",
    "pikepdf",
    "pydantic",
    "requests",
    "sqlalchemy",
    "ssl",
    "typst",
)


def assert_plugin_conforms(module: ModuleType, name: str = "") -> Shelves:
    """Assert that a plugin's entry-point module registers cleanly; return what it offers.

    ``name`` is the name of the entry point; the default is the module's without ``retention_``.
    """
    name = name or module.__name__.removeprefix("retention_")
    plugins = load(discover=False)
    before = set(plugins.shelves.adapters) | set(plugins.shelves.channels)
    plugins.add(module, name)
    assert not plugins.problems, plugins.problems
    for caller in plugins.pm.get_hookcallers(module) or ():
        for implementation in caller.get_hookimpls():
            if implementation.plugin is module:
                _assert_like_the_spec(caller.name, implementation.function)
    return _offered(plugins.shelves, before)


def assert_light_import(module: str, *, heavy: tuple[str, ...] = HEAVY) -> None:
    """Assert that importing a plugin's entry-point module drags in nothing heavy."""
    code = f"import sys, {module}; print(*sorted({set(heavy)!r} & set(sys.modules)))"
    done = subprocess.run(  # noqa: S603 - our own interpreter and our own code
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    dragged = done.stdout.strip()
    assert not dragged, f"importing {module} drags in {dragged}; name the class as a string"


def _assert_like_the_spec(hook: str, function: object) -> None:
    assert callable(function)
    theirs = inspect.signature(getattr(spec, hook)).parameters
    for parameter in inspect.signature(function).parameters.values():
        assert parameter.default is parameter.empty, (
            f"{hook}({parameter.name}=…): a default means different things in pluggy 1.6 and 1.7"
        )
        declared = theirs[parameter.name].annotation
        assert parameter.annotation in (parameter.empty, declared), (
            f"{hook}({parameter.name}) is annotated {parameter.annotation}, not {declared}"
        )


def _offered(shelves: Shelves, before: set[str]) -> Shelves:
    """Leave out what the SDK itself registers."""
    mine = Shelves()
    for kind in Shelves.__slots__:
        shelf = getattr(shelves, kind)
        for name in shelf:
            if name not in before:
                getattr(mine, kind).add(shelf[name])
    return mine
