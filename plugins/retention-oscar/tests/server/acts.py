"""What staff does by hand in a shop, through oscar's own classes; tests ask for it over loopback."""

import json
import os
from decimal import Decimal

from django.contrib.auth import get_user_model
from django.db import connection
from django.http import HttpResponseForbidden, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from oscar.apps.order.processing import EventHandler
from oscar.core.loading import get_model


def pay(order, *, amount):
    """Take money, as a payment gateway of the shop records it."""
    kind, _ = get_model("payment", "SourceType").objects.get_or_create(name="Card")
    source, _ = order.sources.get_or_create(source_type=kind, currency=order.currency)
    source.debit(Decimal(amount), reference="d-1")


def refund(order, *, amount):
    order.sources.get().refund(Decimal(amount), reference="r-1")


def status(order, *, name):
    EventHandler().handle_order_status_change(order, name)


def ship(order, *, quantity, kind):
    event_type, _ = get_model("order", "ShippingEventType").objects.get_or_create(name=kind)
    lines = order.lines.all()[:1]
    EventHandler().handle_shipping_event(order, event_type, lines, [quantity])


def delete_product(order):
    order.lines.get().product.delete()


def customer(_, *, email, first_name="", last_name="", **more):
    user = get_user_model().objects.create_user(
        username=email,
        email=email,
        password="buyer",
        first_name=first_name,
        last_name=last_name,
        **more,
    )
    return user.pk


def grant(_, *, email, permissions):
    """Give a member of staff permissions, written as Django does."""
    user = get_user_model().objects.get(email=email)
    permission = get_model("auth", "Permission").objects
    for each in permissions:
        app, codename = each.split(".")
        user.user_permissions.add(permission.get(content_type__app_label=app, codename=codename))


def product(_, *, title, price, **more):
    Product = get_model("catalogue", "Product")
    kind, _ = get_model("catalogue", "ProductClass").objects.get_or_create(
        name="Goods", requires_shipping=True, track_stock=False
    )
    partner, _ = get_model("partner", "Partner").objects.get_or_create(name="Main")
    made = Product.objects.create(title=title, product_class=kind, **more)
    made.stockrecords.create(
        partner=partner, partner_sku=f"SKU-{made.pk}", price_currency="EUR", price=Decimal(price)
    )
    return made.pk


def notes(order):
    return [note.message for note in order.notes.order_by("pk")]


def voucher(_, *, code):
    """What the dashboard shows of a voucher, and how often it was used."""
    found = get_model("voucher", "Voucher").objects.filter(code=code)
    return [
        {"id": each.pk, "is_active": each.is_active(), "uses": each.applications.count()}
        for each in found
    ]


def lose_a_table(_):
    """As in a shop whose owner forgot to migrate."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE retention_companion_orderlanguage RENAME TO lost")


def find_the_table(_):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE lost RENAME TO retention_companion_orderlanguage")


def exists(_, *, email):
    return get_user_model().objects.filter(email=email).exists()


ACTS = {
    act.__name__: act
    for act in (
        pay, refund, status, ship, delete_product, customer, grant, product, notes, voucher, exists,
        lose_a_table, find_the_table,
    )
}  # fmt: skip


@csrf_exempt
def act(request, name):
    """Do one thing, for whoever knows the password of this run."""
    if request.headers.get("X-Password") != os.environ["SHOP_PASSWORD"]:
        return HttpResponseForbidden()
    given = json.loads(request.body)
    order_id = given.pop("order", None)
    order = get_model("order", "Order").objects.get(pk=order_id) if order_id else None
    return JsonResponse({"result": ACTS[name](order, **given)})
