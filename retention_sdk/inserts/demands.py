"""What a consent decision demands to be printed, as far as a card knows how.

Rules name their demands in words (``mandatory_content``). Three kinds are known here:

* who is behind the card (trader, controller): the brand's name and its legal line are printed;
* how to object: a notice with the shop's contact is printed, and nothing without one;
* the conditions of an offer and its last day: printed below the code.

Other demands stay in the decision for the shop to see to, such as the law of a language.
"""

from __future__ import annotations

from ..model import Context, Decision
from .card import Card
from .slots import contact_of

_OBJECTION = ("how to object", "opt-out", "objection")
_OFFER = ("expiry", "terms of offer", "offer conditions")
_NO_CONTACT = "how to object: set contact_email or contact_url in the brand file"


def demands_objection(decision: Decision) -> bool:
    """Whether the card has to say how to object to such cards."""
    return _names(decision, _OBJECTION)


def unmet_demands(decision: Decision, context: Context) -> tuple[str, ...]:
    """Return what this shop cannot print, each with what to set; empty when all can be met.

    Ask before a card is composed: a card that cannot carry what it must is not allowed.
    """
    if demands_objection(decision) and not contact_of(context):
        return (_NO_CONTACT,)
    return ()


def demands_left_open(decision: Decision, card: Card) -> tuple[str, ...]:
    """Return which of the known demands a finished card does not meet."""
    left = []
    if demands_objection(decision) and not card.notice:
        left.append(_NO_CONTACT)
    if _names(decision, _OFFER) and card.coupon and not card.coupon.terms:
        left.append("the last day and the conditions of the offer")
    return tuple(left)


def _names(decision: Decision, phrases: tuple[str, ...]) -> bool:
    demands = " ".join(decision.must_include).casefold()
    return any(phrase in demands for phrase in phrases)
