"""Read files that a person wrote. Each error names file, key and way out."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from .errors import ConfigError

M = TypeVar("M", bound=BaseModel)


def read_toml(path: Path) -> Mapping[str, Any]:
    """Return the tables of a file.

    Raises:
        ConfigError: it is missing, cannot be read, or is not TOML.
    """
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


def validate(model: type[M], values: Mapping[str, Any], path: Path, *, prefix: str = "") -> M:
    """Return the record that some values make; ``prefix`` is the table they stand in.

    Raises:
        ConfigError: a value is missing, unknown or wrong; ``key`` says which.
    """
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
