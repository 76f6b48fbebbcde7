"""Checks on a plugin module: it registers cleanly, and importing it costs nothing."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
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


def assert_evidence(package: Path) -> str:
    """Assert that an adapter's README says what it is proved against, and return the tier.

    ``package`` is the folder of ``pyproject.toml``. The README names ``tier A``, ``tier B`` or
    ``tier C``, the first one counts, and the tests hold what it says: docs/howto/evidence.md.
    """
    readme = package / "README.md"
    papers = [readme, *sorted((package / "tests").glob("**/PROVENANCE.md"))]
    said = {path: path.read_text(encoding="utf-8") for path in papers if _is_ours(path)}
    left = [f"\n  {path.relative_to(package)}: {line}" for path, line in _left_to_say(said)]
    if left:  # without pytest's own account of the list
        raise AssertionError(f"still to say, see From here in README.md:{''.join(left)}")
    told = re.search(r"\btier ([ABC])\b", said[readme], re.IGNORECASE)
    how = "see docs/howto/evidence.md of retention_sdk"
    assert told, f"{readme}: say what the adapter is proved against (tier A, B or C), {how}"
    tier = told[1].upper()
    proofs = {"A": "real_server", "B": "recorded|captured", "C": "synthetic"}
    tests = [each.read_text(encoding="utf-8") for each in (package / "tests").glob("*.py")]
    papers_said = [text for path, text in said.items() if path != readme or tier == "C"]
    shown = "\n".join(tests if tier == "A" else papers_said)
    assert re.search(proofs[tier], shown, re.IGNORECASE), (
        f"{readme} says tier {tier}, but no {'test' if tier == 'A' else 'PROVENANCE.md'} says "
        f"{proofs[tier].replace('|', ' or ')}: {how}"
    )
    return tier


def _is_ours(path: Path) -> bool:
    return "node_modules" not in path.parts


def _left_to_say(said: dict[Path, str]) -> Iterator[tuple[Path, str]]:
    for path, text in said.items():
        yield from ((path, line[8:]) for line in text.splitlines() if line.startswith("TO SAY: "))


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
