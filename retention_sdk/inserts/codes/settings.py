"""The table ``[codes]`` of ``retention.toml``."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, model_validator

from ...model import Settings
from .token import KEY_BYTES_MIN

CodeKey = Annotated[SecretStr, Field(min_length=KEY_BYTES_MIN)]
"""A secret of at least 16 characters that signs what is printed."""

Target = Annotated[
    str, Field(pattern=r"^https?://[A-Za-z0-9.\-]+(:\d{1,5})?([/?#][!-~]*)?$", max_length=500)
]
"""Where a code leads: an absolute address without user name."""


class CodesConfig(Settings):
    """The short link behind the QR code: ``base_url`` + 18 characters, signed with a key.

    ``keys`` are numbered 0 to 3. ``current`` signs new cards, the others still read old ones;
    ``key`` is another way to write number 0, which else comes from the shop's own key.

    ``targets`` say where scans lead, by ``template/variant``, ``template`` or ``default``, as it
    stands on the day of the scan; without any it is the brand's story, else the shop.
    ``utm_source`` and ``utm_medium`` are added to them, unless the source is empty. ``days_valid``
    after it was made, a card leads to the shop, and nothing is counted any more; ``scan_days``
    after a scan it is forgotten.

    ``is_typed`` prints a code to type below the QR code, where no coupon stands on the card.
    ``coupons`` is the platform that makes a coupon for each card whose offer has no code for
    everybody; ``coupon_prefix`` stands before its ten characters.
    """

    base_url: Annotated[str, Field(pattern=r"^(https?://[^\s]+/)?$", max_length=60)] = ""
    key: CodeKey | None = None
    keys: dict[Literal["0", "1", "2", "3"], CodeKey] = Field(default_factory=dict)
    current: Annotated[int, Field(ge=0, le=3)] = 0
    targets: dict[str, Target] = Field(default_factory=dict)
    utm_source: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.\-]{0,40}$")] = "parcel"
    utm_medium: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.\-]{1,40}$")] = "card"
    days_valid: Annotated[int, Field(ge=1, le=3650)] = 730
    scan_days: Annotated[int, Field(ge=1, le=3650)] = 400
    is_typed: bool = False
    coupons: Annotated[str, Field(pattern=r"^([a-z][a-z0-9\-]{0,39})?$")] = ""
    coupon_prefix: Annotated[str, Field(pattern=r"^[A-Z0-9]{0,12}$")] = ""

    @model_validator(mode="after")
    def _keys_are_clear(self) -> Self:
        if self.current and str(self.current) not in self.keys:
            raise ValueError(f"current is {self.current}, and keys has no such number")
        if self.key and "0" in self.keys:
            raise ValueError("key and keys.0 are the same; write one of them")
        return self

    @property
    def has_first_key(self) -> bool:
        """Whether number 0 stands in the file."""
        return self.key is not None or "0" in self.keys

    def keys_by_number(self, first: bytes) -> dict[int, bytes]:
        """Return all keys; ``first`` is number 0 where the file has none."""
        own = {int(number): key.get_secret_value().encode() for number, key in self.keys.items()}
        return {0: self.key.get_secret_value().encode() if self.key else first, **own}
