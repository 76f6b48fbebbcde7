"""Processes that tests kill, and what those had said by then."""

from __future__ import annotations

import signal
import subprocess


def kill(process: subprocess.Popen[str]) -> str:
    """Kill it at once; return what it had written after the lines that were read.

    ``communicate`` alone would lose what came out of the pipe together with those lines.
    """
    process.kill()
    rest = process.stdout.read()
    _, errors = process.communicate()
    assert process.returncode in {0, -signal.SIGKILL}, errors  # it may have been faster
    return rest
