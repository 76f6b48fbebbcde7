"""``retention.toml``, read into one frozen value. Each error names file, key and way out."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, SecretStr, model_validator

from .brand import load_brand
from .consent.settings import ConsentConfig
from .errors import ConfigError
from .inserts.codes.settings import CodesConfig
from .inserts.press_settings import PressName, PressSettings
from .inserts.settings import InsertSettings
from .l10n.calendars import Calendar
from .l10n.numbers import Digits
from .l10n.po import State
from .loyalty.due_settings import DueSettings
from .loyalty.rules import Program
from .model import Brand, Settings, Shop
from .model.base import Identifier
from .model.candidate import Surface
from .settings_file import read_toml, validate

DEFAULT_FILE = "retention.toml"
KEY_VARIABLE = "RETENTION_KEY"
KEY_BYTES = 32
_KEY_HINT = f"run `retention init`, or set {KEY_VARIABLE} to {2 * KEY_BYTES} hexadecimal digits"
_ENV_PREFIX = "env:"


class StoreConfig(Settings):
    """Where records are kept. ``key`` is 32 bytes in hexadecimal; it unlocks personal data.

    ``previous_keys`` still open what was written, and read the links that were sent, before a new
    key took over.
    """

    url: str = "sqlite:///retention.db"
    key: Annotated[SecretStr | None, Field(repr=False)] = None
    previous_keys: Annotated[tuple[SecretStr, ...], Field(repr=False)] = ()
    key_file: str = "retention.key"
    raw_body_days: Annotated[int, Field(ge=0, le=3650)] = 30


class DeliveryConfig(Settings):
    """Which channel takes cards, e-mails, text, push and WhatsApp messages; empty for none."""

    card: str = "folder"
    email: str = "folder"
    sms: str = ""
    push: str = ""
    whatsapp: str = ""

    @property
    def channels(self) -> dict[Surface, str]:
        """The channels that are set, by what they take."""
        chosen: dict[Surface, str] = {"sms": self.sms, "push": self.push, "whatsapp": self.whatsapp}
        wanted = {surface: name for surface, name in chosen.items() if name}
        return {"card": self.card, "email": self.email, **wanted}


class LocaleConfig(Settings):
    """How cards and messages speak.

    ``digits`` and ``calendar`` are the region's own (``auto``) or one for everybody. ``strict``
    refuses texts that have not come that far, so that nothing ``drafted`` leaves the house.
    """

    fallback: str = "en"
    digits: Digits = "auto"
    calendar: Calendar = "auto"
    strict: State | None = None


class PluginsConfig(Settings):
    """``only`` and ``block`` are entry-point names, as ``retention plugins`` lists them."""

    only: tuple[str, ...] | None = None
    block: tuple[str, ...] = ()


def _named_by_their_tables(tables: object) -> object:
    """Let ``[points.stamps]`` be the programme "stamps" unless it says otherwise."""
    if not isinstance(tables, Mapping):
        return tables
    return {
        name: {"id": name, **table} if isinstance(table, Mapping) else table
        for name, table in tables.items()
    }


class Config(Settings):
    """Everything a shop sets. ``directory`` is where relative paths start.

    ``points`` are currencies of points beside that of ``loyalty``, such as stamps, each a
    programme with rules of its own.
    """

    shop: Shop
    brand: Brand
    store: StoreConfig = StoreConfig()
    consent: ConsentConfig = ConsentConfig()
    codes: CodesConfig = CodesConfig()
    inserts: InsertSettings = InsertSettings()
    press: dict[PressName, PressSettings] = Field(default_factory=dict)
    delivery: DeliveryConfig = DeliveryConfig()
    locales: LocaleConfig = LocaleConfig()
    loyalty: Program | None = None
    points: Annotated[dict[Identifier, Program], BeforeValidator(_named_by_their_tables)] = Field(
        default_factory=dict
    )
    due: DueSettings = DueSettings()
    plugins: PluginsConfig = PluginsConfig()
    platforms: dict[str, dict[str, Any]] = Field(default_factory=dict, repr=False)
    channels: dict[str, dict[str, Any]] = Field(
        default_factory=lambda: {"folder": {"directory": "out"}}, repr=False
    )
    directory: str = "."
    file: str = DEFAULT_FILE

    def path(self, name: str) -> Path:
        """Return a path of the configuration, relative to the file it stands in."""
        return Path(self.directory, name).resolve()

    @model_validator(mode="after")
    def _has_one_program_per_name(self) -> Self:
        if self.points and self.loyalty is None:
            raise ValueError("[points] adds to [loyalty]; write that table first")
        names = [program.id for program in self.programs]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"two currencies of points are called {twice[0]!r}")
        return self

    @property
    def programs(self) -> tuple[Program, ...]:
        """Return the currencies of points: that of ``[loyalty]`` first, then ``[points]``."""
        return (self.loyalty, *self.points.values()) if self.loyalty else ()

    @property
    def store_url(self) -> str:
        """The store's address; a relative SQLite file starts at the configuration's folder."""
        scheme, separator, name = self.store.url.partition(":///")
        if scheme != "sqlite" or not separator or not name or Path(name).is_absolute():
            return self.store.url
        return f"sqlite:///{self.path(name)}"

    def read_key(self, environ: Mapping[str, str]) -> bytes:
        """Return the shop's 32 bytes: from RETENTION_KEY, else ``store.key``, else the key file.

        Raises:
            ConfigError: there is no key, or it is not 64 hexadecimal digits.
        """
        own = self.store.key
        text = environ.get(KEY_VARIABLE) or (own.get_secret_value() if own else self._key_file())
        return self._key_of(text, "store.key", hint=_KEY_HINT)

    def read_previous_keys(self) -> tuple[bytes, ...]:
        """Return the keys from before a rotation, 32 bytes each.

        Raises:
            ConfigError: one of them is not 64 hexadecimal digits.
        """
        where, hint = "store.previous_keys", "write the keys as they stood in the key file"
        return tuple(
            self._key_of(key.get_secret_value(), where, hint=hint)
            for key in self.store.previous_keys
        )

    def _key_of(self, text: str, where: str, *, hint: str) -> bytes:
        try:
            key = bytes.fromhex(text)
        except ValueError:
            key = b""
        if len(key) != KEY_BYTES:
            message = f"the key is not {2 * KEY_BYTES} hexadecimal digits"
            raise ConfigError(message, file=self.file, key=where, hint=hint)
        return key

    def _key_file(self) -> str:
        path = self.path(self.store.key_file)
        try:
            return path.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            where = {"file": self.file, "key": "store.key_file"}
            raise ConfigError(f"{path.name} cannot be read", hint=_KEY_HINT, **where) from None


def load_config(
    file: str | Path = DEFAULT_FILE, *, environ: Mapping[str, str] = os.environ
) -> Config:
    """Read ``retention.toml`` and the brand file it names.

    A text value ``env:NAME`` is taken from the environment, so that secrets stay out of files.

    Raises:
        ConfigError: a file or variable is missing, or a value is wrong.
    """
    path = Path(file)
    values = dict(read_toml(path, hint="run `retention init` to write one"))
    values = {key: _with_environment(value, environ, path, key) for key, value in values.items()}
    brand_file = path.parent / _brand_file(values.pop("brand", {}), path)
    values |= {"brand": load_brand(brand_file), "directory": str(path.parent), "file": str(path)}
    _check_shop(values, path)
    return validate(Config, values, path)


def _brand_file(table: Any, path: Path) -> str:
    if not isinstance(table, dict) or not isinstance(table.get("file", ""), str):
        hint = 'write [brand] and below it file = "brand.toml"'
        raise ConfigError("is not a table with a file name", file=str(path), key="brand", hint=hint)
    return str(table.get("file", "brand.toml"))


def _with_environment(value: Any, environ: Mapping[str, str], path: Path, key: str) -> Any:
    if isinstance(value, dict):
        return {k: _with_environment(v, environ, path, f"{key}.{k}") for k, v in value.items()}
    if isinstance(value, list):
        return [_with_environment(v, environ, path, f"{key}[{i}]") for i, v in enumerate(value)]
    if not isinstance(value, str) or not value.startswith(_ENV_PREFIX):
        return value
    name = value.removeprefix(_ENV_PREFIX)
    if name not in environ:
        hint = f"set {name}, or write the value here"
        raise ConfigError(
            f"environment variable {name} is not set", file=str(path), key=key, hint=hint
        )
    return environ[name]


def _check_shop(values: dict[str, Any], path: Path) -> None:
    """Read ``[shop]`` leniently: TOML has no tuples, and the record is strict."""
    if isinstance(table := values.get("shop"), dict):
        values["shop"] = validate(Shop, table, path, prefix="shop")
