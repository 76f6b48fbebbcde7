"""The rows that could not be read, as they stood, and why: to mend them and read them again."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from retention_sdk.errors import PlatformError


class Rejects:
    """Two files beside an export: ``orders.rejects.csv`` with the rows, and ``.txt`` with reasons.

    Rows that are a ``.txt`` themselves have their reasons in ``orders.rejects.reasons.txt``.

    They hold what the export holds, so only their owner may read them. Nothing is written before
    there is something to write, and nothing at all unless ``is_kept``.
    """

    def __init__(self, path: Path, heading: bytes, *, name: str, is_kept: bool) -> None:
        self._heading, self._name, self._is_kept = heading, name, is_kept
        self._paths = (path, _reasons_of(path))
        self._files: list[BinaryIO] = []
        self._sizes: tuple[int, ...] = (0, 0)

    def takes(self, path: Path) -> bool:
        """Whether a file is one of both, and would be begun anew."""
        return self._is_kept and path.resolve() in {each.resolve() for each in self._paths}

    @property
    def sizes(self) -> tuple[int, int]:
        """How long both files are; with it in a cursor, a repeated page is not written twice."""
        for file in self._files:
            file.flush()
        rows, reasons = (file.tell() for file in self._files) if self._files else self._sizes
        return rows, reasons

    def begin(self, sizes: tuple[int, int]) -> None:
        """Forget what stands behind these sizes: it will be written again.

        Raises:
            PlatformError: a file cannot be changed.
        """
        if not self._is_kept:
            return
        try:
            self._sizes = tuple(map(_cut, self._paths, sizes))
        except OSError as error:
            self._refuse(self._paths[0], error)

    def write(self, rows: Iterable[bytes], reason: str) -> None:
        """Add the rows of one order, and a line that says what is wrong with it.

        Raises:
            PlatformError: a file cannot be written.
        """
        if not self._is_kept:
            return
        if not self._files:
            self._open()
        for row in rows:
            self._files[0].write(row if row.endswith((b"\n", b"\n\x00")) else row + b"\n")
        self._files[1].write(f"{reason}\n".encode())

    def close(self) -> None:
        """Close the files."""
        for file in self._files:
            file.close()

    def _open(self) -> None:
        for path, size in zip(self._paths, self._sizes, strict=True):
            try:
                mode = os.O_WRONLY | os.O_CREAT | os.O_APPEND
                self._files.append(os.fdopen(os.open(path, mode, 0o600), "ab"))
                if path == self._paths[0] and not size:
                    self._files[0].write(self._heading)
            except OSError as error:
                self._refuse(path, error)

    def _refuse(self, path: Path, error: OSError) -> None:
        self.close()
        message = f"{path}: {error.strerror}; name another folder with rejects, or set it to false"
        raise PlatformError(message, adapter=self._name, retryable=False) from None


def _reasons_of(path: Path) -> Path:
    is_text = path.suffix.lower() == ".txt"
    return path.with_suffix(".reasons.txt" if is_text else ".txt")


def _cut(path: Path, size: int) -> int:
    """Shorten a file to a size, and return how long it is; somebody may have taken it away."""
    if not size:
        path.unlink(missing_ok=True)
        return 0
    try:
        there = path.stat().st_size
    except FileNotFoundError:
        return 0
    if there > size:
        os.truncate(path, size)
    return min(there, size)


def beside(path: Path) -> Path:
    """Return where the rejects of an export go: ``orders.csv.gz`` has ``orders.rejects.csv``."""
    plain = path.with_suffix("") if path.suffix.lower() == ".gz" else path
    return plain.with_name(f"{plain.stem}.rejects{plain.suffix}")
