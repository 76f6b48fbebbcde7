"""Tests of the kit with bodies that are broken, hostile, newer, or silent."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest

from ..adapter import Capability, ShopAdapter
from ..errors import PayloadError
from ..model import ConsentChanged, ConsentState, ShopEvent
from .kit import Case, Kit, customers_in, needs
from .mutants import consent_paths, mutants, personal_values, replaced, silenced, with_news

_RUBBISH = (
    b"",
    b"null",
    b"[]",
    b'"x"',
    b"{",
    b"{}",
    b"\xff\xfe",
    b'{"total": NaN}',
    b"[" * 100_000,
    b'{"a":' * 100_000,
)
_NO_ANSWERS: tuple[Any, ...] = (None, "", "maybe", "null", [], {}, -1)


class HostileTests(Kit):
    """A bad body is refused as one, whatever is wrong with it."""

    @needs(Capability.WEBHOOKS)
    def test_rubbish_is_a_payload_error(self, adapter: ShopAdapter) -> None:
        """Bodies that are no object, or an empty one, even signed."""
        for case in self.told_cases():
            for body in _RUBBISH:
                with pytest.raises(PayloadError):
                    adapter.handle(self.request_for(case, body))

    @needs(Capability.WEBHOOKS)
    def test_truncated_bodies_are_payload_errors(self, adapter: ShopAdapter) -> None:
        """A delivery that was cut off anywhere, even signed."""
        for case in self.told_cases():
            body = case.body.rstrip()
            for length in range(0, len(body), max(1, len(body) // 32)):
                with pytest.raises(PayloadError):
                    adapter.handle(self.request_for(case, body[:length]))

    @needs(Capability.WEBHOOKS)
    def test_no_single_bad_field_escapes_as_another_error(self, adapter: ShopAdapter) -> None:
        """Every field is removed and replaced: a valid event or ``PayloadError``, nothing else."""
        for case in self.cases:
            for what, body in mutants(case.document, turn=self._turn(0)):
                self._refusal(adapter, case, what, body)

    @needs(Capability.WEBHOOKS)
    def test_errors_do_not_quote_people(self, adapter: ShopAdapter) -> None:
        """A ``PayloadError`` says where, never whose. Fields are replaced by other things here."""
        for case in self.told_cases():
            private = personal_values(case.document)
            for what, body in mutants(case.document, turn=self._turn(1)):
                message = self._refusal(adapter, case, what, body)
                assert not [v for v in private if v in message], f"{case.id}: {what} is quoted"

    @needs(Capability.WEBHOOKS)
    def test_unknown_fields_are_ignored(self, adapter: ShopAdapter) -> None:
        """Platforms add fields to every object without asking."""
        for case in self.told_cases():
            plain = adapter.handle(self.request_for(case))
            grown = self.read_body(adapter, case, with_news(case.document))
            assert [e.model_dump() for e in plain] == [e.model_dump() for e in grown], case.id

    @needs(Capability.WEBHOOKS)
    def test_consent_is_never_assumed(self, adapter: ShopAdapter) -> None:
        """Where the payload is silent about consent, or mumbles, nobody said yes."""
        for case in self.cases:
            document = case.document
            _assert_no_yes(self.read_body(adapter, case, silenced(document)), case.id)
            for path in consent_paths(document):
                for answer in _NO_ANSWERS:
                    body = replaced(document, path, answer)
                    _assert_no_yes(self.read_body(adapter, case, body), f"{case.id}: {path}")

    def _turn(self, number: int) -> int | None:
        """Return which mutants to try: one of each field, or all of them with RETENTION_SOAK=1."""
        return None if os.environ.get("RETENTION_SOAK") else number

    def _refusal(self, adapter: ShopAdapter, case: Case, what: str, body: Any) -> str:
        """Return how a body is refused, nothing if it is read; fail on any other error."""
        content = json.dumps(body, ensure_ascii=False).encode("utf-8", "surrogatepass")
        try:
            adapter.handle(self.request_for(case, content))
        except PayloadError as error:
            return f"{error} {error!r} {error.path}"
        except Exception as error:  # noqa: BLE001 - any other error is what we look for
            pytest.fail(f"{case.id}: {what} escaped as {type(error).__name__}: {error}")
        return ""


def _assert_no_yes(events: tuple[ShopEvent, ...], where: str) -> None:
    answers = [consent for customer in customers_in(events) for consent in customer.consents]
    answers += [event.consent for event in events if isinstance(event, ConsentChanged)]
    yes = [answer for answer in answers if answer.state is ConsentState.GRANTED]
    assert not yes, f"{where}: a yes that nobody said"
