"""The shop's side: start a worker, hand it one card after another, end it when it misbehaves.

A template is a program. Typst keeps it from files and the clock, but not from running forever
or asking for all memory, and some requests abort the whole process. So a stranger's template
runs in a process of its own, with limits of the kernel on memory, processor time and files, an
empty environment, and no network where the kernel allows it to be taken away.
"""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
import tempfile
import threading
from dataclasses import asdict, dataclass
from datetime import datetime
from types import TracebackType
from typing import IO, Any, Self

from ...errors import MissingFont, MissingGlyph, PrintError, TextOverflow
from ...model import Artifact
from ..card import Card, RenderedCard
from ..formats import DEFAULT_FORMAT
from ..template import CardTemplate
from .child import NO_MEMORY
from .protocol import ProtocolError, read_message, write_message
from .sources import check_sources

_MEGABYTE = 1024 * 1024
_LAST_BREATH_S = 1.0
# The worker finds this package where the shop does, and nothing else of its environment. What
# asks for a proxy finds one that answers nobody (port 9 discards).
_ENVIRONMENT = {
    "LC_ALL": "C.UTF-8",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "ALL_PROXY": "http://127.0.0.1:9",
}
_BOOT = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from retention_sdk.inserts.worker.child import main; main(json.loads(sys.argv[2]))"
)
_KINDS = {kind.__name__: kind for kind in (MissingFont, MissingGlyph, TextOverflow, PrintError)}
_NAMES = ("card.pdf", "card-front.png", "card-back.png")
_TYPES = ("application/pdf", "image/png", "image/png")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one card may cost. Memory is address space, which faces and libraries count in.

    ``cpu_s`` is processor time on all cores together, ``wall_s`` what passes on the clock.
    """

    memory_mb: int = 1024
    cpu_s: int = 5
    wall_s: float = 15.0
    output_mb: int = 64
    files: int = 64


class TemplateWorker:
    """A process that draws strangers' templates. Use it as a context manager, from any thread.

    It is started with the first card and after each card that ended it, so a template that
    breaks its limits costs nobody else anything.
    """

    def __init__(self, limits: Limits = Limits()) -> None:
        self._limits = limits
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process and remove its empty folder."""
        with self._lock:
            self._end()

    def render(
        self,
        card: Card,
        template: CardTemplate,
        *,
        created_at: datetime,
        format: str = DEFAULT_FORMAT,  # noqa: A002 - the word of the trade
        preview_ppi: int = 144,
        quote_errors: bool = False,
    ) -> RenderedCard:
        """Return the card as ``render_card`` does, drawn by a template that is not trusted.

        The typesetter's own words are not passed on, for a template can write a customer's name
        into them; ``quote_errors`` does it all the same, for sample cards.

        Raises:
            PrintError: the template cannot be drawn, or breaks a limit; its name is told. Also
                where the system has no such limits.
            MissingFont, MissingGlyph, TextOverflow: as ``render_card``.
        """
        _require_limits()
        check_sources(template)
        request = {
            "card": card.model_dump_json(),
            "created_at": created_at.isoformat(),
            "format": format,
            "preview_ppi": preview_ppi,
            "template": template.name,
            "sources": list(template.sources),
            "quote_errors": quote_errors,
        }
        with self._lock:
            header, parts = self._ask(request, list(template.sources.values()), template.name)
        return _read_answer(header, parts, template.name)

    def _ask(
        self, request: dict[str, Any], sources: list[bytes], name: str
    ) -> tuple[dict[str, Any], list[bytes]]:
        process = self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        is_late = threading.Event()

        def end() -> None:
            is_late.set()
            process.kill()

        clock = threading.Timer(self._limits.wall_s, end)
        clock.start()
        try:
            write_message(process.stdin, request, sources)
            return read_message(process.stdout, bytes_max=self._limits.output_mb * _MEGABYTE)
        except (ProtocolError, OSError):
            why = self._why(process, is_late=is_late.is_set())
            self._end()
            raise PrintError(f"template {name}: {why}") from None
        finally:
            clock.cancel()
            if process.poll() is not None:
                self._end()

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._end()
        self._folder = tempfile.TemporaryDirectory(prefix="retention-template-")
        arguments = [json.dumps(sys.path), json.dumps(asdict(self._limits))]
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own code
            [sys.executable, "-I", "-B", "-X", "utf8", "-c", _BOOT, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=self._folder.name,
            env=_ENVIRONMENT,
            start_new_session=True,
        )
        return self._process

    def _why(self, process: subprocess.Popen[bytes], *, is_late: bool) -> str:
        """Return a sentence about how the worker ended."""
        limits = self._limits
        if is_late:
            return f"it took longer than {limits.wall_s:g} s and was stopped"
        code = _exit_code(process)
        if code is None:
            return f"it answered with more than {limits.output_mb} MB, or with nonsense"
        if code == -signal.SIGXCPU:
            return f"it used more than {limits.cpu_s} s of processor time and was stopped"
        if code in {NO_MEMORY, -signal.SIGABRT, -signal.SIGSEGV, -signal.SIGKILL, -signal.SIGBUS}:
            return f"it needs more than {limits.memory_mb} MB of memory and was stopped"
        return f"its worker process ended by itself (exit {code})"

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for stream in (self._process.stdin, self._process.stdout):
                if stream is not None:
                    _close(stream)
            self._process = None
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None


def render_untrusted(
    card: Card,
    template: CardTemplate,
    *,
    created_at: datetime,
    format: str = DEFAULT_FORMAT,  # noqa: A002 - the word of the trade
    preview_ppi: int = 144,
    quote_errors: bool = False,
    limits: Limits = Limits(),
) -> RenderedCard:
    """Return one card drawn by a template that is not trusted; see ``TemplateWorker.render``.

    Starting a process takes about half a second; keep a ``TemplateWorker`` for many cards.

    Raises:
        PrintError: as ``TemplateWorker.render``.
    """
    with TemplateWorker(limits) as worker:
        return worker.render(
            card,
            template,
            created_at=created_at,
            format=format,
            preview_ppi=preview_ppi,
            quote_errors=quote_errors,
        )


def _require_limits() -> None:
    try:
        import resource  # noqa: F401 - asked for, not used
    except ImportError:
        raise PrintError(
            "templates of strangers are drawn in a process with limits, which this system does "
            "not have; use Linux or macOS, or a template that you have read and trust"
        ) from None


def _read_answer(header: dict[str, Any], parts: list[bytes], name: str) -> RenderedCard:
    kind = header.get("error")
    if kind is not None:
        raise _KINDS.get(kind, PrintError)(f"template {name}: {header.get('text', '')}")
    if len(parts) != len(_NAMES):
        raise PrintError(f"template {name}: its worker process answered with nonsense")
    pdf, front, back = (
        Artifact(name=file, media_type=media, data=data)
        for file, media, data in zip(_NAMES, _TYPES, parts, strict=True)
    )
    left_out = int(header.get("left_out", 0))
    return RenderedCard(pdf=pdf, front_png=front, back_png=back, left_out=left_out)


def _exit_code(process: subprocess.Popen[bytes]) -> int | None:
    """Return how a process ended, None where it lives on. A closed pipe runs ahead of the end."""
    try:
        return process.wait(_LAST_BREATH_S)
    except subprocess.TimeoutExpired:
        return None


def _close(stream: IO[bytes]) -> None:
    with contextlib.suppress(OSError):
        stream.close()
