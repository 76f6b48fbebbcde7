"""Look up a message by key and variant, and say it."""

from __future__ import annotations

from datetime import date
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from ..errors import MessageError
from .bidi import isolate, isolate_ltr
from .plurals import plural_category
from .registry import REGISTRY, MessageSpec
from .resources import compiled_catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .localizer import Localizer
    from .messageformat import Node

_EXPECTED: Mapping[str, type | tuple[type, ...]] = {
    "text": str,
    "code": str,
    "count": int,
    "date": date,
}


def spec_of(key: str) -> MessageSpec:
    """Return what the registry says about a message.

    Raises:
        MessageError: there is no such message; the error offers similar keys.
    """
    if key in REGISTRY:
        return REGISTRY[key]
    similar = ", ".join(get_close_matches(key, REGISTRY)) or "see retention_sdk.l10n.REGISTRY"
    raise MessageError(f"no message {key!r} ({similar})")


def check_arguments(spec: MessageSpec, arguments: Mapping[str, object]) -> None:
    """Raise MessageError unless exactly the registered arguments are there, of their types."""
    types = spec.types
    if types.keys() != arguments.keys():
        raise MessageError(f"{spec.key}: takes {_names(types)}, was given {_names(arguments)}")
    for name, kind in types.items():
        value = arguments[name]
        if not isinstance(value, _EXPECTED[kind]) or isinstance(value, bool):
            raise MessageError(f"{spec.key}: {name} is {kind}, not {type(value).__name__}")


def find_nodes(chain: Sequence[str], contexts: Sequence[str]) -> Sequence[Node]:
    """Return the first text there is: the wanted variant anywhere before the next variant.

    Raises:
        MessageError: no catalogue of the chain has the message.
    """
    for context in contexts:
        for tag in chain:
            nodes: Sequence[Node] | None = compiled_catalogue(tag)["messages"].get(context)
            if nodes is not None:
                return nodes
    raise MessageError(f"{contexts[-1]}: not in the catalogue of {', '.join(chain)}")


def contexts_of(key: str, formality: str, addressee: str) -> tuple[str, ...]:
    """Return the contexts to try: ``key|formal.f``, then ``key|formal``, then ``key``."""
    exact = (f"{key}|{formality}.{addressee}",) if addressee else ()
    return (*exact, f"{key}|{formality}", key)


def say(
    nodes: Sequence[Node],
    spec: MessageSpec,
    arguments: Mapping[str, Any],
    localizer: Localizer,
) -> str:
    """Return the finished text, every argument in an isolate of its own."""
    return "".join(_pieces(nodes, spec.types, arguments, localizer))


def _pieces(
    nodes: Sequence[Node],
    types: Mapping[str, str],
    arguments: Mapping[str, Any],
    localizer: Localizer,
) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, str):
            yield node
            continue
        kind, name, *rest = node
        value = arguments[name]
        if kind == "arg":
            yield _isolated(value, types[name], rest[1], localizer)
        elif kind == "hash":
            yield isolate(localizer.number(value - rest[0]))
        else:
            branch = _branch(kind, value, rest[0], rest[1], localizer.language)
            yield from _pieces(branch, types, arguments, localizer)


def _isolated(value: Any, kind: str, style: str, localizer: Localizer) -> str:
    if kind == "code":
        return isolate_ltr(value)
    if kind == "count":
        return isolate(localizer.number(value))
    if kind == "date":
        return isolate(localizer.date(value, style or "long"))  # type: ignore[arg-type]  # the catalogue checks know the styles
    return isolate(value)


def _branch(
    kind: str, value: Any, offset: int, cases: Mapping[str, Sequence[Node]], language: str
) -> Sequence[Node]:
    if kind == "select":
        return cases.get(str(value), cases["other"])
    if f"={value}" in cases:
        return cases[f"={value}"]
    rule = plural_category(language, value - offset, "cardinal" if kind == "plural" else "ordinal")
    return cases.get(rule, cases["other"])


def _names(arguments: Mapping[str, object]) -> str:
    return ", ".join(sorted(arguments)) or "nothing"
