"""Reads a request's body, and no more of it than is wanted."""

from __future__ import annotations

from starlette.requests import Request


async def read_body(request: Request, *, bytes_max: int) -> bytes | None:
    """Return a body; None, and no more is read, once it is longer.

    Raises:
        ClientDisconnect: the sender hung up.
    """
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > bytes_max:
            return None
    return bytes(body)
