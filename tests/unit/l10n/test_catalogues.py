"""What holds for every catalogue that is shipped."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from retention_sdk.l10n import REGISTRY, available_locales, localizer, negotiate, strip_isolates
from retention_sdk.l10n.checks import check_folder
from retention_sdk.l10n.compile import compile_locale, dump, main
from retention_sdk.l10n.po import read_po, write_po
from retention_sdk.l10n.resources import cldr_locales, compiled_catalogue, locales_root
from retention_sdk.model import Customer

ROOT = locales_root()
REQUIRED = set(
    "en en-GB de fr es es-419 it pt-BR pt-PT nl pl sv tr ru uk el hy "
    "fa ar he hi th vi id ja ko zh-Hans zh-Hant".split()
)
SIZE_MAX_BYTES = 700 * 1024


def test_the_promised_languages_are_there():
    """Twenty-eight catalogues in twelve scripts."""
    assert set(available_locales()) >= REQUIRED
    scripts = {compiled_catalogue(tag)["profile"]["script"] for tag in REQUIRED}
    assert 12 == len(scripts)


@pytest.mark.parametrize("tag", available_locales())
def test_a_machine_finds_no_fault(tag):
    """Complete, well-formed, true to English, in its own script, punctuation and address."""
    source = read_po(ROOT / "en" / "messages.po")

    assert () == check_folder(ROOT / tag, source)


@pytest.mark.parametrize("tag", available_locales())
def test_the_compiled_catalogue_is_the_one_translators_wrote(tag):
    """messages.json is committed; python -m retention_sdk.l10n.compile makes it."""
    compiled = (ROOT / tag / "messages.json").read_text("utf-8")

    assert dump(compile_locale(ROOT / tag)) == compiled


@pytest.mark.parametrize("tag", available_locales())
def test_the_file_is_in_the_order_and_form_we_write(tag):
    """So that a changed text is one changed line."""
    path = ROOT / tag / "messages.po"

    assert write_po(tag, read_po(path)) == path.read_text("utf-8")


@pytest.mark.parametrize("tag", available_locales())
def test_nothing_claims_a_review_that_did_not_happen(tag):
    """No native reader is on record, so every text is drafted."""
    assert {"drafted"} == {entry.state for entry in read_po(ROOT / tag / "messages.po")}


def test_nothing_untrue_is_promised():
    """We know neither who packed a parcel nor when."""
    for entry in read_po(ROOT / "en" / "messages.po"):
        for claim in ("by hand", "handmade", "this morning", "today", "twice", "our workshop"):
            assert claim not in entry.text.casefold()


def test_card_bodies_are_short():
    """At most fifty words of English fit an A6 card and leave it air; fewer above a list."""
    before_a_list = {"tier_up", "referral", "care", "returns", "story"}
    for entry in read_po(ROOT / "en" / "messages.po"):
        if entry.key.startswith("card.") and entry.key.endswith(".body"):
            least = 12 if entry.key.split(".")[1] in before_a_list else 28
            assert least <= len(entry.text.split()) <= 52, entry.context


def test_the_compiler_tells_an_outdated_catalogue(tmp_path, capsys, monkeypatch):
    """--check writes nothing; without it the file is written."""
    folder = tmp_path / "en"
    folder.mkdir()
    for name in ("messages.po", "locale.toml"):
        (folder / name).write_bytes((ROOT / "en" / name).read_bytes())
    monkeypatch.setattr("retention_sdk.l10n.compile.locales_root", lambda: tmp_path)

    assert 1 == main(["--check"])
    assert "outdated" in capsys.readouterr().err
    assert not (folder / "messages.json").exists()
    assert 0 == main([])
    assert 0 == main(["--check"])


def test_the_cldr_extract_names_its_sources_and_stays_small():
    """Versions and checksums of the npm packages, the licence, about 2 KB a locale to begin with."""
    folder = ROOT / "cldr"
    sources = json.loads((folder / "SOURCES.json").read_text("utf-8"))
    size = sum(path.stat().st_size for path in folder.glob("*.json"))

    assert "UNICODE LICENSE V3" in (folder / "LICENSE-UNICODE").read_text("utf-8")
    versions = {"48.2.0", "46.1.0", "39.0.0", "28.0.0"}

    assert versions == {entry["version"] for entry in sources["packages"].values()}
    assert all(entry["integrity"].startswith("sha512-") for entry in sources["packages"].values())
    assert size < SIZE_MAX_BYTES
    assert 167 == len(cldr_locales())


def test_speaking_needs_neither_babel_nor_pydantic():
    """Start-up is a feature: catalogues are compiled, models are passed in."""
    program = (
        "import sys; from retention_sdk.l10n import localizer;"
        "localizer('fa').message('card.points.earned', points=3);"
        "print(*sorted({'babel', 'pydantic', 'tomllib', 'zoneinfo'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[3],
        env={"PYTHONPATH": "."},
    )

    assert "" == done.stdout.strip()


def test_every_message_has_a_comment_for_translators():
    """And parameter names no variant or option could be confused with."""
    for key, spec in REGISTRY.items():
        assert key == spec.key
        assert len(spec.comment) > 5
        assert not {"formality", "addressee", "key"} & spec.types.keys()


def test_only_text_messages_are_counted_in_segments():
    """And every one of them has a limit, because every segment is paid for."""
    for spec in REGISTRY.values():
        assert (spec.surface == "sms") is (spec.segments_max > 0)


@pytest.mark.parametrize(("is_required", "codes"), [(True, ["missing"]), (False, [])])
def test_a_message_may_be_missing_only_while_it_is_translated(monkeypatch, is_required, codes):
    """So that a new text and its twenty-seven translations need not be one commit."""
    new = replace(REGISTRY["card.signoff"], key="card.new", is_required=is_required)
    monkeypatch.setattr("retention_sdk.l10n.checks.REGISTRY", {**REGISTRY, "card.new": new})
    source = read_po(ROOT / "en" / "messages.po")

    assert codes == [finding.code for finding in check_folder(ROOT / "nl", source)]


@pytest.mark.parametrize(
    ("tag", "name", "said"),
    [
        ("tr", "Işık", "Merhaba Işık,"),
        ("it", "Niccolò", "Ciao Niccolò,"),
        ("pt-BR", "João", "Olá, João,"),
        ("nl", "IJsbrand", "Hallo IJsbrand,"),
        ("pl", "Anna", "Dzień dobry,"),
        ("pl", "Jerzy", "Dzień dobry, Jerzy,"),
        ("uk", "Олена", "Вітаємо!"),
        ("uk", "Марі", "Вітаємо, Марі!"),
    ],
)
def test_a_name_is_said_or_left_out_but_never_bent_wrongly(tag, name, said):
    """Polish and Ukrainian bend almost every name of somebody they address."""
    greeting = localizer(tag).salutation(Customer(given_name=name), formality="neutral")

    assert said == strip_isolates(greeting.text)


@pytest.mark.parametrize(
    ("wanted", "served"), [("pt", "pt-BR"), ("pt-AO", "pt-PT"), ("es-MX", "es-419")]
)
def test_a_region_finds_the_nearest_of_two_catalogues(wanted, served):
    """Angola writes as Portugal does, Mexico as the rest of Latin America."""
    assert served == negotiate([wanted], available_locales()).tag
    assert localizer(served).message("card.signoff") == localizer(wanted).message("card.signoff")


@pytest.mark.parametrize(
    ("tag", "addressee", "said"),
    [
        ("en", "f", "Dear Ms. Lovelace,"),
        ("en-GB", "f", "Dear Ms Lovelace,"),
        ("de", "m", "Guten Tag Herr Lovelace,"),
        ("fr", "f", "Bonjour Madame Lovelace,"),
        ("es", "m", "Buenos días, señor Lovelace:"),
        ("nl", "f", "Geachte mevrouw Ada Lovelace,"),
        ("tr", "f", "Sayın Ada Hanım,"),
        ("uk", "f", "Шановна пані Lovelace!"),
        ("de", "", "Guten Tag Ada Lovelace,"),
        ("fr", "", "Bonjour Ada Lovelace,"),
    ],
)
def test_a_title_is_for_those_who_told_their_gender(tag, addressee, said):
    """Nothing guesses it from a name."""
    ada = Customer(given_name="Ada", family_name="Lovelace")
    greeting = localizer(tag).salutation(ada, formality="formal", addressee=addressee)

    assert said == strip_isolates(greeting.text)
