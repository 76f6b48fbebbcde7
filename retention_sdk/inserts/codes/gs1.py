"""GS1 Digital Link for cards about a product: its care, its warranty, its spare parts.

GS1 Digital Link Standard: URI Syntax 1.2 (2021) and GS1 General Specifications. A product link
names the thing and not the buyer, so it is not for cards that thank or advertise.
"""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

GTIN_LENGTHS = (8, 12, 13, 14)

# AI encodable character set 82, General Specifications figure 7.11-1; at most 20 for 22, 10, 21.
_QUALIFIER = re.compile(r"[!\"%&'()*+,\-./0-9:;<=>?A-Z_a-z]{1,20}", re.ASCII)
_GTIN = re.compile(r"[0-9]+", re.ASCII)
# Unreserved in RFC 3986; all others of the set are percent-encoded in a path segment.
_PLAIN = "-._~"


def is_gtin(text: str) -> bool:
    """Whether a text is a GTIN-8, -12, -13 or -14 with the right check digit."""
    if len(text) not in GTIN_LENGTHS or not _GTIN.fullmatch(text):
        return False
    return check_digit(text[:-1]) == int(text[-1])


def check_digit(digits: str) -> int:
    """Return the check digit for the digits before it: weights 3, 1, 3 … from the right."""
    weighted = (int(digit) * (3, 1)[place % 2] for place, digit in enumerate(reversed(digits)))
    return -sum(weighted) % 10


def digital_link(
    gtin: str,
    *,
    resolver: str = "https://id.gs1.org",
    variant: str | None = None,
    batch: str | None = None,
    serial: str | None = None,
) -> str:
    """Return the link of a product: ``/01/`` GTIN-14, then 22, 10 and 21 in that order.

    ``resolver`` is the shop's own address, with a path if need be; the answer must come from there.
    Without one it is GS1's canonical address, where only registered products are known.

    Raises:
        ValueError: the GTIN's check digit is wrong; a qualifier is not 1 to 20 characters of GS1's
            set 82; the resolver is not a plain https address.
    """
    if not is_gtin(gtin):
        raise ValueError("not a GTIN: 8, 12, 13 or 14 digits, the last of them the check digit")
    segments = [_resolver(resolver), "01", gtin.zfill(14)]
    for identifier, value in (("22", variant), ("10", batch), ("21", serial)):
        if value is not None:
            segments += [identifier, _encoded(identifier, value)]
    return "/".join(segments)


def _encoded(identifier: str, value: str) -> str:
    if not _QUALIFIER.fullmatch(value):
        raise ValueError(f"({identifier}) has 1 to 20 letters, digits and some punctuation marks")
    return quote(value, safe=_PLAIN)


def _resolver(address: str) -> str:
    parts = urlsplit(address)
    is_plain = not (parts.query or parts.fragment or parts.username)
    if parts.scheme != "https" or not parts.hostname or not is_plain:
        raise ValueError("a resolver is an https address without query, fragment or user name")
    return address.rstrip("/")
