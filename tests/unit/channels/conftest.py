"""A delivery to send."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from retention_sdk.model import Artifact, Delivery

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
MAIL = (
    b"From: Tea House <shop@tea.example>\r\nTo: buyer@example.org\r\nSubject: Hello\r\n\r\n"
    b"A line\r\n.\r\n..and dots\r\n"
)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def make_delivery() -> Callable[..., Delivery]:
    def make(data: bytes = MAIL, **changes: object) -> Delivery:
        artifact = Artifact(name="mail.eml", media_type="message/rfc822", data=data)
        values: dict[str, object] = {
            "id": "del-1",
            "event_id": "woo:shop:order:1001:paid",
            "decision_id": "dec-1",
            "surface": "email",
            "channel": "test",
            "artifacts": (artifact,),
        }
        return Delivery.model_validate({**values, **changes})

    return make
