"""How a card will be printed: colours, ink limit, and which PDF standard. Data only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from ..errors import PrintError

PdfX = Literal["x-4", "x-1a"]
Colour = Literal["cmyk", "rgb", "mono"]
DEFAULT_PROFILE = "digital_rgb"


@dataclass(frozen=True, slots=True)
class PressProfile:
    """A printing condition.

    ``condition`` is the name in the ICC characterization data registry, ``icc`` our own file for
    it, ``icc_data`` the printer's own. ``ink_max`` is the total area coverage in percent (400 is
    all four inks solid).
    """

    name: str
    title: str
    colour: Colour
    condition: str = ""
    info: str = ""
    icc: str = ""
    ink_max: int = 400
    pdfx: tuple[PdfX, ...] = ()
    dpi: int = 300
    icc_data: bytes = field(default=b"", repr=False)


PROFILES: Mapping[str, PressProfile] = MappingProxyType(
    {
        each.name: each
        for each in (
            PressProfile(
                "coated_fogra39",
                "offset on coated paper, Europe",
                "cmyk",
                "FOGRA39",
                "Coated FOGRA39 (ISO 12647-2:2004)",
                "fogra39_open_build.icc",
                300,
                ("x-4", "x-1a"),
            ),
            PressProfile(
                "coated_gracol",
                "offset on coated paper, United States",
                "cmyk",
                "CGATS TR 006",
                "GRACoL coated (CGATS TR 006-2007)",
                "tr006_open_build.icc",
                300,
                ("x-4", "x-1a"),
            ),
            PressProfile(
                "uncoated",
                "offset on uncoated white paper",
                "cmyk",
                "FOGRA29",
                "Uncoated FOGRA29 (ISO 12647-2:2004)",
                "fogra29_open_build.icc",
                280,
                ("x-4", "x-1a"),
            ),
            PressProfile("digital_rgb", "digital and office printers, screens", "rgb"),
            PressProfile("thermal", "label printers, one colour", "mono", dpi=203),
        )
    }
)


def get_profile(name: str) -> PressProfile:
    """Return a profile by its name.

    Raises:
        PrintError: there is none of that name; the message lists all.
    """
    try:
        return PROFILES[name]
    except KeyError:
        raise PrintError(f"no press profile {name!r}; there are: {', '.join(PROFILES)}") from None
