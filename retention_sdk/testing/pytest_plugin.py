"""What pytest loads in every project that has this package: markers, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

_MARKERS = (
    "real_server: starts a real server from a package registry and talks to it",
    "soak: runs for minutes; only with RETENTION_SOAK=1",
)


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers, so that ``--strict-markers`` knows them; show our asserts in full."""
    import pytest

    for marker in _MARKERS:
        config.addinivalue_line("markers", marker)
    modules = ("checks", "conformance", "kit", "kit_api", "kit_fuzz", "kit_hostile", "kit_webhooks")
    pytest.register_assert_rewrite(*(f"retention_sdk.testing.{name}" for name in modules))
