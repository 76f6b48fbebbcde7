"""The pages on consent rules are complete and true."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from retention_sdk.cli import main
from retention_sdk.consent import ConsentConfig, load_rules, read_own_rules
from retention_sdk.consent.rules_csv import COLUMNS

DOCS = Path(__file__).parents[3] / "docs"
HOWTO = (DOCS / "howto" / "sign-off-consent-rules.md").read_text("utf-8")
REFERENCE = (DOCS / "reference" / "consent-rules.md").read_text("utf-8")
RULES = load_rules()


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", HOWTO, re.DOTALL)


@pytest.fixture
def shop(tmp_path, monkeypatch, capsys):
    """A shop with the own rules of the page."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    assert 0 == main(["init", "--name", "Tea House", "--email", "hello@tea.example"])
    (table,) = blocks("csv")
    Path("consent-rules.csv").write_text(table, encoding="utf-8")
    settings = next(text for text in blocks("toml") if "rules =" in text)
    with Path("retention.toml").open("a", encoding="utf-8") as file:
        file.write("\n" + settings)
    capsys.readouterr()
    return tmp_path


def test_its_example_runs():
    (code,) = blocks("python")

    assert 5 == code.count("assert ")
    exec(compile(code, "sign-off-consent-rules.md", "exec"), {})


@pytest.mark.parametrize("text", blocks("toml"))
def test_its_settings_can_be_read(text):
    table = tomllib.loads(text)["consent"]
    settings = ConsentConfig.model_validate(table)

    assert set(table) == settings.model_fields_set
    versions = {rule.rule_id: rule.version for rule in RULES.rules}
    assert all(versions[sign.rule_id] == sign.version for sign in settings.sign_offs)


@pytest.mark.usefixtures("shop")
def test_its_table_does_what_is_said():
    rules = RULES.plus(read_own_rules(Path("consent-rules.csv")))

    assert ["tea.all.sms", "tea.de.email", "tea.us.email"] == [r.rule_id for r in rules.added]
    assert (1, 168) == (rules.added[0].cap.count, rules.added[0].cap.hours)
    (warning,) = rules.warnings()
    assert warning.startswith("tea.de.email would replace de.mark.email, but nobody signed")


@pytest.mark.usefixtures("shop")
def test_its_commands_run_and_print_what_is_shown(capsys):
    commands = []
    for block in blocks("console"):
        first, *shown = block.strip().splitlines()
        words = re.findall(r'"[^"]*"|\S+', first.removeprefix("$ retention "))
        assert 0 == main([word.strip('"') for word in words])
        told = capsys.readouterr().out
        assert "\n".join(shown) in told
        commands.append(words[1])

    assert ["rules", "check", "show", "sign", "sign"] == commands
    assert 0 == main(["doctor"])
    assert "would replace" not in capsys.readouterr().out


def test_it_names_every_column_that_a_machine_reads():
    words = {"jurisdiction", "basis", "basis_conditions", "consent_expiry", "quiet_days",
             "registry_check", "mandatory_content", "optout_deadline", "evidence", "age_rule",
             "note", "reviewer"}  # fmt: skip

    assert set() == {name for name in COLUMNS if f"`{name}`" not in HOWTO} - words


def test_the_reference_lists_every_rule_with_citation_source_and_confidence():
    rows = dict(re.findall(r"^\| `([^`]+)` [0-9a-f]{12} \| (.*) \|$", REFERENCE, re.MULTILINE))

    assert {rule.rule_id for rule in RULES.rules} == set(rows)
    for rule in RULES.rules:
        *_, citation, note, source, confidence = rows[rule.rule_id].split(" | ")
        assert rule.citation.replace("<", "&lt;") == citation
        assert rule.note.replace("<", "&lt;") == note.strip()
        assert source.startswith(rule.source_read)
        assert rule.confidence == confidence


@pytest.mark.parametrize("page", [HOWTO, REFERENCE])
def test_it_says_that_it_is_no_legal_advice(page):
    assert "**This is engineering and not legal advice.**" in page


def test_the_reference_counts_what_is_there():
    counts = {level: sum(r.confidence == level for r in RULES.rules) for level in ("high", "low")}
    head = " ".join(REFERENCE[: REFERENCE.index("## ")].split())

    assert f"Confidence: {counts['high']} high" in head
    assert f"{counts['low']} low" in head
    assert "A lawyer has reviewed 0 of these 253 rules." in head
    assert RULES.version in head
