"""A synthetic vendor on a real loopback server; nobody here exists."""

import json
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from retention_basalam.adapter import BasalamAdapter

from retention_sdk.http import httpx
from retention_sdk.shop_api import Timing
from tests.playing import playing

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
TOKEN, VENDOR = "an-invented-token", 456
CITY = {"id": 1, "title": "کاشان", "parent": {"id": 2, "title": "اصفهان"}}
USER = {"id": 20, "hash_id": "aB3x", "name": "سارا نمونه"}
# Parameters of ``/v1/vendor-parcels`` and of a vendor's products, as the description has them.
PARAMETERS = {
    "/v1/vendor-parcels": {"items.vendor_ids", "created_at[gte]", "per_page", "cursor"},
    f"/v1/vendors/{VENDOR}/products": {"page", "per_page"},
}


def a_parcel(number, created=NOON, **changes):
    """A parcel in the shape of ``ParcelResponse``."""
    stamp = created.isoformat()
    recipient = {
        "name": "سارا نمونه",
        "mobile": "09120000000",
        "postal_code": "8713700000",
        "postal_address": "خیابان نمونه",
        "house_number": "12",
        "house_unit": "3",
    }
    method = {"id": 3198, "title": "پست پیشتاز"}
    fields = {
        "id": number,
        "total_items_price": 2_500_000,
        "estimate_send_at": (created + timedelta(days=2)).isoformat(),
        "created_at": stamp,
        "updated_at": stamp,
        "confirmed_at": "",
        "send_at": None,
        "delivery_at": "",
        "is_confirmed": False,
        "is_send_date": False,
        "is_delivered": False,
        "has_delay": False,
        "delay_days": 0,
        "shipping_cost": 450_000,
        "shipping_method": {"current": method, "default": method},
        "status": {"id": 3739, "title": "جدید"},
        "vendor": {
            "id": VENDOR,
            "identifier": "sabun",
            "title": "صابون نمونه",
            "city": CITY,
            "owner": USER,
        },
        "items": [
            {
                "id": number * 10,
                "title": "صابون گل رز",
                "quantity": 2,
                "weight": 200,
                "price": 1_250_000,
                "max_refund_amount": 1_250_000,
                "product": {"id": 77, "name": "صابون گل رز", "category_id": 5, "photos": []},
            }
        ],
        "order": {
            "id": number + 5000,
            "paid_at": (created + timedelta(minutes=3)).isoformat(),
            "created_at": stamp,
            "customer": {"recipient": recipient, "city": CITY, "user": USER},
        },
        "post_receipt": None,
    }
    return {**fields, **changes}


def a_product(number, **changes):
    photo = {"id": 1, "original": "https://example.com/1.jpg", "resized": {}}
    fields = {"id": number, "title": f"صابون {number}", "price": 1, "photo": photo, "sku": None}
    return {**fields, **changes}


class Vendor:
    """What a test fills and looks at."""

    def __init__(self):
        self.parcels = {118: a_parcel(118)}
        self.products = {77: a_product(77, sku="SOAP-1")}
        self.seen, self.failures, self.after_answer = [], [], lambda _path: None

    def add(self, created=NOON, **changes):
        number = max(self.parcels) + 1
        self.parcels[number] = a_parcel(number, created, **changes)
        return str(number)

    def play(self, request):
        """Answer one request, as ``tests.playing`` asks."""
        self.seen.append(request)
        if self.failures:
            return self.failures.pop(0)
        parts = urlsplit(unquote(request["path"]))
        path, wishes = parts.path.removeprefix("/api"), dict(parse_qsl(parts.query))
        assert request["headers"]["authorization"] == f"Bearer {TOKEN}"
        assert set(wishes) <= PARAMETERS.get(path, set()), path
        status, body = self.answer(path, wishes)
        self.after_answer(path)
        return status, {}, json.dumps(body).encode()

    def answer(self, path, wishes):
        if path == "/v1/vendor-parcels":
            return 200, self.page_of_parcels(wishes)
        if path == f"/v1/vendors/{VENDOR}/products":
            chosen = sorted(self.products.values(), key=lambda p: -p["id"])
            page, size = int(wishes["page"]), int(wishes["per_page"])
            found = chosen[(page - 1) * size : page * size]
            return 200, {"data": found, "total_count": len(chosen), "result_count": len(found)}
        if path == f"/v1/vendors/{VENDOR}":
            return 200, {"id": VENDOR, "identifier": "sabun", "title": "صابون نمونه"}
        number = int(re.fullmatch(r"/v1/vendor-parcels/(\d+)", path)[1])
        if number not in self.parcels:
            return 404, {"message": "not found"}
        return 200, self.parcels[number]

    def page_of_parcels(self, wishes):
        """Latest deadline first; the cursor is the last one's, and nobody else's business."""
        assert wishes["items.vendor_ids"] == str(VENDOR)
        since = wishes.get("created_at[gte]", "")
        floor = datetime.fromisoformat(since.replace(" ", "+")) if since else None
        chosen = [
            parcel
            for parcel in self.parcels.values()
            if floor is None or datetime.fromisoformat(parcel["created_at"]) >= floor
        ]
        place = [tuple(map(str, (p["estimate_send_at"], p["id"]))) for p in chosen]
        ordered = [p for _, p in sorted(zip(place, chosen, strict=True), key=lambda e: e[0])][::-1]
        if cursor := wishes.get("cursor"):
            ordered = [p for p in ordered if p["id"] < int(cursor)]
        page = ordered[: int(wishes["per_page"])]
        more = len(ordered) > len(page)
        short = [{**p, "shipping_cost": None} for p in page]
        return {"data": short, "next_cursor": str(page[-1]["id"]) if more else None}


class Shop:
    """A running vendor, and adapters for it that note their waits in ``slept``."""

    NOON = NOON
    parcel, product = staticmethod(a_parcel), staticmethod(a_product)

    def __init__(self, url, vendor):
        self.url, self.vendor, self.slept = url, vendor, []

    def settings(self, **changes):
        return {
            "token": TOKEN,
            "vendor_id": VENDOR,
            "amounts_in": "rial",
            "api_url": self.url,
            **changes,
        }

    def adapter(self, library=httpx, *, shop_id="sabun.example", **changes):
        """An adapter that does not sleep between tries."""
        timing = Timing(sleep=self.slept.append)
        kind = type("Adapter", (BasalamAdapter,), {"http": library, "timing": timing})
        return kind.from_config(self.settings(**changes), shop_id=shop_id)

    def order(self, /, settings=None, **changes):
        """The order that the synthetic one becomes when some fields are different."""
        self.vendor.parcels[118].update(changes)
        return self.adapter(**(settings or {})).fetch_order("118")


@pytest.fixture
def shop():
    """A new vendor with one parcel and one product, on a server of its own."""
    vendor = Vendor()
    with playing(vendor.play) as play:
        yield Shop(play.url, vendor)
