"""Graphics states: what a press must not be told, and what transparency it can take."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from pikepdf import Array, Dictionary, Name

from ...errors import PrintError
from .inks import MaskInks
from .spaces import Job

OVERPRINT, KNOCK_OUT = "/PressOverprint", "/PressKnockOut"

# Transfer curves, halftones and separation rules belong to the press; overprint is set by us.
_NOT_OURS = ("/TR", "/TR2", "/HT", "/HTP", "/BG", "/BG2", "/UCR", "/UCR2", "/OP", "/op", "/OPM")
_TRANSPARENT = ("/ca", "/CA", "/BM", "/SMask", "/AIS", "/TK")
_OPAQUE_MODES = {"/Normal", "/Compatible"}


def separate_states(states: list[Any], job: Job, separate: Callable[[Any, Job], None]) -> None:
    """Clean the graphics states of a page; ``separate`` sees to the forms that masks are made of.

    Raises:
        PrintError: there is transparency, and the standard allows none.
    """
    for state in states:
        if not job.is_new(state):
            continue
        for key in _NOT_OURS:
            if key in state:
                del state[key]
        if job.is_flat:
            _require_opaque(state)
        elif isinstance(state.get("/SMask"), Dictionary):
            _separate_mask(state.SMask, job, separate)


def _require_opaque(state: Any) -> None:
    modes = state.get("/BM", Name.Normal)
    named = [modes] if isinstance(modes, Name) else list(modes)
    is_opaque = (
        float(state.get("/ca", 1)) >= 1
        and float(state.get("/CA", 1)) >= 1
        and {str(mode) for mode in named} <= _OPAQUE_MODES
        and not isinstance(state.get("/SMask"), Dictionary)
    )
    if not is_opaque:
        raise PrintError(
            "the drawing is transparent in places, which PDF/X-1a does not allow: use solid "
            "colours, or print as x-4"
        )
    for key in _TRANSPARENT:
        if key in state:
            del state[key]


def _separate_mask(mask: Any, job: Job, separate: Callable[[Any, Job], None]) -> None:
    """A mask of luminosity stays grey; one of opacity is separated like a page."""
    if str(mask.S) == "/Luminosity":
        _require_plain(mask)
        separate(mask.G, replace(job, inks=MaskInks(), is_mask=True))
        return
    separate(mask.G, job)


def _require_plain(mask: Any) -> None:
    backdrop = [float(value) for value in mask.get("/BC", [])]
    if any(backdrop):
        raise PrintError("a soft mask has a coloured backdrop, which cannot be separated")
    if "/BC" in mask:
        mask.BC = Array([0])


def our_states() -> dict[str, Dictionary]:
    """Return the two states that we set: fills overprint, or they knock out."""
    return {
        OVERPRINT: Dictionary(Type=Name.ExtGState, OP=False, op=True, OPM=1),
        KNOCK_OUT: Dictionary(Type=Name.ExtGState, OP=False, op=False, OPM=0),
    }
