"""``retention.toml``, read into one frozen value. Each error names file, key and way out."""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, Field, SecretStr, ValidationError
from pydantic.fields import FieldInfo

from .errors import ConfigError
from .l10n.calendars import Calendar
from .l10n.numbers import Digits
from .l10n.po import State
from .loyalty.rules import Program
from .model import Brand, Settings, Shop

DEFAULT_FILE = "retention.toml"
KEY_VARIABLE = "RETENTION_KEY"
KEY_BYTES = 32
_KEY_HINT = f"run `retention init`, or set {KEY_VARIABLE} to {2 * KEY_BYTES} hexadecimal digits"
_ENV_PREFIX = "env:"
_LOGO_BYTES_MAX = 512 * 1024

M = TypeVar("M", bound=BaseModel)


class StoreConfig(Settings):
    """Where records are kept. ``key`` is 32 bytes in hexadecimal; it unlocks personal data."""

    url: str = "sqlite:///retention.db"
    key: Annotated[SecretStr | None, Field(repr=False)] = None
    key_file: str = "retention.key"
    raw_body_days: Annotated[int, Field(ge=0, le=3650)] = 30


class CodesConfig(Settings):
    """The short link behind the QR code: ``base_url`` + 18 characters, signed with ``key``."""

    base_url: Annotated[str, Field(pattern=r"^(https?://[^\s]+/)?$", max_length=60)] = ""
    key: Annotated[SecretStr | None, Field(repr=False)] = None


class DeliveryConfig(Settings):
    """Which channel takes cards and which takes e-mails."""

    card: str = "folder"
    email: str = "folder"


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


class Config(Settings):
    """Everything a shop sets. ``directory`` is where relative paths start."""

    shop: Shop
    brand: Brand
    store: StoreConfig = StoreConfig()
    codes: CodesConfig = CodesConfig()
    delivery: DeliveryConfig = DeliveryConfig()
    locales: LocaleConfig = LocaleConfig()
    loyalty: Program | None = None
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
        try:
            key = bytes.fromhex(text)
        except ValueError:
            key = b""
        if len(key) != KEY_BYTES:
            message = f"the key is not {2 * KEY_BYTES} hexadecimal digits"
            raise ConfigError(message, file=self.file, key="store.key", hint=_KEY_HINT)
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
    values = dict(_read_toml(path))
    values = {key: _with_environment(value, environ, path, key) for key, value in values.items()}
    brand_file = path.parent / _brand_file(values.pop("brand", {}), path)
    values |= {"brand": load_brand(brand_file), "directory": str(path.parent), "file": str(path)}
    _check_shop(values, path)
    return _validate(Config, values, path)


def load_brand(file: str | Path) -> Brand:
    """Read ``brand.toml``; its ``logo`` names an SVG file beside it.

    Raises:
        ConfigError: the file or the logo is missing, or a value is wrong.
    """
    path = Path(file)
    values = dict(_read_toml(path))
    if logo := values.pop("logo", None):
        values["logo"] = _read_logo(path.parent / str(logo), path)
    return _validate(Brand, values, path)


def _brand_file(table: Any, path: Path) -> str:
    if not isinstance(table, dict) or not isinstance(table.get("file", ""), str):
        hint = 'write [brand] and below it file = "brand.toml"'
        raise ConfigError("is not a table with a file name", file=str(path), key="brand", hint=hint)
    return str(table.get("file", "brand.toml"))


def _read_toml(path: Path) -> Mapping[str, Any]:
    try:
        with path.open("rb") as stream:
            return tomllib.load(stream)
    except FileNotFoundError:
        hint = "run `retention init` to write one"
        raise ConfigError("there is no such file", file=str(path), hint=hint) from None
    except OSError as error:
        raise ConfigError(error.strerror or "cannot be read", file=str(path)) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"this is not TOML: {error}", file=str(path)) from None


def _read_logo(logo: Path, brand_file: Path) -> str:
    where = {"file": str(brand_file), "key": "logo"}
    try:
        data = logo.read_bytes()
    except OSError:
        message = f"{logo.name} cannot be read"
        hint = "name an SVG file beside the brand file, or leave the key out"
        raise ConfigError(message, hint=hint, **where) from None
    if len(data) > _LOGO_BYTES_MAX:
        raise ConfigError(f"{logo.name} is over 512 KiB", hint="simplify the drawing", **where)
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise ConfigError(f"{logo.name} is not SVG text in UTF-8", **where) from None


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
        values["shop"] = _validate(Shop, table, path, prefix="shop")


def _validate(model: type[M], values: Mapping[str, Any], path: Path, *, prefix: str = "") -> M:
    try:
        return model.model_validate(dict(values))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        location = tuple(str(part) for part in first["loc"])
        key = ".".join((prefix, *location) if prefix else location)
        message, hint = _explain(model, first["type"], first["msg"], location)
        raise ConfigError(message, file=str(path), key=key, hint=hint) from None


def _explain(
    model: type[BaseModel], kind: str, message: str, location: tuple[str, ...]
) -> tuple[str, str]:
    if kind == "missing":
        return "is missing", f"add a line `{location[-1]} = …`"
    if kind != "extra_forbidden":
        return message.removeprefix("Value error, "), ""
    known = sorted(_fields_at(model, location[:-1]))
    near = difflib.get_close_matches(location[-1], known, n=1)
    hint = f"did you mean `{near[0]}`?" if near else f"known keys: {', '.join(known)}"
    return "is not a known key", hint


def _fields_at(model: type[BaseModel], location: tuple[str, ...]) -> Iterator[str]:
    for part in location:
        field: FieldInfo | None = model.model_fields.get(part)
        annotation = field.annotation if field else None
        if not (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
            return iter(())
        model = annotation
    return iter(model.model_fields)
