"""A tick beside e-mail: where a single opt-in would not do, an e-mail asks to confirm it."""

from __future__ import annotations

import logging
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING

from ...consent import decide
from ...context import build_context, customer_of
from ...errors import RetentionError, StorageError
from ...messages.candidates import build_candidate
from ...model import (
    Consent,
    ConsentChannel,
    ConsentState,
    ContentKind,
    Customer,
    LocaleChoice,
    OptInLevel,
    ShopEvent,
    Wording,
    read_mailbox,
)
from ...pipeline.privacy.confirm import ask_to_confirm
from .answers import CHOSEN

if TYPE_CHECKING:
    from ...app import Retention
    from ...consent.tokens import LinkToken
    from ...pipeline.links import Links

_log = logging.getLogger(__name__)

_LIKELY = "birthday"


class Asking(Enum):
    """What became of a tick. NEEDLESS: a single opt-in does. FAILED: try again later."""

    NEEDLESS = "needless"
    ASKED = "asked"
    FAILED = "failed"


class Asker:
    """Asks at the address that the shop knows of somebody; nobody types one on a page."""

    def __init__(self, shop: Retention, links: Links) -> None:
        self._shop, self._links = shop, links

    def ask(self, token: LinkToken, *, at: datetime, wording: Wording, locale: str) -> Asking:
        """Send the e-mail of a double opt-in if the rules, or the shop, ask for one.

        Without an address, or a page on https, there is nothing to ask by: the single opt-in is
        recorded, and the rules go on to refuse what needs more.
        """
        event = self._newest(token)
        customer = customer_of(event) if event else None
        if event is None or customer is None or not self._links.is_secure:
            return Asking.NEEDLESS
        if not self._is_wanted(event, token, at):
            return Asking.NEEDLESS
        return self._send(customer, wording, locale)

    def _newest(self, token: LinkToken) -> ShopEvent | None:
        """Return the last event that tells an address of the person."""
        store = self._shop.store
        with store.reading() as connection:
            events = [*store.people.events(connection, token.subject_id)]
        known = (each for each in reversed(events) if _has_address(customer_of(each)))
        return next(known, None)

    def _is_wanted(self, event: ShopEvent, token: LinkToken, at: datetime) -> bool:
        """Whether a single opt-in of this instant would not be enough to write a greeting."""
        config, store = self._shop.config, self._shop.store
        if config.consent.double_opt_in == "always":
            return True
        with store.reading() as connection:
            current = store.consents.current(connection, token.subject_id)
        single = Consent(
            channel=ConsentChannel.EMAIL,
            state=ConsentState.GRANTED,
            recorded_at=at,
            source=CHOSEN,
            opt_in_level=OptInLevel.SINGLE,
            evidence_ref=CHOSEN,
        )
        about = (single.channel, single.purpose)
        answers = (*(each for each in current if (each.channel, each.purpose) != about), single)
        context = build_context(
            event,
            shop=config.shop,
            brand=config.brand,
            locale=LocaleChoice(tag=config.locales.fallback, reason="nothing is said"),
            now=at,
            subject_id=token.subject_id,
        )
        customer = customer_of(event)
        if customer is not None:
            # What the event told of consent is on record since, and older than that.
            customer = customer.model_copy(update={"consents": answers})
            context = context.model_copy(update={"customer": customer})
        greeting = frozenset({ContentKind.GREETING})
        candidate = build_candidate(context, "email", _LIKELY, greeting, reason="to ask the rules")
        return not decide(candidate, context, rules=self._shop.rules).allowed

    def _send(self, customer: Customer, wording: Wording, locale: str) -> Asking:
        try:
            asked = ask_to_confirm(
                customer,
                room=self._shop.press_room,
                links=self._links,
                channel=self._shop.config.delivery.email,
                source=CHOSEN,
                wording=wording,
                locale=locale,
            )
        except StorageError:
            raise
        except RetentionError as error:
            _log.warning("a confirmation was not asked for: %s", error)
            return Asking.FAILED
        return Asking.ASKED if asked.is_asked else Asking.NEEDLESS


def _has_address(customer: Customer | None) -> bool:
    return customer is not None and read_mailbox(customer.email) is not None
