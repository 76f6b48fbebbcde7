"""Whole e-mails, byte for byte. Read them before committing a change.

``RETENTION_UPDATE_GOLDEN=1 pytest tests/unit/messages/test_golden.py`` writes them anew.
"""

from __future__ import annotations

import email
import email.policy
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from retention_sdk.messages import (
    birthday_candidates,
    message_candidates,
    points_notice_candidates,
    render_email,
)

GOLDEN = Path(__file__).parents[2] / "golden" / "mails"
DATE = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)

# Latin, Greek, Cyrillic, Armenian, Arabic, Hebrew, Japanese, Korean, Chinese, Devanagari, Thai.
LOCALES = "en de el ru hy fa ar he ja ko zh-Hans hi th".split()
NEW = "en fa ja".split()
RTL = {"fa", "ar", "he"}


# What leaves, as: event of an order, or the candidates of an occasion.
KINDS = {
    "thank-you": ("order_paid", message_candidates),
    "review-request": ("order_delivered", message_candidates),
    "order-shipped": ("order_fulfilled", message_candidates),
    "birthday": ("occasion", birthday_candidates),
    "points-notice": ("occasion", points_notice_candidates),
}
KEPT = [(kind, tag) for kind in ("thank-you", "review-request") for tag in LOCALES]
KEPT += [(kind, tag) for kind in ("order-shipped", "birthday", "points-notice") for tag in NEW]


@pytest.fixture
def render(make_case, make_message):
    def render(kind, locale):
        event, candidates = KINDS[kind]
        context = make_case(locale, event_type=event)
        if event == "occasion":
            context = context.model_copy(update={"order": None})
        message = make_message(
            context,
            candidates=candidates,
            unsubscribe_url="https://soap.example/u/3f9a",
            tracking_url="https://post.example/track?code=RB123456789",
        )
        return render_email(message, message_id="<3f9a@soap.example>", date=DATE)

    return render


@pytest.mark.parametrize(("kind", "locale"), KEPT)
def test_an_e_mail_is_what_it_was(render, kind, locale):
    artifact = render(kind, locale)
    file = GOLDEN / artifact.name
    if os.environ.get("RETENTION_UPDATE_GOLDEN"):
        file.write_bytes(artifact.data)

    assert f"{kind}.{locale}.eml" == artifact.name
    assert file.read_bytes() == artifact.data


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("locale", LOCALES)
def test_every_e_mail_is_written_in_every_script(render, kind, locale):
    """Advertising can be refused with one click; what is about an order need not be."""
    parsed = email.message_from_bytes(render(kind, locale).data, policy=email.policy.default)
    html = parsed.get_body(("html",)).get_content()
    is_service = parsed["List-Unsubscribe"] is None

    assert locale == parsed["Content-Language"]
    assert f'<html lang="{locale}" dir="{"rtl" if locale in RTL else "ltr"}">' in html
    assert [] == parsed.defects
    assert kind in ("thank-you", "order-shipped") if is_service else kind != "order-shipped"
    assert is_service is (parsed["List-Unsubscribe-Post"] is None)
