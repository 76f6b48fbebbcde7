"""Makes adapters and channels of plugins from their tables in ``retention.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..adapter import ShopAdapter
from ..channels.base import Channel
from ..errors import ConfigError, PluginError

if TYPE_CHECKING:
    from ..config import Config
    from ..hooks.manager import Plugins


def open_adapter(
    platform: str, values: Mapping[str, object], *, plugins: Plugins, config: Config
) -> ShopAdapter:
    """Return the adapter of a platform with the given settings.

    Raises:
        PluginError: none of that name is installed.
        ConfigError: a setting is wrong.
    """
    made = plugins.shelves.adapters[platform].load()
    if not (isinstance(made, type) and issubclass(made, ShopAdapter)):
        raise PluginError(f"adapter {platform!r} is not a ShopAdapter")
    try:
        return made.from_config(values, shop_id=config.shop.id, file=config.file)
    except ConfigError:
        if values:
            raise
        hint = "the README of its package shows what stands there"
        table = f"[platforms.{platform}]"
        raise ConfigError(f"there is no table {table}", file=config.file, hint=hint) from None


def open_channel(name: str, *, plugins: Plugins, config: Config) -> Channel:
    """Return a channel with the settings of its table; relative folders start at the file's.

    Raises:
        PluginError: none of that name is installed.
        ConfigError: a setting is wrong.
    """
    factory = plugins.shelves.channels[name].load()
    values = dict(config.channels.get(name, {}))
    if "directory" in values:
        values["directory"] = config.path(str(values["directory"]))
    try:
        made: Channel = factory(**values)
    except (TypeError, ValueError) as error:
        first = str(error).partition("\n")[0]
        raise ConfigError(first, file=config.file, key=f"channels.{name}") from None
    return made
