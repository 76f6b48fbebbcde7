"""Opens links, shows what is on record, and writes down what was answered."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex
from typing import TYPE_CHECKING

from ...consent.answers import Choices, find_answer
from ...consent.tokens import LinkKind, LinkToken
from ...errors import StorageError, SubjectErased, TokenError
from ...model import ConsentChannel, ConsentState, Purpose
from ...pipeline.links import PREFERENCES
from ...pipeline.privacy.confirm import confirm, find_request
from . import pages
from .answers import AnswerBook, read_choices, without
from .asking import Asker, Asking
from .page import Page, wording_of
from .speech import Speech

if TYPE_CHECKING:
    from ...app import Retention
    from ...pipeline.links import Links

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Visit:
    """What a browser sent. ``form`` is None where nothing was posted.

    ``has_signal`` is ``Sec-GPC: 1``; ``is_real`` is False where a page is only fetched ahead, or
    its headers are asked for.
    """

    at: datetime
    form: Mapping[str, Sequence[str]] | None = None
    is_one_click: bool = False
    has_signal: bool = False
    is_real: bool = True

    def pressed(self, field: str = pages.DO) -> str:
        """Return what a field says, or nothing."""
        return next(iter((self.form or {}).get(field, ())), "")


class PrivacyDesk:
    """What people can do about themselves, with no more than the link in their hands."""

    def __init__(
        self, shop: Retention, links: Links, *, random_hex: Callable[[int], str] = token_hex
    ) -> None:
        self._shop, self._links = shop, links
        self._book, self._asker = AnswerBook(shop.store, random_hex), Asker(shop, links)
        self._rooms = {
            LinkKind.UNSUBSCRIBE: self._unsubscribe,
            LinkKind.PREFERENCES: self._choose,
            LinkKind.CONFIRM: self._confirm,
        }

    def read(self, kind: LinkKind, text: str, *, at: datetime) -> LinkToken | None:
        """Return what a token says; None for every one that is no good."""
        try:
            return self._links.read(text, kind, now=at)
        except TokenError:
            return None

    def answer(self, token: LinkToken, visit: Visit, speech: Speech) -> Page:
        """Return the page that a visit leads to, once what it asked for is on record."""
        try:
            return self._rooms[token.kind](token, visit, speech)
        except SubjectErased:
            # There is nobody left to write to, which is what an unsubscriber wants.
            if token.kind is LinkKind.UNSUBSCRIBE:
                return pages.unsubscribed_page(speech, token.channel)
            return pages.invalid_page(speech)
        except StorageError as error:
            _log.warning("a page could not be served: %s", error)
            return pages.busy_page(speech, status=503)

    def _unsubscribe(self, token: LinkToken, visit: Visit, speech: Speech) -> Page:
        """Unsubscribe by any POST: whatever its body says, it was meant to end something."""
        way = self._way_to_preferences(token, visit, speech)
        page = pages.unsubscribe_page(speech, token.channel, preferences=way)
        if visit.form is None:
            return page
        if undo := visit.pressed(pages.UNDO):
            return self._undo(undo, token, visit, speech) or page
        wording = None if visit.is_one_click else wording_of(page, speech.words.tag)
        taken = self._book.unsubscribe(token, at=visit.at, wording=wording)
        undo = taken and self._links.undo_token(
            token.subject_id, token.channel, reference=taken, now=visit.at
        )
        return pages.unsubscribed_page(speech, token.channel, preferences=way, undo=undo)

    def _undo(self, text: str, token: LinkToken, visit: Visit, speech: Speech) -> Page | None:
        """Take the unsubscribing back, for whoever did it a moment ago."""
        undo = self.read(LinkKind.UNDO, text, at=visit.at)
        mine = (token.subject_id, token.channel)
        if undo is None or (undo.subject_id, undo.channel) != mine:
            return None
        if not self._book.undo(undo, at=visit.at):
            return None
        way = self._way_to_preferences(token, visit, speech)
        return pages.restored_page(speech, preferences=way)

    def _choose(self, token: LinkToken, visit: Visit, speech: Speech) -> Page:
        """Show the preferences, after writing down what was ticked or signalled.

        A browser's signal is a request in itself (Cal. Code Regs. tit. 11, s. 7025(c)(1)), so it
        is the one thing that a GET may change: once, and always to no.
        """
        if visit.has_signal and visit.is_real:
            self._book.signal(token, at=visit.at)
        pressed = visit.pressed()
        if pressed not in {pages.SAVE, pages.NOTHING}:
            return self._preferences(token, visit, speech)
        wording = wording_of(self._preferences(token, visit, speech), speech.words.tag)
        if pressed == pages.NOTHING:
            self._book.choose(token, None, at=visit.at, wording=wording)
            return self._preferences(token, visit, speech, _saved(speech))
        choices = read_choices(visit.form or {}, has_signal=visit.has_signal)
        asking = Asking.NEEDLESS
        if self._is_subscribing(token, choices, visit):
            asking = self._asker.ask(token, at=visit.at, wording=wording, locale=speech.words.tag)
        if asking is not Asking.NEEDLESS:
            choices = without(choices, ConsentChannel.EMAIL)
        self._book.choose(token, choices, at=visit.at, wording=wording)
        return self._preferences(token, visit, speech, _saved(speech, asking))

    def _is_subscribing(self, token: LinkToken, choices: Choices, visit: Visit) -> bool:
        """Whether somebody ticks e-mail who gets none so far."""
        email, current = ConsentChannel.EMAIL, self._book.current(token)
        answer = find_answer(current, email, Purpose.MARKETING, at=visit.at)
        return choices.channels.get(email, False) and answer is not ConsentState.GRANTED

    def _confirm(self, token: LinkToken, visit: Visit, speech: Speech) -> Page:
        """Let a request become a subscription, once; a later no ends the link as well."""
        way = self._way_to_preferences(token, visit, speech)
        page = pages.confirm_page(speech, token.channel)
        store = self._shop.store
        if visit.form is None:
            with store.reading() as connection:
                request = find_request(store, connection, token)
            return page if request else pages.invalid_page(speech)
        wording = wording_of(page, speech.words.tag)
        with store.begin() as connection:
            is_confirmed = confirm(store, connection, token, at=visit.at, wording=wording)
        if not is_confirmed:
            return pages.invalid_page(speech)
        return pages.confirmed_page(speech, token.channel, preferences=way)

    def _preferences(
        self, token: LinkToken, visit: Visit, speech: Speech, news: tuple[str, ...] = ()
    ) -> Page:
        return pages.preferences_page(
            speech,
            self._book.current(token),
            at=visit.at,
            has_points=self._shop.config.loyalty is not None,
            has_signal=visit.has_signal,
            news=news,
        )

    def _way_to_preferences(self, token: LinkToken, visit: Visit, speech: Speech) -> str:
        """Return a relative address: nobody knows here below which path we are mounted."""
        text = self._links.preferences_token(token.subject_id, now=visit.at)
        return f"../{PREFERENCES}{text}?lang={speech.words.tag}"


def _saved(speech: Speech, asking: Asking = Asking.NEEDLESS) -> tuple[str, ...]:
    """Return what is read out first; what was not done is said as plainly as what was."""
    saved = (speech.say("privacy.saved.title"), speech.say("privacy.saved.body"))
    further = {
        Asking.ASKED: ("privacy.saved.confirm",),
        Asking.FAILED: ("privacy.busy.body",),
    }
    told = tuple(speech.say(key) for key in further.get(asking, ()))
    return (*told, *saved) if asking is Asking.FAILED else (*saved, *told)
