"""The kit fails each of these adapters of platforms that sign a moment."""

import hmac
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import ClassVar

import pytest

from retention_sdk.errors import SignatureError
from retention_sdk.model import OrderPaid, OrderPlaced
from retention_sdk.testing import (
    NOON,
    AdapterConformance,
    BogusShop,
    Case,
    an_order,
    kit_failures,
)


def signature(secret, moment, body):
    return hmac.digest(secret.encode(), f"{moment}.".encode() + body, sha256).hex()


class Timed(BogusShop):
    """The adapter that every broken one below differs from in one thing."""

    replay_window = timedelta(minutes=5)

    def verify(self, request):
        moment, given = request.header("X-Bogus-Time"), request.header("X-Bogus-Signature")
        good = [signature(secret, self.signed(moment), request.body) for secret in self.secrets()]
        if not any(hmac.compare_digest(each.encode(), given.encode()) for each in good):
            raise SignatureError("wrong", adapter=self.name)
        self.check(request, datetime.fromtimestamp(int(moment), UTC))

    def secrets(self):
        return [secret.get_secret_value() for secret in self.settings.secrets]

    def signed(self, moment):
        return moment

    def check(self, request, moment):
        self.require_fresh(request, moment)


class EverlastingShop(Timed):
    """Reads the moment, and believes it whatever it is."""

    def check(self, request, moment):
        pass


class PastOnlyShop(Timed):
    """Lets a delivery be signed for next year."""

    def check(self, request, moment):
        if request.received_at is None or moment <= request.received_at:
            self.require_fresh(request, moment)


class ImpatientShop(Timed):
    """Leaves no room for a slow clock."""

    def check(self, request, moment):
        self.require_fresh(request, moment)
        if request.received_at - moment > timedelta(minutes=1):
            raise SignatureError("late", adapter=self.name)


class UnsignedTimeShop(Timed):
    """Does not sign the moment, so that anybody can make an old delivery new."""

    def signed(self, moment):
        return "0"


class TimelessShop(Timed):
    """Takes deliveries of which nobody knows when they came."""

    def check(self, request, moment):
        if request.received_at is not None:
            self.require_fresh(request, moment)


class NewSecretShop(Timed):
    """Forgets the old secret at once."""

    def secrets(self):
        return super().secrets()[:1]


class OldSecretShop(Timed):
    """Never learns the new one."""

    def secrets(self):
        return super().secrets()[-1:]


CAUGHT = [
    (EverlastingShop, "test_replay_window_is_kept"),
    (PastOnlyShop, "test_replay_window_is_kept"),
    (ImpatientShop, "test_replay_window_is_kept"),
    (UnsignedTimeShop, "test_signed_moment_cannot_be_changed"),
    (TimelessShop, "test_delivery_of_unknown_arrival_is_refused"),
    (NewSecretShop, "test_old_and_new_secret_are_good_during_rotation"),
    (OldSecretShop, "test_old_and_new_secret_are_good_during_rotation"),
]


@pytest.fixture(scope="session")
def recorded(tmp_path_factory):
    path = tmp_path_factory.mktemp("timed") / "paid.json"
    path.write_text(an_order("38.90 EUR").model_dump_json(), encoding="utf-8")
    headers = {"X-Bogus-Topic": "order"}
    facts, noon = (OrderPlaced, OrderPaid), "2026-11-20T12:00:00Z"
    return (Case("paid", path, headers, facts, "38.90 EUR", noon),)


def kit_for(adapter, recorded, **overrides):
    class Kit(AdapterConformance):
        adapter_class = adapter
        cases = recorded
        settings: ClassVar = {"secrets": ["old"]}
        rotated_settings: ClassVar = {"secrets": ["new", "old"]}
        received_at = NOON

        def sign_at(self, headers, body, at, secret="old"):
            moment = str(int(at.timestamp()))
            # The careless shop's platform is as careless as its adapter.
            signed = adapter.signed(None, moment)
            return {
                **headers,
                "X-Bogus-Time": moment,
                "X-Bogus-Signature": signature(secret, signed, body),
            }

        def sign_anew(self, headers, body):
            return self.sign_at(headers, body, NOON, "new")

    return type("TestKit", (Kit,), overrides)


AUTHENTICITY = {
    "test_delivery_of_unknown_arrival_is_refused",
    "test_flipped_bytes_are_refused",
    "test_good_signature_is_accepted",
    "test_kit_is_not_weakened",
    "test_old_and_new_secret_are_good_during_rotation",
    "test_replay_window_is_kept",
    "test_signed_moment_cannot_be_changed",
}


def test_good_adapter_passes(recorded):
    assert kit_failures(kit_for(Timed, recorded), only=AUTHENTICITY) == {}


@pytest.mark.parametrize(
    ("adapter", "test"), CAUGHT, ids=[f"{a.__name__}-{test}" for a, test in CAUGHT]
)
def test_bad_adapter_is_caught(recorded, adapter, test):
    assert {test} == set(kit_failures(kit_for(adapter, recorded), only={test}))


def test_an_adapter_with_a_window_is_asked_about_rotation(recorded):
    test = "test_old_and_new_secret_are_good_during_rotation"
    failures = kit_failures(kit_for(Timed, recorded, rotated_settings={}), only={test})

    assert "set rotated_settings" in failures[test]


def test_an_adapter_with_a_window_says_when_its_cases_arrive(recorded):
    test = "test_replay_window_is_kept"
    failures = kit_failures(kit_for(Timed, recorded, received_at=None), only={test})

    assert "set received_at" in failures[test]


def test_platforms_that_sign_no_moment_are_not_asked(recorded):
    kit = kit_for(BogusShop, recorded, rotated_settings={}, sign_at=None)

    assert kit.test_replay_window_is_kept is None
    assert kit.test_old_and_new_secret_are_good_during_rotation is None
