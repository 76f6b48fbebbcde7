"""``retention locales``: each fault that is put into a catalogue turns the check red."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace

import pytest

from retention_sdk.cli import main
from retention_sdk.l10n import available_locales
from retention_sdk.l10n.po import read_po, write_po
from retention_sdk.l10n.resources import locales_root

ROOT = locales_root()


@pytest.fixture
def tree(tmp_path):
    """Return a function that copies catalogues and puts a text into one of them."""

    def seed(tag, context, **changes):
        for name in {"en", tag}:
            (tmp_path / name).mkdir()
            for file in ("messages.po", "locale.toml"):
                shutil.copy(ROOT / name / file, tmp_path / name / file)
        if changes:
            rewrite(tmp_path / tag / "messages.po", context, **changes)
        return tmp_path

    return seed


def rewrite(path, context, **changes):
    entries = [
        replace(entry, **changes) if context == entry.context else entry for entry in read_po(path)
    ]
    assert entries != list(read_po(path))
    path.write_text(write_po(path.parent.name, entries), "utf-8")


def run(capsys, *arguments):
    code = main(["locales", *map(str, arguments)])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


SEEDS = {
    "a wrong placeholder": ("de", "card.order.number", "Bestellung {nummer}", "arguments"),
    "a lost placeholder": ("de", "card.order.number", "Bestellung", "arguments"),
    "a wrong type": ("de", "card.order.number", "Bestellung {number, number}", "arguments"),
    "a missing plural form": (
        "ru",
        "card.points.earned",
        "{points, plural, one {# балл} other {# балла}}",
        "plural",
    ),
    "a wrong script": ("ru", "label.total", "Итoго", "script"),
    "ASCII digits in Persian": ("fa", "label.total", "جمع 12", "digits"),
    "ASCII digits in Arabic": ("ar", "label.total", "المجموع 12", "digits"),
    "du beside Sie": (
        "de",
        "card.back.tagline",
        "Schön, dass Sie da sind, und du auch.",
        "address",
    ),
    "tu beside vous": ("fr", "email.summary.title", "Votre commande, ta joie", "address"),
    "tú beside usted": ("es", "email.summary.title", "Tu pedido, el de usted", "address"),
    "sen beside siz": ("tr", "email.summary.title", "Siparişiniz, senin siparişin", "address"),
    "an overflow": (
        "de",
        "card.signoff",
        "Mit ganz besonders herzlichen Grüßen aus unserer kleinen Werkstatt",
        "width",
    ),
    "a missing glyph": ("de", "card.signoff", "Herzlich 𝌆", "glyph"),
    "an unbalanced isolate": ("de", "card.signoff", "Herzlich\u2069", "bidi"),
    "an Arabic yeh in Persian": ("fa", "label.total", "جمع نهايی", "style"),
    "a verb without ZWNJ in Persian": ("fa", "card.signoff", "می بینیمت", "style"),
    "an ASCII colon in Armenian": ("hy", "label.total", "Ընդամենը:", "style"),
    "a colon without its space in French": ("fr", "label.total", "Total:", "style"),
    "an undotted capital in Turkish": ("tr", "label.discount", "Indirim", "style"),
    "text that is not in NFC": ("de", "label.total", "Pra\u0308mie", "nfc"),
    "untranslated text": ("de", "card.back.tagline", "It is good to have you.", "untranslated"),
    "no text": ("de", "card.signoff", "", "untranslated"),
    "broken syntax": ("de", "card.signoff", "Herzlich {", "syntax"),
    "a text message that costs too much": (
        "de",
        "sms.thank_you",
        "{brand}: Danke für {number}. " + "Schön, dass es dich gibt. " * 12,
        "segments",
    ),
}


@pytest.mark.parametrize("fault", SEEDS)
def test_a_seeded_fault_turns_the_check_red(fault, tree, capsys):
    """It names locale, key and fault, and exits 1."""
    tag, context, text, kind = SEEDS[fault]
    changes = {"text": text} | ({"source": text} if kind == "untranslated" and text else {})
    folder = tree(tag, context, **changes)

    code, out, _ = run(capsys, "check", tag, "--locales", folder)

    assert 1 == code
    # A mixed address is told of each formality in which the text is used.
    assert re.search(rf"{tag}: {re.escape(context)}(\|\w+)?: {kind}: ", out)


@pytest.mark.parametrize("tag", ["de", "fa", "hy", "ru"])
def test_what_is_shipped_is_green(tag, tree, capsys):
    code, out, _ = run(capsys, "check", tag, "--locales", tree(tag, ""))

    assert 0 == code, out
    assert "none" in out


def test_every_shipped_catalogue_is_green(capsys):
    """This is what `make check` runs; ink and widths included."""
    code, out, _ = run(capsys, "check", "--json")

    answer = json.loads(out)
    assert [] == [(each["locale"], fault) for each in answer for fault in each["faults"]]
    assert 0 == code
    assert set(available_locales()) <= {each["locale"] for each in answer}
    assert all(0 < each["messages"] <= each["messages_total"] for each in answer)


def test_strict_refuses_what_is_not_reviewed(tree, capsys):
    """A review of one text is not a review of the others."""
    folder = tree("de", "card.signoff", state="native_reviewed")

    assert 0 == run(capsys, "check", "de", "--locales", folder, "--strict", "drafted")[0]
    code, out, _ = run(
        capsys, "check", "de", "--locales", folder, "--strict", "native_reviewed", "--json"
    )

    (answer,) = json.loads(out)
    refused = {fault["context"] for fault in answer["faults"] if fault["code"] == "state"}
    assert 1 == code
    assert "card.thank_you.body" in refused
    assert "card.signoff" not in refused
    assert 1 == answer["states"]["native_reviewed"]


def test_an_unknown_state_or_locale_lists_the_choices(capsys):
    code, _, err = run(capsys, "check", "tlh")
    assert 6 == code
    assert "de, " in err

    assert 2 == run(capsys, "check", "--strict", "perfect")[0]
    assert 2 == run(capsys, "burn")[0]


def test_update_marks_what_changed_and_adds_what_is_new(tree, capsys):
    """Old English is kept beside the new; the check then names the text."""
    folder = tree("de", "card.signoff", source="Kindest of regards,")
    path = folder / "de" / "messages.po"

    assert 1 == run(capsys, "update", "--locales", folder, "--dry-run")[0]
    code, out, _ = run(capsys, "update", "--locales", folder, "--previous", "--json")

    entry = next(entry for entry in read_po(path) if entry.context == "card.signoff")
    assert 0 == code
    assert str(path) in json.loads(out)
    assert (True, "Kindest of regards,") == (entry.is_fuzzy, entry.previous)
    assert 1 == run(capsys, "check", "de", "--locales", folder)[0]
    assert (folder / "messages.pot").is_file()

    code, out, _ = run(capsys, "update", "--locales", folder, "--dry-run")
    assert (0, "Everything is up to date.") == (code, out.strip())


def test_pseudo_shows_what_layouts_will_meet(capsys):
    code, out, _ = run(capsys, "pseudo", "en-XA", "--json")

    assert 0 == code
    assert json.loads(out)["en-XA"]["card.thank_you.headline"].startswith("[Ţĥåñķ")

    code, _, err = run(capsys, "pseudo", "de")
    assert 2 == code
    assert "ar-XB, en-XA" in err
