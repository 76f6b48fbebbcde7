"""The HTTP client for adapters and channels, whichever of two compatible libraries is installed.

httpx2 is the maintained continuation of httpx 0.28 with the same interface. Import it as
``from retention_sdk.http import httpx``, so that nothing else needs to know.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx
else:
    try:
        import httpx2 as httpx
    except ImportError:
        import httpx

__all__ = ["httpx"]
