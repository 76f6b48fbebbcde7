"""Each fault a translator can make is found, and named."""

from __future__ import annotations

from dataclasses import replace

import pytest

from retention_sdk.l10n.checks import check_catalogue
from retention_sdk.l10n.po import read_po
from retention_sdk.l10n.resources import compiled_catalogue, locales_root

ROOT = locales_root()


def findings(tag, context, text, **changes):
    """Check a shipped catalogue with one text replaced (or added, as a variant)."""
    source = read_po(ROOT / "en" / "messages.po")
    entries = list(read_po(ROOT / tag / "messages.po"))
    key = context.partition("|")[0]
    position = next(
        (i for i, entry in enumerate(entries) if entry.context == context),
        next(i for i, entry in enumerate(entries) if entry.context == key) + 1,
    )
    if entries[position].context == context:
        entries[position] = replace(entries[position], text=text, **changes)
    else:
        entry = replace(entries[position - 1], context=context, text=text, **changes)
        entries.insert(position, entry)
    found = check_catalogue(tag, entries, source, compiled_catalogue(tag)["profile"])
    return {finding.code for finding in found if finding.context.partition("|")[0] == key}


@pytest.mark.parametrize(
    ("tag", "context", "text", "code"),
    [
        ("de", "card.order.number", "Bestellung {nummer}", "arguments"),
        ("de", "card.order.number", "Bestellung", "arguments"),
        ("de", "card.order.number", "Bestellung {number, number}", "arguments"),
        ("de", "card.order.date", "Am {date, date, lang}", "arguments"),
        ("de", "card.order.number", "Bestellung {number", "syntax"),
        ("ru", "card.points.earned", "{points, plural, one {# балл} other {# баллов}}", "plural"),
        ("ja", "card.points.earned", "{points, plural, one {#点} other {#点}}", "plural"),
        ("fa", "label.total", "جمع كل", "style"),
        ("fa", "label.total", "جمع 5", "digits"),
        ("fa", "label.total", "جمع?", "style"),
        ("ar", "label.total", "الإجمالی", "style"),
        ("hy", "label.total", "Ընդամենը:", "style"),
        ("fr", "label.total", "Total !", "style"),
        ("fr", "label.total", "Total:", "style"),
        ("es", "label.total", "Total!", "style"),
        ("hi", "label.total", "कुल.", "style"),
        ("ja", "label.total", "合計!", "style"),
        ("de", "label.total", 'Gesamt "alles"', "style"),
        ("de", "label.total", "Gesamt ...", "style"),
        ("de", "label.total", "Gesamt  alles", "style"),
        ("de", "label.total", " Gesamt", "style"),
        ("de", "label.total", "Gesаmt", "script"),
        ("el", "label.total", "Συνoλο", "script"),
        ("de", "label.total", "Pra\N{COMBINING DIAERESIS}mie", "nfc"),
        ("de", "card.back.tagline", "Schön\N{POP DIRECTIONAL ISOLATE}", "bidi"),
        ("de", "card.back.tagline", "It is good to have you with us.", "untranslated"),
        ("de", "card.back.tagline|warm", "Schön, dass Sie da sind, und du auch.", "address"),
        ("de", "email.summary.title|formal", "Deine Bestellung", "address"),
        ("fr", "email.summary.title", "Ta commande", "address"),
        ("ru", "email.summary.title", "Твой заказ: для тебя", "address"),
        ("zh-Hans", "email.summary.title|warm", "您的订单", "address"),
        ("de", "label.total|polite", "Gesamtbetrag", "variant"),
        ("de", "label.total|warm", "Gesamt", "variant"),
    ],
)
def test_a_seeded_fault_is_found(tag, context, text, code):
    """One wrong text in a catalogue that is otherwise as shipped."""
    assert code in findings(tag, context, text)


def test_a_text_whose_english_has_changed_is_outdated():
    """The source stands in msgid; tools mark it fuzzy, and we compare."""
    assert {"outdated"} == findings("de", "label.total", "Gesamt", source="Grand total")
    assert {"outdated"} == findings("de", "label.total", "Gesamt", is_fuzzy=True)


def test_a_missing_a_doubled_and_an_unknown_message_are_found():
    """Coverage is complete or it is a finding."""
    source = read_po(ROOT / "en" / "messages.po")
    entries = list(read_po(ROOT / "de" / "messages.po"))
    profile = compiled_catalogue("de")["profile"]
    stranger = replace(entries[-1], context="card.nobody")
    changed = [*entries[1:], entries[1], stranger]
    found = check_catalogue("de", changed, source, profile)

    assert {"missing", "twice", "unknown", "outdated"} <= {finding.code for finding in found}
    assert entries[0].context == found[0].context


def test_a_salutation_that_always_needs_a_name_is_found():
    """The last pattern is for those whose name nobody knows."""
    source = read_po(ROOT / "en" / "messages.po")
    profile = {
        **compiled_catalogue("de")["profile"],
        "salutation": {
            "formal": {"first": ["Guten Tag {full},"]},
            "neutral": {"first": ["Guten Tag,"]},
            "warm": {"first": ["Hallo, schön, Sie zu sehen!"]},
        },
    }
    found = check_catalogue("de", read_po(ROOT / "de" / "messages.po"), source, profile)

    assert {"salutation.formal.first", "salutation.warm.first"} == {
        finding.context for finding in found
    }
