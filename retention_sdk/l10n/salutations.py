"""The words a card or letter begins with.

``locale.toml`` lists patterns per formality and relation; the first that can be filled wins and
the last one needs no name. ``{full*}`` may only be filled with a name whose ending the language
leaves alone (``names.unsafe_endings``): Greek bends Γιώργος, Persian joins زهرا differently.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from .bidi import isolate
from .names import is_cjk, is_name, join_name, recase

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..model import Customer, Formality

Relation = Literal["first", "repeat"]

_FIELD = re.compile(r"\{(given|family|full|company)(\*?)\}")
_CJK_SCRIPTS = frozenset({"Jpan", "Kore", "Hans", "Hant"})


@dataclass(frozen=True, slots=True)
class Salutation:
    """``text`` is ready to print; ``reason`` says which parts of the name were used."""

    text: str
    reason: str


def build_salutation(
    customer: Customer | None,
    *,
    language: str,
    profile: Mapping[str, Any],
    formality: Formality,
    relation: Relation,
) -> Salutation:
    """Return the most personal salutation that the known parts of the name allow."""
    parts = _parts(customer, language, profile) if customer else {}
    patterns = profile["salutation"][formality]
    unsafe: str = profile["names"].get("unsafe_endings", "")
    for pattern in patterns.get(relation, patterns["first"]):
        fields = _FIELD.findall(pattern)
        if all(_is_fillable(parts.get(name, ""), star, unsafe) for name, star in fields):
            text = _FIELD.sub(lambda match: isolate(parts[match[1]]), pattern)
            used = " and ".join(name for name, _ in fields)
            return Salutation(text, f"{formality}, {used or 'no'} name")
    raise AssertionError("the last pattern needs no name")


def _is_fillable(value: str, star: str, unsafe_endings: str) -> bool:
    return bool(value) and not (star and value.endswith(tuple(unsafe_endings)))


def _parts(customer: Customer, language: str, profile: Mapping[str, Any]) -> dict[str, str]:
    typed = (customer.given_name, customer.family_name, customer.full_name)
    given, family, full = recase([text if is_name(text) else "" for text in typed], language)
    is_cjk_locale = profile["script"] in _CJK_SCRIPTS
    is_family_first = profile["names"]["order"] == "family_first" and not is_cjk_locale
    whole = join_name(given, family, is_family_first=is_family_first) or full
    if not whole:
        return {"company": customer.company} if is_name(customer.company) else {}
    if is_cjk(whole) is not is_cjk_locale:
        # A Latin name in a Japanese text, or a Japanese one in an English text: whole or nothing.
        return {"full": whole}
    return {"given": given, "family": family, "full": whole}
