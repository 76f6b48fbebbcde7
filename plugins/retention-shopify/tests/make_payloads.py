"""Writes the payloads beside it: invented people and orders in the shape that Shopify documents.

Run it after a change: ``python plugins/retention-shopify/tests/make_payloads.py``.
"""

import json
from pathlib import Path

PAYLOADS = Path(__file__).parent / "payloads"
PLACED, PAID = "2026-11-20T09:15:02+01:00", "2026-11-20T09:15:04+01:00"


def pair(amount, currency="EUR", buyers=None):
    amount_there, there = buyers or (amount, currency)
    return {
        "shop_money": {"amount": amount, "currency_code": currency},
        "presentment_money": {"amount": amount_there, "currency_code": there},
    }


def line(number, title, price, *, quantity=1, open_count=1, **changes):
    return {
        "id": number,
        "admin_graphql_api_id": f"gid://shopify/LineItem/{number}",
        "attributed_staffs": [],
        "current_quantity": quantity,
        "fulfillable_quantity": open_count,
        "fulfillment_service": "manual",
        "fulfillment_status": None,
        "gift_card": False,
        "grams": 120,
        "name": title,
        "price": price,
        "price_set": pair(price),
        "product_exists": True,
        "product_id": number + 500,
        "properties": [],
        "quantity": quantity,
        "requires_shipping": True,
        "sales_line_item_group_id": None,
        "sku": f"KL-{number}",
        "taxable": True,
        "title": title,
        "total_discount": "0.00",
        "total_discount_set": pair("0.00"),
        "variant_id": number + 900,
        "variant_inventory_management": "shopify",
        "variant_title": None,
        "vendor": "Kiln and Leaf",
        "tax_lines": [],
        "duties": [],
        "discount_allocations": [],
        **changes,
    }


def address(first, last, **changes):
    return {
        "first_name": first,
        "last_name": last,
        "name": f"{first} {last}",
        "company": None,
        "address1": "Lindenweg 12",
        "address2": None,
        "city": "Leipzig",
        "province": "Saxony",
        "province_code": "SN",
        "zip": "04103",
        "country": "Germany",
        "country_code": "DE",
        "phone": "+493410000001",
        "latitude": None,
        "longitude": None,
        **changes,
    }


def account(**changes):
    home = {
        **address("Marlene", "Vogt"),
        "id": 31,
        "customer_id": 7001,
        "country_name": "Germany",
        "default": True,
    }
    return {
        "id": 7001,
        "admin_graphql_api_id": "gid://shopify/Customer/7001",
        "created_at": "2026-03-01T12:00:00+01:00",
        "updated_at": PAID,
        "first_name": "Marlene",
        "last_name": "Vogt",
        "state": "enabled",
        "note": None,
        "verified_email": True,
        "multipass_identifier": None,
        "tax_exempt": False,
        "email": "marlene.vogt@example.com",
        "phone": None,
        "currency": "EUR",
        "tags": "regular, ceramics",
        "tax_exemptions": [],
        "addresses": [],
        "default_address": home,
        **changes,
    }


def shipping_line(price, **changes):
    return {
        "id": 81,
        "carrier_identifier": None,
        "code": "Standard",
        "current_discounted_price_set": pair(price),
        "discounted_price": price,
        "discounted_price_set": pair(price),
        "is_removed": False,
        "phone": None,
        "price": price,
        "price_set": pair(price),
        "requested_fulfillment_service_id": None,
        "source": "shopify",
        "title": "Standard",
        "tax_lines": [],
        "discount_allocations": [],
        **changes,
    }


AMOUNTS = {
    "current_shipping_price_set": "4.90",
    "current_subtotal_price_set": "39.00",
    "current_total_discounts_set": "0.00",
    "current_total_price_set": "43.90",
    "current_total_tax_set": "7.01",
    "subtotal_price_set": "39.00",
    "total_cash_rounding_payment_adjustment_set": "0.00",
    "total_cash_rounding_refund_adjustment_set": "0.00",
    "total_discounts_set": "0.00",
    "total_line_items_price_set": "39.00",
    "total_price_set": "43.90",
    "total_shipping_price_set": "4.90",
    "total_tax_set": "7.01",
}
EMPTY = (
    "app_id browser_ip cancel_reason cancelled_at cart_token checkout_token client_details "
    "closed_at confirmation_number current_total_additional_fees_set current_total_duties_set "
    "device_id fulfillment_status landing_site landing_site_ref location_id "
    "merchant_of_record_app_id note original_total_additional_fees_set "
    "original_total_duties_set payment_terms phone po_number reference referring_site "
    "source_identifier source_url user_id"
).split()
LISTS = (
    "discount_applications discount_codes fulfillments line_item_groups note_attributes refunds "
    "returns tax_lines"
).split()


def order(**changes):
    pairs = {name: pair(amount) for name, amount in AMOUNTS.items()}
    plain = {
        name.removesuffix("_set"): amount
        for name, amount in AMOUNTS.items()
        if "cash_rounding" not in name and "shipping" not in name
    }
    return {
        **dict.fromkeys(EMPTY),
        **{name: [] for name in LISTS},
        **pairs,
        **plain,
        "id": 5501,
        "admin_graphql_api_id": "gid://shopify/Order/5501",
        "app_id": 580111,
        "buyer_accepts_marketing": False,
        "confirmed": True,
        "contact_email": "marlene.vogt@example.com",
        "created_at": PLACED,
        "currency": "EUR",
        "customer_locale": "de",
        "duties_included": False,
        "email": "marlene.vogt@example.com",
        "estimated_taxes": False,
        "financial_status": "paid",
        "merchant_business_entity_id": "MTU0ODM4MDAwOQ",
        "name": "#1001",
        "number": 1,
        "order_number": 1001,
        "order_status_url": "https://kiln-and-leaf.example/1/orders/abc/authenticate?key=xyz",
        "payment_gateway_names": ["shopify_payments"],
        "presentment_currency": "EUR",
        "processed_at": PAID,
        "source_name": "web",
        "tags": "",
        "tax_exempt": False,
        "taxes_included": True,
        "test": False,
        "token": "abc",
        "total_outstanding": "0.00",
        "total_tip_received": "0.00",
        "total_weight": 240,
        "updated_at": "2026-11-20T09:15:05+01:00",
        "billing_address": address("Marlene", "Vogt"),
        "shipping_address": address("Marlene", "Vogt"),
        "customer": account(),
        "line_items": [
            line(901, "Tea bowl, ash glaze", "26.00"),
            line(902, "Spoon of cherry wood", "6.50", quantity=2, open_count=2),
        ],
        "shipping_lines": [shipping_line("4.90")],
        **changes,
    }


def abroad():
    """An order from Japan: paid in yen, kept in euro."""
    sets = {
        "total_price_set": pair("43.90", buyers=("7420", "JPY")),
        "total_shipping_price_set": pair("4.90", buyers=("820", "JPY")),
        "total_tax_set": pair("0.00", buyers=("0", "JPY")),
        "total_discounts_set": pair("3.90", buyers=("660", "JPY")),
    }
    cut = {
        "amount": "3.90",
        "amount_set": pair("3.90", buyers=("660", "JPY")),
        "discount_application_index": 0,
    }
    bowl = line(
        901,
        "Tea bowl, ash glaze",
        "42.90",
        price_set=pair("42.90", buyers=("7260", "JPY")),
        discount_allocations=[cut],
    )
    home = {
        "country": "Japan",
        "country_code": "JP",
        "city": "Kyoto",
        "zip": "604-8571",
        "address1": "Nakagyo 488",
        "province": "Kyoto",
        "province_code": "JP-26",
    }
    return order(
        **sets,
        id=5502,
        admin_graphql_api_id="gid://shopify/Order/5502",
        name="#1002",
        order_number=1002,
        number=2,
        presentment_currency="JPY",
        customer_locale="ja",
        discount_codes=[{"code": "WELCOME", "amount": "3.90", "type": "fixed_amount"}],
        line_items=[bowl],
        billing_address=address("Haruka", "Mori", **home),
        shipping_address=address("Haruka", "Mori", **home),
        note_attributes=[
            {"name": "Gift", "value": "yes"},
            {"name": "Gift message", "value": "For your new kitchen"},
        ],
    )


def shipped():
    """Both lines left in one parcel."""
    base = order()
    items = [
        {**each, "fulfillable_quantity": 0, "fulfillment_status": "fulfilled"}
        for each in base["line_items"]
    ]
    parcel = {
        "id": 6601,
        "admin_graphql_api_id": "gid://shopify/Fulfillment/6601",
        "created_at": "2026-11-21T15:00:00+01:00",
        "line_items": items,
        "location_id": 11,
        "name": "#1001.1",
        "order_id": 5501,
        "origin_address": {},
        "receipt": {},
        "service": "manual",
        "shipment_status": None,
        "status": "success",
        "tracking_company": "DHL",
        "tracking_number": "00340434",
        "tracking_numbers": ["00340434"],
        "tracking_url": "https://dhl.example/00340434",
        "tracking_urls": ["https://dhl.example/00340434"],
        "updated_at": "2026-11-21T15:00:00+01:00",
    }
    return {
        **base,
        "fulfillment_status": "fulfilled",
        "line_items": items,
        "fulfillments": [parcel],
        "updated_at": "2026-11-21T15:00:01+01:00",
    }


def refunded():
    """One spoon came back, after both had left."""
    back = {
        "id": 7701,
        "line_item_id": 902,
        "location_id": 11,
        "quantity": 1,
        "restock_type": "return",
        "subtotal": "6.50",
        "subtotal_set": pair("6.50"),
        "total_tax": "0.00",
        "total_tax_set": pair("0.00"),
    }
    refund = {
        "id": 8801,
        "admin_graphql_api_id": "gid://shopify/Refund/8801",
        "created_at": "2026-11-25T10:00:00+01:00",
        "note": "",
        "order_id": 5501,
        "processed_at": "2026-11-25T10:00:00+01:00",
        "restock": True,
        "user_id": 3,
        "order_adjustments": [],
        "transactions": [],
        "refund_line_items": [back],
        "duties": [],
    }
    return {
        **shipped(),
        "financial_status": "partially_refunded",
        "refunds": [refund],
        "updated_at": "2026-11-25T10:00:02+01:00",
    }


def consent(state, level, at="2026-11-20T09:20:00+01:00"):
    answer = {"state": state, "opt_in_level": level, "consent_updated_at": at}
    return {
        "customer_id": 7001,
        "email_address": "marlene.vogt@example.com",
        "email_marketing_consent": answer,
    }


SHOP = {"shop_id": 954001, "shop_domain": "kiln-and-leaf.myshopify.com"}
PERSON = {"id": 7001, "email": "marlene.vogt@example.com", "phone": "+493410000001"}
ALL = {
    "orders_create": order(financial_status="pending", total_outstanding="43.90"),
    "orders_paid": order(),
    "orders_paid_abroad": abroad(),
    "orders_fulfilled": shipped(),
    "orders_updated_refunded": refunded(),
    "orders_cancelled": order(
        cancel_reason="customer",
        cancelled_at="2026-11-20T12:00:00+01:00",
        closed_at="2026-11-20T12:00:00+01:00",
        financial_status="voided",
        updated_at="2026-11-20T12:00:01+01:00",
    ),
    "customers_create": account(created_at=PLACED, note="met at the market"),
    "customers_update": account(note="asked for a call back"),
    "consent_email_confirmed": consent("subscribed", "confirmed_opt_in"),
    "consent_email_pending": consent("pending", "confirmed_opt_in"),
    "consent_email_withdrawn": consent("unsubscribed", "confirmed_opt_in"),
    "consent_sms": {
        "id": 7001,
        "phone": "+493410000001",
        "sms_marketing_consent": {
            "state": "subscribed",
            "opt_in_level": "single_opt_in",
            "consent_updated_at": "2026-11-20T09:21:00+01:00",
            "consent_collected_from": "other",
        },
    },
    "consent_whatsapp": {
        "customer_id": 7001,
        "phone_number": "+493410000001",
        "whats_app_marketing_consent": {
            "state": "subscribed",
            "opt_in_level": "single_opt_in",
            "updated_at": "2026-11-20T09:22:00+01:00",
            "collected_from": "other",
        },
    },
    "customers_merge": {
        "admin_graphql_api_customer_kept_id": "gid://shopify/Customer/7001",
        "admin_graphql_api_customer_deleted_id": "gid://shopify/Customer/7002",
        "admin_graphql_api_job_id": None,
        "status": "completed",
        "errors": [],
    },
    "customers_data_request": {
        **SHOP,
        "customer": PERSON,
        "orders_requested": [5501, 5502],
        "data_request": {"id": 9901},
    },
    "customers_redact": {**SHOP, "customer": PERSON, "orders_to_redact": [5501, 5502]},
    "shop_redact": SHOP,
}

if __name__ == "__main__":
    for name, payload in ALL.items():
        body = json.dumps(payload, indent=1, ensure_ascii=False) + "\n"
        (PAYLOADS / f"{name}.json").write_text(body, encoding="utf-8")
