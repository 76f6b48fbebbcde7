"""``retention loyalty``: what people hold, how it came about, and what the shop owes."""

from __future__ import annotations

import typer

from . import (
    loyalty_achievements,
    loyalty_adjust,
    loyalty_liability,
    loyalty_member,
    loyalty_partners,
    loyalty_redeem,
    loyalty_referrals,
    loyalty_refresh,
    loyalty_show,
    loyalty_simulate,
    loyalty_verify,
)
from .output import Group

HELP = "Points: balances, history, changes by hand, checks, liability. Each takes --json."
# Points below zero would be read as options.
_NEGATIVE = {"ignore_unknown_options": True}


def add_commands(app: typer.Typer) -> None:
    """Add the sub-commands; each lives in a file of its own."""
    app.command("balance")(loyalty_show.balance)
    app.command("history")(loyalty_show.history)
    app.command("member")(loyalty_member.member)
    app.command("explain")(loyalty_show.explain)
    app.command("adjust", context_settings=_NEGATIVE)(loyalty_adjust.command)
    app.command("verify")(loyalty_verify.command)
    app.command("liability")(loyalty_liability.command)
    app.command("achievements")(loyalty_achievements.achievements)
    app.command("leaderboard")(loyalty_achievements.leaderboard)
    app.command("rewards")(loyalty_redeem.rewards)
    app.command("redeem")(loyalty_redeem.redeem)
    app.command("cancel-reward")(loyalty_redeem.cancel)
    app.command("issued")(loyalty_redeem.issued)
    app.command("hand-over")(loyalty_redeem.hand_over)
    app.command("take-back")(loyalty_redeem.take_back)
    app.command("retry-rewards")(loyalty_redeem.retry)
    app.command("refresh")(loyalty_refresh.command)
    app.command("simulate")(loyalty_simulate.command)
    referrals = typer.Typer(cls=Group, help=loyalty_referrals.HELP, no_args_is_help=True)
    loyalty_referrals.add_commands(referrals)
    app.add_typer(referrals, name="referrals")
    partners = typer.Typer(cls=Group, help=loyalty_partners.HELP, no_args_is_help=True)
    loyalty_partners.add_commands(partners)
    app.add_typer(partners, name="partners")
