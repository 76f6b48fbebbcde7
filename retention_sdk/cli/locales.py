"""``retention locales``: check, update and export the catalogues."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from ..inserts.measure import card_gauge
from ..l10n.extract import update
from ..l10n.po import State
from ..l10n.pseudo import PSEUDO_LOCALES, pseudo_texts
from ..l10n.report import LocaleReport, examine
from ..l10n.resources import locales_root
from .choices import refuse
from .output import Json, console, emit, table

Action = Literal["check", "update", "pseudo"]


def command(
    action: Annotated[Action, typer.Argument(metavar="check|update|pseudo", help="What to do.")],
    tags: Annotated[list[str] | None, typer.Argument(help="BCP 47; all without.")] = None,
    strict: Annotated[State | None, typer.Option(help="Check: refuse lower states.")] = None,
    root: Annotated[
        Path | None, typer.Option("--locales", help="A folder other than the installed one.")
    ] = None,
    previous: Annotated[
        bool, typer.Option("--previous", help="Update: keep the old English beside the new.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Update: write nothing; exit 1 if it would.")
    ] = False,
    json: Json = False,
) -> int:
    """Check catalogues (exit 1 on a fault), update them, or show the pseudo-locales.

    check: arguments, plural forms, script, digits, punctuation, address, isolates, width and ink
    on the card, cost of text messages. update: write messages.pot and bring every messages.po in
    step with the English; texts whose English has changed become fuzzy. pseudo: show the texts of
    en-XA and ar-XB.
    """
    folder = root or locales_root()
    if action == "check":
        return _check(folder, tags or (), strict, as_json=json)
    if action == "update":
        return _update(folder, keep_previous=previous, is_dry=dry_run, as_json=json)
    return _pseudo(tags or PSEUDO_LOCALES, as_json=json)


def _check(folder: Path, tags: Sequence[str], strict: State | None, *, as_json: bool) -> int:
    reports = list(examine(folder, tags, gauge=card_gauge(), strict=strict))
    answer = [_as_json(report) for report in reports]
    emit(answer, as_json=as_json, human=lambda: _show(reports))
    return 1 if any(report.findings for report in reports) else 0


def _as_json(report: LocaleReport) -> dict[str, Any]:
    findings = [
        {"context": each.context, "code": each.code, "detail": each.detail}
        for each in report.findings
    ]
    return {
        "locale": report.tag,
        "messages": report.messages,
        "messages_total": report.messages_total,
        "variants": report.variants,
        "states": dict(report.states),
        "faults": findings,
    }


def _show(reports: Sequence[LocaleReport]) -> None:
    out = console()
    headings = ("locale", "messages", "variants", "states", "faults")
    out.print(table(headings, map(_row, reports)))
    for report in reports:
        for each in report.findings:
            line = f"{report.tag}: {each.context or 'catalogue'}: {each.code}: {each.detail}"
            out.print(line, soft_wrap=True)


def _row(report: LocaleReport) -> tuple[str, ...]:
    states = ", ".join(f"{count} {state}" for state, count in report.states.items())
    kinds = Counter(each.code for each in report.findings)
    faults = ", ".join(f"{count} {code}" for code, count in sorted(kinds.items()))
    share = f"{report.messages}/{report.messages_total}"
    return report.tag, share, str(report.variants), states, faults or "none"


def _update(folder: Path, *, keep_previous: bool, is_dry: bool, as_json: bool) -> int:
    changed = [str(path) for path in update(folder, keep_previous=keep_previous, write=not is_dry)]
    verb = "would change" if is_dry else "changed"
    lines = [f"{verb}: {path}" for path in changed] or ["Everything is up to date."]
    human = "\n".join(lines)
    emit(changed, as_json=as_json, human=lambda: console().print(human))
    return 1 if is_dry and changed else 0


def _pseudo(tags: Sequence[str], *, as_json: bool) -> int:
    for tag in tags:
        if tag not in PSEUDO_LOCALES:
            refuse("tags", f"{tag} is no pseudo-locale; there are: {', '.join(PSEUDO_LOCALES)}")
    texts = {tag: dict(pseudo_texts(tag)) for tag in tags}
    rows = [(tag, context, text) for tag in tags for context, text in texts[tag].items()]
    shown = table(("locale", "message", "text"), rows)
    emit(texts, as_json=as_json, human=lambda: console().print(shown))
    return 0
