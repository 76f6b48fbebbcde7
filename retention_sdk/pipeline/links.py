"""The links by which people unsubscribe, choose and confirm: made for mails, read by the pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ..consent.tokens import LinkKeys, LinkKind, LinkToken, make_link_token, read_link_token
from ..model import ConsentChannel

if TYPE_CHECKING:
    from ..config import Config

UNSUBSCRIBE, PREFERENCES, CONFIRM, DEVICES = "u/", "p/", "c/", "d/"
"""What follows the base of an address, before the token."""

_KEY_DOMAIN = "link-tokens"
# Long enough to notice a mistake, too short for a mail that somebody forwarded.
_UNDO_FOR = timedelta(hours=1)
# A page that somebody signed in to stays open for a day; the next one brings a new link.
_DEVICES_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Links:
    """One shop's links: ``base_url`` with a slash at its end, and the keys that sign."""

    base_url: str
    shop_id: str
    keys: LinkKeys
    valid_for: timedelta
    confirm_for: timedelta

    @property
    def is_secure(self) -> bool:
        """Whether they may stand in a List-Unsubscribe header: RFC 8058 s. 3.1 wants https."""
        return self.base_url.startswith("https://")

    def unsubscribe_url(
        self, subject_id: str, channel: ConsentChannel, *, now: datetime, locale: str = ""
    ) -> str:
        """Return where somebody ends the advertising over one channel."""
        token = self._make(subject_id, LinkKind.UNSUBSCRIBE, now + self.valid_for, channel)
        return self._url(UNSUBSCRIBE, token, locale)

    def preferences_url(self, subject_id: str, *, now: datetime, locale: str = "") -> str:
        """Return where somebody chooses what may come, and how."""
        return self._url(PREFERENCES, self.preferences_token(subject_id, now=now), locale)

    def confirm_url(
        self,
        subject_id: str,
        channel: ConsentChannel,
        *,
        reference: str,
        now: datetime,
        locale: str = "",
    ) -> str:
        """Return where somebody confirms what was asked for; ``reference`` names the request."""
        expires_at = now + self.confirm_for
        token = self._make(subject_id, LinkKind.CONFIRM, expires_at, channel, reference)
        return self._url(CONFIRM, token, locale)

    def devices_url(self, subject_id: str, *, now: datetime) -> str:
        """Return where a browser of somebody asks for push messages: a secret of that person."""
        return self._url(DEVICES, self._make(subject_id, LinkKind.DEVICES, now + _DEVICES_FOR), "")

    def preferences_token(self, subject_id: str, *, now: datetime) -> str:
        """Return the token alone, for a link from one page to another."""
        return self._make(subject_id, LinkKind.PREFERENCES, now + self.valid_for)

    def undo_token(
        self, subject_id: str, channel: ConsentChannel, *, reference: str, now: datetime
    ) -> str:
        """Return what takes back one unsubscribing, for an hour."""
        return self._make(subject_id, LinkKind.UNDO, now + _UNDO_FOR, channel, reference)

    def read(self, text: str, kind: LinkKind, *, now: datetime) -> LinkToken:
        """Return what a genuine token of that kind says.

        Raises:
            TokenError: it is damaged, forged, of another shop or kind, or over.
        """
        return read_link_token(text, kind=kind, shop_id=self.shop_id, now=now, keys=self.keys)

    def _make(
        self,
        subject_id: str,
        kind: LinkKind,
        expires_at: datetime,
        channel: ConsentChannel = ConsentChannel.ANY,
        reference: str = "",
    ) -> str:
        return make_link_token(
            subject_id,
            kind=kind,
            shop_id=self.shop_id,
            expires_at=expires_at,
            keys=self.keys,
            channel=channel,
            **({"reference": reference} if reference else {}),
        )

    def _url(self, place: str, token: str, locale: str) -> str:
        wish = f"?lang={locale}" if locale else ""
        return f"{self.base_url}{place}{token}{wish}"


def links_of(config: Config, shop_key: bytes) -> Links | None:
    """Return the links of a shop; None where its pages are served nowhere.

    The keys are derived for links and nothing else; previous ones read what was sent before.
    """
    from ..storage.crypto import derive_key

    settings = config.consent
    if not settings.base_url:
        return None
    shop_keys = (shop_key, *config.read_previous_keys())
    return Links(
        settings.base_url,
        config.shop.id,
        LinkKeys.of([derive_key(key, _KEY_DOMAIN) for key in shop_keys]),
        valid_for=timedelta(days=settings.link_days),
        confirm_for=timedelta(days=settings.confirm_days),
    )
