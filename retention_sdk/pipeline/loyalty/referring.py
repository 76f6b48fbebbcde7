"""Friends who bring friends: codes, claims, what waits for a person, and rewards that fall due."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from ...context import customer_of
from ...errors import LedgerError, SubjectErased
from ...model import Customer, OrderPaid, Record, ReferralRewarded, ShopEvent
from ...model.base import Instant, Line
from ..due.people import newest_customer

if TYPE_CHECKING:
    from ...loyalty import Hand, PointsLedger
    from ...loyalty.referrals import ReferralBook
    from ...storage import Connection, LeasedRow, Store, StoredEvent, StoredReferral
    from .referring_gift import FriendGift

REFERRAL = "referral"
"""The kind of due row that rewards a referral whose return window is over."""


class ClaimSignals(Record):
    """What a shop front knows of who types a code: a hash of the device, if it keeps one."""

    device: Line = ""


class ReferralStepView(Record):
    """A step of a referral: when it came so far, why, and who decided if a person did."""

    state: Line
    at: Instant
    reasons: tuple[str, ...] = ()
    actor: Line = ""


class ReferralView(Record):
    """One friend of one member, as subjects, and how that goes.

    ``reasons`` is never empty where the state is rejected or clawed. ``points`` is what each role
    was given. ``needs_decision`` says that nothing happens before a person approves or rejects.
    """

    id: Line
    program: Line
    referrer: Line
    friend: Line
    origin: Line
    state: Literal["linked", "claimed", "ordered", "pending", "rewarded", "rejected", "clawed"]
    claimed_at: Instant
    changed_at: Instant
    order_id: Line = ""
    rewardable_at: Instant | None = None
    score: int = 0
    reasons: tuple[str, ...] = ()
    points: Mapping[str, int] = {}
    gift: Annotated[Line, Field(repr=False)] = ""
    steps: tuple[ReferralStepView, ...] = ()

    @property
    def needs_decision(self) -> bool:
        """Whether the referral waits for a person."""
        return self.state == "ordered"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralDesk:
    """The referrals of a shop: ``shop.loyalty.referrals``.

    ``books`` and ``gifts`` are by the name of their programme. Where a method takes a ``program``,
    an empty one is the first that rewards referrals. For example::

        code = shop.loyalty.referrals.code_of(member)
        shop.loyalty.referrals.claim(code, friend)
    """

    store: Store
    shop_id: str
    books: Mapping[str, ReferralBook]
    clock: Callable[[], datetime]
    gifts: Mapping[str, FriendGift]

    def book(self, program: str = "") -> ReferralBook:
        """Return the book of a programme.

        Raises:
            LedgerError: no programme of that name rewards referrals.
        """
        name = program or next(iter(self.books))
        if name not in self.books:
            known = ", ".join(self.books)
            raise LedgerError(f"no programme {name!r} rewards referrals; there are: {known}")
        return self.books[name]

    def code_of(self, customer: Customer, *, program: str = "") -> str:
        """Return the code that a customer may pass on; the same one each time.

        Raises:
            LedgerError: the customer has neither an account nor an e-mail address.
            SubjectErased: they asked to be forgotten.
        """
        now, book = self.clock(), self.book(program)
        with self.store.begin() as connection:
            who = self._subject(connection, customer, now)
            return book.code_of(connection, who, customer, shop_id=self.shop_id, now=now)

    def code_for(self, subject_id: str, *, program: str = "") -> str:
        """Return the code of somebody who is known by their events.

        Raises:
            LedgerError: nothing is known of them, or they were erased.
        """
        book = self.book(program)
        with self.store.begin() as connection:
            who = self.store.subjects.person(connection, subject_id)[0]
            customer = newest_customer(self.store, connection, who)
            if customer is None:
                raise LedgerError("no event told of this customer; a code needs an account")
            now, shop_id = self.clock(), self.shop_id
            return book.code_of(connection, who, customer, shop_id=shop_id, now=now)

    def link_of(self, customer: Customer, *, program: str = "") -> str:
        """Return the page that a customer may pass on; empty where the shop set no ``link``.

        Raises:
            LedgerError: as ``code_of``.
            SubjectErased: as ``code_of``.
        """
        rule = self.book(program).rule
        return rule.link_to(self.code_of(customer, program=program)) if rule.link else ""

    def page_for(self, order_id: str) -> str:
        """Return the page for friends of who placed an order, empty if they have no code."""
        with self.store.reading() as connection:
            who = self.store.orders.owner(connection, self.shop_id, order_id)
            linked = [book for book in self.books.values() if book.rule.link]
            found = ((book, book.known_code(connection, who)) for book in linked if who)
            return next((book.rule.link_to(code) for book, code in found if code), "")

    def claim(
        self, code: str, customer: Customer, signals: ClaimSignals | None = None
    ) -> ReferralView | None:
        """Note that a friend uses a code, before the first order; None if it is nobody's.

        The code tells whose it is, and of which programme.
        The answer may be a rejection, with reasons; tell the friend no more than that the code
        does not count. Claiming again returns what is on record. A friend whose claim counts is
        given ``friend_reward`` at once: ``gift`` is what to type at the checkout.

        Raises:
            LedgerError: the customer has neither an account nor an e-mail address.
            SubjectErased: they asked to be forgotten.
        """
        now = self.clock()
        with self.store.begin() as connection:
            who = self._subject(connection, customer, now)
            claims = (
                book.claim(
                    connection,
                    code,
                    who,
                    customer,
                    shop_id=self.shop_id,
                    now=now,
                    device=(signals or ClaimSignals()).device,
                )
                for book in self.books.values()
            )
            stored = next(filter(None, claims), None)
        if stored is None:
            return None
        view = view_of(stored)
        gift = self.gifts.get(view.program)
        given = gift.give(stored) if gift and view.state == "claimed" else None
        return view.model_copy(update={"gift": given.code}) if given else view

    def waiting(self, *, program: str = "") -> tuple[ReferralView, ...]:
        """Return what a person has to look at, oldest first: of a programme, or of all."""
        return self.listed(states=("ordered",), program=program)

    def listed(
        self, *, states: Sequence[str] = (), limit: int | None = None, program: str = ""
    ) -> tuple[ReferralView, ...]:
        """Return referrals, oldest first: all, those in some states, or the last so many.

        Of one programme, or of all.
        """
        books = [self.book(program)] if program else self.books.values()
        with self.store.reading() as connection:
            found = [
                each
                for book in books
                for each in self.store.referrals.listed(
                    connection, book.program_id, states=states, limit=limit
                )
            ]
        found.sort(key=lambda each: (each.head.claimed_at, each.head.id))
        return tuple(view_of(each) for each in (found[-limit:] if limit else found))

    def show(self, referral_id: str) -> ReferralView:
        """Return one referral with all its steps.

        Raises:
            LedgerError: there is none of that name.
        """
        with self.store.reading() as connection:
            return view_of(self._found(connection, referral_id))

    def approve(self, referral_id: str, hand: Hand) -> ReferralView:
        """Let a referral wait for its return window although something speaks against it.

        Raises:
            LedgerError: there is none of that name, or it cannot be approved any more.
        """
        now = self.clock()
        with self.store.begin() as connection:
            book = self.book(self._found(connection, referral_id).head.program_id)
            return view_of(book.approve(connection, referral_id, hand=hand, now=now))

    def reject(self, referral_id: str, hand: Hand) -> ReferralView:
        """Say no to a referral, or take back what was given for it.

        Raises:
            LedgerError: there is none of that name.
        """
        now = self.clock()
        with self.store.begin() as connection:
            book = self.book(self._found(connection, referral_id).head.program_id)
            return view_of(book.reject(connection, referral_id, hand=hand, now=now))

    def _found(self, connection: Connection, referral_id: str) -> StoredReferral:
        found = self.store.referrals.find(connection, referral_id)
        if found is None:
            raise LedgerError(f"there is no referral {referral_id!r}")
        return found

    def _subject(self, connection: Connection, customer: Customer, now: datetime) -> str:
        store, references = self.store, self.store.references_of_customer(customer)
        if store.suppressions.matching(connection, self.shop_id, references):
            raise SubjectErased("this customer was erased, and has not ordered since")
        who = store.subjects.for_customer(connection, self.shop_id, customer, now=now)
        if who is None:
            raise LedgerError("a referral needs an account or an e-mail address on both sides")
        return store.subjects.person(connection, who)[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralTime:
    """Rewards referrals when their return window is over."""

    store: Store
    shop_id: str
    books: tuple[ReferralBook, ...]

    def bring_about(
        self, connection: Connection, row: LeasedRow
    ) -> tuple[Iterator[ShopEvent], datetime | None]:
        """Reward the referral of a row; return an event for each side that got points."""
        events = [event for book in self.books for event in self._rewarded(connection, book, row)]
        looks = [book.next_look(connection, row.key, after=row.due_at) for book in self.books]
        return iter(events), next((at for at in looks if at), None)

    def _rewarded(
        self, connection: Connection, book: ReferralBook, row: LeasedRow
    ) -> Iterator[ReferralRewarded]:
        for payout in book.reward(connection, row.key, at=row.due_at):
            customer = newest_customer(self.store, connection, payout.subject_id)
            if customer is None:
                continue
            yield ReferralRewarded(
                id=f"referral:{row.key}:{payout.role}",
                shop_id=self.shop_id,
                occurred_at=row.due_at,
                customer=customer,
                program=book.program_id,
                points=payout.points,
                role=payout.role,
            )


def books_of(store: Store, ledgers: Sequence[PointsLedger]) -> tuple[ReferralBook, ...]:
    """Return the books of the programmes that reward referrals."""
    ruled = [(each, each.program.referral) for each in ledgers if each.program.referral]
    if not ruled:
        return ()
    from ...loyalty.referrals import ReferralBook

    return tuple(ReferralBook(store, ledger, rule) for ledger, rule in ruled if rule)


def known_code(
    store: Store, connection: Connection, ledgers: Sequence[PointsLedger], who: str
) -> str:
    """Return the code that somebody was given, empty if they were given none."""
    codes = (book.known_code(connection, who) for book in books_of(store, ledgers))
    return next(filter(None, codes), "")


def note_referrals(
    store: Store,
    connection: Connection,
    ledger: PointsLedger,
    stored: StoredEvent,
    who: str,
    *,
    now: datetime,
) -> str:
    """Note what an event means for the referrals of a programme, in the event's transaction.

    Returns the code that whom the event is about may pass on, empty if they can have none.
    """
    for book in books_of(store, [ledger]):
        book.note(connection, stored, who, now)
        customer, shop_id = customer_of(stored.event), stored.event.shop_id
        if isinstance(stored.event, OrderPaid) and customer and (customer.id or customer.email):
            return book.code_of(connection, who, customer, shop_id=shop_id, now=now)
    return ""


def view_of(stored: StoredReferral) -> ReferralView:
    """Return what is told of a referral."""
    from ...loyalty.referrals.records import read_referral

    head, known = stored.head, read_referral(stored)
    points: dict[str, int] = {}
    for role, _, count in stored.step.grants:
        points[role] = points.get(role, 0) + count
    steps = tuple(
        ReferralStepView(
            state=step.state,
            at=step.at,
            reasons=(*step.reasons, *filter(None, (step.note,))),
            actor=step.actor,
        )
        for step in stored.steps
    )
    return ReferralView(
        id=head.id,
        program=head.program_id,
        referrer=head.referrer_id,
        friend=head.friend_id,
        origin=head.origin,
        state=known.state.value,
        claimed_at=head.claimed_at,
        changed_at=known.changed_at,
        order_id=known.order_id,
        rewardable_at=known.rewardable_at,
        score=known.score,
        reasons=known.reasons,
        points=points,
        steps=steps,
    )
