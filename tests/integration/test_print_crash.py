"""``retention print`` and ``retention pack`` as processes: killed, run again, fed by a scanner."""

import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from retention_sdk.testing import a_customer, an_order

IS_SOAK = bool(os.environ.get("RETENTION_SOAK"))
ROOT = Path(__file__).parents[2]
SEED = 20261122
LANGUAGES = ("en", "de", "fa", "ja", "hy", "ar", "fr")
SETTINGS = """
[shop]
id = "soap.example"
name = "Soap & Sons"
country = "DE"
currency = "EUR"
language = "en"
email = "hello@soap.example"

[delivery]
card = "desk"

[codes]
base_url = "https://s.example/"

[channels.folder]
directory = "out"
"""
RUN = "from retention_sdk.cli import main; raise SystemExit(main())"


def order(number):
    return an_order(
        id=str(number),
        number=f"A-{number}",
        language=LANGUAGES[number % len(LANGUAGES)],
        customer=a_customer(id=f"c{number}", email=f"c{number}@example.com"),
    )


@pytest.fixture
def shop_dir(tmp_path):
    (tmp_path / "retention.toml").write_text(SETTINGS)
    (tmp_path / "brand.toml").write_text('name = "Soap & Sons"\n[sender]\nname = "Mary"\n')
    (tmp_path / "retention.key").write_text("5a" * 32)
    return tmp_path


def write_orders(shop_dir, count, name="orders.jsonl"):
    with (shop_dir / name).open("w") as file:
        for number in range(1, count + 1):
            file.write(order(number).model_dump_json() + "\n")
    return name


def start(shop_dir, *arguments, **options):
    return subprocess.Popen(
        [sys.executable, "-c", RUN, *arguments],
        cwd=shop_dir,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        **{"text": True, **options},
    )


def run(shop_dir, *arguments, stdin=None):
    process = start(shop_dir, *arguments, stdin=subprocess.PIPE if stdin else None)
    out, err = process.communicate(stdin, timeout=600)
    return process.returncode, out, err


def manifest(folder):
    return [json.loads(line) for line in (folder / "manifest.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("sheet", ["", "sra3"])
def test_a_batch_killed_at_seeded_moments_prints_every_card_once(shop_dir, sheet):
    """SIGKILL, for real: in the middle of drawing, writing, or between two commits."""
    count = 200 if IS_SOAK else 24
    command = ["print", "--orders", write_orders(shop_dir, count), "--out", "cards", "--json"]
    command += ["--sheet", sheet, "--sheets-per-file", "1"] if sheet else []
    moments = random.Random(SEED)
    for _ in range(20 if IS_SOAK else 4):
        process = start(shop_dir, *command)
        time.sleep(moments.uniform(0.8, 2.5))
        process.kill()
        process.communicate()

    code, out, err = run(shop_dir, *command)

    assert 0 == code, err
    counts = json.loads(out)["counts"]
    assert count == counts["printed"] + counts["known"]
    files = list((shop_dir / "cards").rglob("*.pdf"))
    if sheet:
        lines = {each["order"]: each for each in manifest(shop_dir / "cards")}
        assert count == len(lines)
        assert {Path(path).parent.name for path in files} == {x["job"] for x in lines.values()}
        places = Counter((x["job"], x["page"], x["position"]) for x in lines.values())
        assert 1 == max(places.values())
    else:
        assert {f"card-A-{number}.pdf": 1 for number in range(1, count + 1)} == Counter(
            path.name for path in files
        )
    code, out, _ = run(shop_dir, *command)
    assert {"printed": 0, "known": count, "void": 0, "none": 0, "failed": 0} == json.loads(out)[
        "counts"
    ]


def test_a_broken_order_is_named_and_the_exit_code_tells(shop_dir):
    broken = order(2).model_copy(update={"is_gift": True, "gift_message": "\U00012345"})
    lines = [order(1).model_dump_json(), broken.model_dump_json(), order(3).model_dump_json()]
    (shop_dir / "orders.jsonl").write_text("\n".join(lines))

    code, out, err = run(shop_dir, "print", "--orders", "orders.jsonl", "--out", "cards", "--json")

    answer = json.loads(out)
    assert 6 == code
    assert "" == err
    assert 2 == answer["counts"]["printed"]
    assert [("A-2", "failed")] == [(x["order"], x["state"]) for x in answer["attention"]]
    assert ["A-1", "A-2", "A-3"] == [line["order"] for line in manifest(shop_dir / "cards")]


def test_a_desk_that_scans_gets_a_line_for_each_scan(shop_dir):
    run(shop_dir, "import", "-p", "file", "--json")
    write_orders(shop_dir, 3)
    code, out, err = run(shop_dir, "print", "--orders", "orders.jsonl", "--out", "cards", "--json")
    assert 0 == code, err

    scans = b"A-1\n#A-2\nA-9999\na-1\n\n\xff\xfe\nA-3\n"
    process = start(shop_dir, "pack", "--json", stdin=subprocess.PIPE, text=False)
    out, err = process.communicate(scans, timeout=600)

    answers = [json.loads(line) for line in out.splitlines()]
    assert b"" == err
    assert [
        *("taken", "taken", "unknown", "packed_before", "unknown", "taken"),
    ] == [answer["state"] for answer in answers]
    assert 6 == process.returncode


def test_a_desk_prints_what_events_left_waiting(shop_dir):
    platforms = '\n[platforms.file]\npath = "orders.json"\n'
    (shop_dir / "retention.toml").write_text(SETTINGS + platforms)
    orders = [order(number).model_dump(mode="json") for number in (1, 2)]
    (shop_dir / "orders.json").write_text(json.dumps(orders))
    code, _, err = run(shop_dir, "import", "-p", "file", "--json")
    assert 0 == code, err

    code, out, err = run(shop_dir, "pack", stdin="A-2\nA-1\n")

    assert 0 == code, err
    assert ["A-2: its card is printed", "A-1: its card is printed"] == out.splitlines()
    names = sorted(path.name for path in (shop_dir / "out").rglob("card-A-*.pdf"))
    assert ["card-A-1.pdf", "card-A-2.pdf"] == names


@pytest.mark.skipif(not IS_SOAK, reason="ten thousand cards take a quarter of an hour")
def test_ten_thousand_cards_take_no_more_memory_than_one_thousand(shop_dir):
    """The peak of the first thousand is that of all, but for a tenth."""
    write_orders(shop_dir, 10_000)
    watch = (
        "import resource, sys\n"
        "from retention_sdk.cli import print_\n"
        "from retention_sdk.pipeline.cards.slips import Slip\n"
        "peaks, seen = [], 0\n"
        "follow = print_._follow\n"
        "def watched(slips, manifest, *, is_quiet):\n"
        "    def counted():\n"
        "        for number, slip in enumerate(slips, 1):\n"
        "            if number in {1000, 10_000}:\n"
        "                peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n"
        "            yield slip\n"
        "    return follow(counted(), manifest, is_quiet=is_quiet)\n"
        "print_._follow = watched\n"
        "from retention_sdk.cli import main\n"
        "code = main(['print', '--orders', 'orders.jsonl', '--out', 'cards', '--json'])\n"
        "print(peaks, file=sys.stderr)\n"
        "raise SystemExit(code)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", watch],
        cwd=shop_dir,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    early, late = json.loads(done.stderr.splitlines()[-1])

    assert 0 == done.returncode
    assert 10_000 == json.loads(done.stdout)["counts"]["printed"]
    assert late <= 1.1 * early
    assert late <= 350 * 1024
