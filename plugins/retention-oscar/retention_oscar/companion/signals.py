"""Tells the retention server at once what happens to an order, if the shop's settings say where."""

from __future__ import annotations

import hmac
import json
import logging
from hashlib import sha256
from threading import Thread
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.serializers.json import DjangoJSONEncoder
from django.db import DatabaseError, transaction
from django.db.models.signals import post_save
from django.utils.translation import get_language
from oscar.core.loading import get_class, get_model

TIMEOUT_S = 10
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
_log = logging.getLogger(__name__)


def connect() -> None:
    """Listen to placed orders, and to rows that say that one changed.

    Rows, not oscar's ``order_status_changed``: that one is sent before the change is written.
    """
    if address := getattr(settings, "RETENTION_WEBHOOK_URL", ""):
        _check(address)
    get_class("order.signals", "order_placed").connect(_placed, dispatch_uid="retention")
    for app, model in (
        ("order", "OrderStatusChange"),
        ("payment", "Transaction"),
        ("order", "ShippingEventQuantity"),
    ):
        post_save.connect(_changed, sender=get_model(app, model), dispatch_uid=f"retention-{model}")


def signed(body: bytes) -> dict[str, str]:
    """Return the headers of a delivery: the hex HMAC-SHA256 of its bytes among them."""
    secret = settings.RETENTION_WEBHOOK_SECRET.encode()
    return {
        "Content-Type": "application/json",
        "X-Retention-Signature": hmac.digest(secret, body, sha256).hex(),
    }


def _placed(*, order: Any, **_: object) -> None:
    language = (get_language() or settings.LANGUAGE_CODE)[:20]
    languages = get_model("retention_companion", "OrderLanguage").objects
    try:
        with transaction.atomic():
            languages.update_or_create(order=order, defaults={"code": language})
    except DatabaseError as error:  # a table that was not migrated must not cost a sale
        _log.warning("the language of an order was not kept (%s)", type(error).__name__)
    _tell("order.placed", order.pk)


def _changed(*, instance: Any, **_: object) -> None:
    row = instance
    for owner in ("source", "event"):
        row = getattr(row, owner, row)
    _tell("order.changed", row.order_id)


def _tell(topic: str, order_id: int) -> None:
    """Post an order's document as soon as what happened to it is certain."""
    if getattr(settings, "RETENTION_WEBHOOK_URL", ""):
        transaction.on_commit(lambda: _post(topic, order_id), robust=True)


def _post(topic: str, order_id: int) -> None:
    from .orders import order_document

    order = get_model("order", "Order").objects.filter(pk=order_id).first()
    if order is None:
        return
    document = {"order": order_document(order)}
    body = json.dumps(document, ensure_ascii=False, cls=DjangoJSONEncoder).encode()
    headers = {**signed(body), "X-Retention-Topic": topic}
    request = Request(settings.RETENTION_WEBHOOK_URL, data=body, headers=headers)  # noqa: S310 - checked at start
    # A buyer does not wait for us; what is lost here, polling finds.
    Thread(target=_send, args=(request,), daemon=True).start()


def _send(request: Request) -> None:
    opener = build_opener(ProxyHandler({}), _NoRedirects)
    try:
        opener.open(request, timeout=TIMEOUT_S).close()
    except (URLError, OSError, ValueError) as error:
        _log.warning("a delivery to the retention server failed (%s)", type(error).__name__)


class _NoRedirects(HTTPRedirectHandler):
    """An order goes to the configured address and to no other."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Follow nobody."""


def _check(address: str) -> None:
    parts = urlsplit(address)
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOCAL)
    if not is_safe or not getattr(settings, "RETENTION_WEBHOOK_SECRET", ""):
        raise ImproperlyConfigured(
            "RETENTION_WEBHOOK_URL must be https, and RETENTION_WEBHOOK_SECRET must be set"
        )
