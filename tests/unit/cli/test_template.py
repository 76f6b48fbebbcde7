"""``retention template``: a copy that can be changed, and samples that show what the change did."""

from __future__ import annotations

import json

import pytest

from retention_sdk.cli import main
from retention_sdk.inserts.style import BUILT_IN_STYLES, STYLE_SOURCES, read_style, template_root


@pytest.fixture
def plum(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert 0 == main(["template", "new", "plum", "--from", "handwritten"])
    return tmp_path / "styles" / "plum"


def test_copy_holds_the_files_of_the_style_it_was_made_from(plum):
    for name in ("style.toml", *STYLE_SOURCES):
        assert (template_root() / "handwritten" / name).read_bytes() == (plum / name).read_bytes()
    assert "plum" == read_style(plum).name


def test_copy_is_never_written_over(plum, capsys):
    (plum / "style.toml").write_text('summary = "mine"\n', "utf-8")

    assert 6 == main(["template", "new", "plum"])
    assert "exists already" in capsys.readouterr().err
    assert 'summary = "mine"\n' == (plum / "style.toml").read_text("utf-8")


def test_check_draws_both_sides_of_each_sample(plum, tmp_path, capsys):
    capsys.readouterr()
    options = ["--language", "en", "--language", "fa", "--template", "thank_you", "--json"]
    assert 0 == main(["template", "check", str(plum), *options])

    answer = json.loads(capsys.readouterr().out)
    assert [("en", ""), ("fa", "")] == [
        (sample["language"], sample["problem"]) for sample in answer["samples"]
    ]
    pictures = sorted(path.name for path in (tmp_path / "samples").iterdir())
    assert [
        f"plum-thank_you-{tag}-{side}.png" for tag in ("en", "fa") for side in ("back", "front")
    ] == pictures


def test_check_tells_which_sample_cannot_be_printed(plum, capsys):
    table = plum / "style.toml"
    table.write_text(table.read_text("utf-8") + "\n[type.Latn2]\n", "utf-8")
    assert 6 == main(["template", "check", str(plum), "--language", "en"])
    assert "type.Latn2" in capsys.readouterr().err

    table.write_text("[type.Latn]\ntext = [30, 30]\n", "utf-8")
    options = ["--language", "en", "--template", "thank_you", "--json"]
    assert 1 == main(["template", "check", str(plum), *options])
    (sample,) = json.loads(capsys.readouterr().out)["samples"]
    assert "does not fit" in sample["problem"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["new", "Plum!"], "no name for a style"),
        (["new", "editorial"], "built in"),
        (["new", "plum", "--from", "baroque"], "classic, handwritten, editorial"),
        (["check", "nowhere"], "style.toml"),
    ],
)
def test_what_cannot_be_is_told(arguments, words, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)

    assert 6 == main(["template", *arguments])
    assert words in " ".join(capsys.readouterr().err.split())


def test_list_names_the_styles_and_all_families(capsys):
    assert 0 == main(["template", "list", "--json"])

    answer = json.loads(capsys.readouterr().out)
    assert list(BUILT_IN_STYLES) == list(answer["styles"])
    assert 16 == len(answer["families"])
