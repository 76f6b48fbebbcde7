"""Everything a newcomer copies runs as printed: README, tutorials, examples."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from retention_sdk.cli import COMMANDS, main
from retention_sdk.demo.derive import DATA, DEMO_SECRET
from retention_sdk.http import httpx

ROOT = Path(__file__).parents[2]
TEMPLATE_PAGE = ROOT / "docs/howto/write-a-template.md"
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs/tutorial").glob("*.md")), TEMPLATE_PAGE]
DELIVERIES = DATA / "deliveries"


def run(tmp_path, *command, **options):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, *map(str, command)], cwd=tmp_path, env=environment,
        capture_output=True, text=True, check=False, timeout=120, **options,
    )  # fmt: skip


def blocks(page, language):
    return re.findall(rf"```{language}\n(.*?)```", page.read_text(), re.DOTALL)


def test_the_readme_lines_run_as_printed(tmp_path):
    (code,) = blocks(ROOT / "README.md", "python")
    statements = [line for line in code.splitlines() if line.strip()]

    done = run(tmp_path, "-c", code)

    assert 12 == len(statements)
    assert 0 == done.returncode, done.stderr
    assert "first_order_welcome fa-IR" in done.stdout
    assert b"%PDF" == (tmp_path / "card.pdf").read_bytes()[:4]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_on_a_page_exists(page):
    text = page.read_text()
    used = set(re.findall(r"^retention ([a-z-]+)", text, re.MULTILINE))

    assert used <= set(COMMANDS)


@pytest.mark.parametrize(
    "page", [*PAGES, *sorted((ROOT / "docs").glob("*.md"))], ids=lambda page: page.name
)
def test_every_link_of_a_page_leads_somewhere(page):
    targets = re.findall(r"\]\(([^)#:]+)\)", page.read_text())

    assert [] == [target for target in targets if not (page.parent / target).exists()]


def test_the_first_card_tutorial_works(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    shutil.copy(DELIVERIES / "orders.csv", tmp_path)
    (commands, *more) = blocks(ROOT / "docs/tutorial/first-card.md", "")
    lines = [
        line.partition("#")[0].strip() for block in (commands, *more) for line in block.splitlines()
    ]

    for line in lines:
        program, *arguments = re.findall(r'"[^"]*"|\S+', line) or [""]
        if program == "cd":
            shutil.copy(tmp_path / "orders.csv", tmp_path / arguments[0])
            monkeypatch.chdir(tmp_path / arguments[0])
        elif program == "retention" and arguments[0] != "explain":
            assert 0 == main([a.strip('"') for a in arguments]), capsys.readouterr()

    assert 6 <= len(list((tmp_path / "myshop/out").glob("*.pdf")))


def test_the_page_about_templates_works(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    copy, plugin, stranger = blocks(TEMPLATE_PAGE, "python")
    for name, source in (("uploaded", "editorial"), ("winter", "classic")):
        (tmp_path / name).mkdir()
        for path in (ROOT / "retention_sdk/inserts/templates" / source).glob("*.typ"):
            shutil.copy(path, tmp_path / name)
    (tmp_path / "plugin.py").write_text(plugin + "\nprint(*winter_card().sources)\n")

    for line in blocks(TEMPLATE_PAGE, "")[0].splitlines():
        assert 0 == main(line.split()[1:]), capsys.readouterr()
    done = [run(tmp_path, "-c", copy), run(tmp_path, "plugin.py"), run(tmp_path, "-c", stranger)]

    assert 24 == len(list((tmp_path / "samples").glob("linen-*.png")))  # 4 families, 3 scripts
    assert [0, 0, 0] == [each.returncode for each in done], [each.stderr for each in done]
    assert "back.typ front.typ ornament.typ" == done[1].stdout.strip()
    assert b"%PDF" == (tmp_path / "card.pdf").read_bytes()[:4]
    assert b"%PDF" == (tmp_path / "theirs.pdf").read_bytes()[:4]


def test_the_storefront_script_prints_a_card(tmp_path):
    done = run(tmp_path, ROOT / "examples/storefront.py")

    assert 0 == done.returncode, done.stderr
    assert (tmp_path / "card.pdf").exists()
    assert (tmp_path / "card-front.png").exists()


def test_the_batch_script_prints_every_order(tmp_path):
    done = run(tmp_path, ROOT / "examples/batch.py", DELIVERIES / "orders.csv", tmp_path / "cards")

    assert 0 == done.returncode, done.stderr
    assert {"3001", "3002", "3003", "3004", "3005", "3006"} == {
        path.stem for path in (tmp_path / "cards").glob("*.pdf")
    }


@pytest.fixture
def fastapi_shop(tmp_path):
    """The FastAPI example on a real server, with the settings of the demonstration."""
    for name in ("brand.toml", "logo.svg"):
        shutil.copy(DATA / name, tmp_path)
    settings = (DATA / "retention.toml").read_text()
    settings += f'\n[platforms.woocommerce]\nwebhook_secrets = ["{DEMO_SECRET}"]\n'
    settings += '\n[channels.folder]\ndirectory = "out"\n'
    (tmp_path / "retention.toml").write_text(settings)
    (tmp_path / "retention.key").write_text("5a" * 32)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", "--app-dir", ROOT / "examples", "fastapi_shop:app"]
    command += ["--port", str(port), "--log-level", "warning"]
    environment = {**os.environ, "RETENTION_CONFIG": str(tmp_path / "retention.toml")}
    environment["PYTHONPATH"] = str(ROOT)
    with subprocess.Popen(list(map(str, command)), cwd=tmp_path, env=environment) as process:
        _wait_for(port)
        yield f"http://127.0.0.1:{port}", tmp_path
        process.terminate()


def _wait_for(port):
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail("the example's server does not start")


def test_the_fastapi_shop_takes_a_delivery_and_makes_a_card(fastapi_shop):
    url, folder = fastapi_shop
    headers = json.loads((DELIVERIES / "woocommerce-1002.headers.json").read_bytes())
    own = {k: v for k, v in headers.items() if k.startswith("X-WC") or k == "Content-Type"}
    body = (DELIVERIES / "woocommerce-1002.raw").read_bytes()

    with httpx.Client(base_url=url, timeout=60) as client:
        answers = [client.post("/hooks/woocommerce", headers=own, content=body) for _ in range(2)]
        forged = client.post("/hooks/woocommerce", headers=own, content=body + b" ")

    assert [200, 200, 401] == [answer.status_code for answer in (*answers, forged)]
    assert [0, 2] == sorted(answer.json()["new"] for answer in answers)
    for _ in range(600):
        if len(list((folder / "out").rglob("*.*"))) == 4:
            break
        time.sleep(0.1)
    assert 1 == len(list((folder / "out").glob("card-*/card.pdf")))
    assert 1 == len(list((folder / "out").glob("email-*/*.eml")))
