"""Whole e-mails, byte for byte. Read them before committing a change.

``RETENTION_UPDATE_GOLDEN=1 pytest tests/unit/messages/test_golden.py`` writes them anew.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from retention_sdk.messages import render_email

GOLDEN = Path(__file__).parents[2] / "golden" / "mails"
DATE = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)

# Latin, Greek, Cyrillic, Armenian, Arabic, Hebrew, Japanese, Korean, Chinese, Devanagari, Thai.
LOCALES = "en de el ru hy fa ar he ja ko zh-Hans hi th".split()


@pytest.mark.parametrize("event", ["order_paid", "order_delivered"])
@pytest.mark.parametrize("locale", LOCALES)
def test_an_e_mail_is_what_it_was(make_case, make_message, locale, event):
    context = make_case(locale, event_type=event)
    message = make_message(context, unsubscribe_url="https://soap.example/u/3f9a")
    artifact = render_email(message, message_id="<3f9a@soap.example>", date=DATE)
    file = GOLDEN / artifact.name
    if os.environ.get("RETENTION_UPDATE_GOLDEN"):
        file.write_bytes(artifact.data)

    assert file.read_bytes() == artifact.data
