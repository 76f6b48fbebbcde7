"""The localizer with a shop's tone of voice, for one message."""

from __future__ import annotations

from typing import Any

from ..l10n import REGISTRY, Localizer, isolate, strip_isolates
from ..l10n.bidi import turns
from ..model import Context

# French puts a no-break space in front (Imprimerie nationale), Chinese and Japanese use a wide one.
_COLONS = {"fr": "\u00a0: ", "ja": "：", "zh": "："}
# Nothing follows the wide stops of these.
_WITHOUT_GAPS = frozenset({"ja", "zh"})


class Words:
    """Says things in the formality of the context, with no isolate more than a line needs."""

    def __init__(self, context: Context, localizer: Localizer) -> None:
        self.localizer = localizer
        self._context = context
        self._formality = context.locale.formality
        self._addressee = context.customer.addressee if context.customer else ""

    @property
    def colon(self) -> str:
        """What stands between a label and its value."""
        return _COLONS.get(self.localizer.language, ": ")

    @property
    def gap(self) -> str:
        """What stands between two sentences: nothing after the wide stops of East Asia."""
        return "" if self.localizer.language in _WITHOUT_GAPS else " "

    def say(self, key: str, **arguments: Any) -> str:
        """Return a registered message."""
        message = self.localizer.message(
            key, formality=self._formality, addressee=self._addressee, **arguments
        )
        return self.tidy(message)

    def text(self, text: str) -> str:
        """Return a foreign text, such as a title, that cannot disturb the line around it."""
        return self.tidy(isolate(text)) if text else ""

    def tidy(self, text: str) -> str:
        """Drop isolates where nothing runs from right to left; old mail readers show them."""
        if self.localizer.direction == "rtl" or turns(text):
            return text
        return strip_isolates(text)

    def preheader(self, template: str) -> str:
        """Return what inboxes show behind the subject."""
        return self.about(f"email.{template}.preheader")

    def greeting(self) -> str:
        """Return how the customer is addressed."""
        salutation = self.localizer.salutation(
            self._context.customer,
            formality=self._formality,
            relation="repeat" if self._context.history.orders_count else "first",
            addressee=self._addressee,
        )
        return self.tidy(salutation.text)

    def about(self, key: str) -> str:
        """Return a message that says no more than the context knows: brand, number, points."""
        return self.say(key, **self.facts(key))

    def facts(self, key: str) -> dict[str, Any]:
        """Return what the context knows of the arguments of a message, in their order.

        What the context's news tell comes first: ``points`` are those that are news.
        """
        context = self._context
        known: dict[str, Any] = {
            "brand": context.brand.name,
            "number": context.order.number if context.order else "",
            "points": context.loyalty.balance,
        }
        if news := context.news:
            known |= {"points": news.points, "date": news.on, "years": news.years}
            known |= dict.fromkeys(("tier", "name", "reward"), news.name)
        return {name: known[name] for name in REGISTRY[key].types}
