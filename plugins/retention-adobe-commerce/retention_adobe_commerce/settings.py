"""What the shop owner writes into the adapter's table."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, Field, SecretStr, StringConstraints, model_validator

from retention_sdk.model import Settings
from retention_sdk.shop_api import safe_address

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
"""A code as Adobe Commerce spells it."""


class AdobeCommerceSettings(Settings):
    """Where the shop is, the four keys of an integration, and what REST does not tell.

    Give the four keys, which sign each request (OAuth 1.0a), or ``access_token`` alone, which is
    sent as a bearer token: shops since 2.4.4 take that only if they were told to.

    ``store_code`` is the store view that is asked, ``default`` in most shops. ``store_ids`` keeps
    to the orders of some store views. ``consent_at_attribute`` is a customer attribute of the
    shop's own, a text, that keeps when somebody answered.
    """

    url: Annotated[str, AfterValidator(safe_address), AfterValidator(lambda url: url.rstrip("/"))]
    access_token: SecretStr
    consumer_key: str = ""
    consumer_secret: SecretStr | None = None
    access_token_secret: SecretStr | None = None
    store_code: Code = "default"
    store_ids: frozenset[int] = frozenset()
    consent_at_attribute: Code | Annotated[str, StringConstraints(max_length=0)] = ""
    timeout_s: Annotated[float, Field(gt=0, le=300)] = 60.0
    page_size: Annotated[int, Field(ge=1, le=300)] = 50
    country: str = ""
    shop_name: str = ""
    shop_email: str = ""

    @property
    def is_signed(self) -> bool:
        """Whether requests are signed instead of carrying the token."""
        return bool(self.consumer_key)

    @model_validator(mode="after")
    def _has_all_keys(self) -> Self:
        keys = (bool(self.consumer_key), self.consumer_secret, self.access_token_secret)
        if any(keys) and not all(keys):
            raise ValueError(
                "give consumer_key, consumer_secret and access_token_secret, or none of them"
            )
        return self
