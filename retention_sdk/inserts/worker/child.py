"""The worker's side: take limits on, then draw one card after another until the input ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import IO, Any

from .protocol import ProtocolError, read_message, write_message

_MEGABYTE = 1024 * 1024
_REQUEST_MAX = 16 * _MEGABYTE
# <linux/sched.h>: namespaces of a process's own, the second one without any network device.
_CLONE_NEWUSER, _CLONE_NEWNET = 0x1000_0000, 0x4000_0000

# The typesetter quotes what a template panics with, and that can be a customer's name.
_TOO_LONG = "a text does not fit, even at the smallest size; shorten it"
_CANNOT = "it cannot be typeset; draw a sample card to see why"
NO_MEMORY = 70
"""How the worker ends when Python, and not the kernel, notices that memory is used up."""


def main(limits: Mapping[str, Any]) -> None:
    """Serve the shop that started this process."""
    confine(limits)
    requests = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    # What a library prints must not get between the messages.
    os.dup2(2, 1)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    serve(requests, answers, cpu_s=int(limits["cpu_s"]))


def confine(limits: Mapping[str, Any]) -> None:
    """Take on the limits of memory and files, leave no core dump, and leave the network."""
    import resource

    memory = int(limits["memory_mb"]) * _MEGABYTE
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, int(limits["files"])),
    ):
        hard = resource.getrlimit(what)[1]
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (allowed, allowed))
    leave_network()


def leave_network() -> bool:
    """Move into a namespace without network devices; return whether the kernel allowed it."""
    if not sys.platform.startswith("linux"):
        return False
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    return any(
        libc.unshare(flags) == 0 for flags in (_CLONE_NEWNET, _CLONE_NEWUSER | _CLONE_NEWNET)
    )


def serve(requests: IO[bytes], answers: IO[bytes], *, cpu_s: int) -> None:
    """Answer requests until the input ends."""
    while True:
        try:
            request, sources = read_message(requests, bytes_max=_REQUEST_MAX)
        except ProtocolError:
            return
        allow_processor(cpu_s)
        try:
            header, parts = answer(request, sources)
        except MemoryError:
            sys.exit(NO_MEMORY)
        write_message(answers, header, parts)


def allow_processor(seconds: int) -> None:
    """Give the next card its share of processor time; the kernel ends what takes more."""
    import resource

    usage = resource.getrusage(resource.RUSAGE_SELF)
    used = int(usage.ru_utime + usage.ru_stime) + 1
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (used + seconds, hard))


def answer(
    request: Mapping[str, Any], sources: Sequence[bytes]
) -> tuple[dict[str, Any], list[bytes]]:
    """Draw a card and return it as it is sent, or what went wrong."""
    from ...errors import MissingFont, MissingGlyph, RetentionError, TextOverflow
    from ..card import Card
    from ..render import render_card
    from ..template import CardTemplate

    try:
        card = Card.model_validate_json(request["card"])
        template = CardTemplate(
            name=request["template"],
            sources=dict(zip(request["sources"], sources, strict=True)),
        )
        drawn = render_card(
            card,
            created_at=datetime.fromisoformat(request["created_at"]),
            preview_ppi=request["preview_ppi"],
            template=template,
            format=request["format"],
        )
    except RetentionError as error:
        is_told = request["quote_errors"] or isinstance(error, MissingFont | MissingGlyph)
        is_long = isinstance(error, TextOverflow)
        text = str(error) if is_told else _TOO_LONG if is_long else _CANNOT
        return {"error": type(error).__name__, "text": text}, []
    artifacts = (drawn.pdf, drawn.front_png, drawn.back_png)
    return {"left_out": drawn.left_out}, [artifact.data for artifact in artifacts]
