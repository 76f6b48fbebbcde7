"""Typed calls into the hooks: the only place that touches ``pm.hook``."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..errors import PluginError, RetentionError

if TYPE_CHECKING:
    import pluggy

    from ..config import Config
    from ..l10n.payments import PaymentChoice
    from ..model import (
        Award,
        Block,
        Candidate,
        Context,
        Customer,
        Delivery,
        Order,
        Receipt,
        ShopEvent,
    )

_log = logging.getLogger("retention_sdk.hooks")


class HookCalls:
    """One method per hook; the merge rule of each is in ``hooks/spec.py``."""

    def __init__(self, pm: pluggy.PluginManager) -> None:
        self._pm = pm
        self._hook = pm.hook

    def has(self, hook: str) -> bool:
        """Whether any plugin implements a hook."""
        return bool(getattr(self._hook, hook).get_hookimpls())

    def startup(self, *, config: Config) -> None:
        """Tell every plugin, and those that come later, the configuration."""
        self._hook.retention_startup.call_historic(kwargs={"config": config})

    def event_received(self, *, event: ShopEvent) -> None:
        """Tell the observers of a new event."""
        self._observe("retention_event_received", event=event)

    def choose_locale(
        self, *, order: Order | None, customer: Customer | None, available: Sequence[str]
    ) -> str | None:
        """Return a plugin's choice of locale, if it is one of those available."""
        hook = "retention_choose_locale"
        answer = self._first(hook, order=order, customer=customer, available=available)
        return self._among(answer, available, hook)

    def enrich_context(self, *, context: Context) -> dict[str, Mapping[str, Any]]:
        """Return each plugin's facts under its name."""
        answers = self._named("retention_enrich_context", context=context)
        return {name: dict(facts) for name, facts in answers}

    def veto_message(self, *, context: Context, candidate: Candidate) -> tuple[str, ...]:
        """Return every reason against a candidate, each with the plugin it came from.

        A plugin that breaks is a reason too: it might have said no.
        """
        hook, reasons = "retention_veto_message", []
        values = {"context": context, "candidate": candidate}
        for name, function, wanted in self._implementations(hook):
            try:
                reason = _ask(hook, name, function, {key: values[key] for key in wanted})
                reasons += [] if reason is None else [f"{name}: {reason}"]
            except PluginError as error:
                _log.warning("%s; taken as a no", error)
                reasons.append(f"{name}: it broke, and is taken as a no ({error})")
        return tuple(reasons)

    def choose_template(self, *, context: Context, candidates: Sequence[str]) -> str | None:
        """Return a plugin's choice of template, if it is among the candidates."""
        hook = "retention_choose_template"
        answer = self._first(hook, context=context, candidates=candidates)
        return self._among(answer, candidates, hook)

    def add_blocks(self, *, context: Context) -> tuple[Block, ...]:
        """Return all blocks, in the order of plugin names, signed with them."""
        return tuple(
            block.model_copy(update={"plugin": name})
            for name, blocks in self._named("retention_add_blocks", context=context)
            for block in blocks
        )

    def payment_methods(
        self, *, context: Context, methods: Sequence[PaymentChoice]
    ) -> tuple[PaymentChoice, ...]:
        """Return the ways to pay after every plugin, each of which got the list before it.

        Raises:
            PluginError: a plugin broke, or returned what is no list of ways to pay.
        """
        from .payments import accept_choices

        hook, choices = "retention_payment_methods", tuple(methods)
        for name, function, wanted in self._implementations(hook):
            values = {"context": context, "methods": choices}
            answer = _ask(hook, name, function, {key: values[key] for key in wanted})
            if answer is not None:
                choices = accept_choices(answer, before=choices, plugin=name)
        return choices

    def award_points(self, *, context: Context) -> tuple[Award, ...]:
        """Return all awards, in the order of plugin names, signed with them."""
        return tuple(
            award.model_copy(update={"plugin": name})
            for name, awards in self._named("retention_award_points", context=context)
            for award in awards
        )

    def around_delivery(self, *, delivery: Delivery) -> Receipt | None:
        """Run the wrappers around the channel, and return what came out.

        Raises:
            DeliveryError: the channel, or a wrapper, refused.
            PluginError: a wrapper broke.
        """
        try:
            receipt: Receipt | None = self._hook.retention_around_delivery(delivery=delivery)
        except RetentionError:
            raise
        except Exception as error:
            message = f"a plugin failed in retention_around_delivery: {_kind(error)}"
            raise PluginError(message) from error
        return receipt

    def delivered(self, *, receipt: Receipt) -> None:
        """Tell the observers what a channel answered."""
        self._observe("retention_delivered", receipt=receipt)

    def failed(self, *, stage: str, error: RetentionError, event_id: str) -> None:
        """Tell the observers that a stage failed."""
        self._observe("retention_failed", stage=stage, error=error, event_id=event_id)

    def _implementations(self, hook: str) -> Iterator[tuple[str, Callable[..., Any], list[str]]]:
        """Yield plugin name, function and wanted arguments, in the order of plugin names."""
        caller = getattr(self._hook, hook)
        implementations = sorted(caller.get_hookimpls(), key=lambda impl: impl.plugin_name)
        for impl in implementations:
            yield impl.plugin_name, impl.function, list(impl.argnames)

    def _named(self, hook: str, **arguments: object) -> Iterator[tuple[str, Any]]:
        """Yield plugin name and answer where there is one; an error names the plugin."""
        for name, function, wanted in self._implementations(hook):
            answer = _ask(hook, name, function, {key: arguments[key] for key in wanted})
            if answer is not None:
                yield name, answer

    def _first(self, hook: str, **arguments: object) -> Any:
        """Return the first answer in the order of plugin names, None if nobody has one."""
        return next((answer for _, answer in self._named(hook, **arguments)), None)

    def _observe(self, hook: str, **arguments: object) -> None:
        for name, function, wanted in self._implementations(hook):
            try:
                function(**{key: arguments[key] for key in wanted})
            except Exception as error:  # noqa: BLE001 - an observer must not stop anything
                _log.warning("plugin %r failed in %s: %s", name, hook, _kind(error))

    def _among(self, answer: str | None, allowed: Sequence[str], hook: str) -> str | None:
        if answer is not None and answer not in allowed:
            _log.warning("%s answered %r, which is not on offer; ignored", hook, answer)
            return None
        return answer


def _ask(hook: str, name: str, function: Callable[..., Any], values: Mapping[str, object]) -> Any:
    try:
        return function(**values)
    except Exception as error:
        raise PluginError(f"plugin {name!r} failed in {hook}: {_kind(error)}") from error


def _kind(error: Exception) -> str:
    """The type alone: a stranger's message may quote somebody's data."""
    return type(error).__name__
