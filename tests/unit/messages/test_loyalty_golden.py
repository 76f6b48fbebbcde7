"""Whole e-mails of the loyalty programme, byte for byte, and all of them in every script.

``RETENTION_UPDATE_GOLDEN=1 pytest tests/unit/messages/test_loyalty_golden.py`` writes them anew;
read them before committing a change.
"""

from __future__ import annotations

import email
import email.policy
import os
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from retention_sdk.l10n import strip_isolates
from retention_sdk.messages import render_email, render_text
from tests.unit.messages.conftest import CASES
from tests.unit.messages.loyalty_cases import NEWS

GOLDEN = Path(__file__).parents[2] / "golden" / "mails"
DATE = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)
UNSUBSCRIBE = "https://soap.example/u/3f9a"
KEPT = [
    (template, tag)
    for template in ("points_expiring", "tier_at_risk", "reward")
    for tag in ("en", "fa", "ja")
]
KEPT += [("tier_up", "ar"), ("achievement", "he"), ("winback", "hy"), ("referral_rewarded", "de")]
RTL = {"fa", "ar", "he"}
# Their own letters, without what the shop or the customer is called and what addresses are made of.
NON_LATIN = [tag for tag in CASES if tag not in {"en", "de"}]


@pytest.fixture
def render(make_news, make_message):
    def render(template, locale):
        message = make_message(make_news(template, locale), unsubscribe_url=UNSUBSCRIBE)
        return render_email(message, message_id="<3f9a@soap.example>", date=DATE)

    return render


@pytest.mark.parametrize(("template", "locale"), KEPT)
def test_an_e_mail_is_what_it_was(render, template, locale):
    artifact = render(template, locale)
    file = GOLDEN / artifact.name
    if os.environ.get("RETENTION_UPDATE_GOLDEN"):
        file.write_bytes(artifact.data)

    assert f"{template.replace('_', '-')}.{locale}.eml" == artifact.name
    assert file.read_bytes() == artifact.data


@pytest.mark.parametrize("template", NEWS)
@pytest.mark.parametrize("locale", CASES)
def test_every_e_mail_is_written_in_every_script(render, template, locale):
    """Advertising can be refused with one click; what was bought with points need not be."""
    parsed = email.message_from_bytes(render(template, locale).data, policy=email.policy.default)
    html = parsed.get_body(("html",)).get_content()

    assert f'<html lang="{locale}" dir="{"rtl" if locale in RTL else "ltr"}">' in html
    assert [] == parsed.defects
    assert (template == "reward") is (parsed["List-Unsubscribe"] is None)
    assert (template == "reward") is (parsed["List-Unsubscribe-Post"] is None)


@pytest.mark.parametrize("locale", NON_LATIN)
def test_no_word_of_english_is_left_in_another_script(make_news, make_message, locale):
    given = r"Gold|Silver|Ten orders|Tea tin|5 € off|GRX7-PL4M|Reg\. \d+|https?://\S+|\S+@\S+"
    for template in NEWS:
        message = make_message(make_news(template, locale), unsubscribe_url=UNSUBSCRIBE)
        text = f"{message.subject} {message.preheader} {render_text(message)}"
        assert not re.search(r"[A-Za-z]{2}", re.sub(given, "", strip_isolates(text))), template
