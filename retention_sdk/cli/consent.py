"""``retention consent``: rules, what they say of a situation, signatures, and the record."""

from __future__ import annotations

import typer

from . import (
    consent_check,
    consent_ledger,
    consent_links,
    consent_rules,
    consent_show,
    consent_sign,
    consent_untold,
)

HELP = "Consent: rules with their sources, what they decide, signatures. Each takes --json."


def add_commands(app: typer.Typer) -> None:
    """Add the sub-commands; each lives in a file of its own."""
    app.command("rules")(consent_rules.command)
    app.command("verify")(consent_ledger.verify)
    app.command("export")(consent_ledger.export)
    app.command("history")(consent_ledger.history)
    app.command("show")(consent_show.command)
    app.command("check")(consent_check.command)
    app.command("sign")(consent_sign.command)
    app.command("link")(consent_links.command)
    app.command("untold")(consent_untold.command)
