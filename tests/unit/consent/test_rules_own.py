"""Rules of a shop and of plugins: they tighten at once, and loosen when they are signed off."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import pytest

from retention_sdk.consent import Basis, SignOff, decide, gather_rules, load_rules, read_own_rules
from retention_sdk.errors import ConfigError, PluginError
from retention_sdk.hooks import hookimpl
from retention_sdk.hooks.manager import load

HEADER = (
    "rule_id,jurisdiction,region,message_class,channel,basis_code,basis,citation,source_read,"
    "confidence,replaces\n"
)
TIGHTER = "tea.us.email,United States,US,marketing,email,opt_in,opt_in,house rule,derived,high,\n"
LOOSER = (
    "tea.de.email,Germany,DE,marketing,email,opt_out,opt_out,advice of counsel,statute-known,high,"
    "de.mark.email\n"
)


class Offer(NamedTuple):
    """What the registry keeps of a plugin's rules."""

    answer: object
    name: str = "house"
    owner: str = "retention-house"

    def load(self):
        if isinstance(self.answer, Exception):
            return self._fail
        return lambda: self.answer

    def _fail(self):
        raise self.answer


@pytest.fixture
def own_file(tmp_path):
    def write(*rows, header=HEADER, name="rules.csv"):
        path = tmp_path / name
        path.write_text(header + "".join(rows), encoding="utf-8")
        return path

    return write


def test_a_shop_without_rules_of_its_own_has_the_shipped_ones():
    assert load_rules() == gather_rules()


def test_an_own_rule_tightens_at_once(own_file, make_candidate, make_context):
    rules = gather_rules(own_file=own_file(TIGHTER))
    candidate, context = make_candidate("marketing"), make_context("US")

    assert decide(candidate, context, rules=load_rules()).allowed
    decision = decide(candidate, context, rules=rules)
    assert not decision.allowed
    assert "tea.us.email" in decision.rule_ids
    assert "house rule" in decision.citations


def test_a_looser_rule_waits_for_a_signature(own_file, make_candidate, make_context):
    file = own_file(LOOSER)
    candidate, context = make_candidate("marketing"), make_context("DE", is_paid=False)
    (rule,) = read_own_rules(file)
    sign_off = SignOff(rule_id=rule.rule_id, by="A", on=date(2026, 11, 1), version=rule.version)

    unsigned = gather_rules(own_file=file)
    assert not decide(candidate, context, rules=unsigned).allowed
    assert 1 == len(unsigned.warnings())

    rules = gather_rules(own_file=file, sign_offs=[sign_off])
    assert decide(candidate, context, rules=rules).allowed
    assert () == rules.warnings()


def test_a_signature_ends_when_the_rule_is_edited(own_file):
    (rule,) = read_own_rules(own_file(LOOSER))
    sign_off = SignOff(rule_id=rule.rule_id, by="A", on=date(2026, 11, 1), version=rule.version)
    edited = own_file(LOOSER.replace(",opt_out,opt_out,", ",none,none,"))
    rules = gather_rules(own_file=edited, sign_offs=[sign_off])

    assert [
        "tea.de.email changed since it was signed off",
        "tea.de.email would replace de.mark.email, but",
    ] == [warning[: len(start)] for warning, start in zip(
        rules.warnings(),
        ("tea.de.email changed since it was signed off",
         "tea.de.email would replace de.mark.email, but"),
        strict=True,
    )]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (TIGHTER.replace(",US,", ",UK,"), "tea.us.email.region: there is no country UK .write GB"),
        (TIGHTER.replace(",US,", ",QQ,"), "there is no country QQ .write ISO 3166"),
        (TIGHTER.replace(",US,", ",US-TEX,"), "region: there is no state US-TEX .write ISO 3166-2"),
        (TIGHTER.replace(",high,", ",sure,"), "rules.csv:2: tea.us.email.confidence: "),
        (LOOSER.replace("de.mark.email\n", "x\n"), "rules.csv: tea.de.email.replaces: there is no"),
        (TIGHTER + TIGHTER, "rules.csv: consent.rules: two consent rules for tea.us.email"),
        (
            TIGHTER.replace("tea.us.email", "us.mark.email"),
            "rules.csv: consent.rules: two consent rules for us.mark.email",
        ),
    ],
)
def test_a_wrong_row_is_refused_by_file_and_column(own_file, row, words):
    with pytest.raises(ConfigError, match=words):
        gather_rules(own_file=own_file(row))


def test_rules_for_an_own_baseline_and_for_everywhere_are_fine(own_file):
    rows = [TIGHTER.replace(",US,", f",{region},") for region in ("*", "EU", "US-NV", "DE-BY")]

    assert 4 == len(
        read_own_rules(own_file(*(row.replace("tea", f"t{n}") for n, row in enumerate(rows))))
    )


def test_a_file_that_is_not_there_or_not_text_is_named(tmp_path, own_file):
    with pytest.raises(ConfigError, match=r"none\.csv: consent\.rules: No such file"):
        read_own_rules(tmp_path / "none.csv")
    file = own_file()
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match=r"rules\.csv: consent\.rules: is not UTF-8"):
        read_own_rules(file)


def test_a_file_has_a_limit(own_file):
    file = own_file(TIGHTER)
    room = 3_000_000 - file.stat().st_size
    with file.open("a", encoding="utf-8") as stream:
        stream.write("\n" * room)
    assert 1 == len(read_own_rules(file))

    with file.open("a", encoding="utf-8") as stream:
        stream.write("\n")
    with pytest.raises(ConfigError, match=r"rules\.csv: consent\.rules: is larger than 3 MB"):
        read_own_rules(file)


def test_a_byte_order_mark_of_a_spreadsheet_is_no_column(tmp_path):
    file = tmp_path / "rules.csv"
    file.write_text("\ufeff" + HEADER + TIGHTER, encoding="utf-8")

    assert ("tea.us.email",) == tuple(rule.rule_id for rule in read_own_rules(file))


def test_rules_of_plugins_and_of_the_shop_apply_together(own_file):
    (brought,) = read_own_rules(own_file(TIGHTER.replace("tea", "plug"), name="a.csv"))
    rules = gather_rules(own_file=own_file(TIGHTER), offers=[Offer([brought])])

    assert ["plug.us.email", "tea.us.email"] == [rule.rule_id for rule in rules.added]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (["rule"], "retention-house: consent rules 'house': what it returned is no list of Rule"),
        (None, "what it returned is no list of Rule"),
        ("rules", "what it returned is no list of Rule"),
        (ZeroDivisionError("secret"), "retention-house: consent rules 'house' failed: ZeroDiv"),
    ],
)
def test_a_plugin_that_brings_no_rules_stops_everything(answer, words):
    """What it would forbid must not be allowed because the plugin is broken."""
    with pytest.raises(PluginError, match=words) as caught:
        gather_rules(offers=[Offer(answer)])

    assert "secret" not in str(caught.value)


def test_a_plugin_cannot_take_the_place_of_a_shipped_rule_by_its_id():
    loose = load_rules().rules[0].model_copy(update={"basis_code": Basis.NONE})

    with pytest.raises(ConfigError, match="two consent rules for"):
        gather_rules(offers=[Offer([loose])])


def test_a_plugin_registers_rules_by_name():
    class Plugin:
        @hookimpl
        def retention_register(self, registry):
            registry.consent_rules("house", lambda: (), summary="what our brand promises")

    plugins = load(discover=False)
    plugins.add(Plugin(), "retention-house")
    offer = plugins.shelves.consent_rules["house"]

    assert ("retention-house", "what our brand promises") == (offer.owner, offer.summary)
    assert load_rules() == gather_rules(offers=[offer])
