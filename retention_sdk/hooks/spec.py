"""The hooks. One function each; its docstring is its documentation page.

Nouns (adapters, channels, templates, styles …) are registered; these verbs let plugins join in.
Parameters have no defaults and keep their names; an implementation asks only for those it uses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from . import hookspec

if TYPE_CHECKING:
    from ..config import Config
    from ..errors import RetentionError
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
    from .registry import Registry


@hookspec
def retention_register(registry: Registry) -> None:
    """Offer adapters, channels, templates, styles, payment methods, consent rules and commands.

    Called once per plugin while plugins are loaded, before there is a configuration. Name
    classes as strings (``"package.module:Class"``), so that they are imported on first use. Two
    plugins that offer the same name are both reported, and the second one is dropped whole.
    """


@hookspec(historic=True)
def retention_startup(config: Config) -> None:
    """Learn the configuration.

    Called once, when the application is built; plugins that are added later get it too. It is
    never called per event. Do not keep connections open from here.
    """


@hookspec
def retention_event_received(event: ShopEvent) -> None:
    """Observe an event that was verified, read and stored for the first time.

    Called after the event was committed. Answers are ignored and errors are logged: an observer
    can neither stop nor change anything.
    """


@hookspec(firstresult=True)
def retention_choose_locale(
    order: Order | None, customer: Customer | None, available: Sequence[str]
) -> str | None:
    """Choose the language of everything that leaves: one of ``available`` (BCP 47), or None.

    Called once per event, before the built-in negotiation. The first answer that is not None, in
    the order of plugin names, counts; one that is not available is ignored and logged.
    """


@hookspec
def retention_enrich_context(context: Context) -> Mapping[str, object] | None:
    """Return facts about this event, as JSON values.

    Called once per event, when the snapshot is built. They are stored under
    ``context.extras[plugin]``: no plugin can overwrite another's, or the snapshot itself.
    """


@hookspec
def retention_veto_message(context: Context, candidate: Candidate) -> str | None:
    """Return a reason why this candidate must not leave, or None.

    Called once per candidate, before the consent rules answer. Any reason wins, nobody can
    overrule it, and it is stored with the decision. Write it as a sentence for a shop owner.
    A plugin that breaks here is taken as a no: nobody can know what it would have said.
    """


@hookspec(firstresult=True)
def retention_choose_template(context: Context, candidates: Sequence[str]) -> str | None:
    """Choose which card template is tried first: one of ``candidates``, or None.

    Called once per event with a parcel. The first answer that is not None, in the order of plugin
    names, counts; one that is not among the candidates is ignored and logged. The others stay
    behind it, ``plain_thanks`` last, and the consent decision is still to come.
    """


@hookspec
def retention_add_blocks(context: Context) -> Sequence[Block] | None:
    """Return blocks of text to add to cards and e-mails, in the language of ``context.locale``.

    Called once per event. Blocks are appended in the order of plugin names. ``Block.content``
    has to be honest: consent is decided on it, and a coupon makes advertising of thanks.
    Optional blocks are left out when they do not fit.
    """


@hookspec
def retention_payment_methods(
    context: Context, methods: Sequence[PaymentChoice]
) -> Sequence[PaymentChoice] | None:
    """Return the ways to pay in another order, with others or without some; or None.

    Called once per question for ways to pay, after the table was asked: the payment provider
    knows what can be paid with today. Plugins answer in the order of their names, and each gets
    what the one before returned. What is added is signed with the plugin's name. The warning
    that a method is credit cannot be taken off; two of one id, or anything else, is an error.
    """


@hookspec
def retention_award_points(context: Context) -> Sequence[Award] | None:
    """Return extra points for a paid order, on top of the programme's rules.

    Called once per paid order, before the posting. All awards count; each posting names its
    plugin and is made once, however often the event arrives.
    """


@hookspec(firstresult=True)
def retention_around_delivery(delivery: Delivery) -> Receipt | None:
    """Deliver, or wrap the delivery: for tracing, dry runs and rate limits.

    Called once per attempt to deliver. The channel itself answers last. Implement it with
    ``wrapper=True`` and yield exactly once; a plain implementation that returns a receipt
    replaces the channel.
    """


@hookspec
def retention_delivered(receipt: Receipt) -> None:
    """Observe what a channel answered.

    Called after the receipt was committed. Answers are ignored, errors are logged.
    """


@hookspec
def retention_failed(stage: str, error: RetentionError, event_id: str) -> None:
    """Observe that a stage failed for an event.

    Called after the failure was recorded; the event is tried again later. Answers are ignored,
    errors are logged.
    """
