"""Tests of the kit for adapters that receive webhooks: authentic, then read right."""

from __future__ import annotations

import copy
import json
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from ..adapter import Capability, ShopAdapter
from ..errors import SignatureError, UnsupportedFeature
from ..model import OrderEvent, RecordChanged, ShopEvent, UnknownEvent, WebhookRequest
from .builders import money
from .kit import Case, Kit, needs, offline

_RUBBISH_SIGNATURES = ("", "0", "=", "\u2603" * 44, "x" * 10_000)
_DELIVERY_WORDS = ("delivery", "event-id", "webhook-id", "message-id", "attempt", "triggered")


class AuthenticityTests(Kit):
    """Nothing is believed that was not signed."""

    @needs(Capability.WEBHOOKS)
    def test_there_is_an_order_case(self) -> None:
        """Record at least one delivery of an order, or one that says which order changed."""
        assert self.told_cases(), "record at least one delivery of an order"

    @needs(Capability.WEBHOOKS)
    def test_good_signature_is_accepted(self, adapter: ShopAdapter) -> None:
        """What the platform signs is authentic."""
        for case in self.cases:
            adapter.verify(self.request_for(case))

    @needs(Capability.WEBHOOKS)
    def test_missing_signature_is_refused(self, adapter: ShopAdapter) -> None:
        """Without the headers that ``sign`` adds, no delivery is read."""
        for case in self.cases:
            good = self.request_for(case)
            for name in self._signature_headers(case, good):
                headers = {key: value for key, value in good.headers.items() if key != name}
                assert_refused(adapter, self.delivery(headers, good.body))

    @needs(Capability.WEBHOOKS)
    def test_wrong_signature_is_refused(self, adapter: ShopAdapter) -> None:
        """Neither an empty nor a foreign nor an endless signature is taken, or breaks anything."""
        for case in self.cases:
            good = self.request_for(case)
            for name in self._signature_headers(case, good):
                for rubbish in _RUBBISH_SIGNATURES:
                    headers = {**good.headers, name: rubbish}
                    assert_refused(adapter, self.delivery(headers, good.body))

    @needs(Capability.WEBHOOKS)
    def test_flipped_bytes_are_refused(self, adapter: ShopAdapter) -> None:
        """One changed bit anywhere in the body spoils the signature."""
        good = self.request_for(self.cases[0])
        adapter.handle(good)
        for position in range(0, len(good.body), max(1, len(good.body) // 64)):
            body = bytearray(good.body)
            body[position] ^= 1
            assert_refused(adapter, self.delivery(good.headers, bytes(body)))

    @needs(Capability.WEBHOOKS)
    def test_signature_covers_bytes(self, adapter: ShopAdapter) -> None:
        """The same JSON in other bytes is another body."""
        good = self.request_for(self.cases[0])
        body = json.dumps(json.loads(good.body), indent=3).encode()
        assert_refused(adapter, self.delivery(good.headers, body))

    @needs(Capability.WEBHOOKS)
    def test_signature_is_checked_before_the_body_is_read(self, adapter: ShopAdapter) -> None:
        """A body that is no JSON, unsigned, is a matter of the signature."""
        assert_refused(adapter, self.delivery(self.cases[0].headers, b"\xff not json"))

    @needs(Capability.WEBHOOKS)
    def test_header_case_does_not_matter(self, adapter: ShopAdapter) -> None:
        """HTTP/2 servers write all header names in lower case."""
        for case in self.cases:
            request = self.request_for(case)
            lower = {key.lower(): value for key, value in request.headers.items()}
            seen = adapter.handle(self.delivery(lower, request.body))
            assert adapter.handle(request) == seen, case.id

    def _signature_headers(self, case: Case, signed: WebhookRequest) -> list[str]:
        names = [key for key, value in signed.headers.items() if case.headers.get(key) != value]
        assert names, f"{case.id}: sign() adds no header; cases hold headers without a signature"
        return names


class ReadingTests(Kit):
    """A delivery becomes the events it proves, the same ones every time."""

    @needs(Capability.WEBHOOKS)
    def test_each_case_becomes_its_events(self, adapter: ShopAdapter) -> None:
        """The events are those that ``expect`` lists, in that order."""
        for case in self.cases:
            assert list(case.expect) == [type(event) for event in self._events(adapter, case)]

    @needs(Capability.WEBHOOKS)
    def test_reading_is_repeatable_and_offline(self, adapter: ShopAdapter) -> None:
        """Two readings are equal, identifiers included, and ask nobody."""
        for case in self.cases:
            with offline():
                first, second = self._events(adapter, case), self._events(adapter, case)
            assert first == second, case.id
            assert [event.raw for event in first] == [event.raw for event in second]

    @needs(Capability.WEBHOOKS)
    def test_identifiers_name_facts_not_deliveries(self, adapter: ShopAdapter) -> None:
        """A redelivery has other delivery headers and the same events."""
        for case in self.cases:
            words = (*_DELIVERY_WORDS, *map(str.lower, self.delivery_headers))
            changed = {
                name: f"{value}0"
                for name, value in case.headers.items()
                if any(word in name.lower() for word in words)
            }
            again = adapter.handle(self.request_for(case, headers=changed))
            assert _ids(self._events(adapter, case)) == _ids(again), case.id

    @needs(Capability.WEBHOOKS)
    def test_identifiers_are_unique_in_a_delivery(self, adapter: ShopAdapter) -> None:
        """Two events of one delivery never have one identifier."""
        for case in self.cases:
            ids = _ids(self._events(adapter, case))
            assert len(ids) == len(set(ids)), case.id

    @needs(Capability.WEBHOOKS)
    def test_shops_do_not_share_identifiers(self, adapter: ShopAdapter) -> None:
        """The same order number in another shop is another order."""
        other = self.make_adapter("other.example")
        for case in self.cases:
            mine, theirs = self._events(adapter, case), self._events(other, case)
            assert not set(_ids(mine)) & set(_ids(theirs)), case.id
            assert {adapter.shop_id} == {event.shop_id for event in mine}, case.id

    @needs(Capability.WEBHOOKS)
    def test_raw_body_is_kept(self, adapter: ShopAdapter) -> None:
        """Every event carries the exact bytes it was read from."""
        for case in self.cases:
            assert {case.body} == {e.raw for e in self._events(adapter, case)}

    @needs(Capability.WEBHOOKS)
    def test_thin_deliveries_can_be_completed(self, adapter: ShopAdapter) -> None:
        """What a delivery does not say is asked of the platform that sent it."""
        for case in (each for each in self.cases if each.is_thin):
            events = [e for e in self._events(adapter, case) if isinstance(e, RecordChanged)]
            assert {adapter.name} == {event.platform for event in events}, case.id
            assert type(adapter).complete is not ShopAdapter.complete, "override complete()"

    @needs(Capability.WEBHOOKS)
    def test_read_does_not_change_the_body(self, adapter: ShopAdapter) -> None:
        """What was decoded is still the same after reading."""
        for case in self.cases:
            request = self.request_for(case)
            body: dict[str, Any] = json.loads(request.body, parse_float=Decimal)
            before = copy.deepcopy(body)
            adapter.read(request, body)
            assert before == body, case.id

    @needs(Capability.WEBHOOKS)
    def test_matches_the_golden_file(self, adapter: ShopAdapter) -> None:
        """``paid.json`` becomes exactly ``paid.expected.json``, written on the first run.

        Defaults are left out: a field that the model learns later changes no file.
        """
        written = []
        for case in self.cases:
            golden = case.path.with_suffix(".expected.json")
            events = [_told(event) for event in self._events(adapter, case)]
            seen = json.dumps(events, indent=1, ensure_ascii=False) + "\n"
            if golden.exists():
                assert golden.read_text(encoding="utf-8") == seen, case.id
            else:
                golden.write_text(seen, encoding="utf-8")
                written.append(golden.name)
        assert not written, f"wrote {', '.join(written)}: read them, commit them, run again"

    @needs(Capability.WEBHOOKS)
    def test_totals_are_what_a_person_reads(self, adapter: ShopAdapter) -> None:
        """Written by hand, so that a golden file cannot bless a wrong exponent."""
        for case in self.order_cases():
            assert case.total, f'{case.id}: write the total by hand, for example "38.90 EUR"'
            for event in self._events(adapter, case):
                if isinstance(event, OrderEvent):
                    assert money(case.total) == event.order.total, case.id

    @needs(Capability.WEBHOOKS)
    def test_moments_are_what_a_person_reads(self, adapter: ShopAdapter) -> None:
        """Written by hand, so that a time without a zone cannot pass as another."""
        for case in self.order_cases():
            assert case.placed_at, f"{case.id}: write placed_at by hand, with its zone"
            for event in self._events(adapter, case):
                if isinstance(event, OrderEvent):
                    assert datetime.fromisoformat(case.placed_at) == event.order.placed_at

    @needs(Capability.WEBHOOKS)
    def test_saved_bodies_read_alike(self, adapter: ShopAdapter) -> None:
        """An order that was saved to a file is the one that was delivered, or files are refused."""
        reads_files = type(adapter).read_orders is not ShopAdapter.read_orders
        for case in self.order_cases():
            body = case.body
            if not reads_files:
                with pytest.raises(UnsupportedFeature):
                    adapter.load_orders(body)
                continue
            told = [e.order for e in self._events(adapter, case) if isinstance(e, OrderEvent)]
            assert told[:1] == list(adapter.load_orders(body)), case.id

    @needs(Capability.WEBHOOKS)
    def test_unknown_topic_is_an_event_not_an_error(self, adapter: ShopAdapter) -> None:
        """Platforms add topics; nobody should be paged for that."""
        events = adapter.handle(self.unknown_request())
        assert [UnknownEvent] == [type(event) for event in events]

    def _events(self, adapter: ShopAdapter, case: Case) -> tuple[ShopEvent, ...]:
        return adapter.handle(self.request_for(case))


def _ids(events: tuple[ShopEvent, ...]) -> list[str]:
    return [event.id for event in events]


def assert_refused(adapter: ShopAdapter, request: WebhookRequest) -> None:
    """Assert that a delivery is not believed."""
    with pytest.raises(SignatureError):
        adapter.handle(request)


def _told(event: ShopEvent) -> dict[str, Any]:
    """Return what an adapter said of an event, with its type, without what it left open."""
    said = event.model_dump(mode="json", exclude_defaults=True)
    return {"type": type(event).model_fields["type"].default, **said}
