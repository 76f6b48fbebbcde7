"""The tests of the ledger notice faults: each of these is put in, and must be found.

Takes minutes, so it runs under ``RETENTION_SOAK=1`` only.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import retention_sdk

PACKAGE = Path(retention_sdk.__file__).parent
TESTS = Path(__file__).parent

MUTATIONS = {
    "released points do not repay debt": (
        "book.py",
        "            self.credit(lot, hold)\n            self.expire",
        "            self.expire",
    ),
    "released points dodge their expiry": (
        "book.py",
        "            self.expire(lot, at=at, hold=hold)\n",
        "",
    ),
    "matured points do not repay debt": (
        "book.py",
        "lot.pending, lot=lot)\n        self.credit(lot)\n",
        "lot.pending, lot=lot)\n",
    ),
    "a partial capture redeems everything": ("book.py", "min(kept, share)", "share"),
    "a partial capture forgets how much is left": (
        "book.py",
        "            kept -= redeemed\n",
        "",
    ),
    "held points count as available": (
        "book.py",
        "return sum(lot.available for lot",
        "return sum(lot.available + lot.held for lot",
    ),
    "expiry takes a moment too long": ("book.py", "lot.expires_at <= at", "lot.expires_at < at"),
    "maturity comes a moment too late": (
        "book.py",
        "lot.matures_at <= now",
        "lot.matures_at < now",
    ),
    "holds never time out": (
        "book.py",
        'hold.state == "open" and hold.expires_at <= now',
        "False",
    ),
    "time is not worked off in order": (
        "book.py",
        "return due.at, (",
        "return datetime.min.replace(tzinfo=due.at.tzinfo), (",
    ),
    "points without expiry are spent first": (
        "book.py",
        "never = lot.expires_at is None",
        "never = lot.expires_at is not None",
    ),
    "debt is never written down": (
        "book.py",
        "            self.debt += points",
        "            pass",
    ),
    "a clawback is not cumulative": ("clawback.py", " - lot.clawed)", ")"),
    "a clawback rounds in the other direction": (
        "clawback.py",
        "earned - int(earned * (1 - ratio))",
        "int(earned * ratio)",
    ),
    "expired points are forgiven again and again": (
        "clawback.py",
        "        lot.forgiven += share\n",
        "",
    ),
    "expired points are asked back": (
        "clawback.py",
        "_forgive(order_lots, need - sum(taken.values()))",
        "0",
    ),
    "other orders do not pay": (
        "clawback.py",
        '_take(book, book.spendable(), "available", rest)',
        "0",
    ),
    "a shortfall is not owed": (
        "clawback.py",
        '        book.move("debt", "reversed", rest)',
        "        pass",
    ),
    "keys are not looked up when earning": (
        "ledger.py",
        "if stored := find_posted(connection, self.program.id, request.key, request.mark):\n            return stored\n        journal = Journal(self._store, connection, self.program, subject_id",
        "journal = Journal(self._store, connection, self.program, subject_id",
    ),
    "a key is good for anything": ("posted.py", "if stored.fingerprint != mark", "if False"),
    "a refund before the payment is forgotten": (
        "ledger.py",
        "if lot and (ratio := _largest_ratio",
        "if None and (ratio := _largest_ratio",
    ),
    "late payments mature from today": (
        "orders.py",
        "dates(program, event.occurred_at)",
        "dates(program, journal.now)",
    ),
    "the chain does not follow": (
        "journal.py",
        "prev_hash=account.head_hash",
        'prev_hash=""',
    ),
    "balances in the body are old": (
        "journal.py",
        "        self._refresh_account()\n        account = self.account",
        "        account = self.account",
    ),
    "changed lots are not saved": (
        "journal.py",
        "            lots=[lot for name, lot in book.lots.items() if name in touched] if touched else [],\n",
        "            lots=[],\n",
    ),
    "a balance ignores what time did": (
        "ledger.py",
        "        for _ in settle(book, now):\n            book.take_moves()\n",
        "",
    ),
    "a redemption can be given back twice": (
        "holds.py",
        "    hold.refunded += points\n",
        "",
    ),
    "redeemed points come back as the first spent": (
        "holds.py",
        "in reversed(captured):",
        "in captured:",
    ),
    "returned points dodge their expiry": (
        "holds.py",
        "        book.expire(lot, at=now, hold=hold)\n",
        "",
    ),
    "returned points do not repay debt": (
        "holds.py",
        "        book.credit(lot, hold)\n        book.expire",
        "        book.expire",
    ),
    "given points are copied": (
        "transfers.py",
        '        giver.book.move("available", "issued", share, lot=lot)\n',
        "",
    ),
    "given points live for ever": (
        "transfers.py",
        "if life else (lot.matures_at, lot.expires_at)",
        "if life else (lot.matures_at, None)",
    ),
    "a merged account keeps its debt": (
        "transfers.py",
        '    new.book.move("debt", "issued", owed)\n',
        "",
    ),
    "a merged lot forgets what was taken back": (
        "transfers.py",
        "copy.clawed, copy.forgiven = lot.clawed, lot.forgiven",
        "copy.clawed, copy.forgiven = 0, lot.forgiven",
    ),
    "a refund looks in the account that was left": (
        "crediting.py",
        "live[-1].account_id",
        "lots[0].account_id",
    ),
    "what is owed by hand is not written down": (
        "adjust.py",
        '    book.move("debt", "reversed", owed)\n',
        "",
    ),
    "a refund under review takes points": (
        "crediting.py",
        'if policy == "manual_review" and',
        'if policy == "never" and',
    ),
    "a waived refund is not remembered": (
        "clawback.py",
        "        lot.clawed = max(target(lot.earned, ratio), lot.clawed)\n",
        "        pass\n",
    ),
    "an import posts again what is known": (
        "importing.py",
        "            if key not in marks:",
        "            if True:",
    ),
    "an import takes a key for anything": (
        "importing.py",
        "            elif marks[key] == mark:",
        "            elif True:",
    ),
    "an import forgets refunds told before": (
        "importing.py",
        "if ratio := self._ratios.get(request.reference):",
        "if ratio := None:",
    ),
    "an import takes refunds from the account that was left": (
        "importing.py",
        "    return live[-1].account_id",
        "    return lots[0].account_id",
    ),
    "an import weighs by what the books said before it": (
        "importing.py",
        "if self._asks_books and journal.has_entries:",
        "if False:",
    ),
    "gift cards earn": ("rules.py", " - gift_cards)", ")"),
    "points are rounded to the nearest": (
        "rules.py",
        "return exact // (total_minor * rate.per_minor)",
        "return round(exact / (total_minor * rate.per_minor))",
    ),
}


# Those that are about the ledger; the quick ones first, so that a fault is found soon.
WITNESSES = (
    "test_refund_matrix.py",
    "test_ledger.py",
    "test_moving_points.py",
    "test_rules.py",
    "test_grants.py",
    "test_verify.py",
    "test_importing.py",
    "test_ledger_states.py",
)


@pytest.mark.skipif(not os.environ.get("RETENTION_SOAK"), reason="takes minutes; make soak")
@pytest.mark.parametrize("name", MUTATIONS)
def test_a_fault_is_found(name, tmp_path):
    file, before, after = MUTATIONS[name]
    _copy(tmp_path)
    target = tmp_path / "retention_sdk" / "loyalty" / file
    source = target.read_text(encoding="utf-8")
    assert 1 == source.count(before), f"mend the list: {file} has no longer {before!r}"
    target.write_text(source.replace(before, after), encoding="utf-8")

    assert 1 == _run_tests(tmp_path, file).returncode, f"nobody noticed that {name}"


@pytest.mark.skipif(not os.environ.get("RETENTION_SOAK"), reason="takes minutes; make soak")
def test_without_a_fault_nothing_is_found(tmp_path):
    """The control: the copy fails because of the fault, not because it is a copy."""
    _copy(tmp_path)

    done = _run_tests(tmp_path)

    assert 0 == done.returncode, done.stdout.decode()[-2000:]


def test_every_fault_still_fits_the_code():
    for file, before, _ in MUTATIONS.values():
        source = (PACKAGE / "loyalty" / file).read_text(encoding="utf-8")
        assert 1 == source.count(before), f"mend the list: {file} has no longer {before!r}"


def _copy(folder: Path) -> None:
    """Copy what a fault goes into, and the tests that must find it; all else is linked."""
    package, tests = folder / "retention_sdk", folder / "tests"
    package.mkdir()
    tests.mkdir()
    for each in PACKAGE.iterdir():
        if each.name != "loyalty":
            (package / each.name).symlink_to(each)
    shutil.copytree(PACKAGE / "loyalty", package / "loyalty")
    for name in ("conftest.py", *WITNESSES):
        shutil.copy(TESTS / name, tests)


def _witnesses(file: str) -> list[str]:
    """Return the tests to run, those first that are about a module that has a fault."""
    named = f"test_{file}"
    return sorted(WITNESSES, key=lambda each: each != named)


def _run_tests(folder: Path, file: str = "") -> subprocess.CompletedProcess[bytes]:
    (folder / "pytest.ini").write_text("[pytest]\naddopts = --import-mode=importlib\n")
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider"]
    command += ["-p", "no:randomly", *(f"tests/{name}" for name in _witnesses(file))]
    environment = {**os.environ, "PYTHONPATH": str(folder), "RETENTION_NO_SHRINK": "1"}
    environment["RETENTION_SQLITE_ONLY"] = "1"
    environment.pop("RETENTION_SOAK")
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
