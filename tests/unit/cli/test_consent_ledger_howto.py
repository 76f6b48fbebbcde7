"""The page about the ledger does what it says, one block after the other."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from retention_sdk.cli import main

PAGE = (Path(__file__).parents[3] / "docs" / "howto" / "consent-ledger.md").read_text("utf-8")


def test_every_block_of_the_page_runs_and_prints_what_it_shows(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    main(["init", "--name", "Soap & Sons", "--country", "DE"])
    ran = []
    for language, body in re.findall(r"```(python|console)\n(.*?)```", PAGE, re.DOTALL):
        if language == "python":
            exec(compile(body, "consent-ledger.md", "exec"), {})
            continue
        capsys.readouterr()
        commands = [line for line in body.splitlines() if line.startswith("$ retention ")]
        shown = [line for line in body.splitlines() if not line.startswith("$ ")]
        known = [line.replace("--customer 42", "--email ada@mail.example") for line in commands]
        assert [0] * len(known) == [main(shlex.split(line)[2:]) for line in known]
        told = capsys.readouterr().out
        assert all(line in told for line in shown)
        ran += commands

    assert 5 == len(ran)
    assert {"consents-2026-11.jsonld", "receipts-42.jsonld"} <= {
        each.name for each in tmp_path.iterdir()
    }
