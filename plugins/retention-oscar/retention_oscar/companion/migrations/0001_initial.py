"""The companion's two tables."""

from __future__ import annotations

from typing import Any, ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def _key() -> models.BigAutoField[Any, Any]:
    return models.BigAutoField(
        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
    )


class Migration(migrations.Migration):
    """Needs the orders of oscar 4."""

    initial = True
    dependencies: ClassVar = [
        ("order", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations: ClassVar = [
        migrations.CreateModel(
            name="OrderLanguage",
            fields=[
                ("id", _key()),
                ("code", models.CharField(max_length=20)),
                (
                    "order",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="retention_language",
                        to="order.order",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Answer",
            fields=[
                ("id", _key()),
                ("channel", models.CharField(max_length=20)),
                ("purpose", models.CharField(max_length=30)),
                ("state", models.CharField(max_length=20)),
                ("opt_in_level", models.CharField(max_length=20)),
                ("recorded_at", models.DateTimeField(null=True)),
                ("source", models.CharField(blank=True, max_length=200)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="retention_answers",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["channel", "purpose"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user", "channel", "purpose"), name="retention_one_answer"
                    )
                ],
            },
        ),
    ]
