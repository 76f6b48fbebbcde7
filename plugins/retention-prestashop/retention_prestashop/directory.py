"""What orders only name by number: currencies, languages, states, countries, carriers, goods."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from retention_sdk.errors import PayloadError

from .settings import PrestaShopSettings
from .webservice import NAME, Json, Webservice, number

_SETTINGS = (
    "PS_SHOP_NAME PS_SHOP_EMAIL PS_TIMEZONE PS_LANG_DEFAULT PS_CURRENCY_DEFAULT "
    "PS_COUNTRY_DEFAULT PS_OS_DELIVERED PS_OS_CANCELED PS_OS_REFUND"
).split()
_GOODS = ("id", "is_virtual", "manufacturer_name", "id_category_default")


class Directory:
    """Looks numbers up, each once in a conversation.

    The whole of what is short (currencies, languages, states, settings), of the rest only what is
    asked for.
    """

    def __init__(self, service: Webservice, settings: PrestaShopSettings) -> None:
        self._service, self._settings = service, settings
        self._known: dict[str, dict[str, Json]] = {}

    # The shop ------------------------------------------------------------------------------

    @cached_property
    def configuration(self) -> Mapping[str, str]:
        """The installation's own settings, those of this shop before those of all."""
        fields = ("name", "value", "id_shop", "id_shop_group")
        where = {"name": f"[{'|'.join(_SETTINGS)}]"}
        rows = self._service.rows("configurations", fields, where=where)
        ranked = sorted(rows, key=self._closeness)
        return {row["name"]: str(row["value"] or "") for row in ranked}

    def _closeness(self, row: Json) -> int:
        """Values for one shop are written beside the common one; the closest comes last."""
        shop = str(row["id_shop"] or "0")
        if shop == "0":
            return 1
        return 2 if shop == str(self._settings.shop_number) else 0

    @cached_property
    def zone(self) -> ZoneInfo:
        """The zone of the shop's dates."""
        return ZoneInfo(self._settings.time_zone or self.setting("PS_TIMEZONE"))

    def setting(self, name: str) -> str:
        """Return one of the installation's own settings."""
        value = self.configuration.get(name, "")
        if not value:
            raise PayloadError("the shop does not say it", adapter=NAME, path=name)
        return value

    @cached_property
    def currencies(self) -> Mapping[str, str]:
        """ISO codes of currencies by number; old orders are in some that were deleted since."""
        return {str(row["id"]): row["iso_code"] for row in self._currencies}

    @cached_property
    def currency_numbers(self) -> Mapping[str, str]:
        """Numbers of the currencies that are in use, by ISO code."""
        used = (row for row in self._currencies if str(row["deleted"]) != "1")
        return {row["iso_code"]: str(row["id"]) for row in used}

    @cached_property
    def _currencies(self) -> list[Json]:
        return self._service.rows("currencies", ("id", "iso_code", "deleted"))

    @cached_property
    def languages(self) -> Mapping[str, str]:
        """Language tags by number, in the shop's own spelling."""
        # Fields differ from version to version, so all of them are asked for; none is secret.
        return {str(row["id"]): _tag(row) for row in self._service.rows("languages", ())}

    # States of orders ----------------------------------------------------------------------

    @cached_property
    def paid_states(self) -> frozenset[str]:
        """Numbers of the states in which PrestaShop takes an order to be paid."""
        return self._flagged("paid")

    @cached_property
    def shipped_states(self) -> frozenset[str]:
        """Numbers of the states in which PrestaShop takes an order to have left."""
        return self._flagged("shipped")

    @cached_property
    def delivered_states(self) -> frozenset[str]:
        """The state of delivered orders, and those of the shop's own that are named.

        The flag ``delivery`` is not it: that asks for a delivery slip to be made.
        """
        return self._named("PS_OS_DELIVERED", self._settings.delivered_states)

    @cached_property
    def cancelled_states(self) -> frozenset[str]:
        """The state of cancelled orders, and those of the shop's own that are named."""
        return self._named("PS_OS_CANCELED", self._settings.cancelled_states)

    @cached_property
    def refunded_states(self) -> frozenset[str]:
        """The state of orders that were given back as a whole."""
        return self._named("PS_OS_REFUND", ())

    @cached_property
    def _states(self) -> list[Json]:
        return self._service.rows("order_states", ("id", "paid", "shipped"))

    def _flagged(self, flag: str) -> frozenset[str]:
        return frozenset(str(row["id"]) for row in self._states if str(row[flag]) == "1")

    def _named(self, setting: str, more: Iterable[int]) -> frozenset[str]:
        return frozenset({self.setting(setting), *map(str, more)})

    # One by one ----------------------------------------------------------------------------

    def countries(self, numbers: Iterable[str]) -> Mapping[str, Json]:
        """Return countries by number."""
        return self._by_number("countries", numbers, ("id", "iso_code"))

    def regions(self, numbers: Iterable[str]) -> Mapping[str, Json]:
        """Return states and provinces by number."""
        return self._by_number("states", numbers, ("id", "name"))

    def carriers(self, numbers: Iterable[str]) -> Mapping[str, Json]:
        """Return carriers by number, those that were deleted too."""
        return self._by_number("carriers", numbers, ("id", "id_reference", "name"))

    def goods(self, numbers: Iterable[str]) -> Mapping[str, Json]:
        """Return what orders do not say of their products; some are not sold any more."""
        return self._by_number("products", numbers, _GOODS)

    def categories(self, numbers: Iterable[str]) -> Mapping[str, str]:
        """Return names of categories by number, in the shop's language."""
        rows = self._by_number("categories", numbers, ("id", "name"))
        return {key: self.words(row["name"]) for key, row in rows.items()}

    def words(self, text: Any) -> str:
        """Return a text in the shop's language; shops of one language write it plainly."""
        if not isinstance(text, list):
            return str(text or "")
        by_language = {str(each["id"]): str(each["value"] or "") for each in text}
        own = by_language.get(self.setting("PS_LANG_DEFAULT"))
        return own or next(filter(None, by_language.values()), "")

    def _by_number(
        self, resource: str, numbers: Iterable[str], fields: tuple[str, ...]
    ) -> Mapping[str, Json]:
        """Ask for what is not known yet; a number that nothing has is known to be so."""
        known = self._known.setdefault(resource, {})
        wanted = {each for each in numbers if each != "0"}
        missing = wanted - known.keys()
        # All of it, before anything is known: what cannot be read is not known to be nothing.
        found = {
            number(row["id"]): row for row in self._service.rows_by(resource, "id", missing, fields)
        }
        known |= dict.fromkeys(missing, _NOTHING) | found
        return {key: known[key] for key in wanted if known[key] is not _NOTHING}


_NOTHING: Json = {}


def _tag(language: Json) -> str:
    """``locale`` since PrestaShop 1.7, ``language_code`` before, ``iso_code`` at last."""
    written = (language.get(name) for name in ("locale", "language_code", "iso_code"))
    return next((str(tag) for tag in written if tag), "")
