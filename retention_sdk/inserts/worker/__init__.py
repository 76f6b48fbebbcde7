"""Draw templates that strangers wrote in a process that can harm nobody."""

from .host import Limits, TemplateWorker, render_untrusted
from .sources import read_template_folder

__all__ = ["Limits", "TemplateWorker", "read_template_folder", "render_untrusted"]
