"""What the shop owner writes into the adapter's table."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr

from retention_sdk.model import Settings
from retention_sdk.model.base import CountryCode
from retention_sdk.model.shop import TimeZone
from retention_sdk.shop_api import safe_address

# "Items per page (max 100)".
PAGE_MAX = 100


class ZidSettings(Settings):
    """The table ``[platforms.zid]``.

    ``authorization`` is the partner's token and ``manager_token`` the store's: the two that Zid
    hands over when a store installs an app. ``time_zone`` is that of dates that name none. Orders
    are listed by their date alone, so those of the last ``lookback_days`` before the asked moment
    are read again each time.
    """

    authorization: SecretStr
    manager_token: SecretStr
    country: CountryCode = "SA"
    time_zone: TimeZone = "Asia/Riyadh"
    lookback_days: Annotated[int, Field(ge=1, le=3650)] = 60
    page_size: Annotated[int, Field(ge=1, le=PAGE_MAX)] = 50
    timeout_s: Annotated[float, Field(gt=0, le=300)] = 30.0
    api_url: Annotated[str, AfterValidator(safe_address)] = "https://api.zid.sa"
