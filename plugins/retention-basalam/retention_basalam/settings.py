"""What the vendor writes into the adapter's table."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr

from retention_sdk.model import Settings
from retention_sdk.model.shop import TimeZone
from retention_sdk.shop_api import safe_address

# "maximum": 30 of ``per_page`` (order_processing.json).
PAGE_MAX = 30


class BasalamSettings(Settings):
    """The table ``[platforms.basalam]``.

    ``amounts_in`` says what the API's whole numbers count. Its description does not, and a guess
    would be wrong by ten: compare one order with the vendor's panel. ``time_zone`` is that of
    dates that name none. Parcels are listed by their creation alone, so those of the last
    ``lookback_days`` before the asked moment are read again each time.
    """

    token: SecretStr
    vendor_id: Annotated[int, Field(ge=1)]
    amounts_in: Literal["rial", "toman"]
    time_zone: TimeZone = "Asia/Tehran"
    lookback_days: Annotated[int, Field(ge=0, le=3650)] = 60
    page_size: Annotated[int, Field(ge=1, le=PAGE_MAX)] = PAGE_MAX
    concurrency: Annotated[int, Field(ge=1, le=10)] = 3
    timeout_s: Annotated[float, Field(gt=0, le=300)] = 30.0
    api_url: Annotated[str, AfterValidator(safe_address)] = "https://openapi.basalam.com"
    shop_email: str = ""
