"""What a shop calls its ranks, rewards and points, by language."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, RootModel

from ..l10n.negotiate import negotiate
from ..l10n.tags import parse
from ..model.base import Line

_FALLBACK = "en"
_TAG_MAX = 60
_NAME_MAX = 80


def _is_short(name: str) -> str:
    if not 1 <= len(name) <= _NAME_MAX:
        raise ValueError(f"a name has 1 to {_NAME_MAX} characters")
    return name


Name = Annotated[Line, AfterValidator(_is_short)]
"""What something is called: one line, 1-80 characters, cleaned of controls."""


def _read_tags(names: object) -> object:
    """Return the table with its keys in BCP 47; whatever else is wrong with it is left alone."""
    if not isinstance(names, dict):
        return names
    tags = [_read_tag(key) for key in names]
    if len(set(tags)) < len(tags):
        raise ValueError("one language is named twice")
    return dict(zip(tags, names.values(), strict=True))


def _read_tag(key: object) -> str:
    tag = parse(key) if isinstance(key, str) and len(key) <= _TAG_MAX else None
    if tag is None:
        raise ValueError('a key names no language; write tags such as "en", "fa" or "pt-BR"')
    return str(tag)


class Names(
    RootModel[Annotated[dict[str, Name], BeforeValidator(_read_tags), Field(min_length=1)]]
):
    """Names by language, at least one; in a file ``names = {en = "Gold", de = "Gold"}``.

    Keys may be in any platform's spelling and are kept in BCP 47. A name moves no point, so fields
    of this type are left out of what the version of a programme is computed from.

    >>> Names({"en": "Gold", "pt-BR": "Ouro"}).pick("pt-PT")
    'Ouro'
    """

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True, defer_build=True)

    def pick(self, locale: str) -> str:
        """Return the name for a reader of ``locale``, by the rules catalogues are chosen by.

        A language that has none gets the English name; without one, the first that was written.
        """
        name = self.find(locale)
        return name or self.root.get(_FALLBACK) or next(iter(self.root.values()))

    def find(self, locale: str) -> str:
        """Return the name that a reader of ``locale`` can read, or nothing."""
        found = negotiate([locale], tuple(self.root), fallback="").tag
        return self.root[found] if found else ""

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages there is a name in, as they were written."""
        return tuple(self.root)
