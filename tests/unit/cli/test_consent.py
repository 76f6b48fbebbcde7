"""``retention consent``: rules with their sources, one decision explained, one signature."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from rich.cells import cell_len

from retention_sdk.cli import main
from retention_sdk.cli.consent import HELP

OWN = (
    "rule_id,jurisdiction,region,message_class,channel,basis_code,basis,citation,source_read,"
    "confidence,replaces\n"
    "tea.de.email,Germany,DE,marketing,email,opt_out,opt_out,counsel,statute-known,high,"
    "de.mark.email\n"
)


@pytest.fixture
def nowhere(tmp_path, monkeypatch):
    """A folder without a shop."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path


@pytest.fixture
def shop(nowhere, capsys):
    assert 0 == main(["init", "--name", "Tea House", "--email", "hello@tea.example"])
    capsys.readouterr()
    return nowhere


def run(capsys, *arguments):
    code = main(["consent", *map(str, arguments)])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def listed(capsys, *arguments):
    code, out, _ = run(capsys, "rules", "--json", *arguments)
    assert 0 == code
    return {rule["rule_id"]: rule for rule in json.loads(out)["rules"]}


@pytest.mark.usefixtures("nowhere")
def test_rules_of_a_place_and_channel_come_with_their_sources(capsys):
    code, out, _ = run(capsys, "rules", "--country", "DE", "--channel", "email")

    assert 0 == code
    assert "Germany, marketing" in out
    assert "an opt-in has to be confirmed; own consent from age 16" in out
    assert "UWG s. 7(2) no. 2, 7(3); GDPR art. 7(1), 21" in out
    assert "high confidence; a page that states it was read: betriebs-berater.ruw.de" in out
    assert "not legal advice" in " ".join(out.split())
    assert {"de.mark.email", "eu.tran.any"} == set(
        listed(capsys, "--country", "DE", "--channel", "email")
    )


@pytest.mark.parametrize("width", [80, 120, 200])
@pytest.mark.usefixtures("nowhere")
def test_no_line_is_wider_than_the_terminal(capsys, monkeypatch, width):
    monkeypatch.setenv("COLUMNS", str(width))
    _, out, _ = run(capsys, "rules")
    lines = out.splitlines()

    assert 253 < len(lines)
    assert [] == [line for line in lines if cell_len(line) > width or line != line.rstrip()]


@pytest.mark.usefixtures("nowhere")
def test_without_a_place_every_rule_is_listed(capsys):
    everything = listed(capsys)
    german = listed(capsys, "--country", "DE")

    assert 253 == len(everything)
    assert all(rule["citation"] for rule in everything.values())
    assert everything["de.mark.email"] == german["de.mark.email"]
    assert {"version", "counts_as", "signed_by", "source_read"} <= set(german["de.mark.email"])


@pytest.mark.usefixtures("nowhere")
def test_a_state_is_named_in_three_ways(capsys):
    spelt = [
        listed(capsys, *place, "--class", "marketing", "--channel", "sms")
        for place in (
            ("--region", "US-TX"),
            ("--country", "us", "--region", "TX"),
            ("--country", "US", "--region", "US-TX"),
        )
    ]

    assert {"us.mark.sms", "us-tx.mark.sms"} == set(spelt[0])
    assert spelt[0] == spelt[1] == spelt[2]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("rules", "--country", "UK"), "there is no country UK"),
        (("rules", "--country", "DE", "--region", "US-TX"), "US-TX does not lie in DE"),
        (("rules", "--region", "TX"), "does not lie in any country"),
        (("rules", "--on", "soon"), "is not a day"),
        (("rules", "--channel", "fax"), "'fax' is not one of"),
        (("check", "--country", "DE", "--channel", "email"), "Missing option '--purpose'"),
        (("sign", "de.mark.sms"), "Missing option '--by'"),
        (("sign", "de.mark.sms", "--by", ""), "is a name of 1 to 200 characters"),
        ((), "Usage: retention consent"),
    ],
)
@pytest.mark.usefixtures("nowhere")
def test_a_wrong_command_line_ends_with_two(capsys, arguments, words):
    code, out, err = run(capsys, *arguments)

    assert 2 == code
    assert words in " ".join((out + err).split())


@pytest.mark.usefixtures("nowhere")
def test_the_day_chooses_among_dated_rules(capsys):
    before, after = (
        listed(capsys, "--country", "FR", "--channel", "phone", "--on", day)
        for day in ("2026-08-10", "2026-08-11")
    )

    assert "eu.mark.phone" in before
    assert "fr.mark.phone" in after
    assert "eu.mark.phone" not in after


@pytest.mark.usefixtures("nowhere")
def test_a_situation_is_decided_and_explained(capsys):
    asked = ("check", "--country", "DE", "--channel", "email", "--purpose", "reviews")
    moment = ("--at", "2026-11-20T10:00+01:00")
    code, out, _ = run(capsys, *asked, *moment)
    told = " ".join(out.split())

    assert 0 == code
    assert told.startswith(
        "yes May leave: reviews-by-email, a marketing e-mail under the law of DE"
    )
    assert "UWG s. 7(2) no. 2" in told
    assert "2026-11-20 09:00 UTC" in told
    assert 7 == run(capsys, *asked, *moment, "--no-sale")[0]
    assert 7 == run(capsys, *asked, *moment, "--objected")[0]
    assert 7 == run(capsys, *asked, *moment, "--no-sale", "--opt-in", "single")[0]
    assert 0 == run(capsys, *asked, *moment, "--no-sale", "--opt-in", "confirmed")[0]


@pytest.mark.usefixtures("nowhere")
def test_the_law_of_the_seller_counts_too(capsys):
    asked = ("check", "--country", "US", "--channel", "email", "--purpose", "offers", "--json")
    home, abroad = (
        json.loads(run(capsys, *asked, *seller)[1]) for seller in ((), ("--seller", "CA"))
    )

    assert ["US"] == [place for place in home["jurisdictions"] if len(place) == 2]
    assert "CA" in abroad["jurisdictions"]
    assert home["rules_version"] == abroad["rules_version"]
    assert "not legal advice" in abroad["explanation"]


def test_the_shop_is_where_its_settings_say(shop, capsys):
    settings = Path("retention.toml")
    text = settings.read_text("utf-8")
    assert 'country = "DE"' in text
    settings.write_text(text.replace('country = "DE"', 'country = "CA"'), encoding="utf-8")
    asked = ("check", "--country", "US", "--channel", "email", "--purpose", "offers", "--json")

    assert "CA" in json.loads(run(capsys, *asked)[1])["jurisdictions"]
    assert "CA" not in json.loads(run(capsys, *asked, "--seller", "US")[1])["jurisdictions"]


@pytest.mark.usefixtures("nowhere")
def test_a_leaflet_for_all_needs_no_consent(capsys):
    asked = ("check", "--country", "GE", "--channel", "parcel_insert", "--purpose", "offers")

    assert 0 == run(capsys, *asked, "--same-for-all")[0]
    assert 7 == run(capsys, *asked)[0]
    assert 7 == run(capsys, *asked, "--opt-in", "single")[0]
    both = ("--opt-in-to", "marketing", "--opt-in-to", "profiling")
    assert 0 == run(capsys, *asked, "--opt-in", "single", *both)[0]


@pytest.mark.usefixtures("nowhere")
def test_a_situation_that_cannot_be_is_refused(capsys):
    asked = ("check", "--country", "DE", "--channel", "email", "--purpose", "reviews")

    assert 2 == run(capsys, *asked, "--at", "noon")[0]
    assert 2 == run(capsys, *asked, "--seller", "UK")[0]


def test_a_signature_is_printed_or_written(shop, capsys):
    rule_id = "fr.mark.parcel_insert.own-personalised"
    before = Path("retention.toml").read_text("utf-8")
    signature = ("sign", rule_id, "--by", 'Maître "A"', "--on", "2026-11-20")
    code, printed, _ = run(capsys, *signature)
    assert 0 == code
    assert before == Path("retention.toml").read_text("utf-8")

    assert 0 == run(capsys, *signature, "--write", "--json")[0]
    settings = Path("retention.toml").read_text("utf-8")
    (sign_off,) = tomllib.loads(printed)["consent"]["sign_offs"]
    assert settings.startswith(before)
    assert [sign_off] == tomllib.loads(settings)["consent"]["sign_offs"]
    assert [] == list(shop.glob("*.new"))

    told = listed(capsys, "--country", "FR")[rule_id]
    assert ('Maître "A", 2026-11-20', "opt_out") == (told["signed_by"], told["counts_as"])
    assert 3 == run(capsys, *signature, "--write")[0]


@pytest.mark.usefixtures("nowhere")
def test_a_rule_is_shown_with_all_its_words(capsys):
    code, out, _ = run(capsys, "show", "de.mark.email")
    told = " ".join(out.split())

    assert 0 == code
    assert "s. 7(3): sale, own similar goods, no objection" in told
    assert "signed by nobody" in told
    assert "opt in proof confirmed" in told
    assert json.loads(run(capsys, "show", "de.mark.email", "--json")[1]) == {
        name: value
        for name, value in listed(capsys)["de.mark.email"].items()
        if name not in {"counts_as", "signed_by"}
    }
    code, _, err = run(capsys, "show", "de.mark.mail")
    assert (3, True) == (code, "did you mean de.mark.email?" in err)


def test_a_settings_file_keeps_its_rights_and_its_link(shop, capsys):
    Path("real").mkdir()
    real = Path("retention.toml").rename(shop / "real" / "retention.toml")
    real.chmod(0o640)
    Path("retention.toml").symlink_to(real)

    code, _, err = run(capsys, "sign", "de.mark.sms", "--by", "A", "--write")

    assert (0, "") == (code, err)
    assert Path("retention.toml").is_symlink()
    assert 0o640 == real.stat().st_mode & 0o777
    assert "de.mark.sms" in real.read_text("utf-8")


def test_the_doctor_warns_of_what_is_not_in_force(shop, capsys):
    (shop / "own.csv").write_text(OWN, encoding="utf-8")
    with Path("retention.toml").open("a", encoding="utf-8") as settings:
        settings.write('\n[consent]\nrules = "own.csv"\n')
    assert 0 == main(["doctor", "--json"])
    findings = json.loads(capsys.readouterr().out)
    told = [(each["ok"], each["finding"]) for each in findings if each["what"] == "consent rules"]

    assert (True, "254 rules, 1 of them added, 0 signed off") == told[0]
    assert told[1][0] is None
    assert told[1][1].startswith("tea.de.email would replace de.mark.email")
    listing = " ".join(run(capsys, "rules", "--country", "FR")[1].split())
    assert f"Warning: {told[1][1]}." in listing

    assert 0 == run(capsys, "sign", "tea.de.email", "--by", "A. Counsel", "--write")[0]
    assert 0 == main(["doctor", "--json"])
    assert "would replace" not in capsys.readouterr().out


def test_the_doctor_names_the_cell_that_is_wrong(shop, capsys):
    (shop / "own.csv").write_text(OWN.replace("high", "sure"), encoding="utf-8")
    with Path("retention.toml").open("a", encoding="utf-8") as settings:
        settings.write('\n[consent]\nrules = "own.csv"\n')

    assert 3 == main(["doctor"])
    assert "own.csv:2: tea.de.email.confidence" in " ".join(capsys.readouterr().out.split())
    assert 3 == run(capsys, "rules")[0]


def test_help_names_the_sub_commands(capsys):
    code, out, _ = run(capsys, "--help")

    assert 0 == code
    assert HELP in " ".join(out.split())
    assert all(name in out for name in ("rules", "show", "check", "sign"))
