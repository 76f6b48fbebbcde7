"""Who bought."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from .address import Address
from .base import Identifier, LanguageTag, Line, PersonalLine, Record
from .consent import Consent, ConsentChannel, ConsentState, Purpose


def _is_a_day(text: str) -> str:
    try:
        date.fromisoformat(f"2000-{text}")
    except ValueError:
        raise ValueError("not a day of the year, for example 04-30") from None
    return text


MonthDay = Annotated[
    str, StringConstraints(pattern=r"^[0-9]{2}-[0-9]{2}$"), AfterValidator(_is_a_day)
]
"""A day of every year: ``04-30``."""


class Customer(Record):
    """A buyer as the platform knows them; ``id`` is the platform's, empty for a guest.

    ``given_name`` and ``family_name`` are kept apart when the platform does; ``full_name`` is what
    to fall back on. ``language`` is the platform's own spelling. ``addressee`` is a gender that
    the person told the shop, for titles and grammar; it is never guessed from a name. ``birthday``
    is month and day (``04-30``); ``birth_year`` is only for the age that some laws ask for, and may
    be nonsense that a platform let through. ``tags`` are the shop's own segments.
    """

    id: Annotated[str, Field(max_length=200)] = ""
    given_name: PersonalLine = ""
    family_name: PersonalLine = ""
    full_name: PersonalLine = ""
    company: PersonalLine = ""
    email: PersonalLine = ""
    phone: PersonalLine = ""
    language: LanguageTag | None = None
    addressee: Annotated[Literal["", "f", "m"], Field(repr=False)] = ""
    birthday: Annotated[MonthDay | Literal[""], Field(repr=False)] = ""
    birth_year: Annotated[int | None, Field(ge=1, le=9999, repr=False)] = None
    tags: tuple[Line, ...] = ()
    address: Annotated[Address | None, Field(repr=False)] = None
    consents: tuple[Consent, ...] = ()

    @property
    def is_guest(self) -> bool:
        """Whether the platform gave no account."""
        return not self.id

    @property
    def reference(self) -> str:
        """What identifies this person within one shop: the account, else the e-mail address."""
        return f"id:{self.id}" if self.id else f"email:{self.email.casefold()}"

    def consent_for(self, channel: ConsentChannel) -> ConsentState:
        """Return the newest answer about marketing for a channel; a no for ANY outweighs it.

        What may leave is for ``consent.decide`` to say: it knows the other purposes too.
        """
        if self._newest(ConsentChannel.ANY) is ConsentState.DENIED:
            return ConsentState.DENIED
        own = self._newest(channel)
        return own if own is not ConsentState.UNKNOWN else self._newest(ConsentChannel.ANY)

    def _newest(self, channel: ConsentChannel) -> ConsentState:
        answers = [
            consent
            for consent in self.consents
            if consent.channel is channel and consent.purpose is Purpose.MARKETING
        ]
        if not answers:
            return ConsentState.UNKNOWN
        return max(enumerate(answers), key=_age)[1].state


def _age(numbered: tuple[int, Consent]) -> tuple[float, int]:
    position, consent = numbered
    moment = consent.recorded_at
    return (moment.timestamp() if moment else float("-inf"), position)


class Erasure(Record):
    """A request to forget somebody: GDPR art. 17, CCPA s. 1798.105."""

    customer_id: Identifier | None = None
    email: PersonalLine = ""
    phone: PersonalLine = ""
    order_ids: tuple[Identifier, ...] = ()


class AccessRequest(Record):
    """A request to see what is kept: GDPR art. 15 and 20, CCPA s. 1798.110.

    ``reference`` is the platform's name of the request, so that it is answered once.
    """

    reference: Identifier
    customer_id: Identifier | None = None
    email: PersonalLine = ""
    phone: PersonalLine = ""
    order_ids: tuple[Identifier, ...] = ()
