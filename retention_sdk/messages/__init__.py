"""E-mails, SMS, push and WhatsApp: candidates, composition as data, and finished bytes."""

from .choose import message_candidates
from .compose import Expiring, compose_email
from .html import render_html
from .message import Message
from .mime import render_email
from .occasions import birthday_candidates, points_notice_candidates
from .push import PushMessage, compose_push, render_push
from .sender import find_sender
from .short import push_candidates, sms_candidates, whatsapp_candidates
from .sms import SmsMessage, compose_sms, render_sms
from .text import render_text
from .whatsapp import (
    WHATSAPP_TEMPLATES,
    WhatsAppMessage,
    compose_whatsapp,
    render_whatsapp,
    template_text,
)

__all__ = [
    "WHATSAPP_TEMPLATES",
    "Expiring",
    "Message",
    "PushMessage",
    "SmsMessage",
    "WhatsAppMessage",
    "birthday_candidates",
    "compose_email",
    "compose_push",
    "compose_sms",
    "compose_whatsapp",
    "find_sender",
    "message_candidates",
    "points_notice_candidates",
    "push_candidates",
    "render_email",
    "render_html",
    "render_push",
    "render_sms",
    "render_text",
    "render_whatsapp",
    "sms_candidates",
    "template_text",
    "whatsapp_candidates",
]
