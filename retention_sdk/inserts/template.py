"""A card template that somebody else brings: a name, what it says, and its Typst files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from ..model import ContentKind, Record
from ..model.base import Line
from .style import SHARED_SOURCES, STYLE_SOURCES

REPLACEABLE = (*STYLE_SOURCES, *SHARED_SOURCES)


def _stands_alone(sources: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """Refuse what is not one of our files, or would reach the network."""
    for name, source in sources.items():
        if name not in REPLACEABLE:
            raise ValueError(f"{name} is not one of {', '.join(REPLACEABLE)}")
        if b'import "@' in source:
            raise ValueError(f"{name} imports a package; templates stand alone")
    return sources


Sources = Annotated[Mapping[str, bytes], AfterValidator(_stands_alone), Field(repr=False)]


class CardTemplate(Record):
    """A personal card beside the built-in ones. It says what ``thank_you`` says, in its own look.

    ``sources`` replace built-in Typst files of the same name; each gets the same data. The
    candidate declares ``content``, and consent is decided on that. One that is not ``is_trusted``
    is drawn in a process of its own with limits (see ``worker``).
    """

    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    summary: Line = ""
    content: frozenset[ContentKind] = frozenset({ContentKind.THANKS, ContentKind.ORDER_SUMMARY})
    is_trusted: bool = True
    sources: Sources
