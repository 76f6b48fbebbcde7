"""The page about files does what it says, one block after the other."""

import re
import shlex
import tomllib
from pathlib import Path

import pytest
from retention_files.mapping import FIELDS
from retention_files.presets import preset_names, read_mapping

from retention_sdk.cli import main

PAGE = Path(__file__).parents[3] / "docs" / "howto" / "import-files.md"
TEXT = PAGE.read_text("utf-8")
BLOCKS = re.findall(r"```(toml|csv|console)\n(.*?)```", TEXT, re.DOTALL)


def of(language):
    return [body for kind, body in BLOCKS if kind == language]


def undated(text):
    """Return a text in one line, without the moment of its making."""
    return re.sub(r"(changed before) [\d: -]+ UTC", r"\1", " ".join(text.split()))


@pytest.fixture
def shop_dir(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    assert 0 == main(["init", "--name", "Soap & Sons", "--country", "AT"])
    Path("bestellungen.csv").write_text(of("csv")[0])
    return tmp_path


def test_the_commands_print_what_the_page_shows(shop_dir, capsys):
    mapping, table, *_ = of("toml")
    for number, body in enumerate(of("console")):
        command, *shown = body.splitlines()
        capsys.readouterr()
        assert main(shlex.split(command.removeprefix("$ "))[1:]) in {0, 5}
        out = undated(capsys.readouterr().out)
        assert [] == [line for line in shown if undated(line) not in out]
        if number == 0:
            Path("shop.toml").write_text(mapping)
            Path("retention.toml").write_text(Path("retention.toml").read_text() + table)
    assert "19;22.11.2025" in Path("bestellungen.rejects.csv").read_text()
    assert "row 5, column 'Menge'" in Path("bestellungen.rejects.txt").read_text()


def test_the_draft_is_nearly_the_mapping_of_the_page(shop_dir, capsys):
    main(["x", "mapping", "bestellungen.csv", "--out", "shop.toml"])
    drafted, filled = tomllib.loads(Path("shop.toml").read_text()), tomllib.loads(of("toml")[0])

    assert {"is_paid"} == filled["columns"].keys() - drafted["columns"].keys()
    assert drafted["columns"].items() <= filled["columns"].items()
    assert {"rows", "decimal", "thousands", "dates"} == {
        name for name, value in drafted.items() if filled.get(name) == value
    }


def test_the_other_mappings_of_the_page_can_be_read():
    _, _, fields, ebay = map(tomllib.loads, of("toml"))

    assert "yes" == read_mapping({**fields, "currency": "EUR"}).columns["is_paid"].words["paid"]
    assert ("AU $",) == read_mapping(ebay).signs


def test_the_page_names_every_field_setting_and_preset():
    from retention_files.mapping import ADDRESS_FIELDS, Mapping

    bare = {field for field in FIELDS if not field.startswith(("ship_", "bill_"))}
    expected = {*bare, *ADDRESS_FIELDS, *preset_names(), *Mapping.model_fields} - {"columns"}

    assert [] == sorted(name for name in expected if not re.search(rf"[`\[]{name}\b", TEXT))
