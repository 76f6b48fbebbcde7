"""The settings of a shop that lives in memory."""

from __future__ import annotations

from secrets import token_hex

from pydantic import SecretStr

from ..config import KEY_BYTES, Config, StoreConfig
from ..inserts import InsertSettings
from ..model import Brand, Sender, Shop


def offline_config(name: str, *, sender: str, email: str, **place: str) -> Config:
    """Return settings with a key of their own, and nobody held out: there is nothing to compare.

    ``place`` is the shop's country, currency and language.
    """
    shop = Shop(id="offline", name=name, email=email, **place)
    return Config(
        shop=shop,
        brand=Brand(name=name, sender=Sender(name=sender)),
        inserts=InsertSettings(holdout_ratio=0),
        store=StoreConfig(url="sqlite://", key=SecretStr(token_hex(KEY_BYTES))),
    )
