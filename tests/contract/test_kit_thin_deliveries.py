"""The kit on adapters whose deliveries only say that something changed."""

import pytest

from retention_sdk import ShopAdapter
from retention_sdk.model import RecordChanged
from retention_sdk.testing import NOON, AdapterConformance, BogusShop, Case, kit_failures

TEST = "test_thin_deliveries_can_be_completed"
HEADERS = {"X-Bogus-Topic": "order"}


class ThinShop(BogusShop):
    """Tells numbers alone, and is asked for the rest."""

    def read(self, request, body):
        if request.header("X-Bogus-Topic") != "order":
            return super().read(request, body)
        return (
            RecordChanged(
                id=f"{self.name}:{self.shop_id}:order:{body['id']}:changed-{body['at']}",
                shop_id=self.shop_id,
                occurred_at=NOON,
                raw=request.body,
                platform=self.name,
                kind="order",
                reference=body["id"],
            ),
        )

    def complete(self, event):
        return self.order_events(self.fetch_order(event.reference))


class SilentShop(ThinShop):
    complete = ShopAdapter.complete


class ForeignShop(ThinShop):
    def read(self, request, body):
        events = super().read(request, body)
        return tuple(event.model_copy(update={"platform": "another"}) for event in events)


class LeakyShop(ThinShop):
    """Lets errors of its own out when a field is missing."""

    def read(self, request, body):
        if "at" not in body:
            raise RuntimeError("when?")
        return super().read(request, body)


@pytest.fixture(scope="module")
def kit_for(tmp_path_factory):
    path = tmp_path_factory.mktemp("payloads") / "changed.json"
    path.write_text('{"id": "1001", "at": "1"}', encoding="utf-8")

    def make(adapter):
        class Kit(AdapterConformance):
            adapter_class = adapter
            cases = (Case("changed", path, HEADERS, (RecordChanged,)),)

            def sign(self, headers, body):
                return BogusShop(shop_id="kit.example").sign(headers, body)

        return Kit

    return make


def test_thin_deliveries_are_enough(kit_for):
    tests = {TEST, "test_there_is_an_order_case", "test_rubbish_is_a_payload_error"}

    assert {} == kit_failures(kit_for(ThinShop), only=tests)


@pytest.mark.parametrize("adapter", [SilentShop, ForeignShop])
def test_delivery_that_nobody_completes_is_caught(kit_for, adapter):
    assert {TEST} == set(kit_failures(kit_for(adapter), only={TEST}))


def test_thin_deliveries_are_mutated_too(kit_for):
    test = "test_no_single_bad_field_escapes_as_another_error"

    assert {} == kit_failures(kit_for(ThinShop), only={test})
    assert {test} == set(kit_failures(kit_for(LeakyShop), only={test}))
