"""``retention loyalty verify``: replay every account, and name the first that is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from ..app import Retention
from .output import DEFAULT_CONFIG, ConfigFile, Json, console, counted, emit

if TYPE_CHECKING:
    from ..loyalty import Verification

_SHOWN_MAX = 20


def command(config: ConfigFile = DEFAULT_CONFIG, json: Json = False) -> None:
    """Recompute all balances from their postings and check every chain; exit 1 on a fault."""
    from ..loyalty.verify import verify_program
    from ..storage.ledger import reporting

    with Retention.from_file(config) as shop, shop.store.reading() as connection:
        reporting.freeze(connection)
        checked = {
            program.id: verify_program(connection, program.id)
            for program in reporting.stored_programs(connection)
        }
    answer = _as_json(checked)
    emit(answer, as_json=json, human=lambda: _show(checked))
    if not answer["is_clean"]:
        raise typer.Exit(1)


def _as_json(checked: dict[str, Verification]) -> dict[str, Any]:
    findings = [
        {
            "program": program_id,
            "account": finding.account_id or None,
            "place": finding.place,
            "message": finding.message,
        }
        for program_id, report in checked.items()
        for finding in report.findings
    ]
    return {
        "is_clean": not findings,
        "accounts_count": sum(report.accounts_count for report in checked.values()),
        "transactions_count": sum(report.txns_count for report in checked.values()),
        "first_broken": findings[0] if findings else None,
        "findings": findings,
    }


def _show(checked: dict[str, Verification]) -> None:
    out = console()
    answer = _as_json(checked)
    counts = " and ".join(
        counted(answer[f"{what}s_count"], what) for what in ("account", "transaction")
    )
    if answer["is_clean"]:
        out.print(f"Every point is where its postings say: {counts}.")
        return
    findings = answer["findings"]
    out.print(f"{counted(len(findings), 'fault')} in {counts}; the first:", style="bold red")
    for each in findings[:_SHOWN_MAX]:
        where = f"account {each['account']}, " if each["account"] else ""
        out.print(f"  {where}{each['place']}: {each['message']}")
    if len(findings) > _SHOWN_MAX:
        out.print(f"  and {len(findings) - _SHOWN_MAX:,} more; --json tells all")
