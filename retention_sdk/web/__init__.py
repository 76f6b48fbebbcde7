"""Webhooks, the short links of cards, privacy pages, health: an ASGI app, or parts for another.

``create_app`` needs ``retention-sdk[web]``; a ``Receiver`` needs nothing.
"""

from typing import TYPE_CHECKING

from ..lazily import name_by_name

if TYPE_CHECKING:
    from .app import create_app as create_app
    from .receiver import Answer as Answer
    from .receiver import Receiver as Receiver

__all__ = ["Answer", "Receiver", "create_app"]

__getattr__ = name_by_name(
    __name__, {"Answer": ".receiver", "Receiver": ".receiver", "create_app": ".app"}
)
