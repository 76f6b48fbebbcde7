"""Which language a page speaks, and how it says things."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from ...l10n import (
    REGISTRY,
    Localizer,
    available_locales,
    localizer,
    negotiate,
    strip_isolates,
)
from ...l10n.resources import compiled_catalogue
from ...model import ConsentChannel, Purpose, read_mailbox

if TYPE_CHECKING:
    from ...config import Config
    from ...l10n.po import State

_KEYS = tuple(key for key in REGISTRY if key.startswith(("privacy.", "email.confirm.")))
_WHATSAPP = "WhatsApp"
_TURNING = frozenset({"R", "AL", "AN"})
# More wishes than a browser sends are noise.
_WISHES_MAX = 20


class Contact(NamedTuple):
    """How to reach the shop; empty where it told nobody."""

    text: str
    url: str


class Speech:
    """Says everything on one page, in one language, for one shop."""

    def __init__(self, words: Localizer, config: Config) -> None:
        self.words = words
        self._config = config

    @property
    def brand(self) -> str:
        """The name that people know."""
        return self._config.brand.name

    @property
    def contact(self) -> Contact:
        """The brand's mailbox, else its page, else the shop's."""
        brand, shop = self._config.brand, self._config.shop
        if mailbox := read_mailbox(brand.contact_email) or read_mailbox(shop.email):
            return Contact(mailbox, f"mailto:{mailbox}")
        url = next((url for url in (brand.contact_url, shop.url) if _is_web(url)), "")
        return Contact(url, url)

    @property
    def legal_line(self) -> str:
        """Who the seller is, by law."""
        shop, brand = self._config.shop, self._config.brand
        return brand.legal_line(self.words.tag, shop.language, country=shop.country)

    def say(self, key: str, **arguments: Any) -> str:
        """Return a registered text; brand and contact are filled in by themselves."""
        known = {"brand": self.brand, "contact": self.contact.text} | arguments
        wanted = {name: known[name] for name in REGISTRY[key].types}
        return self._tidy(self.words.message(key, **wanted))

    def channel(self, channel: ConsentChannel) -> str:
        """Return what a channel is called."""
        if channel is ConsentChannel.WHATSAPP:
            return _WHATSAPP
        if channel is ConsentChannel.ANY:
            every = (self.channel(each) for each in ConsentChannel if each is not channel)
            return self.words.list(list(every))
        return self.say(f"privacy.channel.{channel.value}")

    def purpose(self, purpose: Purpose) -> str:
        """Return what a purpose is called."""
        return self.say(f"privacy.purpose.{purpose.value}")

    def _tidy(self, text: str) -> str:
        is_turning = any(unicodedata.bidirectional(char) in _TURNING for char in text)
        return text if is_turning or self.words.direction == "rtl" else strip_isolates(text)


def choose_speech(config: Config, wishes: Sequence[str]) -> Speech:
    """Return the speech in the first wish that is spoken, else in the shop's language.

    A page that ends something has to be there: where no language has come as far as a strict shop
    wants, English is spoken as it is.
    """
    locales = config.locales
    offered = spoken_locales(locales.strict)
    match = negotiate((*wishes, config.shop.language), offered, fallback="en")
    strict = locales.strict if match.tag in offered else None
    words = localizer(
        match.regional, digits=locales.digits, calendar=locales.calendar, strict=strict
    )
    return Speech(words, config)


@cache
def spoken_locales(strict: State | None) -> tuple[str, ...]:
    """Return the languages that have every text of the pages: none is half translated."""
    return tuple(tag for tag in available_locales() if _speaks(localizer(tag, strict=strict)))


def own_name(tag: str) -> str:
    """Return what a language calls itself."""
    return str(compiled_catalogue(tag)["profile"]["name"])


def read_wishes(accept_language: str) -> tuple[str, ...]:
    """Return the languages of an Accept-Language header, most wanted first (RFC 9110, 12.5.4)."""
    ranked: list[tuple[float, int, str]] = []
    for position, part in enumerate(accept_language.split(",")[:_WISHES_MAX]):
        tag, _, parameters = part.partition(";")
        if tag.strip() and tag.strip() != "*" and (weight := _weight(parameters)) > 0:
            ranked.append((-weight, position, tag.strip()))
    return tuple(tag for _, _, tag in sorted(ranked))


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip().casefold() != "q":
        return 1.0
    try:
        return min(max(float(value), 0.0), 1.0)
    except ValueError:
        return 0.0


def _speaks(words: Localizer) -> bool:
    return all(words.can_say(key) for key in _KEYS)


def _is_web(url: str) -> bool:
    return url.startswith(("https://", "http://"))
