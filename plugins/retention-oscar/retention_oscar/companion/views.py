"""Addresses for staff, beside those of oscarapi."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils.dateparse import parse_datetime
from oscar.core.loading import get_model
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from . import vouchers
from .access import StaffView
from .models import Answer
from .orders import changed_orders, customer_document, order_document

PAGE_MAX = 200
# A checkout dates its rows when it writes them, and others see them when it ends.
LATENESS = timedelta(seconds=60)


def _user(act: str) -> str:
    """Name a permission on accounts; shops may have a model of their own for them."""
    meta = get_user_model()._meta  # noqa: SLF001 - Django's own way to ask
    return f"{meta.app_label}.{act}_{meta.model_name}"


class ShopView(StaffView):
    """The shop's name, currency, language and zone, as Django and oscar are set up."""

    needs: ClassVar = {"GET": ("order.view_order",)}

    def get(self, request: Any) -> Response:  # noqa: ARG002 - Django passes it
        """Return the profile."""
        return Response(
            {
                "version": 1,
                "name": settings.OSCAR_SHOP_NAME,
                "currency": settings.OSCAR_DEFAULT_CURRENCY,
                "language": settings.LANGUAGE_CODE,
                "time_zone": settings.TIME_ZONE,
            }
        )


class OrdersView(StaffView):
    """Orders, oldest change first, page by page."""

    needs: ClassVar = {"GET": ("order.view_order", "order.view_line", _user("view"))}

    def get(self, request: Any) -> Response:
        """Return a page; ``next`` is where to go on, empty on the last one."""
        asked = request.query_params
        since = _moment(asked["since"]) - LATENESS if asked.get("since") else None
        size = max(1, min(PAGE_MAX, _number(asked.get("limit", PAGE_MAX))))
        found = list(changed_orders(since, _after(asked.get("after", "")))[: size + 1])
        page, last = found[:size], found[size - 1 : size]
        has_more = len(found) > size
        return Response(
            {
                "orders": [order_document(order) for order in page],
                "next": f"{last[0].changed_at.isoformat()}|{last[0].pk}" if has_more else "",
            }
        )


class OrderView(StaffView):
    """One order."""

    needs: ClassVar = OrdersView.needs

    def get(self, request: Any, pk: int) -> Response:  # noqa: ARG002
        """Return its document."""
        order = get_object_or_404(get_model("order", "Order"), pk=pk)
        return Response({"order": order_document(order)})


class NotesView(StaffView):
    """Notes for the shop's staff."""

    needs: ClassVar = {"POST": ("order.view_order", "order.add_ordernote")}

    def post(self, request: Any, pk: int) -> Response:
        """Write a note, unless the same one is there."""
        order = get_object_or_404(get_model("order", "Order"), pk=pk)
        message = str(request.data["text"])[:5000]
        kind = get_model("order", "OrderNote").SYSTEM  # nobody edits it afterwards
        note, _ = order.notes.get_or_create(note_type=kind, message=message)
        return Response({"id": note.pk}, status=201)


class CustomersView(StaffView):
    """Accounts of customers; staff are none."""

    needs: ClassVar = {"GET": (_user("view"),)}

    def get(self, request: Any) -> Response:
        """Return a page, by identifier."""
        after = _number(request.query_params.get("after") or 0)
        users = get_user_model().objects.filter(is_staff=False, is_superuser=False, pk__gt=after)
        page = list(users.order_by("pk").prefetch_related("retention_answers")[: PAGE_MAX + 1])
        has_more = len(page) > PAGE_MAX
        page = page[:PAGE_MAX]
        return Response(
            {
                "customers": [customer_document(user) for user in page],
                "next": str(page[-1].pk) if has_more else "",
            }
        )


class CustomerView(StaffView):
    """One customer: read and erase."""

    needs: ClassVar = {"GET": (_user("view"),), "DELETE": (_user("delete"),)}

    def get(self, request: Any, pk: int) -> Response:  # noqa: ARG002
        """Return the account with its answers."""
        return Response({"customer": customer_document(_customer(pk))})

    def delete(self, request: Any, pk: int) -> Response:  # noqa: ARG002
        """Delete the account with all that hangs on it, and keep used vouchers used.

        Oscar deletes the uses of a voucher with the person, and the code could be used again.
        """
        if not get_user_model().objects.filter(pk=pk).exists():
            return Response(status=204)
        user = _customer(pk)
        with transaction.atomic():
            get_model("voucher", "VoucherApplication").objects.filter(user=user).update(user=None)
            user.delete()
        return Response(status=204)


class AnswersView(StaffView):
    """What a customer answered."""

    needs: ClassVar = {
        "PUT": ("retention_companion.add_answer", "retention_companion.change_answer")
    }

    def put(self, request: Any, pk: int) -> Response:
        """Keep an answer, unless a newer one is known. Without a date, only a no replaces one."""
        given = {name: str(request.data[name]) for name in ("channel", "purpose")}
        rest = ("state", "opt_in_level", "source")
        recorded_at = request.data.get("recorded_at")
        values = {name: str(request.data.get(name) or "")[:200] for name in rest}
        values["recorded_at"] = _moment(recorded_at) if recorded_at else None
        with transaction.atomic():
            user = _customer(pk)
            known = Answer.objects.select_for_update().filter(user=user, **given).first()
            if known is None or _replaces(values, known):
                Answer.objects.update_or_create(user=user, **given, defaults=values)
        return Response(status=204)


class VouchersView(StaffView):
    """Vouchers by their code."""

    needs: ClassVar = {
        "POST": ("voucher.add_voucher", "offer.add_conditionaloffer"),
        "DELETE": ("voucher.change_voucher",),
    }

    def post(self, request: Any) -> Response:
        """Create a voucher, or find it."""
        try:
            voucher = vouchers.create(request.data)
        except vouchers.RefusedError as refused:
            return Response({"refused": str(refused)}, status=409)
        except (KeyError, TypeError, ValueError):
            return Response({"refused": "malformed"}, status=409)
        return Response({"id": voucher.pk, "code": voucher.code}, status=201)

    def delete(self, request: Any) -> Response:
        """End a voucher."""
        vouchers.void(str(request.query_params["code"]))
        return Response(status=204)


def _customer(pk: int) -> Any:
    return get_object_or_404(get_user_model(), pk=pk, is_staff=False, is_superuser=False)


def _after(cursor: str) -> tuple[datetime, int] | None:
    if not cursor:
        return None
    moment, _, pk = cursor.partition("|")
    return _moment(moment), _number(pk)


def _moment(text: str) -> datetime:
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise ValidationError("not a moment with a zone")
    return moment


def _number(text: Any) -> int:
    try:
        return int(text)
    except ValueError:
        raise ValidationError("not a number") from None


def _replaces(values: dict[str, Any], known: Answer) -> bool:
    moment = values["recorded_at"]
    if known.recorded_at is None:
        return True
    if moment is None:
        return bool(values["state"] == "denied")
    return bool(moment >= known.recorded_at)
