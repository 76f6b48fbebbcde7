"""The page about running a programme does what it says, one block after the other."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from retention_sdk.cli import main

PAGE = Path(__file__).parents[3] / "docs" / "howto" / "loyalty-operations.md"


def test_every_block_of_the_page_runs_and_prints_what_it_shows(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    main(["init", "--name", "Soap & Sons", "--country", "DE"])
    ran = 0
    blocks = re.findall(
        r"```(toml|csv|python|console)\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL
    )
    for language, body in blocks:
        if language == "toml":
            file = Path("retention.toml")
            file.write_text(file.read_text().split("[loyalty")[0] + body)
            continue
        if language == "csv":
            Path("orders.csv").write_text(body)
            continue
        if language == "python":
            exec(compile(body, PAGE.name, "exec"), {})
            continue
        capsys.readouterr()
        command, *shown = body.splitlines()
        assert 0 == main(shlex.split(command.removeprefix("$ "))[1:])
        told = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
        assert [] == [line for line in shown if line not in told and f"  {line}" not in told]
        ran += 1

    assert (7, True) == (ran, Path("points.csv").is_file())
