"""``retention preflight``: what it says, to people and machines, and its exit code."""

from __future__ import annotations

import io
import json

import pytest
from PIL import Image

from retention_sdk import Retention
from retention_sdk.cli import main
from retention_sdk.testing import an_order


@pytest.fixture(scope="module")
def card(tmp_path_factory):
    path = tmp_path_factory.mktemp("cards") / "card.pdf"
    with Retention.offline("Kiln & Leaf", sender="Mira Sand") as shop:
        path.write_bytes(shop.print_card(an_order("38.90 EUR")).card.pdf.data)
    return path


def run(capsys, *arguments):
    code = main(["preflight", *map(str, arguments)])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_a_good_card_exits_with_zero(card, capsys):
    code, out, _ = run(capsys, card)

    assert 0 == code
    assert "digital_rgb, a6, 2 pages: nothing to object to" in " ".join(out.split())


def test_an_error_exits_with_one_and_says_how_to_mend_it(card, capsys):
    code, out, _ = run(capsys, card, "--format", "a5", "--depth", "card")

    assert 1 == code
    assert "error box-trim-size, page 1: " in out
    assert "choose the format that is ordered" in out


def test_the_report_for_machines_is_json(card, capsys):
    code, out, _ = run(capsys, card, "--profile", "coated_fogra39", "--json")

    answer = json.loads(out)
    assert (1, True) == (code, answer["has_errors"])
    assert ("coated_fogra39", "a6", 2) == tuple(
        answer[key] for key in ("profile", "format", "pages")
    )
    assert "colour-icc" in {finding["code"] for finding in answer["findings"]}


def test_the_code_of_a_card_is_compared(card, capsys):
    code, out, _ = run(capsys, card, "--code", "https://aurora.example/r/1", "--depth", "card")

    assert 1 == code
    assert "code-missing" in out


def test_a_label_is_examined_as_a_picture(tmp_path, capsys):
    label = tmp_path / "label.png"
    Image.new("L", (812, 1218), 255).save(label)

    code, out, _ = run(capsys, label, "--format", "4x6in", "--json")

    assert 1 == code
    codes = {finding["code"] for finding in json.loads(out)["findings"]}
    assert {"picture-depth", "page-blank"} == codes


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--pdfx", "x-3"], "x-4, x-1a"),
        (["--depth", "deep"], "full, card"),
        (["--format", "a0"], "'a0' is none of a6, a6-landscape"),
        (["--profile", "gold"], "'gold' is none of coated_fogra39"),
    ],
)
def test_a_wrong_wish_is_answered_with_what_there_is(card, arguments, said, capsys):
    code, _, err = run(capsys, card, *arguments)

    assert 2 == code
    assert said in " ".join(err.split())


def test_a_file_that_is_not_there_is_named(tmp_path, capsys):
    code, _, err = run(capsys, tmp_path / "none.pdf")

    assert 3 == code
    assert "none.pdf" in err


def test_what_is_no_pdf_is_damaged(tmp_path, capsys):
    path = tmp_path / "card.pdf"
    path.write_bytes(io.BytesIO(b"hello").getvalue())

    code, out, _ = run(capsys, path)

    assert 1 == code
    assert "file-damaged" in out
