"""Codes that friends pass on: drawn, never counted, and readable from a scrap of paper."""

from __future__ import annotations

import re
from base64 import b32encode
from collections.abc import Callable

# 80 bits: guessing one of a million codes takes 10^18 tries on average.
_BYTES = 10
_GROUP = 4
# RFC 4648 uses no 0, 1 and 8, so whoever types them means the letters that look alike.
_LOOK_ALIKE = str.maketrans("018", "OIB")
_CODE = re.compile(r"[A-Z2-7]{16}")


def new_code(random_bytes: Callable[[int], bytes]) -> str:
    """Return a fresh code of 16 letters and digits in groups of four.

    ``random_bytes`` must be a secure source, as ``secrets.token_bytes`` is.
    """
    text = b32encode(random_bytes(_BYTES)).decode("ascii")
    return "-".join(text[start : start + _GROUP] for start in range(0, len(text), _GROUP))


def read_code(text: str) -> str | None:
    """Return a typed code in its own spelling, None if it can be none. Case and gaps are free."""
    plain = re.sub(r"[\s\-]", "", text).upper().translate(_LOOK_ALIKE)
    if not _CODE.fullmatch(plain):
        return None
    return "-".join(plain[start : start + _GROUP] for start in range(0, len(plain), _GROUP))
