"""Ways out: a channel takes artifacts and answers with a receipt."""

from .base import Channel
from .folder import FolderChannel
from .smtp import SmtpChannel

__all__ = ["Channel", "FolderChannel", "SmtpChannel"]
