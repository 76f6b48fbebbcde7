"""Requests of people about their data: opened, led to an answer, and carried out.

An engineering summary of the law, not legal advice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from ...consent.rights import (
    KeepingRule,
    RequestKind,
    RequestState,
    RequestStep,
    kept_since,
)
from ...errors import RightsError
from ...model import AccessRequest, CustomerErased, DataRequested, ShopErased, ShopEvent
from ..cards.corrections import Correction, correct, object_to
from ..cards.press_room import PressRoom
from ..cards.withdraw import take_back_leftovers
from .dossier import Dossiers, pack
from .erasure import Eraser, ErasureReport, forget_unread
from .request_book import RequestBook
from .request_view import RequestView, view_of

if TYPE_CHECKING:
    from ...storage import Connection, StoredEvent, StoredRequest

SOFTWARE = "software"
# These take effect when they are received: waiting would send what somebody just refused.
_AT_ONCE = frozenset({RequestKind.OBJECTION, RequestKind.OPT_OUT_OF_SALE, RequestKind.RESTRICTION})
_HANDED_OVER = frozenset({RequestKind.ACCESS, RequestKind.PORTABILITY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """What people ask of one shop. Everything in here can be repeated after a crash."""

    room: PressRoom
    eraser: Eraser
    dossiers: Dossiers
    book: RequestBook
    keeping: KeepingRule
    clock: Callable[[], datetime]

    @property
    def zone(self) -> ZoneInfo:
        """The shop's zone: days of deadlines are its days."""
        return ZoneInfo(self.room.snapshots.shop.time_zone)

    # Asking ----------------------------------------------------------------------------------

    def open(
        self,
        kind: RequestKind,
        asked: AccessRequest,
        *,
        jurisdictions: Sequence[str] = (),
        reason: str = "",
        by: str = "shop",
        received_at: datetime | None = None,
        subject_id: str = "",
    ) -> RequestView:
        """Record a request and return it; one of the same ``reference`` is the same.

        ``jurisdictions`` are found by the person's addresses unless they are given. An objection,
        an opt-out and a restriction take effect here.

        Raises:
            RightsError: nothing says whom it is about, or the ``reference`` is that of another
                person's request, or of one for something else.
        """
        store, now = self.room.store, self.clock()
        references = store.references_of_request(asked)
        if not references and not subject_id:
            raise RightsError("say who asks: an account, an e-mail address, a phone or an order")
        with store.begin() as connection:
            who = subject_id or self.book.who_asks(connection, references, now=now)
            places = tuple(jurisdictions) or self.book.jurisdictions(connection, who)
            request_id = store.requests.open(
                connection,
                shop_id=self.shop_id,
                subject_id=who,
                kind=kind.value,
                origin=asked.reference,
                jurisdictions=places,
                asked=asked.model_dump_json().encode(),
                received_at=received_at or now,
            )
            request = self.book.require(connection, request_id)
            said = set(self.book.references(connection, request))
            is_another = request.subject_id != who and said and said.isdisjoint(references)
            if is_another or request.kind != kind.value:
                raise RightsError(
                    f"another request has this reference, {request_id}; choose a new one"
                )
            if not request.steps:
                first = RequestStep(
                    state=RequestState.RECEIVED, at=request.received_at, by=by, reason=reason
                )
                self.book.add(connection, request, first)
        if kind in _AT_ONCE:
            object_to(kind, who, self.room, event_id=f"rights:{request_id}", at=now)
        return self.get(request_id)

    @property
    def shop_id(self) -> str:
        """Whose requests these are."""
        return self.room.shop_id

    def get(self, request_id: str) -> RequestView:
        """Return a request with its deadlines.

        Raises:
            RightsError: there is none of that id.
        """
        with self.room.store.reading() as connection:
            request = self.book.require(connection, request_id)
        return view_of(request, zone=self.zone, now=self.clock())

    def list(self) -> tuple[RequestView, ...]:
        """Return all requests: those that wait first, the most urgent on top."""
        with self.room.store.reading() as connection:
            found = self.room.store.requests.all(connection, self.shop_id)
        views = [view_of(each, zone=self.zone, now=self.clock()) for each in found]
        return tuple(sorted(views, key=lambda each: (not each.is_open, each.due_at, each.id)))

    def advance(
        self,
        request_id: str,
        state: RequestState,
        *,
        reason: str = "",
        citation: str = "",
        by: str = "shop",
    ) -> RequestView:
        """Take a request one step on.

        Raises:
            RightsError: that step is not possible from here, or an erasure was not carried out.
        """
        with self.room.store.begin() as connection:
            request = self.book.require(connection, request_id)
            if _is_promise(request, state):
                raise RightsError("nothing was erased yet: `retention rights erase` answers it")
            step = RequestStep(
                state=state, at=self.clock(), by=by, reason=reason, citation=citation
            )
            self.book.add(connection, request, step)
        return self.get(request_id)

    # Carrying out ----------------------------------------------------------------------------

    def export(self, request_id: str) -> bytes:
        """Return the zip that answers a request; it is collected once and kept, sealed.

        The request is COLLECTED then. Look into it before it goes out: it may tell of others.

        Raises:
            RightsError: the request is not about getting data, the person is erased, or their
                identity was not checked.
        """
        store = self.room.store
        with store.begin() as connection:
            request = self.book.require(connection, request_id)
            kind = RequestKind(request.kind)
            if kind not in _HANDED_OVER:
                raise RightsError(f"a request for {kind} has nothing to hand over")
            if request.is_erased:
                raise RightsError("the person was erased since; nothing is left to hand over")
            if kept := store.requests.attachments(connection, request_id):
                return kept[-1][1]
            self.book.require_identity(request)
            people = self.book.people(connection, request)
            dossier = self.dossiers.collect(connection, people)
            shop_name = self.room.snapshots.shop.name
            unread = store.arrivals.unreadable(connection, self.shop_id)
            packed = pack(dossier, kind=kind, shop_name=shop_name, at=self.clock(), unread=unread)
            self.book.lead(connection, request, RequestState.SCOPED, by=SOFTWARE)
            again = self.book.require(connection, request_id)
            step = RequestStep(state=RequestState.COLLECTED, at=self.clock(), by=SOFTWARE)
            self.book.add(connection, again, step, attachment=packed)
        return packed

    def note_export(self, request_id: str, location: str, data: bytes) -> None:
        """Remember where a copy was written, so that an erasure deletes it there."""
        digest = sha256(data).hexdigest()
        with self.room.store.begin() as connection:
            self.room.store.requests.note_export(
                connection, request_id, location, digest, now=self.clock()
            )

    def rectify(self, request_id: str, correction: Correction) -> int:
        """Correct what is known of a person; return how many waiting cards were written anew.

        Raises:
            RightsError: it is no request for that, or the identity was not checked.
        """
        with self.room.store.begin() as connection:
            request = self.book.require(connection, request_id)
            if request.kind != RequestKind.RECTIFICATION:
                raise RightsError(f"a request for {request.kind} corrects nothing")
            self.book.require_identity(request)
            people = self.book.people(connection, request)
        changed = correct(correction, people, self.room, request_id=request_id, now=self.clock())
        with self.room.store.begin() as connection:
            request = self.book.require(connection, request_id)
            self.book.lead(connection, request, RequestState.ANSWERED, by=SOFTWARE)
        return changed

    def erase(self, request_id: str, *, source: str = "") -> ErasureReport:
        """Erase the person of a request and answer it; a second time finds it done.

        Raises:
            RightsError: it is no request for erasure, it is closed or refused, or the identity
                was not checked.
            DeliveryError: a file is there and cannot be taken back now; try again.
            PlatformError: a platform is away; try again.
        """
        store = self.room.store
        with store.begin() as connection:
            request = self.book.require(connection, request_id)
            if request.kind != RequestKind.ERASURE:
                raise RightsError(f"a request for {request.kind} erases nobody")
            if done := _report_of(request):
                return done
            self.book.require_identity(request)
            references = self.book.references(connection, request)
            self.book.lead(connection, request, RequestState.REVIEWED, by=SOFTWARE)

        def answer(connection: Connection, report: ErasureReport) -> None:
            self._answer(connection, request_id, report)

        owner = () if request.is_erased else (request.subject_id,)
        return self.eraser.erase(references, subjects=owner, source=source, at_last=answer)

    def sweep(self) -> int:
        """Delete the sales of erased people that tax law does not ask for any more.

        Also takes back what another process was just sending while its recipient was erased, and
        lets go of deliveries of that time that turned out to be unreadable since.
        """
        room = self.room
        take_back_leftovers(self.shop_id, store=room.store, channel=room.channel, now=self.clock())
        since = kept_since(self.clock(), self.keeping, zone=self.zone)
        with self.room.store.begin() as connection:
            forget_unread(room.store, connection, self.shop_id)
            return self.room.store.orders.forget(connection, self.shop_id, before=since)

    # Events ----------------------------------------------------------------------------------

    def handle(self, stored: StoredEvent) -> None:
        """Do what a platform passes on: hand data over, forget somebody, or forget everybody.

        The platform knows who asks: their identity is checked. What is handed over waits for the
        shop to look at it and send it.

        Raises:
            RetentionError: something is away; try again.
        """
        event, source = stored.event, stored.event.id.partition(":")[0]
        if isinstance(event, DataRequested):
            view = self._received(RequestKind.ACCESS, event, event.request, stored)
            self._identified(view.id, source)
            self.export(view.id)
        elif isinstance(event, CustomerErased):
            view = self._received(RequestKind.ERASURE, event, _asked(event), stored)
            self._identified(view.id, source)
            self.erase(view.id, source=source)
        elif isinstance(event, ShopErased):
            self._forget_everybody(event, stored, source)

    def _received(
        self, kind: RequestKind, event: ShopEvent, asked: AccessRequest, stored: StoredEvent
    ) -> RequestView:
        return self.open(
            kind,
            asked.model_copy(update={"reference": f"event:{event.id}"}),
            by=event.id.partition(":")[0],
            received_at=event.occurred_at,
            subject_id=stored.subject_id,
        )

    def _identified(self, request_id: str, source: str) -> None:
        with self.room.store.begin() as connection:
            request = self.book.require(connection, request_id)
            self.book.lead(connection, request, RequestState.IDENTITY_CHECK, by=source)

    def _forget_everybody(self, event: ShopErased, stored: StoredEvent, source: str) -> None:
        """Erase every subject of the shop; its own last, with the request itself."""
        asked = AccessRequest(reference="shop")
        view = self._received(RequestKind.ERASURE, event, asked, stored)
        self._identified(view.id, source)
        store, now = self.room.store, self.clock()
        with store.begin() as connection:
            everybody = store.subjects.of_shop(connection, self.shop_id)
            store.arrivals.forget(connection, self.shop_id)
            store.suppressions.add(
                connection, self.shop_id, ("shop:itself",), reason="the shop left", now=now
            )
            request = self.book.require(connection, view.id)
            self.book.lead(connection, request, RequestState.REVIEWED, by=SOFTWARE)
        self.eraser.erase(
            (),
            subjects=everybody,
            source=source,
            is_suppressed=False,
            at_last=lambda connection, report: self._answer(connection, view.id, report),
        )

    # Small things --------------------------------------------------------------------------

    def _answer(self, connection: Connection, request_id: str, report: ErasureReport) -> None:
        request = self.book.require(connection, request_id)
        step = RequestStep(state=RequestState.ANSWERED, at=self.clock(), by=SOFTWARE)
        self.book.add(connection, request, step, report=report.model_dump_json())


def _asked(event: CustomerErased) -> AccessRequest:
    """Return an erasure that a platform passed on in the form of any other request."""
    said = event.erasure
    return AccessRequest(
        reference=event.id,
        customer_id=said.customer_id,
        email=said.email,
        phone=said.phone,
        order_ids=said.order_ids,
    )


def _is_promise(request: StoredRequest, state: RequestState) -> bool:
    is_erasure = request.kind == RequestKind.ERASURE
    return is_erasure and state is RequestState.ANSWERED and _report_of(request) is None


def _report_of(request: StoredRequest) -> ErasureReport | None:
    """Return what an erasure did, None while it was not carried out."""
    reports = [step.report for step in request.steps if step.report]
    return ErasureReport.model_validate_json(reports[-1]) if reports else None
