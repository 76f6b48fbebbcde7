"""WhatsApp messages say what was approved, with the gaps filled, and never advertise."""

import json

import pytest

from retention_sdk.consent import decide, load_rules
from retention_sdk.errors import ConsentError
from retention_sdk.l10n import available_locales, localizer
from retention_sdk.messages import (
    WHATSAPP_TEMPLATES,
    compose_whatsapp,
    render_whatsapp,
    template_text,
    whatsapp_candidates,
)
from retention_sdk.model import ContentKind
from retention_sdk.testing.builders import a_customer

RULES = load_rules()
PHONE = "+491712345678"


def composed(context, **changes):
    (candidate,) = whatsapp_candidates(context)
    candidate = candidate.model_copy(update=changes)
    decision = decide(candidate, context, rules=RULES)
    return compose_whatsapp(context, candidate, decision, localizer(context.locale.tag))


def test_thanks_are_an_approved_text_with_the_number_in_its_gap(make_context):
    context = make_context(locale="en-GB", customer=a_customer(phone=PHONE))
    message = composed(context)

    assert ("thank_you", PHONE, ("1001",)) == (
        message.template,
        message.recipient,
        message.variables,
    )
    assert "Soap & Sons: Thank you! Your order 1001 has reached us." == message.text


def test_what_the_provider_gets_is_json(make_context):
    artifact = render_whatsapp(
        composed(make_context(locale="fa", customer=a_customer(phone=PHONE)))
    )
    told = json.loads(artifact.data)

    assert "whatsapp-thank-you.fa.json" == artifact.name
    assert {"locale", "template", "text", "variables"} == set(told)


@pytest.mark.parametrize("phone", ["", "030 901820"])
def test_nobody_without_a_mobile_number_is_written_to(make_context, phone):
    assert () == whatsapp_candidates(make_context(customer=a_customer(phone=phone)))


def test_advertising_is_refused_even_with_a_yes(make_context):
    context = make_context(locale="en-GB", customer=a_customer(phone=PHONE))
    with pytest.raises(ConsentError):
        composed(context, content=frozenset({ContentKind.COUPON}))


@pytest.mark.parametrize("locale", available_locales())
@pytest.mark.parametrize("template", WHATSAPP_TEMPLATES)
def test_every_language_has_a_text_to_have_approved(locale, template):
    """WhatsApp refuses texts that begin or end with a gap."""
    for formality in ("formal", "neutral", "warm"):
        words = localizer(locale)
        text = template_text(template, words, brand="Soap & Sons", formality=formality)
        assert "{{1}}" in text
        assert not text.startswith("{{")
        assert not text.endswith("}}")
        assert 1 == text.count("{{")
