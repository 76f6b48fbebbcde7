"""The words a card or letter begins with.

``locale.toml`` lists patterns per formality and relation; the first that can be filled wins and
the last one needs no name. ``{full*}`` may only be filled with a name whose ending the language
leaves alone (``names.unsafe_endings``): Greek bends Γιώργος, Persian joins زهرا differently.
``{title}`` is خانم or 先生 and filled only where the customer told a gender; nothing guesses one.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from .bidi import isolate
from .names import fold, is_cjk, is_company, is_hangul, is_name, join_name, recase

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..model import Customer, Formality
    from .localizer import Addressee

Relation = Literal["first", "repeat"]

_FIELD = re.compile(r"\{(given|family|full|company|title)(\*?)\}")
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
    addressee: Addressee = "",
) -> Salutation:
    """Return the most personal salutation that the known parts of the name allow."""
    parts = _parts(customer, language, profile) if customer else {}
    parts["title"] = profile["names"].get("titles", {}).get(addressee, "")
    patterns = profile["salutation"][formality]
    unsafe: str = profile["names"].get("unsafe_endings", "")
    for pattern in patterns.get(relation, patterns["first"]):
        fields = _FIELD.findall(pattern)
        if all(_is_fillable(parts.get(name, ""), star, unsafe) for name, star in fields):
            used = " and ".join(name for name, _ in fields)
            return Salutation(_fill(pattern, parts), f"{formality}, {used or 'no'} name")
    raise AssertionError("the last pattern needs no name")


def _is_fillable(value: str, star: str, unsafe_endings: str) -> bool:
    return bool(value) and not (star and value.endswith(tuple(unsafe_endings)))


def _fill(pattern: str, parts: Mapping[str, str]) -> str:
    def filled(match: re.Match[str]) -> str:
        value = parts[match[1]]
        if match[1] == "title":
            return value
        # Thai writes คุณสมชาย in one word, but sets foreign letters off: คุณ John.
        before = pattern[match.start() - 1 : match.start()]
        gap = " " if _is_thai(before) and not _is_thai(value) else ""
        return gap + isolate(value)

    return _FIELD.sub(filled, pattern)


def _is_thai(text: str) -> bool:
    return unicodedata.name(text[:1] or " ", "").startswith("THAI")


def _parts(customer: Customer, language: str, profile: Mapping[str, Any]) -> dict[str, str]:
    typed = (customer.given_name, customer.family_name, customer.full_name)
    given, family, full = recase([text if is_name(text) else "" for text in typed], language)
    is_cjk_locale = profile["script"] in _CJK_SCRIPTS
    is_family_first = _is_family_first(family, profile["names"]) and not is_cjk_locale
    whole = join_name(given, family, is_family_first=is_family_first) or full
    as_typed = " ".join(text for text in typed[:2] if text) or customer.full_name
    if is_company(as_typed, language):
        return {"company": as_typed}
    if not whole:
        return {"company": customer.company} if is_name(customer.company) else {}
    is_foreign = is_cjk(whole) is not is_cjk_locale
    if is_foreign or (language == "ja" and is_hangul(whole)):
        # A Latin name in a Japanese text, or a Japanese one in an English text: whole or nothing.
        return {"full": whole}
    if whole == family and not _may_stand_alone(family, profile["names"]):
        return {"family": family}
    return {"given": given, "family": family, "full": whole}


def _is_family_first(family: str, rules: Mapping[str, Any]) -> bool:
    """Tell the order; with ``names.families``, only a family name of the language goes first."""
    if rules["order"] != "family_first":
        return False
    known = rules.get("families", "")
    return not known or fold(family).partition(" ")[0] in fold(known).split()


def _may_stand_alone(family: str, rules: Mapping[str, Any]) -> bool:
    """Tell whether a lone family name is polite: 佐藤様 is, "Hello Miller" is not.

    Two words, or two Chinese characters, are a whole name that was typed into one field.
    """
    is_whole = " " in family or (is_cjk(family) and len(family) > 1)
    return is_whole or bool(rules.get("family_alone", False))
