"""Read files that a person wrote. Each error names file, key and way out."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from .errors import ConfigError

M = TypeVar("M", bound=BaseModel)


def read_toml(path: Path, *, hint: str = "") -> Mapping[str, Any]:
    """Return the tables of a file; ``hint`` tells the way out where there is none.

    Raises:
        ConfigError: it is missing, cannot be read, or is not TOML.
    """
    try:
        with path.open("rb") as stream:
            return tomllib.load(stream)
    except FileNotFoundError:
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
        location, known = _place(model, first["loc"])
        key = ".".join((prefix, *location) if prefix else location)
        message, hint = _explain(first["type"], first["msg"], location, known)
        raise ConfigError(message, file=str(path), key=key, hint=hint) from None


def _explain(
    kind: str, message: str, location: tuple[str, ...], known: Sequence[str]
) -> tuple[str, str]:
    if kind == "missing":
        return "is missing", f"add a line `{location[-1]} = …`"
    if kind != "extra_forbidden":
        return message.removeprefix("Value error, "), ""
    near = difflib.get_close_matches(location[-1], known, n=1)
    hint = f"did you mean `{near[0]}`?" if near else f"known keys: {', '.join(known)}"
    return "is not a known key", hint


def _place(
    model: type[BaseModel], location: Sequence[int | str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return where an error is, as the person wrote it, and the keys that are known there.

    Where several kinds of record may stand, pydantic names the kind in the location; no file does.
    """
    path: list[str] = []
    place: Any = model
    known: tuple[str, ...] = ()
    for part in location:
        kinds = _records_of(place)
        if len(kinds) > 1 and (kind := _of_kind(kinds, part)):
            place = kind
            continue
        record = kinds[0] if len(kinds) == 1 else None
        known = tuple(sorted(record.model_fields)) if record else ()
        field = record.model_fields.get(str(part)) if record and isinstance(part, str) else None
        # An index, or a key of the file's own choice, leads to what the collection holds.
        place = field.annotation if field else _item_of(place)
        path.append(str(part))
    return tuple(path), known


def _records_of(annotation: Any) -> tuple[type[BaseModel], ...]:
    """Return the records that may stand somewhere, not those inside a collection."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return (annotation,)
    if get_origin(annotation) is Annotated:
        return _records_of(get_args(annotation)[0])
    if get_origin(annotation) in {Union, UnionType}:
        return tuple(each for arm in get_args(annotation) for each in _records_of(arm))
    return ()


def _item_of(annotation: Any) -> Any:
    """Return what a tuple or a table holds; None for anything else."""
    if get_origin(annotation) in {Annotated, Union, UnionType}:
        items = (_item_of(arm) for arm in get_args(annotation))
        return next((item for item in items if item is not None), None)
    if get_origin(annotation) is tuple:
        return get_args(annotation)[0]
    return get_args(annotation)[1] if get_origin(annotation) is dict else None


def _of_kind(records: Sequence[type[BaseModel]], tag: int | str) -> type[BaseModel] | None:
    """Return the record whose ``kind`` is written like this."""
    for record in records:
        field = record.model_fields.get("kind")
        if field and tag in get_args(field.annotation):
            return record
    return None
