"""An export through ``retention sync``: stopped anywhere, it goes on, and has its effect once."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from retention_files import adapter as adapter_module

from retention_sdk import Retention
from retention_sdk.cli import main

HEAD = "order_id,placed_at,paid_at,currency,total,title,quantity,unit_price,ship_country\n"
ROW = "{0},2026-01-20T10:00:00Z,2026-01-20T10:01:00Z,EUR,5.00,Bowl,1,5.00,DE\n"
KILLED = """\
import os, signal, sys
from retention_files import adapter
from retention_sdk import Retention
adapter.PAGE = 3
pages = []
def stop(page):
    pages.append(page)
    if len(pages) == int(sys.argv[1]):
        os.kill(os.getpid(), signal.SIGKILL)
with Retention.from_file("retention.toml") as shop:
    shop.sync("files", on_page=stop)
"""


@pytest.fixture
def shop_dir(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr(adapter_module, "PAGE", 3)
    assert 0 == main(["init", "--name", "Kiln & Leaf", "--email", "hello@kiln-and-leaf.example"])
    rows = list(map(ROW.format, range(10)))
    rows[4] = rows[4].replace("EUR,5.00", "EUR,five")
    Path("orders.csv").write_text(HEAD + "".join(rows))
    settings = Path("retention.toml")
    table = '\n[platforms.files]\npath = "orders.csv"\nmapping = "retention"\n'
    settings.write_text(settings.read_text() + table)
    capsys.readouterr()
    return tmp_path


def test_a_sync_that_was_killed_goes_on_after_its_last_page(shop_dir, capsys):
    done = subprocess.run([sys.executable, "-c", KILLED, "2"], check=False, env=os.environ)
    rejects = Path("orders.rejects.csv").read_text()
    with Retention.from_file("retention.toml") as shop:
        report = shop.sync("files")
        again = shop.sync("files")

    assert -signal.SIGKILL == done.returncode
    assert (4, 8, 0) == (report.orders, report.history, report.news)
    assert (0, 0) == (again.history, again.failed)
    assert rejects == Path("orders.rejects.csv").read_text()
    assert 1 == rejects.count("five,Bowl")


def test_refused_rows_are_counted_told_and_the_exit_code(shop_dir, capsys):
    code = main(["sync", "-p", "files", "--json"])
    told = json.loads(capsys.readouterr().out)
    again = main(["sync", "-p", "files"])
    out = capsys.readouterr().out

    assert (5, 9, 18, 1) == (code, told["orders"], told["history"], told["refused"])
    assert ["row 6, column 'total': not an amount such as 1234.50"] == told["refusals"]
    assert 5 == again
    assert "1 order that cannot be read" in out


def test_an_import_names_file_mapping_and_rejects(shop_dir, capsys):
    arguments = ["import", "orders.csv", "--mapping", "retention", "--rejects", "bad.csv"]
    code = main([*arguments, "--history", "--json"])
    captured = capsys.readouterr()

    assert 5 == code
    assert 18 == len(json.loads(captured.out))
    assert "row 6, column 'total'" in captured.err
    assert "1 order could not be read" in captured.err
    assert Path("bad.csv").read_text().startswith(HEAD)


def test_a_strict_import_stops(shop_dir, capsys):
    code = main(["import", "-p", "files", "--strict", "--history"])

    assert 5 == code
    assert "orders.csv: not an amount such as 1234.50 at row 6" in capsys.readouterr().err


def test_a_check_stores_and_writes_nothing(shop_dir, capsys):
    before = sorted(path.name for path in shop_dir.iterdir())
    code = main(["import", "-p", "files", "--check"])
    out = capsys.readouterr().out

    assert 5 == code
    assert "row 6, column 'total': not an amount" in out
    assert "9 orders can be read, 1 cannot" in out
    assert before == sorted(path.name for path in shop_dir.iterdir())
