"""The book of referrals: what events and people do to them, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from ...errors import LedgerError
from ...model import (
    Customer,
    CustomersMerged,
    Order,
    OrderCancelled,
    OrderEvent,
    OrderPaid,
    OrderRefunded,
)
from ...storage import (
    Connection,
    DueRow,
    ReferralHead,
    Store,
    StoredEvent,
    StoredReferral,
)
from ...storage.subject_merges import survivor_of
from .. import PointsLedger, order_reference
from ..hand import Hand
from ..journal import Journal
from . import states
from .codes import new_code, read_code
from .evidence import Evidence, is_one_person
from .payout import Payout, pay, take_back
from .records import by_hand, latest, read_referral, step_to
from .settings import ReferralRule
from .states import BROUGHT_BEFORE, ONE_PERSON, Referral, State

REFERRAL = "referral"
"""The kind of due row that rewards a referral."""

# What platforms and shop fronts write before a code in an order's tags.
_TAG_PREFIXES = ("referral:", "ref:")


class ReferralBook:
    """Referrals of one programme. Every method works within the caller's transaction.

    Whatever happens twice, late or in another order ends in the same state. Locks are taken in
    one order everywhere: the friend's account, the referral, the referrer's account.
    """

    def __init__(self, store: Store, ledger: PointsLedger, rule: ReferralRule) -> None:
        self._store = store
        self._ledger = ledger
        self._rows = store.referrals
        self.program_id = ledger.program.id
        self._evidence = Evidence(store, ledger.program.id, rule)
        self.rule = rule

    # What people do --------------------------------------------------------------------------

    def code_of(
        self, connection: Connection, who: str, customer: Customer, *, shop_id: str, now: datetime
    ) -> str:
        """Return the code of a member, a new one if they have none.

        Raises:
            SubjectErased: nothing more may be kept of this person.
        """
        self._evidence.note(connection, who, customer, shop_id=shop_id, now=now)
        return self._rows.keep_code(
            connection,
            self.program_id,
            who,
            shop_id=shop_id,
            code=new_code(self._store.random_bytes),
            now=now,
        )

    def known_code(self, connection: Connection, who: str) -> str:
        """Return the code of a member, empty if they have none."""
        return self._rows.code_of(connection, self.program_id, who)

    def claim(
        self,
        connection: Connection,
        code: str,
        who: str,
        customer: Customer | None,
        *,
        shop_id: str,
        now: datetime,
        at: datetime | None = None,
        device: str = "",
        origin: str = "claim",
        excluding: Order | None = None,
    ) -> StoredReferral | None:
        """Note that somebody used a code; None if it is nobody's.

        The first code counts that was not rejected. What is certain to be no referral is rejected
        at once, with the reasons: oneself, and who has bought before. ``excluding`` is the order
        that the code came with.
        """
        plain = read_code(code)
        owner = plain and self._rows.owner_of(connection, self.program_id, plain, shop_id=shop_id)
        if not owner:
            return None
        at = at or now
        self._rows.lock_person(connection, who)
        if customer:
            self._evidence.note(connection, who, customer, shop_id=shop_id, now=now, device=device)
        if known := self._first_of(connection, who, owner):
            return known
        email = customer.email if customer else ""
        head = ReferralHead(
            id=self._rows.new_id(now),
            program_id=self.program_id,
            shop_id=shop_id,
            referrer_id=owner,
            friend_id=who,
            origin=origin,
            is_disposable=self._evidence.is_disposable(email),
            claimed_at=at,
        )
        claimed = states.claim(Referral(changed_at=at), at=at)
        stored = self._rows.start(connection, head, step_to(claimed, cause=origin), now=now)
        found = self._evidence.assess(connection, stored, excluding)
        if owner == who:
            claimed = states.reject(claimed, (ONE_PERSON,), at=at)
        elif any(signal.kind in {"same_person", "not_new"} for signal in found.signals):
            claimed = states.reject(claimed, found.reasons, at=at)
        return self._record(connection, stored, claimed, cause=origin, now=now)

    def waiting(self, connection: Connection) -> tuple[StoredReferral, ...]:
        """Return the referrals that a person has to look at, oldest first."""
        return self._rows.listed(connection, self.program_id, states=(State.ORDERED,))

    def approve(
        self, connection: Connection, referral_id: str, *, hand: Hand, now: datetime
    ) -> StoredReferral:
        """Let a referral wait for its window although something speaks against it.

        Raises:
            LedgerError: there is none of that name, or it cannot be approved any more.
        """
        stored = self._locked(connection, referral_id)
        before = read_referral(stored)
        after = states.approve(before, hand.reason, at=now)
        return self._decide(connection, stored, after, hand=hand, now=now)

    def reject(
        self, connection: Connection, referral_id: str, *, hand: Hand, now: datetime
    ) -> StoredReferral:
        """Say no to a referral; what was given for it is taken back.

        Raises:
            LedgerError: there is none of that name.
        """
        stored = self._locked(connection, referral_id)
        after = states.claw(read_referral(stored), (hand.reason,), at=now)
        return self._decide(connection, stored, after, hand=hand, now=now)

    # What events do --------------------------------------------------------------------------

    def note(self, connection: Connection, stored: StoredEvent, who: str, now: datetime) -> None:
        """Note what an event means for referrals; repeating it changes nothing."""
        event = stored.event
        if isinstance(event, OrderPaid):
            self._paid(connection, event, who, now)
        elif isinstance(event, OrderRefunded | OrderCancelled):
            for each in self._rows.of_order(connection, self.program_id, order_reference(event)):
                self._check_order(connection, self._locked(connection, each.head.id), event, now)
        elif isinstance(event, CustomersMerged):
            self._merged(connection, who, event, now)

    def reward(
        self, connection: Connection, referral_id: str, *, at: datetime
    ) -> tuple[Payout, ...]:
        """Reward a referral whose window is over at ``at``; return what each side got.

        A refund or a merge that no event told of is seen now.
        """
        found = self._rows.find(connection, referral_id)
        if found is None or found.head.program_id != self.program_id:
            return ()
        # The account of the friend first, as when an order of theirs is posted.
        friend = survivor_of(connection, found.head.friend_id)
        Journal(self._store, connection, self._ledger.program, friend, now=at)
        stored = self._locked(connection, referral_id)
        before = read_referral(stored)
        if reason := self._evidence.speaks_against(connection, stored, before):
            after = states.claw(before, (reason,), at=at)
            self._record(connection, stored, after, cause="due", now=at)
            return ()
        after = states.reward(before, at=at)
        if after == before:
            return ()
        referrer = survivor_of(connection, stored.head.referrer_id)
        Journal(self._store, connection, self._ledger.program, referrer, now=at)
        grants, payouts = pay(self._store, self._ledger, self.rule, connection, stored, at=at)
        self._record(connection, stored, after, cause="due", now=at, grants=grants)
        return payouts

    def next_look(
        self, connection: Connection, referral_id: str, *, after: datetime
    ) -> datetime | None:
        """Return when a referral that still waits after a moment is to be rewarded."""
        stored = self._rows.find(connection, referral_id)
        if stored is None or stored.head.program_id != self.program_id:
            return None
        ends = stored.step.rewardable_at if stored.step.state == State.PENDING else None
        return ends if ends and ends > after else None

    def _paid(self, connection: Connection, event: OrderPaid, who: str, now: datetime) -> None:
        order, shop_id = event.order, event.shop_id
        customer = order.customer
        if customer:
            self._evidence.note(connection, who, customer, shop_id=shop_id, now=now, order=order)
        is_known = customer is not None and bool(customer.id or customer.email)
        for code in _codes_in(order) if is_known else ():
            self.claim(
                connection,
                code,
                who,
                customer,
                shop_id=shop_id,
                now=now,
                at=order.placed_at,
                origin="order",
                excluding=order,
            )
        reference = order_reference(event)
        for known in self._rows.of_friend(connection, self.program_id, who):
            stored = self._locked(connection, known.head.id)
            if stored.step.state == State.CLAIMED:
                self._ordered(connection, stored, event, now)
            elif stored.step.order_id == reference:
                self._check_order(connection, stored, event, now)

    def _ordered(
        self, connection: Connection, stored: StoredReferral, event: OrderPaid, now: datetime
    ) -> None:
        """Take the friend's first paid order: judge it, and wait for the end of its window."""
        before, reference = read_referral(stored), order_reference(event)
        after = states.order(before, reference, at=event.occurred_at, rule=self.rule)
        stored = self._record(connection, stored, after, cause=event.id, now=now)
        found = self._evidence.assess(connection, stored, event.order)
        after = states.judge(read_referral(stored), found, at=event.occurred_at)
        stored = self._record(connection, stored, after, cause=event.id, now=now)
        self._check_order(connection, stored, event, now)

    def _check_order(
        self, connection: Connection, stored: StoredReferral, event: OrderEvent, now: datetime
    ) -> None:
        """Say no, or take back, where the order went back or is too small by what is known now."""
        before = read_referral(stored)
        if reason := self._evidence.speaks_against(connection, stored, before):
            after = states.claw(before, (reason,), at=event.occurred_at)
            self._record(connection, stored, after, cause=event.id, now=now)

    def _merged(
        self, connection: Connection, who: str, event: CustomersMerged, now: datetime
    ) -> None:
        """Reject what turns out to be a referral of oneself, or of somebody brought before."""
        brought = self._rows.of_friend(connection, self.program_id, who)
        others = self._rows.of_referrer(connection, self.program_id, who)
        named = {each.head.id: each for each in (*brought, *others)}
        is_taken = False
        for each in sorted(named.values(), key=lambda each: (each.head.claimed_at, each.head.id)):
            stored = self._locked(connection, each.head.id)
            before, reason = read_referral(stored), ""
            if before.state is State.REJECTED:
                continue
            if is_one_person(connection, stored.head):
                reason = ONE_PERSON
            elif each in brought:
                reason, is_taken = (BROUGHT_BEFORE if is_taken else ""), True
            if reason:
                after = states.claw(before, (reason,), at=event.occurred_at)
                self._record(connection, stored, after, cause=event.id, now=now)

    # Keeping it ------------------------------------------------------------------------------

    def _first_of(self, connection: Connection, who: str, owner: str) -> StoredReferral | None:
        """Return the referral of a friend that counts, else the one of this referrer."""
        known = self._rows.of_friend(connection, self.program_id, who)
        counting = [each for each in known if each.step.state != State.REJECTED]
        theirs = [each for each in known if survivor_of(connection, each.head.referrer_id) == owner]
        return next(iter([*counting, *theirs]), None)

    def _locked(self, connection: Connection, referral_id: str) -> StoredReferral:
        self._rows.lock(connection, referral_id)
        stored = self._rows.find(connection, referral_id)
        if stored is None or stored.head.program_id != self.program_id:
            raise LedgerError(f"there is no referral {referral_id!r}")
        return stored

    def _decide(
        self,
        connection: Connection,
        stored: StoredReferral,
        after: Referral,
        *,
        hand: Hand,
        now: datetime,
    ) -> StoredReferral:
        return self._record(connection, stored, after, cause="by hand", now=now, hand=hand)

    def _record(
        self,
        connection: Connection,
        stored: StoredReferral,
        after: Referral,
        *,
        cause: str,
        now: datetime,
        hand: Hand | None = None,
        grants: Sequence[tuple[str, str, int]] = (),
    ) -> StoredReferral:
        """Append a step unless nothing changed; take points back, or plan when they are due."""
        before = read_referral(stored)
        if after == before:
            return stored
        step = step_to(after, stored, cause=cause, grants=grants)
        if hand:
            step = by_hand(step, actor=hand.actor, reason=hand.reason)
        if after.state is State.CLAWED:
            at = after.changed_at
            take_back(self._ledger, connection, stored, at=at, now=latest(now, at))
        elif after.state is State.PENDING and after.rewardable_at:
            due_at = latest(after.rewardable_at, after.changed_at)
            who = survivor_of(connection, stored.head.referrer_id)
            row = DueRow(REFERRAL, stored.head.id, who, due_at)
            self._store.due.plan(connection, [row])
        return self._rows.add(connection, stored, step, now=now)


def _codes_in(order: Order) -> Iterable[str]:
    """Yield what may be referral codes in an order: coupons, and tags that say so."""
    found = list(order.coupon_codes)
    for tag in order.tags:
        found += [tag[len(each) :] for each in _TAG_PREFIXES if tag.casefold().startswith(each)]
    return (code for code in dict.fromkeys(found) if read_code(code))
