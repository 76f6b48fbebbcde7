"""Artifacts as files in a folder: the channel that needs nothing."""

from __future__ import annotations

import errno
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from ..errors import DeliveryError
from ..model import Artifact, Delivery, Receipt, ReceiptState
from .base import Channel

# Lower case only, and no dot at the end: such names are one and the same on every file system.
_PLAIN_NAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,98}[a-z0-9])?")
# Somebody can make room, lift a limit or mend a disk; a later try may succeed.
_PASSING = frozenset(
    {
        errno.ENOSPC,
        errno.EDQUOT,
        errno.EFBIG,
        errno.EIO,
        errno.EAGAIN,
        errno.EBUSY,
        errno.EMFILE,
        errno.ENFILE,
        errno.EINTR,
    }
)


class FolderChannel(Channel):
    """Writes ``<directory>/<delivery id>/<artifact name>``.

    A file is either whole or not there: it is written beside its place, synchronized and renamed.
    A delivery whose bytes are all there is a duplicate. Ids that are no plain file names are
    replaced by a hash.
    """

    name = "folder"
    is_idempotent = True

    def __init__(self, directory: str | Path) -> None:
        self._root = Path(directory)

    def send(self, delivery: Delivery, *, now: datetime) -> Receipt:
        """Write what is not there yet.

        Raises:
            DeliveryError: a file of that name holds other bytes, the place leads out of the
                directory, or the disk is full (``retryable``).
        """
        with _explained():
            folder = self._folder(delivery.id)
            missing = _missing(folder, delivery.artifacts)
            for artifact in missing:
                _write(folder / artifact.name, artifact.data)
            if missing:
                _sync_directory(folder)
        return Receipt(
            delivery_id=delivery.id,
            channel=self.name,
            state=ReceiptState.ACCEPTED if missing else ReceiptState.DUPLICATE,
            at=now,
            location=str(folder)[:500],
        )

    def withdraw(self, receipt: Receipt) -> bool:
        """Delete the files of a delivery that nobody fetched; False if there is none left.

        Raises:
            DeliveryError: the place is no folder, or its files cannot be deleted.
        """
        folder = self._root / folder_name(receipt.delivery_id)
        if folder.is_symlink():
            raise _refusal(f"{folder.name} in the output folder is not a folder; remove it")
        with _explained():
            try:
                files = list(folder.iterdir())
            except FileNotFoundError:
                return False
            for file in files:
                file.unlink(missing_ok=True)
            folder.rmdir()
            _sync_directory(self._root)
        return bool(files)

    def _folder(self, delivery_id: str) -> Path:
        self._root.mkdir(parents=True, exist_ok=True)
        root = self._root.resolve(strict=True)
        folder = root / folder_name(delivery_id)
        try:
            folder.mkdir()  # first: whoever looks before, may find what another worker made since
        except FileExistsError:
            if folder.is_symlink() or not folder.is_dir():
                message = f"{folder.name} in the output folder is not a folder; remove it"
                raise _refusal(message) from None
        else:
            _sync_directory(root)
        return folder


def folder_name(delivery_id: str) -> str:
    """Return the folder of a delivery: its id if that is a plain name, else slug and hash."""
    if _PLAIN_NAME.fullmatch(delivery_id):
        return delivery_id
    slug = re.sub(r"[^a-z0-9]+", "-", delivery_id.casefold())[:40].strip("-") or "delivery"
    return f"{slug}-{sha256(delivery_id.encode()).hexdigest()[:24]}"


def _missing(folder: Path, artifacts: tuple[Artifact, ...]) -> list[Artifact]:
    if len({artifact.name.casefold() for artifact in artifacts}) != len(artifacts):
        raise _refusal("two artifacts of one delivery have the same name")
    return [artifact for artifact in artifacts if not _is_there(folder / artifact.name, artifact)]


def _is_there(path: Path, artifact: Artifact) -> bool:
    if path.is_symlink():
        raise _refusal(f"{artifact.name} is a symbolic link; remove it")
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return False
    if data != artifact.data:
        raise _refusal(f"{artifact.name} of this delivery exists with other bytes")
    return True


def _write(path: Path, data: bytes) -> None:
    """Make a whole file or none, whatever happens in between."""
    draft = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        with draft.open("xb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(path)
    except BaseException:
        with suppress(OSError):
            draft.unlink()
        raise


def _sync_directory(folder: Path) -> None:
    """Make a rename survive a power cut. Windows cannot and need not."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        what = error.strerror or type(error).__name__
        message = f"folder: cannot write: {what}; check space and rights of the output folder"
        raise DeliveryError(message, retryable=error.errno in _PASSING) from None


def _refusal(message: str) -> DeliveryError:
    return DeliveryError(f"folder: {message}", retryable=False)
