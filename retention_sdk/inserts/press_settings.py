"""The tables ``[press.<name>]`` of ``retention.toml``: printing conditions of a shop's printers."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from ..model import Settings

PressName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
"""What ``--profile`` takes."""


class PressSettings(Settings):
    """A printing condition by the ICC file that the printer gave.

    ``icc`` is the file, ``condition`` what the printer calls it, best the name in the registry of
    characterizations (``FOGRA51``): PDF/X names it as the intent. ``title`` describes it.
    ``ink_max`` is the total area coverage in percent; without, the most ink that the file itself
    asks for. ``pdfx`` are the standards that the printer takes, the first is not the default:
    files are plain unless one is asked for.
    """

    icc: Annotated[str, Field(min_length=1)]
    condition: Annotated[str, StringConstraints(pattern=r"^[ -~]{1,60}$")]
    title: Annotated[str, StringConstraints(pattern=r"^[ -~]{0,120}$")] = ""
    ink_max: Annotated[int, Field(ge=100, le=400)] | None = None
    pdfx: tuple[Literal["x-4", "x-1a"], ...] = ("x-4", "x-1a")
