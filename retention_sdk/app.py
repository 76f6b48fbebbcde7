"""Wires configuration, plugins and store into one object: ``Retention``."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self, Unpack

from .adapter import ShopAdapter
from .channels.base import Channel
from .config import Config, load_config
from .consent import RuleSet, gather_rules
from .hooks.manager import Plugins, load
from .model import (
    Customer,
    LocaleChoice,
    Order,
    ShopEvent,
    WebhookRequest,
    Wording,
)
from .pipeline import Outcome, Pipeline
from .pipeline.cards.coupons import CouponDesk, open_desk
from .pipeline.cards.draw import Medium
from .pipeline.cards.looks import Looks, gather_looks
from .pipeline.cards.press_room import PressRoom
from .pipeline.cards.printing import Press, PrintedCard, print_card
from .pipeline.cards.track import CardTrack
from .pipeline.deliver import ChannelDelivery
from .pipeline.devices import open_devices
from .pipeline.due.lapses import read_lapses
from .pipeline.due.years import read_years
from .pipeline.incoming.intake import Intake
from .pipeline.links import Links, links_of
from .pipeline.locale import asked_locale, resolve_locale
from .pipeline.loyalty.track import LoyaltyTrack
from .pipeline.make import Codes, read_codes
from .pipeline.offline import offline_config
from .pipeline.opening import open_adapter, open_channel
from .pipeline.snapshot import Snapshots

if TYPE_CHECKING:
    from .l10n.payments import PaymentChoice
    from .loyalty import PointsLedger
    from .pipeline.due.run import DueReport
    from .pipeline.incoming.syncing import SyncReport, SyncWishes
    from .pipeline.loyalty.desk import LoyaltyDesk
    from .pipeline.payments import PaymentWishes
    from .pipeline.privacy.confirm import Asked
    from .pipeline.privacy.rights import Rights
    from .storage import Store


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Retention:
    """One shop: receives events and sees to cards, messages, decisions and points.

    Nothing is opened before it is needed. Use it as a context manager, or call ``close``::

        with Retention.from_file("retention.toml") as shop:
            outcomes = shop.receive("woocommerce", headers=headers, body=body)
    """

    def __init__(
        self,
        config: Config,
        *,
        plugins: Plugins | None = None,
        clock: Callable[[], datetime] = _utc_now,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        self.config = config
        self.clock = clock
        self._environ = environ
        self._channels: dict[str, Channel] = {}
        only, block = config.plugins.only, config.plugins.block
        self.plugins = plugins or load(only, block=block, environ=environ)
        self.plugins.add(ChannelDelivery(self.channel, clock), "retention_sdk.channels")
        self.plugins.call.startup(config=config)

    @classmethod
    def from_file(cls, file: str | Path = "retention.toml", **wiring: object) -> Self:
        """Build the application from ``retention.toml``.

        Raises:
            ConfigError: a file, a variable or a value is missing or wrong.
        """
        return cls(load_config(file), **wiring)  # type: ignore[arg-type] # keywords of __init__

    @classmethod
    def offline(
        cls,
        name: str,
        *,
        sender: str,
        country: str = "DE",
        currency: str = "EUR",
        language: str = "en",
        email: str = "hello@shop.example",
        **wiring: object,
    ) -> Self:
        """Build a shop that lives in memory, with a key of its own: for samples and scripts.

        ``email`` is printed on the cards, because a personal one says how to object to it. Nobody
        is held out: there is nothing to compare.
        """
        place = {"country": country, "currency": currency, "language": language}
        config = offline_config(name, sender=sender, email=email, **place)
        return cls(config, **wiring)  # type: ignore[arg-type] # keywords of __init__

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the store, and end the process that draws strangers' templates."""
        if "store" in self.__dict__:
            self.store.close()
        if "looks" in self.__dict__:
            self.looks.close()

    # Parts ---------------------------------------------------------------------------------

    @cached_property
    def store(self) -> Store:
        """The store, opened on first use."""
        from .l10n.phones import to_e164
        from .storage import open_store

        previous = self.config.read_previous_keys()
        url = self.config.store_url
        return open_store(url, key=self._key, previous_keys=previous, read_phone=to_e164)

    @cached_property
    def rules(self) -> RuleSet:
        """The consent rules: shipped ones, those of plugins, the shop's own, and signatures."""
        settings, shelf = self.config.consent, self.plugins.shelves.consent_rules
        return gather_rules(
            own_file=self.config.path(settings.rules) if settings.rules else None,
            offers=[shelf[name] for name in shelf],
            sign_offs=settings.sign_offs,
        )

    @cached_property
    def looks(self) -> Looks:
        """How cards can look: what plugins bring, and what lies in the shop's folders."""
        shelves, settings, path = self.plugins.shelves, self.config.inserts, self.config.path
        return gather_looks(
            shelves.templates,
            shelves.styles,
            own_styles=path(settings.styles) if settings.styles else None,
            foreign_templates=(
                path(settings.foreign_templates) if settings.foreign_templates else None
            ),
        )

    @cached_property
    def ledgers(self) -> Mapping[str, PointsLedger]:
        """The points ledgers by the name of their programme, that of ``[loyalty]`` first."""
        from .loyalty import PointsLedger

        return {each.id: PointsLedger(self.store, each) for each in self.config.programs}

    @property
    def ledger(self) -> PointsLedger | None:
        """The points ledger of ``[loyalty]``; None in a shop without a loyalty programme."""
        return next(iter(self.ledgers.values()), None)

    @cached_property
    def loyalty(self) -> LoyaltyDesk | None:
        """What is done about points beside orders; None in a shop without a programme."""
        from .pipeline.loyalty.desk import open_loyalty

        clock, adapter = self.clock, self.adapter
        return open_loyalty(self.config, self.intake, self.ledgers, clock=clock, adapter=adapter)

    def adapter(self, platform: str) -> ShopAdapter:
        """Return the adapter of a platform with its settings.

        Raises:
            PluginError: none of that name is installed.
            ConfigError: its table in ``retention.toml`` is wrong.
        """
        return self.adapter_with(platform, self.config.platforms.get(platform, {}))

    def adapter_with(self, platform: str, values: Mapping[str, object]) -> ShopAdapter:
        """Return the adapter of a platform with other settings than those of the file."""
        return open_adapter(platform, values, plugins=self.plugins, config=self.config)

    def channel(self, name: str) -> Channel:
        """Return a channel with its settings; the same object each time.

        Raises:
            PluginError: none of that name is installed.
            ConfigError: its table in ``retention.toml`` is wrong.
        """
        if name not in self._channels:
            self._channels[name] = open_channel(name, plugins=self.plugins, config=self.config)
        return self._channels[name]

    # Cards ---------------------------------------------------------------------------------

    def print_card(
        self,
        order: Order,
        *,
        locale: str | None = None,
        template: str | None = None,
        format: str = "",  # noqa: A002 - as everywhere that a card is drawn
    ) -> PrintedCard:
        """Print the card that may lie in an order's parcel; nothing is stored or sent.

        ``locale`` (BCP 47) overrides the negotiation, ``template`` is tried first; what is
        allowed remains the consent rules' decision. ``format`` is the name of a card format, the
        shop's own if it is empty.

        Raises:
            PrintError: no parcel waits for a card, or text cannot be printed.
            ConsentError: no card at all is allowed.
        """
        config = self.config
        press = Press(
            shop=config.shop,
            brand=config.brand,
            rules=self.rules,
            calls=self.plugins.call,
            codes=self.codes,
            locales=config.locales,
            looks=self.looks,
            inserts=config.inserts,
        )
        chosen, size = self._locale(order, locale), format or config.inserts.format
        return print_card(
            order, press, locale=chosen, now=self.clock(), template=template, format=size
        )

    def payment_methods(
        self, where: Order | str, *, locale: str | None = None, **wishes: Unpack[PaymentWishes]
    ) -> tuple[PaymentChoice, ...]:
        """Return the ways to pay to offer for an order, or in a country (ISO 3166), best first.

        See ``l10n.payments.advise_payment`` for the order and the wishes. Nothing is asked of a
        payment provider, unless a plugin does that.

        Raises:
            PluginError: a plugin registered or returned something else.
            ConfigError: no catalogue serves ``locale``.
        """
        from .pipeline.payments import PaymentDesk

        order, config = (where if isinstance(where, Order) else None), self.config
        calls, shelf = self.plugins.call, self.plugins.shelves.payment_methods
        desk = PaymentDesk(shop=config.shop, brand=config.brand, calls=calls, shelf=shelf)
        return desk.offer(where, wishes, locale=self._locale(order, locale), now=self.clock())

    def _locale(self, order: Order | None, asked: str | None) -> LocaleChoice:
        config = self.config
        if asked is None:
            return resolve_locale(
                order,
                order.customer if order else None,
                shop=config.shop,
                brand=config.brand,
                fallback=config.locales.fallback,
                calls=self.plugins.call,
            )
        return asked_locale(asked, config.brand)

    # Events --------------------------------------------------------------------------------

    def receive(
        self, platform: str, *, headers: Mapping[str, str], body: bytes
    ) -> tuple[Outcome, ...]:
        """Take one webhook delivery: verify it, store what is new, and do the work.

        A delivery that was seen before ends what an earlier process left open, and nothing else.

        Raises:
            SignatureError: the delivery is not proven to come from the platform.
            PayloadError: the body cannot be read.
        """
        request = WebhookRequest(headers=dict(headers), body=body, received_at=self.clock())
        return self.ingest(self.adapter(platform).handle(request))

    def ingest(self, events: Sequence[ShopEvent]) -> tuple[Outcome, ...]:
        """Store events, each once, and work on those that are not done yet."""
        return self.intake.ingest(events)

    def remember(self, events: Sequence[ShopEvent]) -> tuple[Outcome, ...]:
        """Take events of the past into account: orders, points, ranks. Nothing is sent or printed.

        Days to come are planned: birthdays, the expiry of points, the end of a rank. For example,
        for a shop that begins with two years of orders::

            for order in adapter.fetch_orders():
                shop.remember(adapter.order_events(order))
        """
        return self.intake.remember(events)

    def sync(self, platform: str, **wishes: Unpack[SyncWishes]) -> SyncReport:
        """Read what changed on a platform since the last time, as ``retention sync`` does.

        The first time that is its past, which counts and sends nothing; see ``SyncWishes``. Stopped
        at any moment, the next call goes on after the last page.

        Raises:
            UnsupportedFeature: the platform has no list of orders.
            PlatformError: it refused, or is away; ``retryable`` tells which.
            PayloadError: the answer is no list of orders.
        """
        from .pipeline.incoming.syncing import sync_platform

        return sync_platform(self.intake, self.adapter(platform), self.config.shop.id, wishes)

    def accept(self, events: Sequence[ShopEvent]) -> tuple[str, ...]:
        """Store events and return the new ones; acknowledge a webhook after this."""
        return self.intake.accept(events)

    def resume(self) -> tuple[Outcome, ...]:
        """Work on everything that a crash, a quiet hour, a setting or a refusal left open.

        Raw bodies and scans whose time is over are deleted on the way; rewards go on, too.
        """
        return self.intake.resume()

    def run_due(self, *, now: datetime | None = None, limit: int | None = None) -> DueReport:
        """Do what time brought about until ``now``, the clock's time by default.

        Points mature and expire, notices, birthdays and anniversaries become events that go
        through the pipeline. Call it as often as you like, from as many processes as you like.
        """
        from .pipeline.due.run import open_due

        work = open_due(self.config, self.intake, tuple(self.ledgers.values()), desk=self.loyalty)
        return work.run(now=now or self.clock(), limit=limit)

    def stages(self, event_id: str) -> Iterable[str]:
        """Work on one event, and yield each stage once it is committed."""
        return self.intake.stages(event_id)

    def outcome(self, event_id: str) -> Outcome:
        """Return what is known of an event: its stages, decisions, deliveries and points."""
        return self.intake.outcome(event_id)

    # Consent -------------------------------------------------------------------------------

    def ask_to_confirm(
        self,
        customer: Customer,
        *,
        source: str,
        wording: Wording | None = None,
        locale: str | None = None,
    ) -> Asked:
        """Send the e-mail of a double opt-in to somebody who subscribed in one of your forms.

        ``source`` names the form, ``wording`` is what stood beside it. Nothing is allowed by this:
        the yes is recorded when the button on the page is pressed, within ``confirm_days``. Tell
        the visitor the same whatever comes back.

        Raises:
            ConfigError: ``[consent] base_url`` is not an https address, or mails have no sender.
            ConsentError: the address is none, its owner was erased, or a plugin objected.
            DeliveryError: the channel refused; the same call later tries again.
        """
        from .pipeline.privacy.confirm import ask_to_confirm

        return ask_to_confirm(
            customer,
            room=self.press_room,
            links=self.links,
            channel=self.config.delivery.email,
            source=source,
            wording=wording,
            locale=locale,
        )

    devices = cached_property(open_devices)

    @cached_property
    def links(self) -> Links | None:
        """The links for unsubscribing, preferences and confirmations; None without base_url."""
        return links_of(self.config, self._key)

    # Wiring --------------------------------------------------------------------------------

    @cached_property
    def intake(self) -> Intake:
        """The inbox of events, wired to this shop."""
        return Intake(
            store=self.store,
            pipeline=self.pipeline,
            cards=self.cards,
            calls=self.plugins.call,
            clock=self.clock,
            raw_kept=timedelta(days=self.config.store.raw_body_days),
            scans_kept=timedelta(days=self.config.codes.scan_days),
            loyalty=lambda: self.loyalty,
            adapter=self.adapter,
        )

    @cached_property
    def pipeline(self) -> Pipeline:
        """The stages, wired to this shop."""
        return Pipeline(self.cards, self.config.delivery.channels, lambda: self.rights)

    @cached_property
    def rights(self) -> Rights:
        """What people ask about their data: access, correction, erasure, and their deadlines."""
        from .pipeline.privacy.rights_desk import open_rights

        ledgers = tuple(self.ledgers.values())
        return open_rights(self.press_room, self.config, ledgers=ledgers, adapter=self.adapter)

    @cached_property
    def press_room(self) -> PressRoom:
        """The ledger of cards with its rules, wired to this shop."""
        config, calls = self.config, self.plugins.call
        ledgers = tuple(self.ledgers.values())
        snapshots = Snapshots(
            shop=config.shop,
            brand=config.brand,
            loyalty=LoyaltyTrack(self.store, ledgers, config.due.tier_warning_days),
            store=self.store,
            calls=calls,
            code_keys=self.codes.keys,
            years=read_years(config, self.store),
            lapses=read_lapses(config, self.store),
            locales=config.locales,
        )
        return PressRoom(
            store=self.store,
            snapshots=snapshots,
            rules=self.rules,
            calls=calls,
            codes=self.codes,
            locales=config.locales,
            looks=self.looks,
            channel=self.channel,
            clock=self.clock,
            inserts=config.inserts,
            coupons=self.coupons,
            links=self.links,
        )

    @cached_property
    def coupons(self) -> CouponDesk | None:
        """What makes a coupon for each card; None in a shop that set no platform for it."""
        own, adapter, clock = self.config.codes, self.adapter, self.clock
        return open_desk(own, self.codes, store=self.store, adapter=adapter, clock=clock)

    @cached_property
    def cards(self) -> CardTrack:
        """What keeps that ledger in step with events."""
        medium = Medium(format=self.config.inserts.format)
        return CardTrack(room=self.press_room, channel=self.config.delivery.card, medium=medium)

    @cached_property
    def codes(self) -> Codes:
        """The short link of cards, and the keys that sign it."""
        own = self.config.codes
        return read_codes(own, b"" if own.has_first_key else self._key)

    @cached_property
    def _key(self) -> bytes:
        return self.config.read_key(self._environ)
