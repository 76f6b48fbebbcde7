"""E-mails: candidates, composition as data, and finished bytes."""

from .choose import message_candidates
from .compose import compose_email
from .html import render_html
from .message import Message
from .mime import render_email
from .occasions import birthday_candidates, points_notice_candidates
from .text import render_text

__all__ = [
    "Message",
    "birthday_candidates",
    "compose_email",
    "message_candidates",
    "points_notice_candidates",
    "render_email",
    "render_html",
    "render_text",
]
