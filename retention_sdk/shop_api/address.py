"""Addresses that secrets may be sent to."""

from __future__ import annotations

from urllib.parse import urlsplit

_NEAR = frozenset({"localhost", "127.0.0.1", "::1"})


def safe_address(
    url: str,
    *,
    allow_http: bool = False,
    example: str = "https://shop.example",
    what: str = "a key",
    setting: str = "a setting of its own",
    way_out: str = "use https",
) -> str:
    """Return an address if secrets may be sent there: https, or http on this very machine.

    For settings, so that a shop owner is told when the file is read::

        url: Annotated[str, AfterValidator(safe_address)]

    The rest is for the message: ``what`` is secret, and the ``setting`` where it belongs.

    Raises:
        ValueError: it is none, or more than an address. The message does not quote it.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(f"not an address such as {example}")
    if parts.scheme == "http" and not (allow_http or parts.hostname in _NEAR):
        raise ValueError(f"{what} must not travel over plain http; {way_out}")
    if parts.username or parts.password or parts.query or parts.fragment:
        message = "the address holds no name, password, query or fragment"
        raise ValueError(f"{message}; {what} belongs into {setting}")
    return url
