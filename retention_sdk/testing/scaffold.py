"""Writes the package of a new adapter: it works, and its tests say what is left to do."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from string import Template

from ..errors import ConfigError

SIGNATURES = ("hmac-base64", "hmac-hex", "standard-webhooks", "static-header", "none")
"""How a platform proves that a webhook is its own; ``none`` has no webhooks."""

_SLUG = re.compile(r"[a-z][a-z0-9]{1,38}")
_TITLE = re.compile(r"[A-Za-z][A-Za-z0-9 .&'-]{0,39}")
_FILES = {
    "pyproject.toml": "pyproject.toml",
    "README.md": "README.md",
    "LICENSE": "LICENSE",
    ".gitignore": "gitignore",
    ".github/workflows/test.yml": "workflow.yml",
    "retention_$slug/__init__.py": "__init__.py",
    "retention_$slug/adapter.py": "adapter.py",
    "tests/test_conformance.py": "test_conformance.py",
    "tests/payloads/PROVENANCE.md": "PROVENANCE.md",
    "tests/payloads/paid.json": "paid.json",
    "tests/payloads/guest.json": "guest.json",
}


def write_adapter_package(
    slug: str,
    directory: Path,
    *,
    title: str = "",
    signature: str = "hmac-base64",
    has_api: bool = False,
) -> Path:
    """Write ``retention-<slug>`` into a directory, and return its path.

    ``slug`` is the platform's name: one word of lower-case ASCII letters and digits. ``title`` is
    how people write it, by default the slug with a capital. ``signature`` is one of
    ``SIGNATURES``; with ``has_api`` the adapter lists orders over an API.

    Raises:
        ConfigError: a name or a signature is none, there would be neither webhooks nor an API, or
            something of that name is there already.
    """
    title = title or slug.capitalize()
    _check(slug, title, signature, has_api=has_api)
    package = directory / f"retention-{slug}"
    try:
        package.mkdir(parents=True)
    except OSError as error:
        raise ConfigError(
            error.strerror or "cannot be written", file=str(package), hint="choose another place"
        ) from None
    features = _features(signature, has_api=has_api)
    words = {"slug": slug, "title": title, "name": re.sub(r"[^A-Za-z0-9]", "", title)}
    api_files = {"tests/conftest.py": "conftest.py"} if has_api else {}
    for path, source in {**_FILES, **api_files}.items():
        _write(package / path.replace("$slug", slug), source, features, words)
    (package / f"retention_{slug}" / "py.typed").touch()
    return package


def _check(slug: str, title: str, signature: str, *, has_api: bool) -> None:
    if not _SLUG.fullmatch(slug) or keyword.iskeyword(slug):
        raise ConfigError(
            f"{slug!r} is no name for a platform", hint="one lower-case word, such as myshop"
        )
    if not _TITLE.fullmatch(title):
        raise ConfigError(f"{title!r} is no title", hint="a name in ASCII, such as My Shop")
    if signature not in SIGNATURES:
        raise ConfigError(f"{signature!r} is no signature", hint=f"one of {', '.join(SIGNATURES)}")
    if signature == "none" and not has_api:
        raise ConfigError("there is nothing to read", hint="webhooks, an API, or both: add --api")


def _features(signature: str, *, has_api: bool) -> set[str]:
    """Return the names of the blocks of templates that are kept."""
    has_webhooks = signature != "none"
    chosen = {
        signature: True,
        "webhooks": has_webhooks,
        "api": has_api,
        "no-api": not has_api,
        "both": has_webhooks and has_api,
        "only-webhooks": has_webhooks and not has_api,
        f"{signature}-{'api' if has_api else 'alone'}": True,
    }
    return {name for name, is_chosen in chosen.items() if is_chosen}


def _write(path: Path, source: str, features: set[str], words: dict[str, str]) -> None:
    template = files(__package__) / "template" / f"{source}.tmpl"
    text = "".join(_kept(template.read_text(encoding="utf-8"), features))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(Template(text).substitute(words), encoding="utf-8")


def _kept(text: str, features: set[str]) -> Iterator[str]:
    """Yield the lines outside of blocks (``%if one other``), and inside of those chosen."""
    stack: list[bool] = []
    for line in text.splitlines(keepends=True):
        first, *names = line.split() or [""]
        if first == "%if":
            stack.append(bool(features.intersection(names)))
        elif first == "%end":
            stack.pop()
        elif all(stack):
            yield line
