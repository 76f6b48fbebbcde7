"""The app's name in ``INSTALLED_APPS`` is ``retention_oscar.companion``."""

from __future__ import annotations

from django.apps import AppConfig


class CompanionConfig(AppConfig):
    """Listens to the shop's orders as soon as Django is ready."""

    name = "retention_oscar.companion"
    label = "retention_companion"
    verbose_name = "Retention"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect to the signals of orders, payments and shipments."""
        from . import signals

        signals.connect()
