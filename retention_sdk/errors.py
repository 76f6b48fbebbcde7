"""Every exception this package raises on purpose.

RetentionError
├── ConfigError             the shop owner must change a setting (ValueError too)
├── PluginError             a plugin is broken, or two plugins clash
├── AdapterError            a platform sent or answered something we cannot use
│   ├── SignatureError      the request is not proven to come from the platform
│   ├── PayloadError        the body cannot be read as what the topic promises (ValueError too)
│   ├── UnsupportedFeature  the platform cannot do it (ValueError too)
│   └── PlatformError       the platform refused or is away; ``retryable`` tells which
├── MessageError            a catalogue or a message in it is wrong (ValueError too)
├── PrintError              a card cannot be printed as it should be (ValueError too)
│   ├── MissingGlyph        no shipped face has ink for these characters
│   ├── TextOverflow        a text does not fit, even at the smallest allowed size
│   └── MissingFont         a face is not installed; the message names the pip command
├── TokenError              a printed code is mistyped or forged (ValueError too)
├── ConsentError            something would leave without a decision that allows it
├── RightsError             a request of a person cannot take this step (ValueError too)
├── StorageError            the store is wrong, locked or newer than this package
│   └── SubjectErased       the person's key was destroyed; the data cannot be read again
├── LedgerError             a posting would break the ledger (ValueError too)
│   ├── InsufficientPoints  the account does not hold that many
│   ├── RewardRefused       somebody cannot have a reward now; ``reasons`` say why (ValueError too)
│   └── IdempotencyConflict the key was used before, for something else
└── DeliveryError           a channel refused; ``retryable`` says whether to try again

Messages name who, where and the way out. They never hold a secret, an address or a name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self


class RetentionError(Exception):
    """Base of all our errors. Catch this one at the outermost boundary."""


class ConfigError(RetentionError, ValueError):
    """A setting is wrong: ``file`` and ``key`` say where, ``hint`` says what would be right."""

    def __init__(self, message: str, *, file: str = "", key: str = "", hint: str = "") -> None:
        where = ": ".join(part for part in (file, key) if part)
        text = f"{where}: {message}" if where else message
        super().__init__(f"{text} ({hint})" if hint else text)
        self.file, self.key, self.hint = file, key, hint


class PluginError(RetentionError):
    """A plugin is broken, or two packages offer the same name."""


class AdapterError(RetentionError):
    """Something about one platform; ``adapter`` is its slug."""

    def __init__(self, message: str, *, adapter: str = "") -> None:
        super().__init__(f"{adapter}: {message}" if adapter else message)
        self.adapter = adapter


class SignatureError(AdapterError):
    """The request is not proven to come from the platform."""


class PayloadError(AdapterError, ValueError):
    """The body cannot be read; ``path`` is where in it, for example ``line_items[0].price``."""

    def __init__(self, message: str, *, adapter: str = "", path: str = "") -> None:
        super().__init__(f"{message} at {path}" if path else message, adapter=adapter)
        self.path = path

    @classmethod
    def of(cls, error: Exception, *, adapter: str) -> Self:
        """Return what a foreign error says: its type, and the name of a field that is missing.

        Its text may quote the payload, and so may a missing key that is no name of a field.
        """
        key = error.args[0] if isinstance(error, KeyError) and error.args else ""
        is_name = isinstance(key, str) and key.isascii() and key.replace("-", "_").isidentifier()
        message = f"cannot be read ({type(error).__name__})"
        return cls(message, adapter=adapter, path=key[:80] if is_name else "")


class UnsupportedFeature(AdapterError, ValueError):  # noqa: N818 - reads as what it says
    """The platform cannot do it, so we do not pretend."""


class PlatformError(AdapterError):
    """The platform refused, or could not be reached.

    ``code`` is for programs and does not change with the message: the platform's own
    (``THROTTLED``), else the status of the answer (``404``), ``unreachable`` where none came, or
    nothing.
    """

    def __init__(self, message: str, *, adapter: str = "", retryable: bool, code: str = "") -> None:
        super().__init__(message, adapter=adapter)
        self.retryable, self.code = retryable, code


class MessageError(RetentionError, ValueError):
    """A catalogue, or a message in it, is wrong."""


class PrintError(RetentionError, ValueError):
    """A card cannot be printed as it should be."""


class MissingGlyph(PrintError):  # noqa: N818 - reads as what it says
    """No shipped face has ink for some characters of a text."""


class TextOverflow(PrintError):  # noqa: N818 - reads as what it says
    """A text does not fit, even at the smallest allowed size."""


class MissingFont(PrintError):  # noqa: N818 - reads as what it says
    """A face is not installed; the message names the pip command."""


class TokenError(RetentionError, ValueError):
    """A printed code is mistyped, forged, or older than the keys we still know."""


class ConsentError(RetentionError):
    """Something would leave without a decision that allows it."""


class RightsError(RetentionError, ValueError):
    """A request of a person cannot take this step; the message says which it can take."""


class StorageError(RetentionError):
    """The store is wrong, locked, or newer than this package."""


class SubjectErased(StorageError):  # noqa: N818 - reads as what it says
    """The key of this person was destroyed; what it encrypted cannot be read again."""


class LedgerError(RetentionError, ValueError):
    """A posting would break the ledger."""


class InsufficientPoints(LedgerError):  # noqa: N818 - reads as what it says
    """The account does not hold that many points."""


class RewardRefused(LedgerError):  # noqa: N818 - reads as what it says
    """Somebody cannot have a reward now. ``reasons`` are sentences by the word for each."""

    def __init__(self, reward: str, reasons: Mapping[str, str]) -> None:
        super().__init__(f"reward {reward!r} cannot be had: {'; '.join(reasons.values())}")
        self.reasons = dict(reasons)


class IdempotencyConflict(LedgerError):  # noqa: N818 - reads as what it says
    """The key was used before, for something else. Nothing was written."""


class DeliveryError(RetentionError):
    """A channel refused; ``retryable`` is decided where it is raised.

    ``is_uncertain`` means that it may have been delivered all the same: the answer was lost.
    ``is_gone`` means that the device is not there any more: forget it.
    """

    def __init__(
        self,
        message: str,
        *,
        retryable: bool,
        is_uncertain: bool = False,
        is_gone: bool = False,
    ) -> None:
        super().__init__(message)
        self.retryable = retryable
        self.is_uncertain = is_uncertain
        self.is_gone = is_gone
