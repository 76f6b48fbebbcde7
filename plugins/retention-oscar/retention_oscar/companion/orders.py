"""An order as one document: oscarapi's own fields, with what it leaves out under ``retention``."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import DateTimeField, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest
from oscar.core.loading import get_model
from oscarapi.utils.loading import get_api_classes

Json = dict[str, Any]


def order_document(order: Any) -> Json:
    """Return everything an adapter reads of an order; links in it have no host."""
    kinds = ["AdminOrderSerializer", "AdminOrderLineSerializer"]
    serialize_order, serialize_line = get_api_classes("serializers.admin.order", kinds)
    bare = {"request": None}
    serializer = serialize_order(order, context=bare)
    serializer.fields.pop("payment_url", None)  # most shops have none, and oscarapi warns of it
    document = dict(serializer.data)
    lines = order.lines.select_related("product__product_class", "product__parent").all()
    document["lines"] = [
        {**serialize_line(line, context=bare).data, **_line_facts(line)} for line in lines
    ]
    document["retention"] = _facts(order)
    return document


def changed_orders(since: datetime | None, after: tuple[datetime, int] | None) -> QuerySet[Any]:
    """Return orders, oldest change first, each with its moment as ``changed_at``.

    Oscar keeps no such moment: it is that of the newest status, payment or shipment.
    """
    changes = (
        get_model("order", "OrderStatusChange").objects.filter(order=OuterRef("pk")),
        get_model("payment", "Transaction").objects.filter(source__order=OuterRef("pk")),
        get_model("order", "ShippingEvent").objects.filter(order=OuterRef("pk")),
    )
    newest = [Coalesce(_newest(each), "date_placed") for each in changes]
    found = get_model("order", "Order").objects.annotate(
        changed_at=Greatest("date_placed", *newest)
    )
    if since is not None:
        found = found.filter(changed_at__gte=since)
    if after is not None:
        moment, pk = after
        later = found.filter(changed_at__gt=moment)
        found = later | found.filter(changed_at=moment, pk__gt=pk)
    return found.order_by("changed_at", "pk")


def customer_document(user: Any) -> Json:
    """Return an account with what it answered; no password, no permissions."""
    return {
        "id": user.pk,
        "email": user.email,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "consents": [answer_document(each) for each in user.retention_answers.all()],
    }


def answer_document(answer: Any) -> Json:
    """Return one answer."""
    return {
        "channel": answer.channel,
        "purpose": answer.purpose,
        "state": answer.state,
        "opt_in_level": answer.opt_in_level,
        "recorded_at": answer.recorded_at and answer.recorded_at.isoformat(),
        "source": answer.source,
    }


def _newest(changes: QuerySet[Any]) -> Subquery:
    newest = changes.order_by().values("order" if _has_order(changes) else "source__order")
    moments = newest.annotate(newest=Max("date_created")).values("newest")
    return Subquery(moments, output_field=DateTimeField())


def _has_order(changes: QuerySet[Any]) -> bool:
    return any(field.name == "order" for field in changes.model._meta.get_fields())  # noqa: SLF001 - Django's own way to ask


def _line_facts(line: Any) -> Json:
    product = line.product
    return {
        "title": line.title,
        "partner_sku": line.partner_sku,
        "upc": line.upc,
        "requires_shipping": product.is_shipping_required if product else True,
        "categories": [each.name for each in product.get_categories()] if product else [],
    }


def _facts(order: Any) -> Json:
    sources = list(order.sources.prefetch_related("transactions", "source_type"))
    language = getattr(order, "retention_language", None)
    return {
        "customer": customer_document(order.user) if order.user else None,
        "language": language.code if language else "",
        "payment_method": sources[0].source_type.name if sources else "",
        "refunded": str(sum(source.amount_refunded for source in sources)),
        "payments": [
            {"type": each.txn_type, "amount": str(each.amount), "at": each.date_created.isoformat()}
            for source in sources
            for each in source.transactions.order_by("pk")
        ],
        "statuses": [
            {"status": each.new_status, "at": each.date_created.isoformat()}
            for each in order.status_changes.order_by("pk")
        ],
        "shipments": [_shipment(each) for each in order.shipping_events.order_by("pk")],
    }


def _shipment(event: Any) -> Json:
    quantities = event.line_quantities.order_by("pk")
    return {
        "id": event.pk,
        "type": event.event_type.name,
        "at": event.date_created.isoformat(),
        "lines": [{"line": each.line_id, "quantity": each.quantity} for each in quantities],
    }
