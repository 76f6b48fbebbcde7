"""Who bought, where the parcel goes, and what they answered about advertising."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from pydantic import ValidationError

from retention_sdk.l10n.addresses import country_name
from retention_sdk.model import Address, ConsentState, OptInLevel

from .cells import CellError
from .form import PART, ConsentForm, Form
from .mapping import ADDRESS_FIELDS, CUSTOMER_FIELDS
from .mapping import Mapping as FileMapping
from .moments import Moments

Values = dict[str, Any]
_CODE_LETTERS = 2
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_PLACE = ("street", "city", "postcode", "country")
_NOBODY = frozenset({"addressee", "birthday", "customer_tags"})
"""Fields that alone make nobody a customer."""


def several(text: str, separator: str) -> tuple[str, ...]:
    """Return the parts of a cell, or of several cells."""
    if not text:
        return ()
    parts = text.replace(separator, PART).split(PART)
    return tuple(part.strip() for part in parts if part.strip())


class PeopleReader:
    """Reads the customers and addresses of one file."""

    def __init__(self, mapping: FileMapping, form: Form, moments: Moments) -> None:
        self._mapping, self._form, self._moments = mapping, form, moments
        self._customer = [field for field in CUSTOMER_FIELDS if field in form.order]
        self._address = {prefix: _address_fields(prefix, form) for prefix in ("ship", "bill")}

    def address(self, cells: Mapping[str, str], prefix: str) -> Address | None:
        """Return the address whose fields begin with ``ship`` or ``bill``; None without a place.

        It is checked here, once: an order holds it twice.

        Raises:
            CellError: a part of it is none.
        """
        found: Values = {field: cells[key] for field, key in self._address[prefix] if key in cells}
        if found.keys().isdisjoint(_PLACE):
            return None
        if "street" in found:
            found["street"] = tuple(found["street"].replace("\n", PART).split(PART))
        if "country" in found:
            found["country"] = self._country(f"{prefix}_country", found["country"])
        try:
            return Address.model_validate(found)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            raise CellError(f"{prefix}_{first['loc'][0]}", str(first["msg"])) from None

    def _country(self, field: str, text: str) -> str:
        code = text if len(text) == _CODE_LETTERS else self._countries.get(text.casefold(), "")
        if not code:
            raise CellError(field, "not a country in two letters, such as AT")
        return code.upper()

    @cached_property
    def _countries(self) -> dict[str, str]:
        language = self._mapping.countries
        letters = _LETTERS if language else ""
        codes = [first + second for first in letters for second in letters]
        return {country_name(code, language).casefold(): code for code in codes}

    def customer(self, cells: Mapping[str, str], address: Values, row: Any) -> Values | None:
        """Return the buyer, with what the row says of consent; None for a guest without a name."""
        found: Values = {field: cells[field] for field in self._customer if field in cells}
        if not found.keys() - _NOBODY:
            return None
        found["id"] = found.pop("customer_id", "")
        found["tags"] = several(found.pop("customer_tags", ""), self._mapping.separator)
        found["language"] = cells.get("language")
        found["address"] = address["shipping_address"] or address["billing_address"]
        consents = [each for form in self._form.consents for each in self._consent(form, row)]
        return {**found, "consents": tuple(consents)}

    def _consent(self, form: ConsentForm, row: Any) -> list[Values]:
        rule, state = form.rule, form.states.get(form.answer(row).casefold())
        if state is None:
            return []
        source, is_yes = form.source(row), state is ConsentState.GRANTED
        if is_yes and not source:
            raise CellError("consent", "a yes without its proof: the cell of its source is empty")
        at, confirmed_at = form.at(row), form.confirmed_at(row)
        answer: Values = {
            "channel": rule.channel,
            "state": state,
            "recorded_at": self._moments.read("consent", at) if at else None,
            "source": source,
            "opt_in_level": rule.level if is_yes else OptInLevel.UNKNOWN,
            "evidence_ref": form.evidence(row),
            "confirmed_at": self._moments.read("consent", confirmed_at) if confirmed_at else None,
        }
        return [{**answer, "purpose": purpose} for purpose in rule.purposes]


def _address_fields(prefix: str, form: Form) -> list[tuple[str, str]]:
    keys = [(field, f"{prefix}_{field}") for field in ADDRESS_FIELDS]
    return [(field, key) for field, key in keys if key in form.order]
