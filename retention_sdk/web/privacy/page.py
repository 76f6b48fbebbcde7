"""A page as data: what is read on it, and what can be pressed. Nothing drawn yet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256

from ...model import Wording


@dataclass(frozen=True, slots=True)
class Box:
    """A box to tick. ``is_fixed`` cannot be ticked; ``note`` says why."""

    name: str
    label: str
    is_ticked: bool = False
    is_fixed: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Boxes below a question."""

    legend: str
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Button:
    """What is sent when it is pressed."""

    label: str
    name: str
    value: str
    is_main: bool = True


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with a paragraph, below everything else."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link to another page of ours, relative to this one."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Page:
    """One page, top to bottom. ``news`` is what has just happened, and read out first."""

    name: str
    title: str
    news: tuple[str, ...] = ()
    paragraphs: tuple[str, ...] = ()
    groups: tuple[Group, ...] = ()
    buttons: tuple[Button, ...] = ()
    sections: tuple[Section, ...] = ()
    anchors: tuple[Anchor, ...] = ()
    status: int = field(default=200, kw_only=True)

    @property
    def wording(self) -> str:
        """Everything that is read before a button is pressed, a line each."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield self.title
        yield from self.paragraphs
        for group in self.groups:
            yield group.legend
            yield from (box.label for box in group.boxes)
        yield from (button.label for button in self.buttons)


# A page that is built in another way gets another number: it stands in the evidence.
_TEMPLATE_VERSION = 1


def wording_of(page: Page, locale: str) -> Wording:
    """Return the evidence of what was read: its hash, its language, and how it was laid out."""
    digest = sha256(page.wording.encode()).hexdigest()
    return Wording(text_sha256=digest, locale=locale, version=f"{page.name}-{_TEMPLATE_VERSION}")
