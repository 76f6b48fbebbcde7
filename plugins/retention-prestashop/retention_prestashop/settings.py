"""What the shop owner writes into the adapter's table."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, SecretStr, model_validator

from retention_sdk.model import Settings
from retention_sdk.model.shop import TimeZone
from retention_sdk.shop_api import safe_address

_KEY_LENGTH = 32


class PrestaShopSettings(Settings):
    """Where the shop is, its key, and what its webservice does not tell.

    ``store_url`` is the shop's address; the webservice is at ``/api`` below it unless ``api_url``
    says otherwise. ``shop_number`` is the number of one shop where an installation holds several.
    ``time_zone`` outranks the installation's own (``PS_TIMEZONE``): dates carry no zone.

    ``delivered_states`` and ``cancelled_states`` are numbers of order states that mean so, beside
    the two that PrestaShop itself names. ``pickup_carriers`` are reference numbers of carriers
    (they outlive changes of a carrier) with which nothing is posted. ``note_employee`` is the
    number of the employee in whose name notes are written.
    """

    store_url: str
    webservice_key: SecretStr
    api_url: str = ""
    shop_number: Annotated[int | None, Field(ge=1)] = None
    time_zone: TimeZone | None = None
    timeout_s: Annotated[float, Field(gt=0, le=300)] = 60.0
    page_size: Annotated[int, Field(ge=1, le=100)] = 50
    delivered_states: frozenset[int] = frozenset()
    cancelled_states: frozenset[int] = frozenset()
    pickup_carriers: frozenset[int] = frozenset()
    note_employee: Annotated[int, Field(ge=0)] = 1

    @property
    def webservice_url(self) -> str:
        """The address of the webservice."""
        return self.api_url or self.store_url.rstrip("/") + "/api"

    @model_validator(mode="after")
    def _opens_the_webservice_safely(self) -> Self:
        safe_address(self.webservice_url)
        if len(self.webservice_key.get_secret_value()) != _KEY_LENGTH:
            raise ValueError(f"a key of the webservice has {_KEY_LENGTH} characters")
        return self
