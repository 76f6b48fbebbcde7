"""Which language everything about an event speaks, and how it addresses the customer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..config import LocaleConfig
from ..errors import ConfigError
from ..l10n import Localizer, available_locales, localizer, negotiate
from ..model import Brand, Customer, Formality, LocaleChoice, Order, Shop

if TYPE_CHECKING:
    from ..hooks.calls import HookCalls


def resolve_locale(
    order: Order | None,
    customer: Customer | None,
    *,
    shop: Shop,
    brand: Brand,
    fallback: str,
    calls: HookCalls,
) -> LocaleChoice:
    """Return the locale: a plugin's, the order's, the customer's or the shop's, in that order."""
    available = available_locales()
    chosen = calls.choose_locale(order=order, customer=customer, available=available)
    if chosen:
        return choice_of(chosen, "a plugin chose it", brand)
    country = _country(order)
    spoken = (order.language if order else None, customer.language if customer else None)
    wanted = (*(_in_country(tag, country) for tag in spoken), shop.language)
    match = negotiate(wanted, available, fallback=fallback)
    return choice_of(match.regional, match.reason, brand)


def asked_locale(asked: str, brand: Brand) -> LocaleChoice:
    """Return the locale somebody named, in any platform's spelling.

    Raises:
        ConfigError: no catalogue serves it; the message lists those there are.
    """
    available = available_locales()
    match = negotiate((asked,), available, fallback="")
    if match.tag not in available:
        hint = f"there are: {', '.join(available)}"
        raise ConfigError("no catalogue serves this locale", key=asked, hint=hint)
    return choice_of(match.regional, match.reason, brand)


def localizer_for(choice: LocaleChoice, locales: LocaleConfig) -> Localizer:
    """Return the localizer of a choice, with the shop's wishes for digits, calendar and state."""
    return localizer(
        choice.tag, digits=locales.digits, calendar=locales.calendar, strict=locales.strict
    )


def choice_of(tag: str, reason: str, brand: Brand) -> LocaleChoice:
    """Return a locale with the formality that the brand, or else the locale, uses."""
    return LocaleChoice(tag=tag, reason=reason, formality=_formality(tag, brand))


def _formality(tag: str, brand: Brand) -> Formality:
    language, _, _ = tag.partition("-")
    return (
        brand.formality.get(tag)
        or brand.formality.get(language)
        or localizer(tag).default_formality
    )


def _country(order: Order | None) -> str:
    address = order and (order.shipping_address or order.billing_address)
    return (address and address.country) or ""


def _in_country(tag: str | None, country: str) -> str | None:
    """Add where the parcel goes to a bare language: Arabic in Dubai has Latin digits."""
    return f"{tag}-{country}" if tag and tag.isalpha() and country else tag
