"""Catalogues stay in step with the English, by our own command and by gettext's tools."""

from __future__ import annotations

import io
import shutil
from dataclasses import replace

import pytest
from babel.messages import pofile

from retention_sdk.errors import MessageError
from retention_sdk.l10n import REGISTRY
from retention_sdk.l10n.extract import TEMPLATE_FILE, merged, source_texts, template, update
from retention_sdk.l10n.po import read_po, write_po
from retention_sdk.l10n.resources import locales_root

ROOT = locales_root()
REQUIRED = {key for key, spec in REGISTRY.items() if spec.is_required}


@pytest.fixture(scope="module")
def english():
    return source_texts(read_po(ROOT / "en" / "messages.po"))


@pytest.fixture(scope="module")
def german():
    return read_po(ROOT / "de" / "messages.po")


def changed(entries, context, **changes):
    return tuple(replace(e, **changes) if e.context == context else e for e in entries)


def test_a_catalogue_in_step_keeps_every_text(english, german):
    """Same texts, states and variants; only the order is the registry's."""
    after = merged(german, english)

    assert {(e.context, e.text, e.state) for e in german} <= {
        (e.context, e.text, e.state) for e in after
    }
    assert merged(after, english) == after


def test_a_text_whose_english_has_changed_becomes_fuzzy(english, german):
    """It is not said any more, and a review of the old one does not count."""
    before = changed(german, "card.signoff", state="native_reviewed")
    english = {**english, "card.signoff": "With love,"}
    after = {entry.context: entry for entry in merged(before, english, keep_previous=True)}

    entry = after["card.signoff"]
    assert (True, "drafted", "With love,") == (entry.is_fuzzy, entry.state, entry.source)
    assert next(e.source for e in german if e.context == "card.signoff") == entry.previous
    assert not after["label.total"].is_fuzzy


def test_without_previous_the_old_english_is_forgotten(english, german):
    english = {**english, "card.signoff": "With love,"}
    (entry, *_) = [e for e in merged(german, english) if e.context == "card.signoff"]

    assert (True, "") == (entry.is_fuzzy, entry.previous)


def test_english_is_its_own_source(english):
    """Who rewrites an English text does not mark it as outdated."""
    before = changed(read_po(ROOT / "en" / "messages.po"), "card.signoff", text="With love,")
    (entry, *_) = [e for e in merged(before, source_texts(before)) if e.context == "card.signoff"]

    assert (False, "With love,") == (entry.is_fuzzy, entry.source)


def test_new_messages_come_empty_and_gone_ones_go(english, german):
    stranger = replace(german[0], context="card.nobody")
    after = merged((*german[1:], stranger), english)
    new = next(entry for entry in after if entry.context == german[0].context)

    assert ("", "drafted", False) == (new.text, new.state, new.is_fuzzy)
    assert "card.nobody" not in {entry.context for entry in after}


def test_english_comes_first():
    """A registered message needs its English before anybody can translate it."""
    entries = [e for e in read_po(ROOT / "en" / "messages.po") if e.key != "card.signoff"]

    with pytest.raises(MessageError, match=r"card\.signoff: write the English"):
        source_texts(entries)


def test_the_template_has_every_message_and_every_variant_there_is(english, german):
    contexts = {entry.context for entry in template(english, [german])}

    assert REQUIRED <= contexts
    assert {entry.context for entry in german} <= contexts


def test_pybabel_update_loses_nothing(english, german):
    """What Weblate and Poedit do: merge the template into a catalogue, mark what has changed."""
    english = {**english, "card.signoff": "With love,"}
    text = write_po("", template(english, [german]))
    pot = pofile.read_po(io.BytesIO(text.encode()))
    catalogue = pofile.read_po(io.BytesIO(write_po("de", german).encode()), locale="de")
    catalogue.update(pot, no_fuzzy_matching=False)
    found = {message.context: message for message in catalogue if message.id}

    gone = {message.context.partition("|")[0] for message in catalogue.obsolete.values()}
    assert gone <= {"card.signoff"}
    for entry in german:
        if entry.key != "card.signoff":
            assert entry.text == found[entry.context].string
            assert f"state: {entry.state}" in found[entry.context].user_comments


def test_update_writes_what_changed_and_nothing_else(tmp_path):
    for tag in ("en", "de"):
        (tmp_path / tag).mkdir()
        shutil.copy(ROOT / tag / "messages.po", tmp_path / tag / "messages.po")
    update(tmp_path)

    assert (tmp_path / TEMPLATE_FILE).is_file()
    assert () == update(tmp_path)

    (tmp_path / TEMPLATE_FILE).unlink()
    assert (tmp_path / TEMPLATE_FILE,) == update(tmp_path, write=False)
    assert not (tmp_path / TEMPLATE_FILE).exists()
