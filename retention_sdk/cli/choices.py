"""What options may be: a wrong one ends with exit 2, and the message lists those there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn, TypeVar

import typer

from ..errors import ConfigError
from ..inserts.formats import FORMATS, CardFormat
from ..inserts.profiles import PROFILES, PdfX, PressProfile
from ..inserts.style import BUILT_IN_STYLES

if TYPE_CHECKING:
    from ..config import Config

T = TypeVar("T")

_PDFX: dict[str, PdfX | None] = {"": None, "x-4": "x-4", "x-1a": "x-1a"}

Profile = Annotated[
    str, typer.Option(help=f"How it is printed: {', '.join(PROFILES)}, or one of [press].")
]
PaperFormat = Annotated[
    str, typer.Option("--format", help=f"The size; without, the shop's: {', '.join(FORMATS)}.")
]
Style = Annotated[
    str,
    typer.Option(
        help=f"The look; without, the shop's: {', '.join(BUILT_IN_STYLES)}, or of a plugin."
    ),
]
PdfStandard = Annotated[str, typer.Option("--pdfx", help="x-4 or x-1a, where the profile has it.")]


def refuse(option: str, message: str) -> NoReturn:
    """End the command: an option of its line is wrong.

    Raises:
        BadParameter: always; the command line answers it with exit 2.
    """
    raise typer.BadParameter(message, param_hint=option)


def one_of(text: str, known: Mapping[str, T], *, option: str) -> T:
    """Return what a name stands for.

    Raises:
        BadParameter: there is none of that name.
    """
    if text not in known:
        refuse(option, f"{text!r} is none of {', '.join(filter(None, known))}")
    return known[text]


def read_since(text: str) -> datetime | None:
    """Return the moment that ``--since`` says, in UTC where it has no offset; None for no text.

    Raises:
        BadParameter: it is no date.
    """
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        refuse("--since", "is not a date; write it as 2026-11-21, or with a time")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def check_style(name: str, others: Iterable[str]) -> None:
    """Refuse a look that is neither built in nor among ``others``.

    Raises:
        BadParameter: there is none of that name.
    """
    one_of(name, dict.fromkeys((*BUILT_IN_STYLES, *sorted(others))), option="--style")


def pick_format(name: str) -> CardFormat:
    """Return a size by its name.

    Raises:
        BadParameter: there is none of that name.
    """
    return one_of(name, FORMATS, option="--format")


def pick_profile(name: str, config: Config | None) -> PressProfile:
    """Return a printing condition by its name: a built-in one, or one of the shop's own.

    Raises:
        BadParameter: there is none of that name.
        ConfigError: the file of one of the shop's own cannot be used.
    """
    if name in PROFILES or config is None:
        return one_of(name, PROFILES, option="--profile")
    from ..pipeline.cards.presses import presses_of

    return one_of(name, {**PROFILES, **presses_of(config)}, option="--profile")


def pick_pdfx(text: str, profile: PressProfile) -> PdfX | None:
    """Return the standard that was asked for; None for an empty text.

    Raises:
        BadParameter: the printing condition has no such standard.
    """
    asked = one_of(text, _PDFX, option="--pdfx")
    if asked and asked not in profile.pdfx:
        known = ", ".join(profile.pdfx) or "no standard"
        refuse("--pdfx", f"{asked}: the profile {profile.name} has {known}")
    return asked


def read_input(file: Path) -> bytes:
    """Return what is in a file that was named.

    Raises:
        ConfigError: it is not there or cannot be read.
    """
    try:
        return file.read_bytes()
    except OSError as error:
        raise ConfigError(error.strerror or "cannot be read", file=str(file)) from None


def require_file(file: Path) -> None:
    """Refuse a file that was named and is not there, before anything is done.

    Raises:
        ConfigError: there is no such file.
    """
    if not file.is_file():
        reason = "is no file" if file.exists() else "No such file or directory"
        raise ConfigError(reason, file=str(file))
