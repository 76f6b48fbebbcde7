"""One delivery, many processes, some of them killed: one card, one mail, one posting."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from retention_sdk import Retention
from retention_sdk.demo.derive import DATA, DEMO_SECRET

IS_SOAK = bool(os.environ.get("RETENTION_SOAK"))
SEED = 20261121
ROOT = Path(__file__).parents[2]
DELIVERY = "woocommerce-1002"
STAGES = ["context", "decide", "compose", "render", "deliver"]

# Runs one event and kills itself, for real, right after the commit of a stage.
DIE_AFTER = """
import json, os, signal, sys
from pathlib import Path
from retention_sdk import Retention, WebhookRequest
headers, body = json.loads(Path(sys.argv[1]).read_text()), Path(sys.argv[2]).read_bytes()
with Retention.from_file("retention.toml") as shop:
    request = WebhookRequest(headers=headers, body=body)
    events = shop.adapter("woocommerce").handle(request)
    shop.accept(events)
    if sys.argv[3] == "receive":
        os.kill(os.getpid(), signal.SIGKILL)
    for event in events:
        for stage in shop.stages(event.id):
            if event.id.endswith(":paid") and stage == sys.argv[3]:
                os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def shop_dir(tmp_path):
    settings = (DATA / "retention.toml").read_text()
    settings += f"""
[platforms.woocommerce]
webhook_secrets = ["{DEMO_SECRET}"]

[channels.folder]
directory = "out"
"""
    (tmp_path / "retention.toml").write_text(settings)
    for name in ("brand.toml", "logo.svg"):
        (tmp_path / name).write_bytes((DATA / name).read_bytes())
    (tmp_path / "retention.key").write_text("5a" * 32)
    return tmp_path


def files(name=DELIVERY):
    folder = DATA / "deliveries"
    return folder / f"{name}.headers.json", folder / f"{name}.raw"


def start_receive(shop_dir):
    headers, body = files()
    command = [sys.executable, "-c", "from retention_sdk.cli import main; raise SystemExit(main())"]
    command += ["receive", "-p", "woocommerce", "--headers", headers, "--body", body, "--json"]
    return subprocess.Popen(
        command, cwd=shop_dir, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()
    )


def environment():
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def receive(shop_dir):
    process = start_receive(shop_dir)
    out, err = process.communicate(timeout=120)
    assert 0 == process.returncode, err.decode()
    return json.loads(out)


def assert_one_of_everything(shop_dir):
    made = sorted(path.name for path in (shop_dir / "out").rglob("*") if path.is_file())
    assert ["card-back.png", "card-front.png", "card.pdf"] == made[:3]
    assert 4 == len(made)
    assert made[3].endswith(".eml")
    with Retention.from_file(shop_dir / "retention.toml") as shop:
        with shop.store.reading() as connection:
            event = shop.store.inbox.get(connection, "woocommerce:kiln-and-leaf:order:1002:paid")
            history = shop.ledger.history(connection, event.subject_id)
            verified = shop.ledger.verify(connection)
            left = shop.store.inbox.pending(connection)
        assert ["earn"] == [entry.kind for entry in history]
        assert verified.is_clean, verified
        assert () == left


def test_the_same_delivery_twice_has_one_effect(shop_dir):
    first, second = receive(shop_dir), receive(shop_dir)

    assert all(outcome["is_new"] for outcome in first)
    assert not any(outcome["is_new"] for outcome in second)
    assert {"done"} == {outcome["state"] for outcome in first + second}
    assert_one_of_everything(shop_dir)


@pytest.mark.parametrize("stage", ["receive", *STAGES])
def test_a_kill_after_any_stage_loses_and_repeats_nothing(shop_dir, stage):
    headers, body = files()
    command = [sys.executable, "-c", DIE_AFTER, headers, body, stage]
    died = subprocess.run(command, cwd=shop_dir, env=environment(), check=False)
    assert -signal.SIGKILL == died.returncode

    again = receive(shop_dir)

    assert {"done"} == {outcome["state"] for outcome in again}
    assert_one_of_everything(shop_dir)


def test_kills_at_seeded_moments_lose_and_repeat_nothing(shop_dir):
    random_moments = random.Random(SEED)
    for _ in range(40 if IS_SOAK else 6):
        process = start_receive(shop_dir)
        time.sleep(random_moments.uniform(0.2, 1.6))
        process.kill()
        process.communicate()

    receive(shop_dir)

    assert_one_of_everything(shop_dir)


def test_two_processes_at_once_make_one_of_everything(shop_dir):
    processes = [start_receive(shop_dir) for _ in range(2)]
    answers = [process.communicate(timeout=120) for process in processes]

    assert [0, 0] == [process.returncode for process in processes], answers
    assert_one_of_everything(shop_dir)
