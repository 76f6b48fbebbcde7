"""Runs one event through its stages, and goes on where the last process stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, TypeVar

from pydantic import TypeAdapter

from ..errors import (
    ConfigError,
    ConsentError,
    DeliveryError,
    MissingFont,
    PlatformError,
    PluginError,
    RetentionError,
    StorageError,
)
from ..messages.candidates import find_recipient
from ..model import (
    Artifact,
    Context,
    CustomerErased,
    DataRequested,
    Delivery,
    Record,
    ShopErased,
)
from ..model.candidate import Surface
from ..model.device import PushDevice
from .cards.track import CardTrack
from .cards.withdraw import take_back_delivery
from .choose import Chosen, Pick
from .decided import record_decisions
from .deliver import deliver
from .gate import Question
from .make import Documents, delivery_id_for, render

if TYPE_CHECKING:
    from ..storage import StoredEvent
    from .privacy.rights import Rights

STAGES = ("context", "decide", "compose", "render", "deliver")

Artifacts = dict[Surface, tuple[Artifact, ...]]
R = TypeVar("R", bound=Record)


class Pipeline:
    """One shop's way from an event to what leaves the house."""

    def __init__(
        self, cards: CardTrack, channels: Mapping[Surface, str], rights: Callable[[], Rights]
    ) -> None:
        room = cards.room
        self._cards = cards
        self._channels = channels
        self._rights = rights
        self._store = room.store
        self._snapshots = room.snapshots
        self._calls = room.calls
        self._clock = room.clock
        self._channel = room.channel
        self._looks = room.looks

    def run(self, stored: StoredEvent) -> Iterator[str]:
        """Yield the name of each stage once it is committed. Stop anywhere; call again later.

        Raises:
            RetentionError: a stage failed; what was committed before it stays.
        """
        if isinstance(stored.event, CustomerErased | DataRequested | ShopErased):
            self._rights().handle(stored)
            yield "rights"
            return
        context = self._snapshots.take(stored, now=self._clock())
        if self._snapshots.is_history(stored.event.id):
            yield "context"
            return
        self._cards.see_to(stored.event, subject_id=stored.subject_id)
        yield "context"
        chosen = self._decide(context, stored.subject_id)
        yield "decide"
        documents = self._compose(context, chosen, stored.subject_id)
        yield "compose"
        artifacts = self._render(documents, context, stored.subject_id)
        yield "render"
        self._deliver(context, chosen, artifacts, stored.subject_id)
        yield "deliver"

    def sweep(self) -> None:
        """Delete what no law asks for any more."""
        self._rights().sweep()

    def followers(self, event_id: str) -> tuple[str, ...]:
        """Return the events that followed from one when its points were posted."""
        return self._snapshots.followers(event_id)

    def decisions(self, event_id: str) -> tuple[Context | None, Chosen | None]:
        """Return what was recorded of an event so far."""
        return self._recorded(event_id, "context", Context), self._recorded(
            event_id, "decide", Chosen
        )

    def _decide(self, context: Context, subject_id: str) -> Chosen:
        if known := self._recorded(context.event_id, "decide", Chosen):
            return known
        surfaces = self._reachable(subject_id)
        chosen = self._cards.room.choose(context, surfaces=surfaces)
        with self._store.begin() as connection:
            record_decisions(
                self._store,
                connection,
                chosen.decisions,
                rules=self._cards.room.rules,
                subject_id=subject_id,
                now=self._clock(),
            )
            payload = self._store.stages.record(
                connection,
                context.event_id,
                "decide",
                chosen.model_dump_json().encode(),
                subject_id=subject_id,
                now=self._clock(),
            )
        return Chosen.model_validate_json(payload)

    def _reachable(self, subject_id: str) -> set[Surface]:
        """Return the surfaces with a channel that can reach this person."""
        found = set(self._channels)
        if "push" in found and self._channel(self._channels["push"]).takes_devices:
            with self._store.reading() as connection:
                has_device = self._store.devices.has_any(connection, subject_id)
            found -= set() if has_device else {"push"}
        return found

    def _compose(self, context: Context, chosen: Chosen, subject_id: str) -> Documents:
        if known := self._recorded(context.event_id, "compose", Documents):
            return known
        documents = self._cards.room.compose(context, chosen.picks)
        with self._store.begin() as connection:
            self._cards.assign(connection, context, chosen, documents, subject_id=subject_id)
            payload = self._store.stages.record(
                connection,
                context.event_id,
                "compose",
                documents.model_dump_json().encode(),
                subject_id=subject_id,
                now=self._clock(),
            )
        return Documents.model_validate_json(payload)

    def _render(self, documents: Documents, context: Context, subject_id: str) -> Artifacts:
        """Make the artifacts. Their hashes are recorded, the bytes can be made again."""
        artifacts = render(
            documents,
            context=context,
            looks=self._looks,
            card_format=self._cards.medium.format,
        )
        hashes = {each.name: each.sha256 for made in artifacts.values() for each in made}
        payload = TypeAdapter(dict[str, str]).dump_json(hashes)
        self._record(context.event_id, "render", payload, subject_id)
        self._cards.rendered(context.event_id)
        return artifacts

    def _deliver(
        self, context: Context, chosen: Chosen, artifacts: Artifacts, subject_id: str
    ) -> None:
        """Send all that may go now; a refusal of one does not hold up the other."""
        refusals: list[RetentionError] = []
        for pick in chosen.picks:
            try:
                if pick.candidate.surface == "card":
                    self._deliver_card(context, pick, artifacts, subject_id)
                elif pick.candidate.surface == "push":
                    self._deliver_push(context, pick, artifacts, subject_id)
                else:
                    self._deliver_one(context, pick, artifacts, subject_id)
            except RetentionError as error:
                refusals.append(error)
        if refusals:
            raise next(filter(may_pass, refusals), refusals[0])
        self._record(context.event_id, "deliver", b"{}", subject_id)

    def _deliver_card(
        self, context: Context, pick: Pick, artifacts: Artifacts, subject_id: str
    ) -> None:
        """Print the card unless the ledger knows better; a deferred one waits for its desk.

        One that is not allowed any more is written anew, and that one is printed.
        """
        if not self._cards.is_due(context):
            return
        is_deferred = self._channel(self._channels["card"]).is_deferred
        if not is_deferred:
            self._cards.plan(context.event_id)
        if not self._deliver_one(context, pick, artifacts, subject_id):
            self._cards.renew(context.event_id)
        elif not is_deferred:
            self._cards.printed(context.event_id)

    def _deliver_push(
        self, context: Context, pick: Pick, artifacts: Artifacts, subject_id: str
    ) -> None:
        """Send to every device of a person, or to their account; forget devices that are gone."""
        if not self._channel(self._channels["push"]).takes_devices:
            self._deliver_one(context, pick, artifacts, subject_id)
            return
        with self._store.reading() as connection:
            devices = self._store.devices.of(connection, subject_id)
        refusals: list[DeliveryError] = []
        for device in (each.device for each in devices):
            try:
                self._deliver_one(context, pick, artifacts, subject_id, device=device)
            except DeliveryError as error:
                if error.is_gone:
                    self._forget(device)
                else:
                    refusals.append(error)
        if refusals:
            raise next(filter(may_pass, refusals), refusals[0])

    def _forget(self, device: PushDevice) -> None:
        with self._store.begin() as connection:
            shop_id = self._cards.room.shop_id
            self._store.devices.remove(connection, shop_id, device.endpoint)

    def _deliver_one(
        self,
        context: Context,
        pick: Pick,
        artifacts: Artifacts,
        subject_id: str,
        *,
        device: PushDevice | None = None,
    ) -> bool:
        """Send one thing; return False if it is not allowed any more, and never leaves."""
        surface = pick.candidate.surface
        earliest = pick.decision.earliest_send_at
        if earliest and earliest > self._clock():
            raise DeliveryError(
                f"{surface}: not before {earliest:%Y-%m-%d %H:%M} UTC", retryable=True
            )
        delivery = Delivery(
            id=delivery_id_for(context.event_id, surface, device=device.id if device else ""),
            event_id=context.event_id,
            decision_id=pick.decision.decision_id,
            surface=surface,
            channel=self._channels[surface],
            recipient=_recipient(context, surface),
            device=device,
            artifacts=artifacts[surface],
        )
        promised = None if surface == "card" else pick.decision.must_include
        try:
            deliver(
                delivery,
                question=Question(pick.candidate, context, subject_id, promised),
                is_idempotent=self._channel(delivery.channel).is_idempotent,
                gate=self._cards.room.gate,
                calls=self._calls,
                clock=self._clock,
            )
        except ConsentError:
            take_back_delivery(delivery.id, store=self._store, channel=self._channel)
            return False
        return True

    def _record(self, event_id: str, stage: str, payload: bytes, subject_id: str) -> bytes:
        with self._store.begin() as connection:
            return self._store.stages.record(
                connection, event_id, stage, payload, subject_id=subject_id, now=self._clock()
            )

    def _recorded(self, event_id: str, stage: str, model: type[R]) -> R | None:
        with self._store.reading() as connection:
            payload = self._store.stages.get(connection, event_id, stage)
        return model.model_validate_json(payload) if payload else None


def may_pass(error: RetentionError) -> bool:
    """Whether a later try may succeed: the shop mends a setting, a server comes back."""
    if isinstance(error, DeliveryError | PlatformError):
        return error.retryable
    return isinstance(error, ConfigError | PluginError | MissingFont | StorageError)


def _recipient(context: Context, surface: Surface) -> str:
    """Return where it goes. The mail's own header holds the name that belongs to an address."""
    if surface == "card":
        return ""
    if surface == "email":
        return context.customer.email if context.customer else ""
    return find_recipient(context, surface)
