"""Points exchanged with partners by the rate of a contract.

The settings load at once, because the configuration reads them. ``quote`` and the signatures are
pure; ``PointsPartners`` moves the points, and ``statement`` adds up what a partner is owed.
"""

from typing import TYPE_CHECKING

from ...lazily import homes_of, name_by_name
from .settings import ExchangeTerms, Partner

if TYPE_CHECKING:
    from .exchange import PointsPartners
    from .messages import PartnerMessage, read_message, sign, verify
    from .quoting import Direction, Quote, quote
    from .statements import PartnerStatement, StatementLine, statement, statement_csv

__all__ = [
    "Direction",
    "ExchangeTerms",
    "Partner",
    "PartnerMessage",
    "PartnerStatement",
    "PointsPartners",
    "Quote",
    "StatementLine",
    "quote",
    "read_message",
    "sign",
    "statement",
    "statement_csv",
    "verify",
]

_HOMES = homes_of(
    {
        ".exchange": ("PointsPartners",),
        ".messages": ("PartnerMessage", "read_message", "sign", "verify"),
        ".quoting": ("Direction", "Quote", "quote"),
        ".statements": ("PartnerStatement", "StatementLine", "statement", "statement_csv"),
    }
)
__getattr__ = name_by_name(__name__, _HOMES)
