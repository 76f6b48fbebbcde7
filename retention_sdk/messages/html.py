"""The HTML part: tables and inline styles, because that is what mail readers show alike.

Nothing is loaded from anywhere: no image, no font, no pixel that tells who reads.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from ..errors import MessageError
from .look import find_look
from .message import Message

if TYPE_CHECKING:
    from jinja2 import Environment

HTML_OCTETS_MAX = 100_000
"""Gmail cuts what is longer than 102 KB and shows a link to the rest."""

# Inboxes fill the preview line with what follows the preheader; these fill it with nothing.
_PREVIEW_FILLER = "\u034f \u200c \u00a0" * 40


def render_html(message: Message) -> str:
    """Return the e-mail as one HTML document.

    Raises:
        MessageError: it is longer than Gmail shows.
    """
    template = _environment().get_template("email.html.jinja")
    html = template.render(message=message, look=find_look(message), filler=_PREVIEW_FILLER)
    lines = (line.strip() for line in html.split("\n"))
    document = "\n".join(line for line in lines if line) + "\n"
    octets = len(document.encode())
    if octets > HTML_OCTETS_MAX:
        raise MessageError(
            f"{message.template}: {octets} bytes of HTML, at most {HTML_OCTETS_MAX} are shown; "
            "make the plugins' blocks or the legal footer shorter"
        )
    return document


@cache
def _environment() -> Environment:
    from jinja2 import FunctionLoader, StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    return ImmutableSandboxedEnvironment(
        loader=FunctionLoader(_read_template),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


def _read_template(name: str) -> str:
    return (files(__package__) / "templates" / name).read_text(encoding="utf-8")
