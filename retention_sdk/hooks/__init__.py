"""What a plugin imports: the markers and the registry type. Kept light on purpose."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from .registry import Registry as Registry

PROJECT = "retention_sdk"
PREFIX = "retention_"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)

__all__ = ["PREFIX", "PROJECT", "Registry", "hookimpl", "hookspec"]


def __getattr__(name: str) -> object:
    if name != "Registry":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from .registry import Registry

    return Registry
