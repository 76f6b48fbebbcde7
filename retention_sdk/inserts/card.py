"""A card before it is drawn: localized text and colours, nothing else."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from ..model import Artifact, ContentKind, Palette, Record
from ..model.base import LanguageTag, Line
from ..model.shop import FaceRole

# Embeddings and overrides leak into the text after them; isolates do not (UAX #9 section 2.7).
_LEAKING = frozenset("\u202a\u202b\u202c\u202d\u202e")
_FORBIDDEN_CATEGORIES = frozenset({"Cc", "Cs", "Co", "Cn"})


def _is_printable(text: str) -> str:
    for char in text:
        if char in _LEAKING or (
            char != "\n" and unicodedata.category(char) in _FORBIDDEN_CATEGORIES
        ):
            raise ValueError("a card's text holds no control, private or overriding characters")
    return text


CardText = Annotated[str, StringConstraints(max_length=2000), AfterValidator(_is_printable)]
"""Text in the customer's language, ready to print. Isolates are allowed, overrides are not."""

HiddenText = Annotated[CardText, Field(repr=False)]
"""Card text that never shows in a repr, because it may name somebody."""


class CardItem(Record):
    """A product in the parcel. ``quantity`` is a number in the customer's digits."""

    quantity: HiddenText
    title: HiddenText


class CardPoints(Record):
    """A sentence about points, and the number in it that is set larger."""

    text: HiddenText
    number: HiddenText = ""


class CardBlock(Record):
    """What a plugin adds. ``is_optional`` blocks are left out when they do not fit."""

    content: ContentKind
    text: HiddenText
    title: HiddenText = ""
    is_optional: bool = True


class CardCoupon(Record):
    """A code to redeem: what it is worth, and the conditions in a dozen words."""

    code: Annotated[CardText, Field(min_length=1, repr=False)]
    value: HiddenText
    terms: HiddenText = ""


class CardQuote(Record):
    """Words of somebody else, printed as they were written: the message of a gift."""

    paragraphs: Annotated[tuple[CardText, ...], Field(min_length=1, max_length=6, repr=False)]
    recipient: HiddenText = ""
    giver: HiddenText = ""


class CardCode(Record):
    """A QR code: where it leads, the line that says so, and what to type without a camera."""

    url: Annotated[
        str, StringConstraints(pattern=r"^https?://[!-~]+$", max_length=300), Field(repr=False)
    ]
    caption: HiddenText
    label: HiddenText = ""


class Card(Record):
    """Everything that will be printed. All texts are final: what is empty leaves no gap.

    ``logo`` and ``signature`` are SVG text; None sets ``brand_name`` as a word mark and the name
    in a hand face. ``logo_pdf`` is a PDF in base64 that replaces the logo on a press. ``direction``
    and ``script`` (ISO 15924) choose the layout and the faces, ``faces`` are the brand's own by
    role. ``steps`` are a list in the body; ``badge`` is a word set as a mark of rank; ``notice``
    is what a decision demands to be printed. ``seed`` moves what looks written by hand.
    """

    template: Line
    style: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_\-]{0,39}$")] = "classic"
    seed: Annotated[int, Field(ge=0, lt=2**40)] = 0
    language: LanguageTag
    script: Annotated[str, StringConstraints(pattern=r"^[A-Z][a-z]{3}$")]
    direction: Literal["ltr", "rtl"]
    palette: Palette = Palette()
    brand_name: HiddenText
    logo: Annotated[str | None, Field(repr=False)] = None
    logo_pdf: Annotated[str | None, Field(repr=False)] = None
    signature: Annotated[str | None, Field(repr=False)] = None
    faces: Mapping[FaceRole, Line] = Field(default_factory=dict)
    tagline: HiddenText = ""
    salutation: HiddenText = ""
    headline: Annotated[CardText, Field(min_length=1, repr=False)]
    body: Annotated[tuple[CardText, ...], Field(max_length=6, repr=False)] = ()
    badge: HiddenText = ""
    steps: Annotated[tuple[CardText, ...], Field(max_length=5, repr=False)] = ()
    are_steps_numbered: bool = True
    quote: CardQuote | None = None
    coupon: CardCoupon | None = None
    signoff: HiddenText = ""
    sender_name: HiddenText = ""
    sender_role: HiddenText = ""
    order_number: HiddenText = ""
    order_date: HiddenText = ""
    items: Annotated[tuple[CardItem, ...], Field(max_length=3)] = ()
    more_items: HiddenText = ""
    points: Annotated[tuple[CardPoints, ...], Field(max_length=2)] = ()
    blocks: tuple[CardBlock, ...] = ()
    code: CardCode | None = None
    contact: HiddenText = ""
    legal: HiddenText = ""
    notice: HiddenText = ""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.body and self.quote is None:
            raise ValueError("a card has a body, or quotes somebody")
        return self


class RenderedCard(Record):
    """A press-ready PDF of two pages with its previews.

    ``left_out`` counts the optional blocks that did not fit.
    """

    pdf: Artifact
    front_png: Artifact
    back_png: Artifact
    left_out: int = 0
