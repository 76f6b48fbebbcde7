"""What the shop owner writes into the adapter's table."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, SecretStr

from retention_sdk.consent.platforms import words_for
from retention_sdk.model import ConsentChannel, ConsentState, Settings

_YES, _NO = ConsentState.GRANTED, ConsentState.DENIED


class WooCommerceSettings(Settings):
    """Secrets, and the names of fields that WooCommerce itself does not have.

    ``webhook_secrets`` holds the secret in use first, then older ones while they are rotated.
    ``store_url`` is compared with the source that a delivery names.

    WooCommerce has no field for marketing consent, language or gifts: plugins keep them in
    ``meta_data``, each under a key of its own. A key that is not set here is not read. Without
    ``consent_at_meta_key`` only the first yes of a customer is believed: a later one cannot be
    told from a repetition. ``consent_channel`` is what the question covered: e-mail, or ``any``
    if it asked for personal cards in parcels too.

    An order payload does not say which brand a product has, even where WooCommerce knows it. Name
    in ``brand_meta_keys`` what holds it on the lines of orders: ``pa_brand`` where the brand is an
    attribute of variations, or the key under which a plugin or a snippet of yours writes it.

    An order payload does not say whether a product is shipped. An order without a shipping
    method counts as digital, unless ``ships_without_method`` is set; ``digital_product_ids``
    names products (or variations) that never travel.
    """

    webhook_secrets: Annotated[tuple[SecretStr, ...], Field(min_length=1)]
    store_url: str = ""
    language_meta_keys: tuple[str, ...] = ("wpml_language",)
    consent_meta_key: str = ""
    consent_at_meta_key: str = ""
    consent_channel: ConsentChannel = ConsentChannel.EMAIL
    consent_yes: tuple[str, ...] = Field(default_factory=lambda: words_for("woocommerce", _YES))
    consent_no: tuple[str, ...] = Field(default_factory=lambda: words_for("woocommerce", _NO))
    gift_meta_keys: tuple[str, ...] = ("_is_gift",)
    gift_message_meta_keys: tuple[str, ...] = ("_gift_message",)
    brand_meta_keys: tuple[str, ...] = ()
    digital_product_ids: frozenset[int] = frozenset()
    pickup_method_ids: frozenset[str] = frozenset({"local_pickup", "pickup_location"})
    ships_without_method: bool = False
