"""``retention whatsapp`` prints what WhatsApp has to approve, in the shop's name and tone."""

import json

import pytest

from retention_sdk.cli import main
from retention_sdk.l10n import available_locales


@pytest.fixture
def shop_dir(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert 0 == main(["init"])
    capsys.readouterr()


def told(capsys, *arguments):
    assert 0 == main(["whatsapp", *arguments])
    return capsys.readouterr().out


@pytest.mark.usefixtures("shop_dir")
def test_every_language_has_both_texts(capsys):
    rows = json.loads(told(capsys, "--json"))

    assert 2 * len(available_locales()) == len(rows)
    assert {"utility"} == {each["category"] for each in rows}
    assert all("My Shop" in each["text"] and "{{1}}" in each["text"] for each in rows)


@pytest.mark.usefixtures("shop_dir")
def test_chosen_languages_are_printed_for_people(capsys):
    text = told(capsys, "--locale", "ja")

    assert "thank_you.ja" in text
    assert "【My Shop】ご注文（{{1}}）を承りました。ありがとうございます。" in text
    assert "thank_you.en" not in text
