"""The test of the kit that nobody can think up: hundreds of bodies that are wrong in many ways."""

from __future__ import annotations

import os
from random import Random

import pytest

from ..adapter import Capability, ShopAdapter
from ..errors import AdapterError
from ..model import ShopEvent, WebhookRequest
from .fuzz import CONTENT_TYPES, fuzzed
from .kit import Case, Kit, needs
from .mutants import personal_values

_BODIES, _BODIES_SOAKED = 500, 10_000
_HEADERS_SPOILED_ONE_IN = 4


class FuzzTests(Kit):
    """Whatever comes in, what goes out is a valid event or an error of ours."""

    @needs(Capability.WEBHOOKS)
    def test_fuzzed_deliveries_become_valid_events_or_our_errors(
        self, adapter: ShopAdapter
    ) -> None:
        """Five hundred signed deliveries, ten thousand with RETENTION_SOAK=1, dealt to the cases.

        The seed is the number of the delivery, so a failure comes again until it is mended.
        """
        count = _BODIES_SOAKED if os.environ.get("RETENTION_SOAK") else _BODIES
        private = {case.id: personal_values(case.document) for case in self.cases}
        for number in range(count):
            case = self.cases[number % len(self.cases)]
            chance = Random(f"{case.id} {number}")  # noqa: S311 - repeatable, not secret
            done, body = fuzzed(case.document, chance)
            request = self._spoiled(case, body, chance)
            self._check(adapter, request, f"{case.id} {number}: {done}", private[case.id])

    def _spoiled(self, case: Case, body: bytes, chance: Random) -> WebhookRequest:
        """Sign a body; one delivery in four says that it is something else than JSON."""
        if chance.randrange(_HEADERS_SPOILED_ONE_IN):
            return self.request_for(case, body)
        named = {name for name in case.headers if name.lower() == "content-type"}
        kind = chance.choice(CONTENT_TYPES)
        return self.request_for(case, body, dict.fromkeys(named or {"Content-Type"}, kind))

    def _check(
        self, adapter: ShopAdapter, request: WebhookRequest, where: str, private: set[str]
    ) -> None:
        try:
            events = adapter.handle(request)
        except AdapterError as error:
            told = f"{error} {error!r}"
            assert not [text for text in private if text in told], f"{where}: the error quotes it"
            return
        except Exception as error:  # noqa: BLE001 - any other error is what we look for
            pytest.fail(f"{where} escaped as {type(error).__name__}: {error}")
        for event in events:
            assert _is_valid(event), f"{where}: {type(event).__name__} is not valid"


def _is_valid(event: ShopEvent) -> bool:
    """Whether an event can be stored and read again: models that were built unchecked cannot."""
    try:
        return type(event).model_validate_json(event.model_dump_json()) == event.model_copy(
            update={"raw": b""}
        )
    except ValueError:
        return False
