"""What oscar has no table for: who agreed to what, and the language of an order."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models


class Answer(models.Model):
    """The newest answer of a customer about one purpose over one channel."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="retention_answers"
    )
    channel = models.CharField(max_length=20)
    purpose = models.CharField(max_length=30)
    state = models.CharField(max_length=20)
    opt_in_level = models.CharField(max_length=20)
    recorded_at = models.DateTimeField(null=True)
    source = models.CharField(max_length=200, blank=True)

    class Meta:
        """One row for each question."""

        ordering: ClassVar = ["channel", "purpose"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "channel", "purpose"], name="retention_one_answer"
            )
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.purpose}: {self.state}"


class OrderLanguage(models.Model):
    """The language that the shop spoke when an order was placed."""

    order = models.OneToOneField(
        "order.Order", on_delete=models.CASCADE, related_name="retention_language"
    )
    code = models.CharField(max_length=20)

    def __str__(self) -> str:
        return self.code
