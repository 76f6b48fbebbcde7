"""Which cards could lie in a parcel, best first, and why. Pure: consent decides afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from ..l10n import Localizer, localizer
from ..model import (
    Block,
    Candidate,
    ConsentChannel,
    ContentKind,
    Context,
    Formality,
    FulfilmentStatus,
    LocaleChoice,
    Order,
    Record,
)
from ..model.base import Line
from .facts import Facts, read_facts
from .families import FAMILIES, GIFT_MESSAGE, PLAIN_THANKS, family_of
from .rules import why_met
from .settings import InsertSettings, is_held_out, variant_of
from .slots import Slots, read_slots
from .template import CardTemplate

_CARD_EVENT = "order_paid"
_SURFACES = frozenset({"card", "any"})
_LEFT = frozenset({FulfilmentStatus.SHIPPED, FulfilmentStatus.DELIVERED})
_HELD_OUT = "the customer is in the group that gets the plain card, for comparison"


class InsertDecision(Record):
    """The best card for a parcel before consent is asked, and how it was found.

    ``template`` is empty when no card is due; ``reasons`` then say why. ``candidates`` are all that
    could lie in the parcel, best first; the last is ``plain_thanks``. ``skipped`` names what a
    rule wanted and could not be: ``birthday: …``.
    """

    template: Line = ""
    variant: Line = ""
    style: Line = ""
    is_holdout: bool = False
    locale: LocaleChoice
    reasons: tuple[Line, ...]
    skipped: tuple[Line, ...] = ()
    candidates: tuple[Candidate, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """The whole choice in sentences without a full stop."""
        first = f"{self.template or 'no card'}: {'; '.join(self.reasons)}"
        return (first, *(f"not {each}" for each in self.skipped))

    @property
    def formality(self) -> Formality:
        """How the card addresses its reader."""
        return self.locale.formality


def choose_insert(
    context: Context,
    settings: InsertSettings | None = None,
    *,
    words: Localizer | None = None,
    blocks: Sequence[Block] = (),
    templates: Sequence[CardTemplate] = (),
) -> InsertDecision:
    """Return the best card for this order's parcel, with all that could stand in for it.

    Rules of the shop and of ours are tried by priority; ``templates`` of plugins come after them.
    A gift gets the buyer's message and nothing about the order's worth. A family that misses
    a slot, or a text in the language of ``words``, is left out.

    Raises:
        PluginError: a plugin left facts under ``card`` that are not of the kind.
    """
    settings = settings or InsertSettings()
    order, facts = context.order, read_facts(context)
    refusal = _refusal(context, facts, settings)
    if order is None or refusal:
        return InsertDecision(locale=context.locale, reasons=(refusal,))
    words = words or localizer(context.locale.tag)
    own = tuple(block for block in blocks if block.surface in _SURFACES)
    brought = {template.name: template for template in templates}
    chooser = _Chooser(context, order, facts, settings, words, own, brought)
    candidates, skipped = chooser.rank()
    best = candidates[0]
    return InsertDecision(
        template=best.template,
        variant=best.variant,
        style=best.style,
        is_holdout=best.is_holdout,
        locale=context.locale,
        reasons=_reasons(best),
        skipped=skipped,
        candidates=candidates,
    )


def card_candidates(
    context: Context,
    *,
    settings: InsertSettings | None = None,
    words: Localizer | None = None,
    blocks: Sequence[Block] = (),
    templates: Sequence[CardTemplate] = (),
) -> tuple[Candidate, ...]:
    """Return the cards that could go into this order's parcel, best first.

    See ``choose_insert``. Empty when nothing was paid for, nothing is still to be packed, the sale
    is off, or the sales channel allows no cards.
    """
    chosen = choose_insert(context, settings, words=words, blocks=blocks, templates=templates)
    return chosen.candidates


def _refusal(context: Context, facts: Facts, settings: InsertSettings) -> str:
    """Say why no card is due, or nothing."""
    order = context.order
    if order is None or context.event_type != _CARD_EVENT:
        return "only a paid order gets a card"
    if order.is_fully_refunded:
        return "the order was cancelled or refunded"
    if order.insert_fulfilment is None:
        return "the order has no parcel that is still to be packed"
    if _is_further(order) and settings.further_parcels == "none":
        return "the first parcel of this order has left, and it had the card"
    policy, channel = settings.policy_for(facts.sales_channels)
    return f"no cards go into parcels sold over {channel}" if policy == "none" else ""


def _is_further(order: Order) -> bool:
    """Whether an earlier parcel of the order has left the house."""
    return any(each.parcels and each.status in _LEFT for each in order.fulfilments)


def _reasons(best: Candidate) -> tuple[str, ...]:
    dealt = (f"variant {best.variant} was dealt to this customer",) if best.variant else ()
    return (best.reason, *dealt)


@dataclass(frozen=True, slots=True)
class _Chooser:
    """One choice: the order, what is known of it, and what the shop set."""

    context: Context
    order: Order
    facts: Facts
    settings: InsertSettings
    words: Localizer
    blocks: tuple[Block, ...]
    brought: Mapping[str, CardTemplate]

    def rank(self) -> tuple[tuple[Candidate, ...], tuple[str, ...]]:
        """Return the candidates, best first, and what was skipped."""
        further = self.settings.further_parcels if _is_further(self.order) else "same"
        if further == "plain":
            return (self._plain("it is a further parcel of the order"),), ()
        if self.order.is_gift:
            return (self._gift(), self._plain()), ()
        policy, channel = self.settings.policy_for(self.facts.sales_channels)
        if policy == "plain":
            reason = f"only the plain card goes into parcels sold over {channel}"
            return (self._plain(reason),), ()
        return self._ruled()

    def _ruled(self) -> tuple[tuple[Candidate, ...], tuple[str, ...]]:
        is_plain = is_held_out(self.context, self.settings)
        candidates: list[Candidate] = []
        skipped: list[str] = []
        for template, reason in self._wanted():
            if template == PLAIN_THANKS:
                candidates.append(self._plain(reason))
                return tuple(candidates), tuple(skipped)
            obstacle = self._obstacle(template)
            if obstacle:
                skipped.append(f"{template}: {obstacle}")
            elif not is_plain or not family_of(template).is_in_experiments:
                candidates.extend(self._offered(template, reason))
        if not is_plain:
            return (*candidates, self._plain()), tuple(skipped)
        held = (*candidates, self._plain(_HELD_OUT))
        marked = (each.model_copy(update={"is_holdout": True}) for each in held)
        return tuple(marked), tuple(skipped)

    def _wanted(self) -> Iterator[tuple[str, str]]:
        """Yield each template that a rule wants, once, and those that plugins bring."""
        seen: set[str] = set()
        for rule in self.settings.all_rules:
            reason = None if rule.template in seen else why_met(rule, self.facts)
            if reason:
                seen.add(rule.template)
                yield rule.template, reason
        yield from ((name, "a plugin brings it") for name in self.brought if name not in seen)

    def _obstacle(self, template: str) -> str:
        """Say why a template cannot be used here, or nothing."""
        if template in self.brought:
            return ""
        family = FAMILIES.get(template)
        if family is None:
            return "no plugin brings such a template"
        if family.name == GIFT_MESSAGE:
            return "the order is not a gift"
        if missing := self._slots(template).missing(family.required):
            return f"nothing is known of {', '.join(missing)}"
        formality = self.context.locale.formality
        unsaid = [key for key in family.says if not self.words.can_say(key, formality=formality)]
        return f"{self.words.tag} has no text for {', '.join(unsaid)}" if unsaid else ""

    def _slots(self, template: str) -> Slots:
        return read_slots(template, self.context, self.facts, self.settings, self.words)

    def _offered(self, template: str, reason: str) -> Iterator[Candidate]:
        """Yield a card with the plugins' blocks, then without: a block can make it forbidden."""
        content = self._content(template)
        family = family_of(template)
        if self.blocks and family.takes_blocks:
            full = content | {block.content for block in self.blocks}
            yield self._candidate(template, full, reason, suffix=":blocks", blocks=self.blocks)
        is_personal = family.is_personalised
        yield self._candidate(template, content, reason, is_personalised=is_personal)
        if family.has_unnamed:
            yield self._candidate(
                template, content, reason, suffix=":unnamed", is_personalised=False
            )

    def _content(self, template: str) -> frozenset[ContentKind]:
        family, slots = family_of(template), self._slots(template)
        added = {kind for slot, kind in family.adds if getattr(slots, slot)}
        more = self.brought[template].content if template in self.brought else frozenset()
        return frozenset({*family.content, *added, *more})

    def _gift(self) -> Candidate:
        """The buyer ordered these words; neither name, history nor segment chose the card."""
        content = FAMILIES[GIFT_MESSAGE].content
        return self._candidate(GIFT_MESSAGE, content, "the order is a gift", is_personalised=False)

    def _plain(self, reason: str = "the same card for everybody") -> Candidate:
        content = FAMILIES[PLAIN_THANKS].content
        return self._candidate(PLAIN_THANKS, content, reason, is_personalised=False)

    def _candidate(
        self,
        template: str,
        content: frozenset[ContentKind],
        reason: str,
        *,
        suffix: str = "",
        blocks: tuple[Block, ...] = (),
        is_personalised: bool = True,
    ) -> Candidate:
        arm = variant_of(template, self.context, self.settings)
        return Candidate(
            id=f"card:{template}:{self._parcel()}{suffix}",
            surface="card",
            channel=ConsentChannel.PARCEL_INSERT,
            template=template,
            content=content,
            is_personalised=is_personalised,
            blocks=blocks,
            reason=reason,
            variant=arm.name if arm else "",
            style=arm.style if arm else "",
        )

    def _parcel(self) -> str:
        """Return what tells this card from those of other events and other parcels."""
        fulfilment = self.order.insert_fulfilment
        further = f"\x1f{fulfilment.id}" if fulfilment and _is_further(self.order) else ""
        return sha256(f"{self.context.event_id}{further}".encode()).hexdigest()[:20]
