"""What the shop owner writes into the adapter's table."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, SecretStr, model_validator

from retention_sdk.consent.platforms import words_for
from retention_sdk.model import ConsentChannel, ConsentState, Settings
from retention_sdk.shop_api import safe_address

_YES, _NO = ConsentState.GRANTED, ConsentState.DENIED


class WooCommerceSettings(Settings):
    """Secrets, and the names of fields that WooCommerce itself does not have.

    ``webhook_secrets`` holds the secret in use first, then older ones while they are rotated.
    ``store_url`` is compared with the source that a delivery names, and signatures on plain http
    are made for it: write it as WordPress does, port included.

    ``consumer_key`` and ``consumer_secret`` open the REST API, at ``store_url`` followed by
    ``/wp-json/wc/v3`` unless ``api_url`` says otherwise. ``allow_http`` permits plain http to other
    machines than this one: requests are signed there and the secret stays here, but what is asked
    and answered can be read on the way. WooCommerce's settings do not tell the shop's name, address
    for mail, language and time zone: ``shop_name`` and its neighbours do.

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
    consumer_key: SecretStr | None = None
    consumer_secret: SecretStr | None = None
    api_url: str = ""
    allow_http: bool = False
    timeout_s: Annotated[float, Field(gt=0, le=300)] = 30.0
    page_size: Annotated[int, Field(ge=1, le=100)] = 100
    shop_name: str = ""
    shop_email: str = ""
    shop_language: str = "en"
    time_zone: str = "UTC"
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

    @property
    def rest_url(self) -> str:
        """The address of version 3 of the REST API; empty if neither address is set."""
        return self.api_url or (self.store_url and self.store_url.rstrip("/") + "/wp-json/wc/v3")

    @model_validator(mode="after")
    def _opens_the_api_safely(self) -> Self:
        if (self.consumer_key is None) != (self.consumer_secret is None):
            raise ValueError("give consumer_key and consumer_secret together")
        if self.consumer_key is None:
            return self
        if not self.rest_url:
            raise ValueError("say where the shop is: set store_url")
        way_out = "use https, or set allow_http"
        safe_address(self.rest_url, allow_http=self.allow_http, way_out=way_out)
        return self
