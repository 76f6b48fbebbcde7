"""Double opt-in: a request is kept, an e-mail asks, and one press of a button makes it a yes.

Until then there is no yes anywhere: the request is an event of the inbox and no answer, so that
nobody can lift an objection by typing somebody else's address into a form. Compare BGH 10.02.2011
I ZR 164/09 on what has to be shown in court, and GDPR art. 7(1).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Literal, NamedTuple

from ...consent.answers import find_answer
from ...consent.tokens import REFERENCE_BYTES, LinkToken
from ...context import build_context
from ...errors import ConfigError, ConsentError
from ...messages import render_email
from ...messages.candidates import is_translated
from ...messages.confirmation import compose_confirmation, confirmation_candidate
from ...model import (
    Consent,
    ConsentChannel,
    ConsentState,
    Context,
    Customer,
    CustomerUpdated,
    Delivery,
    LocaleChoice,
    OptInLevel,
    Purpose,
    Record,
    Wording,
    read_mailbox,
)
from ...model.base import Instant, Line
from ..choose import judge_of
from ..decided import record_asked
from ..deliver import deliver
from ..gate import Question
from ..links import Links
from ..locale import asked_locale, localizer_for, resolve_locale
from ..make import delivery_id_for, message_id_for
from .telling import plan_telling

if TYPE_CHECKING:
    from ...storage import Connection, Store
    from ..cards.press_room import PressRoom

STAGE = "ask_to_confirm"
_CHANNEL = ConsentChannel.EMAIL
_FALLBACK = "en"


class ConfirmationRequest(Record):
    """The first step: who asked where is in the inbox, this is when, how, and after reading what.

    ``wording`` is the text beside the form, as its page can prove it.
    """

    reference: Line
    asked_at: Instant
    source: Line
    wording: Wording | None = None


class Asked(NamedTuple):
    """What became of a request. Tell the visitor the same either way: an address is a secret.

    ``is_asked`` is False where the address is confirmed already, and no e-mail was sent.
    """

    is_asked: bool
    reference: str
    state: Literal["asked", "confirmed"]


def ask_to_confirm(
    customer: Customer,
    *,
    room: PressRoom,
    links: Links | None,
    channel: str,
    source: str,
    wording: Wording | None = None,
    locale: str | None = None,
) -> Asked:
    """Keep a request for e-mails, and send the e-mail that asks to confirm it.

    ``source`` says where it was made, such as the name of a form. The same address on the same day
    is asked once, however often somebody types it; after another answer it is asked again.
    ``channel`` is the name of the channel that sends e-mails.

    Raises:
        ConfigError: ``[consent] base_url`` is not an https address, or there is none to send from.
        ConsentError: the address is none, its owner was erased, or the message was not allowed.
        DeliveryError: the channel refused; the same call later tries again.
    """
    if links is None or not links.is_secure:
        hint = 'write base_url = "https://shop.example/privacy/"'
        raise ConfigError("a confirmation needs a page", key="consent.base_url", hint=hint)
    if read_mailbox(customer.email) is None:
        raise ConsentError("there is no e-mail address to confirm")
    step = ConfirmationRequest(reference="-", asked_at=room.clock(), source=source, wording=wording)
    event, subject_id, request, current = _keep(customer, step, room)
    if _is_confirmed(current, at=step.asked_at):
        return Asked(is_asked=False, reference=request.reference, state="confirmed")
    context = build_context(
        event,
        shop=room.snapshots.shop,
        brand=room.snapshots.brand,
        locale=_locale(customer, room, locale),
        now=request.asked_at,
        subject_id=subject_id,
        consents=current,
    )
    _send(_spoken(context), request, room, links, channel)
    return Asked(is_asked=True, reference=request.reference, state="asked")


def find_request(
    store: Store, connection: Connection, token: LinkToken
) -> ConfirmationRequest | None:
    """Return the request that a link confirms; None if there is none, or it was refused since.

    Raises:
        SubjectErased: whoever asked is forgotten.
    """
    payload = store.stages.get(connection, _event_id(token.reference), STAGE)
    if payload is None or token.channel is not _CHANNEL:
        return None
    request = ConfirmationRequest.model_validate_json(payload)
    current = store.consents.current(connection, token.subject_id)
    return None if _refused_since(current, request.asked_at) else request


def confirm(
    store: Store, connection: Connection, token: LinkToken, *, at: datetime, wording: Wording
) -> bool:
    """Write down both steps of an opt-in, once; return whether it holds now.

    The first step is recorded with its own time. A link that was used before changes nothing, and
    one whose owner said no since confirms nothing.
    """
    request = find_request(store, connection, token)
    if request is None:
        return False
    evidence = _event_id(request.reference)
    first = Consent(
        channel=_CHANNEL,
        state=ConsentState.GRANTED,
        recorded_at=request.asked_at,
        source=request.source,
        opt_in_level=OptInLevel.SINGLE,
        evidence_ref=evidence,
        wording=request.wording,
    )
    second = first.model_copy(
        update={
            "recorded_at": at,
            "opt_in_level": OptInLevel.CONFIRMED,
            "confirmed_at": at,
            "wording": wording,
        }
    )
    answers = (first, second)
    who = token.subject_id
    if store.consents.record(connection, who, answers, event_id=evidence, now=at):
        plan_telling(store, connection, who, at=at)
    current = store.consents.current(connection, token.subject_id)
    return find_answer(current, _CHANNEL, Purpose.MARKETING, at=at) is ConsentState.GRANTED


def _keep(
    customer: Customer, step: ConfirmationRequest, room: PressRoom
) -> tuple[CustomerUpdated, str, ConfirmationRequest, tuple[Consent, ...]]:
    """Keep the request once; it is no event for the pipeline, and holds no answer."""
    store, shop_id = room.store, room.shop_id
    with store.begin() as connection:
        reference = _reference(customer, step.asked_at, store, connection, shop_id)
        event = CustomerUpdated(
            id=_event_id(reference),
            shop_id=shop_id,
            occurred_at=step.asked_at,
            customer=customer.model_copy(update={"consents": ()}),
        )
        if store.inbox.receive(connection, [event], now=step.asked_at):
            store.inbox.mark(connection, event.id, "done")
        stored = store.inbox.get(connection, event.id)
        if stored is None:
            raise ConsentError("the owner of this address was erased and is not written to")
        payload = store.stages.record(
            connection,
            event.id,
            STAGE,
            step.model_copy(update={"reference": reference}).model_dump_json().encode(),
            subject_id=stored.subject_id,
            now=step.asked_at,
        )
        current = store.consents.current(connection, stored.subject_id)
    request = ConfirmationRequest.model_validate_json(payload)
    return event, stored.subject_id, request, current


def _reference(
    customer: Customer, now: datetime, store: Store, connection: Connection, shop_id: str
) -> str:
    """Return a name for the request: the same all day long, until its owner answers."""
    owner = f"email:{customer.email.casefold()}"
    index = store.subjects.index(connection, shop_id, owner)
    subject_id = store.subjects.find(connection, shop_id, owner)
    answers = store.consents.history(connection, subject_id) if subject_id else ()
    parts = f"\x00{now.date().isoformat()}\x00{len(answers)}"
    return sha256(index + parts.encode()).digest()[:REFERENCE_BYTES].hex()


def _spoken(context: Context) -> Context:
    """Return the context in a language that has the whole e-mail."""
    if is_translated(context, "email", "confirm"):
        return context
    return context.model_copy(update={"locale": asked_locale(_FALLBACK, context.brand)})


def _locale(customer: Customer, room: PressRoom, asked: str | None) -> LocaleChoice:
    snapshots = room.snapshots
    if asked is not None:
        return asked_locale(asked, snapshots.brand)
    return resolve_locale(
        None,
        customer,
        shop=snapshots.shop,
        brand=snapshots.brand,
        fallback=snapshots.locales.fallback,
        calls=room.calls,
    )


def _send(
    context: Context, request: ConfirmationRequest, room: PressRoom, links: Links, channel: str
) -> None:
    """Decide, record the decision, write and deliver; a repetition is seen as one."""
    store, subject_id = room.store, context.subject_id or ""
    candidate = confirmation_candidate(context)
    decision = judge_of(context, rules=room.rules, calls=room.calls)(candidate)
    with store.begin() as connection:
        record_asked(
            store,
            connection,
            (decision,),
            candidates=(candidate,),
            context=context,
            rules=room.rules,
            subject_id=subject_id,
        )
    url = links.confirm_url(
        subject_id,
        _CHANNEL,
        reference=request.reference,
        now=request.asked_at,
        locale=context.locale.tag,
    )
    words = localizer_for(context.locale, room.locales)
    message = compose_confirmation(context, candidate, decision, words, confirm_url=url)
    message_id = message_id_for(context.event_id, context.shop)
    delivery = Delivery(
        id=delivery_id_for(context.event_id, "email"),
        event_id=context.event_id,
        decision_id=decision.decision_id,
        surface="email",
        channel=channel,
        recipient=message.recipient,
        artifacts=(render_email(message, message_id=message_id, date=request.asked_at),),
    )
    deliver(
        delivery,
        question=Question(candidate, context, subject_id, decision.must_include),
        is_idempotent=room.channel(channel).is_idempotent,
        gate=room.gate,
        calls=room.calls,
        clock=room.clock,
    )


def _is_confirmed(current: Sequence[Consent], *, at: datetime) -> bool:
    answer = find_answer(current, _CHANNEL, Purpose.MARKETING, at=at)
    return answer is ConsentState.GRANTED and any(
        each.channel is _CHANNEL
        and each.purpose is Purpose.MARKETING
        and each.opt_in_level is OptInLevel.CONFIRMED
        for each in current
    )


def _refused_since(current: Sequence[Consent], asked_at: datetime) -> bool:
    """Whether somebody said no to it after asking for it; a no without a time counts."""
    return any(
        each.state is ConsentState.DENIED
        and each.purpose is Purpose.MARKETING
        and each.channel in {_CHANNEL, ConsentChannel.ANY}
        and (each.recorded_at is None or each.recorded_at >= asked_at)
        for each in current
    )


def _event_id(reference: str) -> str:
    return f"confirm:{reference}"
