"""What there is of each language, and what is wrong with it: the table of ``locales check``."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import MessageError
from .checks import Finding, check_folder
from .po import STATES, read_po
from .registry import REGISTRY

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from .po import Entry, State
    from .room import Gauge

SOURCE = "en"


@dataclass(frozen=True, slots=True)
class LocaleReport:
    """``messages`` of ``messages_total`` have a text; ``states`` counts texts, variants too."""

    tag: str
    messages: int
    messages_total: int
    variants: int
    states: Mapping[str, int]
    findings: tuple[Finding, ...]


def examine(
    root: Path,
    tags: Sequence[str] = (),
    *,
    gauge: Gauge | None = None,
    strict: State | None = None,
) -> Iterator[LocaleReport]:
    """Yield a report for each locale of a folder, or for some of them.

    Raises:
        MessageError: the folder has no such locale, or no English texts to compare with.
    """
    found = {path.parent.name: path.parent for path in sorted(root.glob("*/messages.po"))}
    for tag in (SOURCE, *tags):
        if tag not in found:
            raise MessageError(f"{root} has no catalogue for {tag}: {', '.join(found) or 'none'}")
    source = read_po(found[SOURCE] / "messages.po")
    for tag in tags or found:
        findings = check_folder(found[tag], source, gauge=gauge, strict=strict)
        yield _report(tag, read_po(found[tag] / "messages.po"), findings)


def _report(tag: str, entries: Sequence[Entry], findings: tuple[Finding, ...]) -> LocaleReport:
    written = [entry for entry in entries if entry.text]
    counts = Counter(entry.state for entry in written)
    return LocaleReport(
        tag=tag,
        messages=len({entry.key for entry in written if not entry.variant} & REGISTRY.keys()),
        messages_total=len(REGISTRY),
        variants=sum(bool(entry.variant) for entry in written),
        states={state: counts[state] for state in STATES if counts[state]},
        findings=findings,
    )
