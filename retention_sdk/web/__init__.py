"""One ASGI app: the short links of cards, webhooks, health. Needs ``retention-sdk[web]``."""

from .app import create_app

__all__ = ["create_app"]
