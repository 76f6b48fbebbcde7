"""What a plugin may make of the ways to pay."""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import PluginError
from ..l10n.payments import PaymentChoice


def accept_choices(
    answer: object, *, before: Sequence[PaymentChoice], plugin: str
) -> tuple[PaymentChoice, ...]:
    """Return a plugin's list, with what it added signed and what is credit still called so.

    Raises:
        PluginError: it is no sequence of ``PaymentChoice``, or an id stands in it twice.
    """
    who = f"plugin {plugin!r}: retention_payment_methods"
    choices = tuple(answer) if isinstance(answer, Sequence) else (answer,)
    if not all(isinstance(choice, PaymentChoice) for choice in choices):
        raise PluginError(f"{who} returned what is no list of PaymentChoice")
    ids = [choice.method_id for choice in choices]
    if len(ids) != len(set(ids)):
        raise PluginError(f"{who} returned a method twice")
    known = {choice.method_id: choice for choice in before}
    return tuple(_signed(choice, known.get(choice.method_id), plugin) for choice in choices)


def _signed(choice: PaymentChoice, known: PaymentChoice | None, plugin: str) -> PaymentChoice:
    if known is None:
        return choice.model_copy(update={"plugin": plugin})
    if not known.needs_credit_text:
        return choice.model_copy(update={"plugin": known.plugin})
    credit = {"needs_credit_text": True, "credit_citation": known.credit_citation}
    return choice.model_copy(update={"plugin": known.plugin, **credit})
