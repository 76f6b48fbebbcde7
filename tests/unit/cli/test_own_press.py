"""``--profile`` takes the printing condition of a shop's own printer."""

from __future__ import annotations

from pathlib import Path

import pikepdf
import pytest

from retention_sdk.cli import main
from retention_sdk.inserts.press import icc

GRACOL = Path(icc.__file__).with_name("profiles") / "tr006_open_build.icc"
BRAND = 'name = "Kiln & Leaf"\n[sender]\nname = "Mira Sand"\n'
SETTINGS = """\
[brand]
file = "brand.toml"
[shop]
id = "kiln"
name = "Kiln & Leaf"
country = "DE"
language = "en"
currency = "EUR"
time_zone = "Europe/Berlin"
[press.druckhaus]
icc = "own.icc"
condition = "FOGRA51"
title = "PSO Coated v3"
ink_max = 290
pdfx = ["x-4"]
"""


@pytest.fixture
def shop(tmp_path, monkeypatch):
    (tmp_path / "retention.toml").write_text(SETTINGS)
    (tmp_path / "brand.toml").write_text(BRAND)
    (tmp_path / "own.icc").write_bytes(GRACOL.read_bytes())
    monkeypatch.chdir(tmp_path)
    return tmp_path


def insert(*options):
    return main(["insert", "--sample", "--template", "birthday", "--out", "card.pdf", *options])


def test_a_card_for_the_shops_own_printer_names_its_condition(shop, capsys):
    assert 0 == insert("--profile", "druckhaus", "--pdfx", "x-4")
    with pikepdf.open(shop / "card.pdf") as pdf:
        (intent,) = pdf.Root.OutputIntents
        assert "FOGRA51" == str(intent.OutputConditionIdentifier)
        assert GRACOL.read_bytes() == intent.DestOutputProfile.read_bytes()

    assert 0 == main(["preflight", "card.pdf", "--profile", "druckhaus", "--pdfx", "x-4"])
    assert "druckhaus, a6, 2 pages" in " ".join(capsys.readouterr().out.split())


def test_a_standard_that_the_printer_does_not_take_is_refused(shop, capsys):
    assert 2 == insert("--profile", "druckhaus", "--pdfx", "x-1a")
    assert "the profile druckhaus has x-4" in " ".join(capsys.readouterr().err.split())


def test_a_name_that_nobody_knows_lists_the_shops_own_too(shop, capsys):
    assert 2 == insert("--profile", "drukhaus")
    assert "druckhaus" in capsys.readouterr().err


def test_a_file_that_is_gone_is_told_with_its_key(shop, capsys):
    (shop / "own.icc").unlink()

    assert 0 != insert("--profile", "druckhaus")
    assert "press.druckhaus.icc" in " ".join(capsys.readouterr().err.split())
