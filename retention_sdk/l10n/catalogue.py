"""Look up a message by key and variant, and say it."""

from __future__ import annotations

from datetime import date
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING, Any

from ..errors import MessageError
from .bidi import isolate, isolate_ltr
from .plurals import plural_category
from .po import STATES, State
from .pseudo import PSEUDO_LOCALES, pseudo_catalogue
from .registry import REGISTRY, MessageSpec
from .resources import available_locales, compiled_catalogue
from .tags import Tag, parents

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


def chain_of(tag: Tag) -> tuple[str, ...]:
    """Return the catalogues that serve a tag, nearest first; a pseudo-locale serves itself."""
    if str(tag) in PSEUDO_LOCALES:
        return (str(tag),)
    return tuple(name for name in parents(tag) if name in available_locales())


def catalogue_of(tag: str) -> Mapping[str, Any]:
    """Return a compiled catalogue: one that is shipped, or a pseudo-locale's."""
    return pseudo_catalogue(tag) if tag in PSEUDO_LOCALES else compiled_catalogue(tag)


def locales_in_state(state: State) -> tuple[str, ...]:
    """Return the available locales in which every text has come as far as ``state``."""
    return tuple(tag for tag in available_locales() if not contexts_below(tag, state))


@cache
def contexts_below(tag: str, state: State) -> frozenset[str]:
    """Return the contexts of a catalogue's texts that have not come as far as ``state``."""
    states = catalogue_of(tag)["states"]
    below = STATES[: STATES.index(state)]
    return frozenset(context for name in below for context in states.get(name, ()))


def find_nodes(
    chain: Sequence[str], contexts: Sequence[str], *, strict: State | None = None
) -> Sequence[Node]:
    """Return the first text there is: the wanted variant anywhere before the next variant.

    Raises:
        MessageError: no catalogue of the chain has the message, or the text that would be said
            has not come as far as ``strict``.
    """
    for context in contexts:
        for tag in chain:
            nodes: Sequence[Node] | None = catalogue_of(tag)["messages"].get(context)
            if nodes is None:
                continue
            if strict and context in contexts_below(tag, strict):
                raise MessageError(
                    f"{context} in {tag} is not {strict} yet: have it reviewed and change its "
                    "state in messages.po, or allow texts of a lower state"
                )
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
            branch = _branch(kind, value, rest[0], rest[1], localizer.tag)
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
    kind: str, value: Any, offset: int, cases: Mapping[str, Sequence[Node]], tag: str
) -> Sequence[Node]:
    if kind == "select":
        return cases.get(str(value), cases["other"])
    if f"={value}" in cases:
        return cases[f"={value}"]
    rule = plural_category(tag, value - offset, "cardinal" if kind == "plural" else "ordinal")
    return cases.get(rule, cases["other"])


def _names(arguments: Mapping[str, object]) -> str:
    return ", ".join(sorted(arguments)) or "nothing"
