"""Tests of the kit for deliveries that come again, and for secrets that change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from ..adapter import Capability, ShopAdapter
from ..model import WebhookRequest
from .kit import Case, Kit, needs, only_if
from .kit_webhooks import assert_refused

_SECOND = timedelta(seconds=1)


def _signs_time(kit: type[Kit]) -> bool:
    return kit.adapter_class.replay_window is not None


def _rotates(kit: type[Kit]) -> bool:
    return _signs_time(kit) or bool(kit.rotated_settings)


class ReplayTests(Kit):
    """Old deliveries are worth nothing, and a change of secrets loses none."""

    @needs(Capability.WEBHOOKS)
    @only_if(_signs_time)
    def test_replay_window_is_kept(self, adapter: ShopAdapter) -> None:
        """A delivery is taken up to the window before and after it was signed, and no longer."""
        arrival, window = self.arrival(), self._window()
        for case in self.cases:
            for moment in (arrival - window, arrival + window):
                adapter.handle(self._signed_at(case, moment))
            for moment in (arrival - window - _SECOND, arrival + window + _SECOND):
                assert_refused(adapter, self._signed_at(case, moment))

    @needs(Capability.WEBHOOKS)
    @only_if(_signs_time)
    def test_signed_moment_cannot_be_changed(self, adapter: ShopAdapter) -> None:
        """An old delivery that says it is new is refused, whatever it takes from a fresh one."""
        now, then = self.arrival(), self.arrival() - 2 * self._window()
        for case in self.cases:
            fresh, old = self._signed_at(case, now), self._signed_at(case, then)
            for headers in (_redated(old.headers, then, now), *_mixed(old.headers, fresh.headers)):
                assert_refused(adapter, self.delivery(headers, old.body))

    @needs(Capability.WEBHOOKS)
    @only_if(_signs_time)
    def test_delivery_of_unknown_arrival_is_refused(self, adapter: ShopAdapter) -> None:
        """Where nobody wrote down when it came, nobody knows that it is fresh."""
        good = self.request_for(self.cases[0])
        assert_refused(adapter, good.model_copy(update={"received_at": None}))

    @needs(Capability.WEBHOOKS)
    @only_if(_rotates)
    def test_old_and_new_secret_are_good_during_rotation(self, adapter: ShopAdapter) -> None:
        """The platform changes over when it likes; before that, the new secret opens nothing."""
        assert self.rotated_settings, "set rotated_settings: a new secret, and the present one"
        rotated = self.adapter_class.from_config(self.rotated_settings, shop_id=adapter.shop_id)
        for case in self.cases:
            old, body = self.request_for(case), case.body
            new = self.delivery(self.sign_anew(case.headers, body), body)
            assert rotated.handle(old) == rotated.handle(new) == adapter.handle(old), case.id
            assert_refused(adapter, new)

    def _window(self) -> timedelta:
        window = self.adapter_class.replay_window
        assert window
        return window

    def _signed_at(self, case: Case, moment: datetime) -> WebhookRequest:
        body = case.body
        return self.delivery(self.sign_at(case.headers, body, moment), body)


def _redated(headers: Mapping[str, str], then: datetime, now: datetime) -> dict[str, str]:
    """Return headers in which one Unix time is another."""
    old, new = (str(int(moment.timestamp())) for moment in (then, now))
    return {name: value.replace(old, new) for name, value in headers.items()}


def _mixed(old: Mapping[str, str], fresh: Mapping[str, str]) -> Iterator[Mapping[str, str]]:
    """Yield the old headers with one of the fresh ones, unless that makes all of them fresh."""
    for name, value in fresh.items():
        mixed = {**old, name: value}
        if mixed != fresh:
            yield mixed
