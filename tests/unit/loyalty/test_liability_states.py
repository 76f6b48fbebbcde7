"""Whatever happens to points, the report closes at what people held at the time.

The ledger's own machine draws the history. Before its clock moves, what everybody holds is noted
for each day that is about to pass. A report over any of these days, made at any time after, must
close at exactly what was noted, and what is swept later must not change it.
"""

from __future__ import annotations

import importlib.util
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from retention_sdk.loyalty.liability import read_liability
from retention_sdk.loyalty.statement import read_statement
from retention_sdk.storage.ledger import reporting

DAY = timedelta(days=1)
EVER = date(2020, 1, 1)


def _states():
    path = Path(__file__).with_name("test_ledger_states.py")
    spec = importlib.util.spec_from_file_location("ledger_states_for_liability", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


STATES = _states()


class LiabilityMachine(STATES.LedgerMachine):
    """The same two people; somebody counts what they hold at the end of each day."""

    def __init__(self) -> None:
        super().__init__()
        self.noted: dict[date, tuple[int, int, int, int]] = {}

    def held_at(self, moment: datetime) -> tuple[int, int, int, int]:
        program = self.ledger.program
        found = [
            read_statement(self.connection, program, subject_id, now=moment)
            for subject_id in self.subjects.values()
        ]
        names = ("pending", "available", "held", "owed")
        totals = [sum(getattr(each, name) for each in found if each) for name in names]
        return totals[0], totals[1], totals[2], totals[3]

    def report(self, *days: date):
        programs = reporting.stored_programs(self.connection)
        found = read_liability(self.connection, programs[0], days, now=self.now) if programs else ()
        return found.lines if found else ()

    @rule(days=st.integers(1, 12), split=st.integers(0, 12), sweeps=st.booleans())
    def wait(self, days, split, sweeps):
        for passed in range(days):
            moment = self.now + passed * DAY
            self.noted[moment.astimezone(UTC).date()] = self.held_at(moment)
        super().wait(days, split, sweeps)

    @precondition(lambda self: self.noted)
    @rule(data=st.data())
    def report_some_days(self, data):
        chosen = data.draw(st.sets(st.sampled_from(sorted(self.noted)), min_size=1))
        lines = self.report(EVER, *(day + DAY for day in sorted(chosen)))
        if not lines:
            return
        assert 0 == lines[0].opening
        for line in lines:
            told = (line.pending, line.available, line.held, line.owed)
            assert self.noted[line.last_day] == told
            assert sum(line.expiring.values()) == line.closing + line.owed
            gone = line.redeemed + line.expired + line.reversed
            assert line.opening + line.issued - gone == line.closing
            assert line.closing == sum(told) - 2 * line.owed
        assert all(before.closing == after.opening for before, after in pairwise(lines))
        (whole,) = self.report(EVER, max(chosen) + DAY)
        for name in ("issued", "redeemed", "expired", "reversed"):
            assert getattr(whole, name) == sum(getattr(line, name) for line in lines)
        assert whole.expiring == lines[-1].expiring

    @rule()
    def sweep(self):
        days = (EVER, self.now.date() + DAY)
        before = self.report(*days)
        super().sweep()
        assert before == self.report(*days)


LiabilityMachine.TestCase.settings = STATES.LedgerMachine.TestCase.settings
TestLiability = LiabilityMachine.TestCase
