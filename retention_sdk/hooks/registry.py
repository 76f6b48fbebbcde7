"""Named things that plugins offer. Names are unique; on a clash both owners are told."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ..errors import PluginError

if TYPE_CHECKING:
    from ..adapter import ShopAdapter
    from ..channels.base import Channel
    from ..consent import Rule
    from ..inserts import CardTemplate
    from ..inserts.style import CardStyle
    from ..l10n.payments import PaymentMethod

T = TypeVar("T")
Factory = str | Callable[..., T]
"""A callable, or ``"package.module:attribute"``, imported on first use."""

_SLUG = re.compile(r"[a-z][a-z0-9_\-]{0,39}")


@dataclass(frozen=True, slots=True)
class Offer(Generic[T]):
    """One named thing and the plugin it came from."""

    name: str
    factory: Factory[T]
    owner: str
    summary: str = ""

    def load(self) -> Callable[..., T]:
        """Import what the string names, now and not before.

        Raises:
            PluginError: it cannot be imported; the message names the owner.
        """
        if not isinstance(self.factory, str):
            return self.factory
        module, _, attribute = self.factory.partition(":")
        try:
            loaded: Callable[..., T] = getattr(import_module(module), attribute)
        except (ImportError, AttributeError) as error:
            raise PluginError(f"{self.owner}: cannot load {self.factory}: {error}") from error
        return loaded


class Shelf(Mapping[str, Offer[T]]):
    """All offers of one kind, by name."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._offers: dict[str, Offer[T]] = {}

    def add(self, offer: Offer[T]) -> None:
        """Put an offer on the shelf.

        Raises:
            PluginError: the name is no slug, or is taken; the message names both owners.
        """
        if not _SLUG.fullmatch(offer.name):
            raise PluginError(
                f"{offer.owner}: {self._kind} {offer.name!r} is not a lower-case slug"
            )
        if taken := self._offers.get(offer.name):
            raise PluginError(
                f"{self._kind} {offer.name!r} is offered by both "
                f"{taken.owner!r} and {offer.owner!r}"
            )
        self._offers[offer.name] = offer

    def __getitem__(self, name: str) -> Offer[T]:
        try:
            return self._offers[name]
        except KeyError:
            known = ", ".join(sorted(self._offers)) or "none"
            raise PluginError(
                f"no {self._kind} {name!r} is installed; there are: {known}"
            ) from None

    def __contains__(self, name: object) -> bool:
        return name in self._offers

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._offers))

    def __len__(self) -> int:
        return len(self._offers)


@dataclass(slots=True)
class Shelves:
    """Every kind of noun there is."""

    adapters: Shelf[ShopAdapter] = field(default_factory=lambda: Shelf("adapter"))
    channels: Shelf[Channel] = field(default_factory=lambda: Shelf("channel"))
    templates: Shelf[CardTemplate] = field(default_factory=lambda: Shelf("template"))
    styles: Shelf[CardStyle] = field(default_factory=lambda: Shelf("style"))
    payment_methods: Shelf[PaymentMethod] = field(default_factory=lambda: Shelf("payment method"))
    consent_rules: Shelf[Iterable[Rule]] = field(default_factory=lambda: Shelf("consent rules"))
    commands: Shelf[Any] = field(default_factory=lambda: Shelf("command"))

    def absorb(self, staged: Shelves) -> None:
        """Take over all offers of a plugin, or none of them."""
        pairs = [(getattr(self, kind), getattr(staged, kind)) for kind in self.__slots__]
        for shelf, new in pairs:
            for name in new:
                if name in shelf:
                    shelf.add(new[name])  # raises, naming both owners
        for shelf, new in pairs:
            for name in new:
                shelf.add(new[name])


class Registry:
    """What ``retention_register`` gets. It signs every offer with the plugin's name."""

    def __init__(self, shelves: Shelves, *, owner: str) -> None:
        self._shelves = shelves
        self._owner = owner

    def adapter(self, name: str, factory: Factory[ShopAdapter], *, summary: str = "") -> None:
        """Offer a ``ShopAdapter`` subclass under the platform's slug."""
        self._shelves.adapters.add(Offer(name, factory, self._owner, summary))

    def channel(self, name: str, factory: Factory[Channel], *, summary: str = "") -> None:
        """Offer a way out: called with its table from ``[channels.<name>]`` as keywords."""
        self._shelves.channels.add(Offer(name, factory, self._owner, summary))

    def template(self, name: str, factory: Factory[CardTemplate], *, summary: str = "") -> None:
        """Offer a card template: a callable that returns a ``CardTemplate``."""
        self._shelves.templates.add(Offer(name, factory, self._owner, summary))

    def style(self, name: str, factory: Factory[CardStyle], *, summary: str = "") -> None:
        """Offer a look of cards: a callable that returns a ``CardStyle`` of the same name."""
        self._shelves.styles.add(Offer(name, factory, self._owner, summary))

    def payment_method(
        self, name: str, factory: Factory[PaymentMethod], *, summary: str = ""
    ) -> None:
        """Offer a way to pay: a callable that returns a ``PaymentMethod``.

        Under the id of a shipped method it stands in that one's place.
        """
        self._shelves.payment_methods.add(Offer(name, factory, self._owner, summary))

    def consent_rules(
        self, name: str, factory: Factory[Iterable[Rule]], *, summary: str = ""
    ) -> None:
        """Offer consent rules: a callable that returns ``Rule`` objects.

        They apply beside the shipped ones, so they can tighten. One that ``replaces`` a shipped
        rule counts in its stead only when the shop signs its id off.
        """
        self._shelves.consent_rules.add(Offer(name, factory, self._owner, summary))

    def command(self, name: str, factory: Factory[Any], *, summary: str = "") -> None:
        """Offer a command: a Typer function, run as ``retention x <name>``."""
        self._shelves.commands.add(Offer(name, factory, self._owner, summary))
