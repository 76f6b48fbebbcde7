"""Pages to unsubscribe, to choose and to confirm: no script, no cookie, nothing from elsewhere."""

from .app import create_privacy_app

__all__ = ["create_privacy_app"]
