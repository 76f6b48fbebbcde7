"""Everything a newcomer copies runs as printed: README, tutorials, examples."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import textwrap
import tomllib
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
from typer.main import get_command

from retention_sdk.cli import COMMANDS, main
from retention_sdk.cli.run import _app
from retention_sdk.demo.derive import DATA
from retention_sdk.hooks.manager import load
from retention_sdk.testing import an_order

ROOT = Path(__file__).parents[2]
TEMPLATE_PAGE = ROOT / "docs/howto/write-a-template.md"
TUTORIAL = ROOT / "docs/tutorial/first-card.md"
PAGES = sorted(
    page
    for page in (ROOT / "README.md", *ROOT.glob("docs/**/*.md"), *ROOT.glob("plugins/*/README.md"))
    if "plans" not in page.parts
)
PLUGINS = [
    page
    for page in PAGES
    if "plugins" in page.relative_to(ROOT).parts and "demoshop" not in page.parent.name
]
COMMAND = re.compile(
    r"(?:^|[ `])retention ([a-z][a-z-]*)(?![\w.:/-])((?:\\\n|[^\n`#|>;])*)", re.MULTILINE
)
DELIVERIES = DATA / "deliveries"


def run(tmp_path, *command, **options):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, *map(str, command)], cwd=tmp_path, env=environment,
        capture_output=True, text=True, check=False, timeout=120, **options,
    )  # fmt: skip


def blocks(page, language):
    found = re.findall(r"^```(\w*)\n(.*?)^```", page.read_text(), re.DOTALL | re.MULTILINE)
    return [code for name, code in found if name == language]


def page_name(page):
    return str(page.relative_to(ROOT))


def test_the_readme_lines_run_as_printed(tmp_path):
    (code,) = blocks(ROOT / "README.md", "python")
    statements = [line for line in code.splitlines() if line.strip()]

    done = run(tmp_path, "-c", code)

    assert 12 == len(statements)
    assert 0 == done.returncode, done.stderr
    assert "first_order_welcome fa-IR" in done.stdout
    assert b"%PDF" == (tmp_path / "card.pdf").read_bytes()[:4]


@cache
def tree():
    """Every command with those below it, as the command line has them."""
    modules = {name: import_module(f"retention_sdk.cli.{COMMANDS[name][0]}") for name in COMMANDS}
    return {name: get_command(_app(name, module)) for name, module in modules.items()}


def faults(text):
    """Yield commands and options that a page names and the command line has not."""
    for match in COMMAND.finditer(text):
        name, words = match[1], match[2].split()
        if name not in tree():
            yield f"retention {name}"
            continue
        command = tree()[name]
        while words and words[0] in getattr(command, "commands", {}):
            command = command.commands[words.pop(0)]
        known = {"--help"}.union(*(option.opts for option in command.params))
        used = {word.partition("=")[0].strip("`.,;:)") for word in words if word.startswith("--")}
        yield from (f"{command.name} {option}" for option in used - known if name != "x")


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_every_command_and_option_on_a_page_exists(page):
    prose = re.sub(r"^ *```\w*\n.*?^ *```", "", page.read_text(), flags=re.DOTALL | re.MULTILINE)
    code = [each for name in ("", "sh", "console") for each in blocks(page, name)]

    assert [] == [
        fault for each in (*code, *re.findall(r"`[^`\n]+`", prose)) for fault in faults(each)
    ]


def anchors(page):
    headings = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def leads_somewhere(page, target):
    path, _, anchor = target.partition("#")
    file = page.parent / path if path else page
    return file.exists() and (not anchor or anchor in anchors(file))


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_every_link_of_a_page_leads_somewhere(page):
    prose = re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)
    targets = re.findall(r"\]\(([^):\s]+)\)", prose)

    assert [] == [target for target in targets if not leads_somewhere(page, target)]


def test_the_index_leads_to_every_page_for_people():
    index = ROOT / "docs/README.md"
    linked = {
        (index.parent / target.partition("#")[0]).resolve()
        for target in re.findall(r"\]\(([^):\s]+)\)", index.read_text())
    }

    assert set() == {*ROOT.glob("docs/howto/*.md"), *ROOT.glob("docs/tutorial/*.md")} - linked


@pytest.mark.parametrize("readme", PLUGINS, ids=page_name)
def test_every_setting_in_the_readme_of_an_adapter_exists(readme):
    adapters = load().shelves.adapters
    tables = re.findall(r"^ *```toml\n(.*?)^ *```", readme.read_text(), re.DOTALL | re.MULTILINE)
    shown = [tomllib.loads(textwrap.dedent(table)).get("platforms", {}) for table in tables]

    for name, settings in (item for each in shown for item in each.items()):
        assert set() == set(settings) - set(adapters[name].load().settings_model.model_fields)


@pytest.mark.parametrize("readme", PLUGINS, ids=page_name)
def test_the_readme_of_a_package_says_how_to_install_it(readme):
    assert f"pip install {readme.parent.name}" in readme.read_text()


def test_the_first_card_tutorial_works(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (orders,) = blocks(TUTORIAL, "csv")
    (commands, *more) = blocks(TUTORIAL, "")
    lines = [
        line.partition("#")[0].strip() for block in (commands, *more) for line in block.splitlines()
    ]

    for line in lines:
        program, *arguments = re.findall(r'"[^"]*"|\S+', line) or [""]
        if program == "cd":
            monkeypatch.chdir(tmp_path / arguments[0])
            Path("orders.csv").write_text(orders)
        elif program == "retention":
            assert 0 == main([a.strip('"') for a in arguments]), capsys.readouterr()

    assert "first_order_welcome" in capsys.readouterr().out  # of `retention explain`
    assert {"1001", "3001", "3002"} <= {
        path.stem.removesuffix("-card") for path in (tmp_path / "myshop/out").glob("*.pdf")
    }


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


def test_the_page_about_styles_works(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    page = ROOT / "docs/howto/write-a-style.md"
    assert 0 == main(["template", "new", "plum", "--from", "classic"]), capsys.readouterr()
    table, _ = blocks(page, "toml")
    Path("styles/plum/style.toml").write_text(table)
    (code,) = blocks(page, "python")

    exec(compile(code, page.name, "exec"), {})

    assert b"%PDF" == Path("card.pdf").read_bytes()[:4]


def test_the_page_about_forbidden_texts_prints_its_findings(tmp_path):
    (code,) = blocks(ROOT / "docs/howto/consent-lints.md", "python")

    done = run(tmp_path, "-c", code)

    assert ["error", "warning"] == [line.split()[0] for line in done.stdout.splitlines()]


def test_the_page_about_a_brand_shows_what_the_check_takes(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    page = ROOT / "docs/howto/design-a-brand.md"
    (commands,) = blocks(page, "")
    assert 0 == main(shlex.split(commands)[1:])
    brand = Path("brand.toml")
    contact = 'contact_email = "hello@kiln.example"\n'
    brand.write_text("\n".join((contact + brand.read_text(), *blocks(page, "toml"))))

    assert 0 == main(["brand", "check"]), capsys.readouterr()


def test_the_page_about_batches_works(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    page = ROOT / "docs/howto/print-a-batch.md"
    assert 0 == main(["init", "--name", "Kiln & Leaf", "--email", "hello@kiln.example"])
    Path("orders.jsonl").write_text(an_order("38.90 EUR").model_dump_json() + "\n")
    (shown,) = blocks(page, "json")

    for command in blocks(page, "sh"):
        assert 0 == main(shlex.split(command.replace("\\\n", ""))[1:]), capsys.readouterr()

    slips = [json.loads(line) for line in Path("cards/manifest.jsonl").read_text().splitlines()]
    assert [("1001", "printed"), ("1001", "known")] == [(it["order"], it["state"]) for it in slips]
    assert slips[0].keys() <= json.loads(shown).keys()


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
