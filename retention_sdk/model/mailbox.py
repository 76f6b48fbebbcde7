"""E-mail addresses as they go over the wire."""

from __future__ import annotations

import re
import unicodedata

# RFC 5322 atext, and RFC 6531: any character beyond ASCII. Quoted local parts are not worth it.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\-\u00a1-\U0010fffd]+"
_LOCAL_PART = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_DOTS = re.compile(r"[.\u3002\uff0e\uff61]")
# RFC 5321, 4.5.3.1: octets of a local part, and of a path without its angle brackets.
_LOCAL_OCTETS_MAX = 64
_OCTETS_MAX = 254


def read_mailbox(text: str) -> str | None:
    """Return one address with its domain in ASCII, or None if it is not exactly one address.

    The part before the @ stays as it is: only its own server may fold case. A domain beyond ASCII
    becomes an A-label (RFC 5891); unlike the older IDNA 2003, ``ß`` stays apart from ``ss``.
    """
    local, at, domain = text.strip().rpartition("@")
    wire = ".".join(_a_label(label) for label in _DOTS.split(domain))
    octets = len(local.encode("utf-8", "replace"))
    is_valid = (
        at
        and _LOCAL_PART.fullmatch(local)
        and all(char.isprintable() for char in local)
        and octets <= _LOCAL_OCTETS_MAX
        and octets + 1 + len(wire) <= _OCTETS_MAX
        and all(_LABEL.fullmatch(label) for label in wire.split("."))
    )
    return f"{local}@{wire}" if is_valid else None


def _a_label(label: str) -> str:
    label = unicodedata.normalize("NFKC", label).lower()
    if label.isascii():
        return label
    return "xn--" + label.encode("punycode", "replace").decode("ascii")
