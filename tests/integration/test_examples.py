"""Everything a newcomer copies runs as printed: README, tutorials, examples."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from retention_sdk.cli import COMMANDS, main
from retention_sdk.demo.derive import DATA

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
