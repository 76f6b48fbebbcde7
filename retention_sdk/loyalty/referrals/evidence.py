"""What is known of both sides of a referral, and what of it speaks against a reward."""

from __future__ import annotations

from datetime import datetime

from ...model import Customer, Order
from ...storage import Connection, OrderFact, ReferralHead, Store, StoredReferral
from ...storage.subject_merges import survivor_of
from . import signals
from .identity import Identity, identity_of, is_disposable
from .settings import ReferralRule
from .signals import Assessment, Circumstances
from .states import ONE_PERSON, REFUNDED, TOO_SMALL, Referral

_Keys = frozenset[str | bytes]


class Evidence:
    """Keeps keyed hashes of who is who, and compares them. Nothing of it names anybody."""

    def __init__(self, store: Store, program_id: str, rule: ReferralRule) -> None:
        self._store = store
        self._rows = store.referrals
        self._program_id = program_id
        self._rule = rule

    def note(
        self,
        connection: Connection,
        who: str,
        customer: Customer,
        *,
        shop_id: str,
        now: datetime,
        device: str = "",
        order: Order | None = None,
    ) -> None:
        """Keep what somebody is known by: as a customer, and by an order's own addresses."""
        found = self._identity(customer, device=device, order=order)
        keys = {"person": found.person, "household": found.household, "device": found.devices}
        plain = {
            kind: [key for key in marks if isinstance(key, str)] for kind, marks in keys.items()
        }
        self._rows.note_marks(connection, who, plain, shop_id=shop_id, now=now)

    def speaks_against(
        self, connection: Connection, stored: StoredReferral, known: Referral
    ) -> str:
        """Return why a referral cannot stay, whatever a person said of it; empty if it can."""
        if is_one_person(connection, stored.head):
            return ONE_PERSON
        prefix = f"{stored.head.shop_id}:"
        order_id = known.order_id.removeprefix(prefix) if known.order_id else ""
        fact = self._fact(connection, stored.head.shop_id, order_id) if order_id else None
        if fact is None:
            return ""
        paid, back = fact.total, fact.refunded
        if fact.cancelled_at or (paid.minor and back.minor >= paid.minor):
            return REFUNDED
        least = self._rule.from_minor.get(paid.currency)
        is_small = least is None or paid.minor - back.minor < least
        return TOO_SMALL if self._rule.from_minor and is_small else ""

    def _fact(self, connection: Connection, shop_id: str, order_id: str) -> OrderFact | None:
        owner = self._store.orders.owner(connection, shop_id, order_id)
        facts = self._store.orders.of_subject(connection, owner) if owner else ()
        return next((fact for fact in facts if fact.order_id == order_id), None)

    def assess(
        self, connection: Connection, stored: StoredReferral, order: Order | None
    ) -> Assessment:
        """Weigh what speaks against a referral now; ``order`` is the one it is about."""
        head = stored.head
        friend = self._marks(connection, head.friend_id)
        others = self._rows.of_referrer(connection, self._program_id, head.referrer_id)
        email = order.customer.email if order and order.customer else ""
        circumstances = Circumstances(
            at=head.claimed_at,
            friend_orders=self._orders_before(connection, head, friend, order),
            is_disposable=head.is_disposable or self.is_disposable(email),
            claims=tuple(each.head.claimed_at for each in others if each.head.id != head.id),
        )
        return signals.assess(
            self._marks(connection, head.referrer_id), friend, circumstances, self._rule
        )

    def _orders_before(
        self, connection: Connection, head: ReferralHead, friend: Identity, order: Order | None
    ) -> int:
        """Count paid orders of the friend, under any account with one of their marks."""
        marks = [mark for mark in friend.person if isinstance(mark, bytes)]
        people = {survivor_of(connection, each) for each in self._rows.alike(connection, marks)}
        people.add(survivor_of(connection, head.friend_id))
        return sum(
            self._store.orders.history(
                connection,
                each,
                excluding=order.id if order else None,
                before=order.placed_at if order else None,
            ).orders_count
            for each in people
        )

    def _marks(self, connection: Connection, who: str) -> Identity:
        found, none = self._rows.marks_of(connection, who), frozenset[bytes]()
        return Identity(
            person=found.get("person", none),
            household=found.get("household", none),
            devices=found.get("device", none),
        )

    def _identity(
        self, customer: Customer, *, device: str = "", order: Order | None = None
    ) -> Identity:
        places = [customer.address]
        if order:
            places += [order.billing_address, None if order.is_gift else order.shipping_address]
        found = [
            identity_of(
                read_phone=self._store.read_phone,
                account=customer.id,
                email=customer.email,
                phone=customer.phone,
                address=place,
                device=device,
            )
            for place in dict.fromkeys(places)
        ]
        return Identity(
            person=_Keys().union(*(each.person for each in found)),
            household=_Keys().union(*(each.household for each in found)),
            devices=_Keys().union(*(each.devices for each in found)),
        )

    def is_disposable(self, email: str) -> bool:
        """Return whether an address is one to throw away, by our list or the shop's."""
        return is_disposable(email, also=frozenset(self._rule.disposable_domains))


def is_one_person(connection: Connection, head: ReferralHead) -> bool:
    """Return whether both sides of a referral are one person now."""
    return survivor_of(connection, head.referrer_id) == survivor_of(connection, head.friend_id)
