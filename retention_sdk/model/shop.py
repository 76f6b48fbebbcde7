"""Who sells, and how it looks and sounds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, StringConstraints

from .base import CountryCode, LanguageTag, Line, Paragraph, Record, Settings
from .money import CurrencyCode

Hex = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")]
"""An sRGB colour, ``#rrggbb``."""

Formality = Literal["formal", "neutral", "warm"]
"""How the brand addresses a customer: Sie, neutral, du."""


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError("not an IANA time zone, for example Europe/Berlin") from None
    return name


TimeZone = Annotated[str, AfterValidator(_known_zone)]
"""An IANA time-zone name."""


class Shop(Record):
    """The seller. ``id`` keeps one shop's data apart from another's."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.\-]{0,79}$")]
    name: Line
    country: CountryCode
    currency: CurrencyCode
    language: LanguageTag = "en"
    time_zone: TimeZone = "UTC"
    url: Line = ""
    email: Line = ""
    platform: Line = ""


FaceRole = Literal["display", "body", "hand"]
"""What a face is for: titles, text, or a signature."""

Percent = Annotated[float, Field(ge=0, le=100)]


class PressInk(Settings):
    """How a press mixes a colour: cyan, magenta, yellow and black in percent.

    With ``spot`` it is printed with an ink of its own; the mixture is then for proofs.
    """

    cmyk: tuple[Percent, Percent, Percent, Percent]
    spot: Line = ""


class Palette(Settings):
    """Colours in sRGB. ``ink`` on ``paper`` carries text; ``accent`` decorates.

    ``inks`` says how a press mixes some of them, or colours of the logo; what is not named is
    converted.
    """

    paper: Hex = "#fbf7ef"
    ink: Hex = "#2a2521"
    primary: Hex = "#7a2e2e"
    accent: Hex = "#c98b3c"
    inks: dict[Hex, PressInk] = Field(default_factory=dict)


class Sender(Settings):
    """Who signs. ``signature`` is SVG text, already read; None sets the name in a hand face."""

    name: Line
    role: Line = ""
    signature: Annotated[str | None, Field(repr=False)] = None


class Voice(Settings):
    """Words the brand likes and words it does not, by language. ``avoid`` is checked."""

    use: dict[str, tuple[Line, ...]] = Field(default_factory=dict)
    avoid: dict[str, tuple[Line, ...]] = Field(default_factory=dict)


class Brand(Settings):
    """How a shop looks and sounds, from ``brand.toml``.

    ``logo`` is SVG text, already read; None prints the name as a word mark. ``formality`` maps
    a language (``de``) or locale (``pt-BR``) to a formality and overrides the locale's default.
    ``story``, ``purpose``, ``values``, ``claims`` and ``impact`` map a language to words in it;
    they are printed as they stand, so they have to be true. ``faces`` maps a role and a script
    (ISO 15924) to a family. ``logo_pdf`` is base64. ``legal_country`` outranks ``legal_footer``
    for buyers in that country.
    """

    name: Line
    tagline: dict[str, Line] = Field(default_factory=dict)
    logo: str | None = Field(default=None, repr=False)
    logo_pdf: str | None = Field(default=None, repr=False)
    style: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_\-]{0,39}$")] = "classic"
    palette: Palette = Palette()
    faces: dict[FaceRole, dict[str, Line]] = Field(default_factory=dict)
    voice: Voice = Voice()
    sender: Sender
    formality: dict[str, Formality] = Field(default_factory=dict)
    purpose: dict[str, Paragraph] = Field(default_factory=dict)
    story: dict[str, Paragraph] = Field(default_factory=dict)
    values: dict[str, tuple[Line, ...]] = Field(default_factory=dict)
    claims: dict[str, Line] = Field(default_factory=dict)
    impact: dict[str, Line] = Field(default_factory=dict)
    founded: Annotated[int, Field(ge=1000, le=2100)] | None = None
    story_url: Line = ""
    contact_email: Line = ""
    contact_url: Line = ""
    social: tuple[Line, ...] = ()
    legal_footer: dict[str, Paragraph] = Field(default_factory=dict)
    legal_country: dict[CountryCode, Paragraph] = Field(default_factory=dict)

    def legal_line(self, *languages: str, country: str = "") -> str:
        """Return who the seller is: for a country, in the first language that has it, else in any.

        Advertising has to name the trader, in a foreign language rather than not at all
        (directive 2000/31 art. 5-6).
        """
        found = self.legal_country.get(country) or words_for(self.legal_footer, *languages)
        return found or next((text for _, text in sorted(self.legal_footer.items())), "")


def words_for(texts: Mapping[str, str], *languages: str) -> str:
    """Return the text of the first language that has one: ``pt-BR``, then ``pt``; else nothing."""
    for language in languages:
        tag = language.replace("_", "-")
        while tag:
            if texts.get(tag):
                return texts[tag]
            tag = tag.rpartition("-")[0]
    return ""
