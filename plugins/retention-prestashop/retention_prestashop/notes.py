"""Notes at orders: private messages in the order's thread of customer service."""

from __future__ import annotations

from collections.abc import Callable

from retention_sdk.shop_api.values import asked_number

from .webservice import NAME, Json, Webservice, number, refused

# Whatever follows a tag is cut off when a message is stored, so notes hold none.
_NO_TAGS = str.maketrans({"<": "‹", ">": "›"})


def add(
    service: Webservice, order_id: str, text: str, *, employee: int, make_token: Callable[[], str]
) -> None:
    """Write a note for the staff, in the name of an employee.

    The thread of an order is made where there is none; ``make_token`` returns the twelve
    characters by which its page could be opened.

    Raises:
        PlatformError: there is no such order, or the shop refused.
    """
    order_id = asked_number(order_id, adapter=NAME)
    thread = _thread(service, order_id) or _new_thread(service, order_id, make_token())
    message = {
        "id_customer_thread": thread,
        "id_employee": employee,
        "message": text.translate(_NO_TAGS),
        "private": 1,
        "read": 1,
    }
    service.add("customer_messages", "customer_message", message)


def _thread(service: Webservice, order_id: str) -> str:
    where = {"id_order": f"[{order_id}]"}
    rows = service.rows("customer_threads", ("id",), where=where, sort="id_ASC", limit=1)
    return number(rows[0]["id"]) if rows else ""


def _new_thread(service: Webservice, order_id: str, token: str) -> str:
    fields = ("id", "id_customer", "id_lang", "id_shop")
    orders = list(service.rows_by("orders", "id", [order_id], fields))
    if not orders:
        raise refused("there is no such order")
    order = orders[0]
    thread = {
        **{name: order[name] for name in fields[1:]},
        "id_order": order_id,
        "id_contact": 0,
        # An open one would wait in the list of what customers ask.
        "status": "closed",
        "email": _email(service, order),
        "token": token,
    }
    return number(service.add("customer_threads", "customer_thread", thread)["id"])


def _email(service: Webservice, order: Json) -> str:
    """Return the buyer's address; of a deleted account there is none."""
    found = service.rows_by("customers", "id", [str(order["id_customer"])], ("id", "email"))
    return next((str(row["email"] or "") for row in found), "")
