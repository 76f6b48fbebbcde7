"""The book of requests: which step was taken, whose request it is, and where they live."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ...consent.places import Home
from ...consent.rights import (
    RequestKind,
    RequestState,
    RequestStep,
    advance,
    jurisdictions_of,
    next_states,
)
from ...context import customer_of, order_of
from ...errors import RightsError, SubjectErased
from ...model import AccessRequest, Shop, ShopEvent
from .request_view import history_of

if TYPE_CHECKING:
    from ...storage import Connection, Store, StoredRequest

_STRAIGHT = (
    RequestState.RECEIVED,
    RequestState.IDENTITY_CHECK,
    RequestState.SCOPED,
    RequestState.COLLECTED,
    RequestState.REVIEWED,
    RequestState.ANSWERED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestBook:
    """Requests of one shop, inside the transactions of who uses it."""

    store: Store
    shop: Shop
    clock: Callable[[], datetime]

    def lead(
        self, connection: Connection, request: StoredRequest, goal: RequestState, *, by: str
    ) -> None:
        """Record the steps of the straight way up to one, those that were not taken yet."""
        taken = {step.state for step in request.steps}
        for state in _STRAIGHT[: _STRAIGHT.index(goal) + 1]:
            if state.value in taken:
                continue
            fresh = self.require(connection, request.id)
            if state in next_states(RequestKind(request.kind), history_of(fresh)):
                self.add(connection, fresh, RequestStep(state=state, at=self.clock(), by=by))

    def add(
        self,
        connection: Connection,
        request: StoredRequest,
        step: RequestStep,
        *,
        attachment: bytes = b"",
        report: str = "",
    ) -> None:
        """Record a step that may follow.

        Raises:
            RightsError: it may not, or its reason or citation is missing.
        """
        from ...storage import StoredStep

        history = history_of(request)
        if history:  # a clock that goes back must not hold a request up
            step = step.model_copy(update={"at": max(step.at, history[-1].at)})
        advance(RequestKind(request.kind), history, step)
        kept = StoredStep(
            state=step.state.value,
            by=step.by,
            at=step.at,
            citation=step.citation,
            reason=step.reason,
            report=report,
        )
        self.store.requests.add(connection, request.id, kept, attachment=attachment)

    def require(self, connection: Connection, request_id: str) -> StoredRequest:
        """Return a request of this shop.

        Raises:
            RightsError: there is none of that id.
        """
        request = self.store.requests.get(connection, request_id)
        if request is None or request.shop_id != self.shop.id:
            raise RightsError(f"there is no request {request_id!r}; `retention rights list`")
        return request

    def require_identity(self, request: StoredRequest) -> None:
        """Refuse to act for somebody who may be anybody.

        Raises:
            RightsError: the identity was not checked, or the request is at an end.
        """
        states = [step.state for step in request.steps]
        if RequestState.IDENTITY_CHECK not in states:
            raise RightsError(
                f"check who asks first, then: retention rights advance {request.id} identity_check"
            )
        if states[-1] in {RequestState.REFUSED, RequestState.CLOSED}:
            raise RightsError(f"the request is {states[-1]}; open another one")

    def who_asks(self, connection: Connection, references: Sequence[str], *, now: datetime) -> str:
        """Return the subject of a request; somebody nobody knows gets one of their own."""
        shop_id, vault = self.shop.id, self.store.subjects
        found = self.store.people_of(connection, shop_id, references)
        known = [who for who in found if not vault.is_erased(connection, who)]
        return known[0] if known else vault.who_asks(connection, shop_id, references, now=now)

    def people(self, connection: Connection, request: StoredRequest) -> tuple[str, ...]:
        """Return all subjects that are the person of a request, and are not erased."""
        vault = self.store.subjects
        references = self.references(connection, request)
        found = self.store.people_of(connection, self.shop.id, references)
        meant = (request.subject_id, *found)
        people = dict.fromkeys(each for who in meant for each in vault.person(connection, who))
        return tuple(who for who in people if not vault.is_erased(connection, who))

    def references(self, connection: Connection, request: StoredRequest) -> tuple[str, ...]:
        """Return what the person said leads to them; nothing once they are erased."""
        try:
            asked = self.store.requests.asked(connection, request.id)
        except SubjectErased:
            return ()
        said = AccessRequest.model_validate_json(asked)
        return self.store.references_of_request(said)

    def jurisdictions(self, connection: Connection, who: str) -> tuple[str, ...]:
        """Return where a person lives by all their addresses; the shop's country for nobody."""
        homes: dict[Home, None] = {}
        for each in self.store.subjects.person(connection, who):
            if self.store.subjects.is_erased(connection, each):
                continue
            for event in self.store.people.events(connection, each):
                homes.update(dict.fromkeys(_homes(event)))
        return jurisdictions_of(tuple(homes) or ((self.shop.country, ""),))


def _homes(event: ShopEvent) -> Sequence[Home]:
    order, customer = order_of(event), customer_of(event)
    addresses = (
        customer.address if customer else None,
        order.billing_address if order else None,
        order.shipping_address if order and not order.is_gift else None,
    )
    return [(each.country, each.region) for each in addresses if each and each.country]
