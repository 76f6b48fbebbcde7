"""The demonstration: derived data are what the script derives, and the gallery is whole."""

import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from retention_sdk.cli import main
from retention_sdk.demo.derive import DATA, derived_files


@pytest.fixture(scope="module")
def gallery(tmp_path_factory):
    out = tmp_path_factory.mktemp("demo") / "out"
    assert 0 == main(["demo", "--out", str(out), "--json"])
    return out


class Links(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attributes):
        self.found += [value for name, value in attributes if name in {"href", "src"}]


def test_derived_files_are_what_the_script_derives():
    derived = dict(derived_files())

    assert derived == {path.name: path.read_bytes() for path in (DATA / "deliveries").iterdir()}


def test_at_least_ten_orders_in_ten_scripts_become_cards(gallery):
    log = json.loads((gallery / "log.json").read_text())
    printed = {
        each["outcome"]["locale"].partition("-")[0]
        for each in log
        if any(delivery["surface"] == "card" for delivery in each["outcome"]["deliveries"])
    }

    # Latin, Arabic twice, Armenian, Hebrew, Kana, Cyrillic, Greek, Hangul, Devanagari, Thai, Han
    assert {"en", "fa", "ar", "hy", "he", "ja", "ru", "el", "ko", "hi", "th", "zh"} <= printed
    assert 10 <= len(list((gallery / "parcels").glob("card-*/card.pdf")))


def test_cards_suit_what_happened_and_come_in_all_three_styles(gallery):
    log = json.loads((gallery / "log.json").read_text())
    families = {
        delivery["template"]
        for each in log
        for delivery in each["outcome"]["deliveries"]
        if delivery["surface"] == "card"
    }
    notes = " ".join(note for each in log for note in each["outcome"]["card_notes"])

    assert families == {
        "anniversary", "apology_late", "birthday", "care_guide", "exit_survey",
        "first_order_welcome", "gift_message", "plain_thanks", "winback_gift",
    }  # fmt: skip
    assert {"letter", "note", "poster"} == set(re.findall(r"variant (\w+) was dealt", notes))


def test_every_card_that_was_printed_is_there_with_both_its_sides(gallery):
    """Also that of an order which is delivered later in the demonstration."""
    log = json.loads((gallery / "log.json").read_text())
    cards = [
        each
        for event in log
        for each in event["outcome"]["deliveries"]
        if each["surface"] == "card"
    ]
    names = {tuple(sorted(p.name for p in Path(each["location"]).iterdir())) for each in cards}

    assert len(cards) > 20
    assert {("card-back.png", "card-front.png", "card.pdf")} == names


def test_every_link_of_the_gallery_leads_to_a_file_and_none_to_the_network(gallery):
    links = Links()
    links.feed((gallery / "index.html").read_text())

    assert 50 < len(links.found)
    assert [] == [link for link in links.found if "//" in link or not (gallery / link).is_file()]


def test_the_page_runs_no_script_and_loads_nothing(gallery):
    page = (gallery / "index.html").read_text()

    assert not re.search(r"<script|@import|url\(", page)


def test_all_events_are_done_and_the_repetition_made_nothing(gallery):
    log = json.loads((gallery / "log.json").read_text())

    assert {"done"} == {each["outcome"]["state"] for each in log}
    (again,) = [each for each in log if each["note"] == "seen before"]
    assert not again["outcome"]["is_new"]


def test_points_of_the_refund_are_those_of_the_refunded_line(gallery):
    log = json.loads((gallery / "log.json").read_text())
    (refund,) = [each for each in log if each["outcome"]["event_type"] == "order_refunded"]

    # 11.50 of 53.90 EUR went back; the order had earned 49 points: floor(49 x 42.40/53.90) stay.
    assert -11 == refund["outcome"]["points_earned"]


def test_a_second_run_makes_the_same_cards(gallery, tmp_path):
    code = "from retention_sdk.cli import main; raise SystemExit(main())"
    command = [sys.executable, "-c", code, "demo", "--out", tmp_path / "again", "--json"]
    subprocess.run(command, check=True, capture_output=True)

    def made(folder):
        files = (folder / "parcels").rglob("*.*")
        return {path.relative_to(folder): path.read_bytes() for path in files if path.is_file()}

    assert made(gallery) == made(tmp_path / "again")


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path, capsys):
    (tmp_path / "thesis.txt").write_text("years of work")

    assert 3 == main(["demo", "--out", str(tmp_path)])
    assert "no earlier gallery" in capsys.readouterr().err
    assert ["thesis.txt"] == [path.name for path in tmp_path.iterdir()]
