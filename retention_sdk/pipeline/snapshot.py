"""The first stage: what an event changes in the store, and the snapshot everything rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pydantic import JsonValue, TypeAdapter, ValidationError

from ..config import LocaleConfig
from ..context import build_context, customer_of, order_of
from ..errors import PluginError
from ..model import (
    Award,
    Brand,
    Consent,
    Context,
    History,
    LocaleChoice,
    LoyaltyState,
    Order,
    OrderEvent,
    OrderPaid,
    Shop,
    ShopEvent,
)
from .cards.coupons import note_redemptions
from .locale import resolve_locale
from .loyalty.news import Told
from .loyalty.referring import known_code
from .loyalty.track import LoyaltyTrack
from .people import note_person
from .rewards.orders import note_rewards

if TYPE_CHECKING:
    from ..hooks.calls import HookCalls
    from ..storage import Connection, Store, StoredEvent
    from .due.lapses import LapseTime
    from .due.years import YearlyTime


# Stages that are none of the work: which events followed, and that nothing is to follow.
FOLLOW, HISTORY = "follow", "history"
_NAMES: TypeAdapter[tuple[str, ...]] = TypeAdapter(tuple[str, ...])
_FACTS: TypeAdapter[dict[str, JsonValue]] = TypeAdapter(dict[str, JsonValue])


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshots:
    """Takes snapshots for one shop; the store's facts and points change in the same commit."""

    shop: Shop
    brand: Brand
    locales: LocaleConfig
    loyalty: LoyaltyTrack
    store: Store
    calls: HookCalls
    code_keys: Mapping[int, bytes] = field(default_factory=dict, repr=False)
    years: YearlyTime | None = None
    lapses: LapseTime | None = None

    def take(self, stored: StoredEvent, *, now: datetime) -> Context:
        """Return the snapshot of an event; a second call returns the first one's.

        Plugins are asked outside of the transaction: their code must not hold the write lock.
        """
        event = stored.event
        with self.store.reading() as connection:
            known = self._recorded(connection, event.id)
            if known:
                return known
            before = self._facts(connection, stored)
        locale = self.locale(event)
        provisional = self._build(event, stored.subject_id, locale, now, **before)
        provisional = enriched(provisional, self.calls)
        awards = self._awards(event, provisional)
        with self.store.begin() as connection:
            known = self._recorded(connection, event.id)
            if known:
                return known
            self._note(connection, stored, now)
            state, followers = self.loyalty.post(connection, stored, awards, now=now)
            self._follow(connection, stored, followers, now)
            context = self._told(connection, stored, locale, state, now)
            context = context.model_copy(update={"extras": provisional.extras})
            self._record(connection, context, stored.subject_id, now)
        return context

    @property
    def asks_plugins(self) -> bool:
        """Whether a plugin adds to snapshots, or gives points."""
        hooks = ("retention_enrich_context", "retention_award_points")
        return any(map(self.calls.has, hooks))

    def of_past(
        self, connection: Connection, stored: StoredEvent, *, locale: LocaleChoice, now: datetime
    ) -> Context:
        """Take one event of the past into account, and return its snapshot for the caller to keep.

        Nothing follows from it, and no plugin is asked: only for shops where none ``asks_plugins``.
        """
        self._note(connection, stored, now)
        state, _ = self.loyalty.post(connection, stored, now=now)
        return self._told(connection, stored, locale, state, now)

    def _told(
        self,
        connection: Connection,
        stored: StoredEvent,
        locale: LocaleChoice,
        loyalty: LoyaltyState,
        now: datetime,
    ) -> Context:
        """Return the snapshot of an event once the store has its facts, and what it tells."""
        event, who = stored.event, stored.subject_id
        facts = self._facts(connection, stored)
        context = self._build(event, who, locale, now, loyalty=loyalty, **facts)
        told = Told(ledgers=self.loyalty.ledgers, locales=self.locales)
        return told.on(connection, context, event, who)

    def fresh(
        self,
        event: OrderEvent,
        subject_id: str,
        *,
        now: datetime,
        loyalty: LoyaltyState | None = None,
    ) -> Context:
        """Return a snapshot of what is known now; nothing is recorded.

        Without ``loyalty`` it tells no points, but the member's own code if they were given one.
        """
        with self.store.reading() as connection:
            if loyalty is None:
                code = known_code(self.store, connection, self.loyalty.ledgers, subject_id)
                loyalty = LoyaltyState(referral_code=code)
            facts = self._known(connection, subject_id, event.order)
        locale = self.locale(event)
        context = self._build(event, subject_id, locale, now, loyalty=loyalty, **facts)
        return enriched(context, self.calls)

    def locale(self, event: ShopEvent) -> LocaleChoice:
        """Return in which language an event is told."""
        return resolve_locale(
            order_of(event),
            customer_of(event),
            shop=self.shop,
            brand=self.brand,
            fallback=self.locales.fallback,
            calls=self.calls,
        )

    def _build(
        self,
        event: ShopEvent,
        subject_id: str,
        locale: LocaleChoice,
        now: datetime,
        *,
        consents: tuple[Consent, ...],
        history: History,
        loyalty: LoyaltyState | None = None,
    ) -> Context:
        return build_context(
            event,
            shop=self.shop,
            brand=self.brand,
            locale=locale,
            now=now,
            subject_id=subject_id,
            consents=consents,
            history=history,
            loyalty=loyalty,
        )

    def _facts(self, connection: Connection, stored: StoredEvent) -> Mapping[str, Any]:
        return self._known(connection, stored.subject_id, order_of(stored.event))

    def _known(
        self, connection: Connection, subject_id: str, order: Order | None
    ) -> Mapping[str, Any]:
        history = self.store.orders.history(
            connection,
            subject_id,
            excluding=order.id if order else None,
            before=order.placed_at if order else None,
        )
        consents = self.store.consents.current(connection, subject_id)
        return {"history": history, "consents": consents}

    def _awards(self, event: ShopEvent, context: Context) -> tuple[Award, ...]:
        return self.calls.award_points(context=context) if isinstance(event, OrderPaid) else ()

    def _note(self, connection: Connection, stored: StoredEvent, now: datetime) -> None:
        """Keep what the event says about consent, the order's few facts, and used coupons."""
        event, subject_id = stored.event, stored.subject_id
        track = self.loyalty
        note_person(self.store, connection, event, subject_id=subject_id, now=now, loyalty=track)
        if order := order_of(event):
            self.store.orders.record(
                connection, order, shop_id=event.shop_id, subject_id=subject_id
            )
        if isinstance(event, OrderPaid):
            keys = self.code_keys
            note_redemptions(self.store, connection, event.order, keys=keys, now=now)
            note_rewards(
                self.store,
                connection,
                event.order,
                shop_id=event.shop_id,
                ledgers=self.loyalty.ledgers,
                now=now,
            )
        self.plan_days(connection, event, subject_id, now=now)

    def plan_days(
        self, connection: Connection, event: ShopEvent, subject_id: str, *, now: datetime
    ) -> None:
        """Plan the days of which time will tell: birthdays, anniversaries, and silence."""
        for each in (self.years, self.lapses):
            if each:
                each.note(connection, event, subject_id, now=now)

    def _follow(
        self,
        connection: Connection,
        stored: StoredEvent,
        followers: Sequence[ShopEvent],
        now: datetime,
    ) -> None:
        """Receive the events that follow from one, and note under it which they are.

        Nothing follows from what is told as history.
        """
        if not followers or self.store.stages.get(connection, stored.event.id, HISTORY):
            return
        new = self.store.inbox.receive(connection, followers, now=now)
        if new:
            event_id, names = stored.event.id, _NAMES.dump_json(new)
            self.store.stages.record(
                connection, event_id, FOLLOW, names, subject_id=stored.subject_id, now=now
            )

    def is_history(self, event_id: str) -> bool:
        """Whether an event was told to be taken into account only."""
        with self.store.reading() as connection:
            return self.store.stages.get(connection, event_id, HISTORY) is not None

    def followers(self, event_id: str) -> tuple[str, ...]:
        """Return the events that followed from one, in the order in which they came about."""
        with self.store.reading() as connection:
            names = self.store.stages.get(connection, event_id, FOLLOW)
        return _NAMES.validate_json(names) if names else ()

    def _recorded(self, connection: Connection, event_id: str) -> Context | None:
        payload = self.store.stages.get(connection, event_id, "context")
        return Context.model_validate_json(payload) if payload else None

    def _record(
        self, connection: Connection, context: Context, subject_id: str, now: datetime
    ) -> None:
        payload = context.model_dump_json().encode()
        self.store.stages.record(
            connection, context.event_id, "context", payload, subject_id=subject_id, now=now
        )


def enriched(context: Context, calls: HookCalls) -> Context:
    """Return the snapshot with what plugins know of it.

    Raises:
        PluginError: a plugin broke, or its facts are not JSON.
    """
    extras = calls.enrich_context(context=context)
    for name, facts in extras.items():
        try:
            _FACTS.validate_python(facts)
        except ValidationError:
            message = f"plugin {name!r}: retention_enrich_context returned what is not JSON"
            raise PluginError(message) from None
    return context.model_copy(update={"extras": extras})
