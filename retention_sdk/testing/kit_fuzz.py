"""The test of the kit that nobody can think up: hundreds of bodies that are wrong in many ways."""

from __future__ import annotations

import json
import os
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from ..adapter import Capability, ShopAdapter
from ..errors import AdapterError
from ..model import Record, WebhookRequest
from .fuzz import CONTENT_TYPES, fuzzed
from .kit import Case, Kit, needs, only_if
from .mutants import personal_values

_BODIES, _BODIES_SOAKED = 500, 10_000
_HEADERS_SPOILED_ONE_IN = 4


def _reads_answers(kit: type[Kit]) -> bool:
    return kit.read_answer is not Kit.read_answer


class FuzzTests(Kit):
    """Whatever comes in, what goes out is a valid event or an error of ours."""

    @needs(Capability.WEBHOOKS)
    def test_fuzzed_deliveries_become_valid_events_or_our_errors(
        self, adapter: ShopAdapter
    ) -> None:
        """Five hundred signed deliveries, ten thousand with RETENTION_SOAK=1, dealt to the cases.

        The seed is the number of the delivery, so a failure comes again until it is mended.
        """
        private = {case.id: personal_values(case.document) for case in self.cases}
        for number in range(_count()):
            case = self.cases[number % len(self.cases)]
            chance = Random(f"{case.id} {number}")  # noqa: S311 - repeatable, not secret
            done, body = fuzzed(case.document, chance)
            request = self._spoiled(case, body, chance)
            self._check(adapter, request, f"{case.id} {number}: {done}", private[case.id])

    @only_if(_reads_answers)
    def test_fuzzed_answers_become_valid_records_or_our_errors(self, adapter: ShopAdapter) -> None:
        """As many answers of the API, if the kit was told how one is read: ``read_answer``."""
        answers = list(self.answers())
        assert answers, "say what the API answers: override answers()"
        private = [personal_values(answer) for answer in answers]
        for number in range(_count()):
            which = number % len(answers)
            done, body = fuzzed(answers[which], Random(f"answer {number}"))  # noqa: S311 - as above
            try:
                answer = json.loads(body, parse_float=Decimal)
            except (ValueError, RecursionError):
                continue  # the client of the API refuses it
            self._check_answer(adapter, answer, f"answer {number}: {done}", private[which])

    def _check_answer(
        self, adapter: ShopAdapter, answer: Any, where: str, private: set[str]
    ) -> None:
        try:
            with adapter.reading():
                records = list(self.read_answer(adapter, answer))
        except AdapterError as error:
            _assert_quotes_nobody(error, private, where)
            return
        except Exception as error:  # noqa: BLE001 - any other error is what we look for
            pytest.fail(f"{where} escaped as {type(error).__name__}: {error}")
        for record in records:
            assert _is_valid(record), f"{where}: {type(record).__name__} is not valid"

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
            _assert_quotes_nobody(error, private, where)
            return
        except Exception as error:  # noqa: BLE001 - any other error is what we look for
            pytest.fail(f"{where} escaped as {type(error).__name__}: {error}")
        for event in events:
            assert _is_valid(event), f"{where}: {type(event).__name__} is not valid"


def _count() -> int:
    return _BODIES_SOAKED if os.environ.get("RETENTION_SOAK") else _BODIES


def _assert_quotes_nobody(error: AdapterError, private: set[str], where: str) -> None:
    told = f"{error} {error!r}"
    assert not [text for text in private if text in told], f"{where}: the error quotes it"


def _is_valid(record: Record) -> bool:
    """Whether a record can be stored and read again: models that were built unchecked cannot."""
    kept = record.model_copy(update={"raw": b""}) if hasattr(record, "raw") else record
    try:
        return type(record).model_validate_json(record.model_dump_json()) == kept
    except ValueError:
        return False
