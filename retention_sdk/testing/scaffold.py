"""Writes the package of a new adapter: it works, and its kit is green once it was read."""

from __future__ import annotations

import keyword
import re
from importlib.resources import files
from pathlib import Path
from string import Template

from ..errors import ConfigError

_SLUG = re.compile(r"[a-z][a-z0-9]{1,38}")
_FILES = {
    "pyproject.toml": "pyproject.toml",
    "README.md": "README.md",
    "retention_$slug/__init__.py": "__init__.py",
    "retention_$slug/adapter.py": "adapter.py",
    "tests/test_conformance.py": "test_conformance.py",
    "tests/payloads/PROVENANCE.md": "PROVENANCE.md",
    "tests/payloads/paid.json": "paid.json",
    "tests/payloads/guest.json": "guest.json",
}


def write_adapter_package(slug: str, directory: Path) -> Path:
    """Write ``retention-<slug>`` into a directory, and return its path.

    ``slug`` is the platform's name: one word of lower-case ASCII letters and digits.

    Raises:
        ConfigError: the slug is none, or something of that name is there already.
    """
    if not _SLUG.fullmatch(slug) or keyword.iskeyword(slug):
        raise ConfigError(
            f"{slug!r} is no name for a platform", hint="one lower-case word, such as myshop"
        )
    package = directory / f"retention-{slug}"
    try:
        package.mkdir(parents=True)
    except OSError as error:
        raise ConfigError(
            error.strerror or "cannot be written", file=str(package), hint="choose another place"
        ) from None
    for name, source in _FILES.items():
        _write(package / name.replace("$slug", slug), source, slug)
    (package / f"retention_{slug}" / "py.typed").touch()
    return package


def _write(path: Path, source: str, slug: str) -> None:
    template = files(__package__) / "template" / f"{source}.tmpl"
    text = Template(template.read_text(encoding="utf-8"))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text.substitute(slug=slug, title=slug.capitalize()), encoding="utf-8")
