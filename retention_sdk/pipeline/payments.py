"""Ways to pay for an order or a country: the table, what plugins register, what they reorder."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypedDict

from ..errors import PluginError
from ..l10n.payments import PaymentChoice, PaymentMethod, load_methods, payment_methods
from ..model import Brand, Context, LocaleChoice, Money, Order, Shop

if TYPE_CHECKING:
    from ..hooks.calls import HookCalls
    from ..hooks.registry import Shelf


class PaymentWishes(TypedDict, total=False):
    """What is known of a purchase; what is missing comes from the order."""

    currency: str
    amount: Money
    past_methods: Sequence[str]
    enabled_on_platform: Collection[str]
    is_business: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentDesk:
    """What stays the same from customer to customer of one shop."""

    shop: Shop
    brand: Brand
    calls: HookCalls
    shelf: Shelf[PaymentMethod]

    def offer(
        self, where: Order | str, wishes: PaymentWishes, *, locale: LocaleChoice, now: datetime
    ) -> tuple[PaymentChoice, ...]:
        """Return the ways to pay, the best first.

        Raises:
            PluginError: a plugin registered or returned something else.
        """
        order = where if isinstance(where, Order) else None
        country = where if isinstance(where, str) else _country(where)
        facts: PaymentWishes = _facts(order) if order else {"currency": self.shop.currency}
        facts |= wishes
        choices = payment_methods(
            country,
            facts.get("currency"),
            amount=facts.get("amount"),
            past_methods=facts.get("past_methods", ()),
            enabled_on_platform=facts.get("enabled_on_platform"),
            locale=locale.tag,
            is_business=facts.get("is_business", False),
            methods=known_methods(self.shelf),
        )
        context = self._context(order, locale=locale, now=now)
        return self.calls.payment_methods(context=context, methods=choices)

    def _context(self, order: Order | None, *, locale: LocaleChoice, now: datetime) -> Context:
        return Context(
            event_id=f"payment:{self.shop.id}:{order.id if order else 'country'}",
            event_type="payment_question",
            subject_id=None,
            now=now,
            shop=self.shop,
            brand=self.brand,
            locale=locale,
            order=order,
            customer=order.customer if order else None,
        )


def known_methods(shelf: Shelf[PaymentMethod]) -> tuple[PaymentMethod, ...]:
    """Return the shipped methods and those of plugins, whose word counts where both have one.

    Raises:
        PluginError: what a plugin registered is no ``PaymentMethod``.
    """
    registered = {name: _load(shelf, name) for name in shelf}
    shipped = tuple(registered.pop(method.method_id, method) for method in load_methods())
    return (*shipped, *registered.values())


def _load(shelf: Shelf[PaymentMethod], name: str) -> PaymentMethod:
    offer = shelf[name]
    try:
        method = offer.load()()
    except PluginError:
        raise
    except Exception as error:
        kind = type(error).__name__
        raise PluginError(f"{offer.owner}: payment method {name!r} failed: {kind}") from error
    if not isinstance(method, PaymentMethod):
        raise PluginError(f"{offer.owner}: payment method {name!r} is not a PaymentMethod")
    return method.model_copy(update={"method_id": name})


def _country(order: Order) -> str | None:
    """Return where the buyer's bank is likely to be: who pays for a gift lives elsewhere."""
    address = order.billing_address or order.shipping_address
    return address.country if address else None


def _facts(order: Order) -> PaymentWishes:
    paid_with = (order.payment_method,) if order.paid_at and order.payment_method else ()
    return {"currency": order.currency, "amount": order.total, "past_methods": paid_with}
