"""An invented shop in the shape of Adobe Commerce's REST answers: nobody's people and orders."""

PLACED, PAID, CHANGED = "2026-11-20 08:15:02", "2026-11-20 08:15:04", "2026-11-20 08:16:00"
ADDRESS = {
    "address_type": "shipping",
    "firstname": "Marlene",
    "lastname": "Vogt",
    "street": ["Lindenweg 12", "Hinterhaus"],
    "city": "Leipzig",
    "region": "Sachsen",
    "postcode": "04103",
    "country_id": "DE",
    "telephone": "+493410000001",
}
CONFIG = {
    "id": 1,
    "code": "default",
    "website_id": 1,
    "locale": "de_DE",
    "base_currency_code": "EUR",
    "default_display_currency_code": "EUR",
    "timezone": "Europe/Berlin",
    "weight_unit": "kgs",
    **{
        f"{secure}{kind}": "https://kiln.example/"
        for secure in ("", "secure_")
        for kind in ("base_url", "base_link_url", "base_static_url", "base_media_url")
    },
}


def item(number, name, price, quantity=1, **fields):
    row = round(price * quantity, 4)
    made = {
        "item_id": number,
        "name": name,
        "sku": f"KL-{number}",
        "product_id": number + 500,
        "product_type": "simple",
        "qty_ordered": quantity,
        "price_incl_tax": price,
        "row_total": row,
        "tax_amount": 0,
    }
    return {**made, **fields}


def order(number=1, **fields):
    made = {
        "entity_id": number,
        "increment_id": f"{number:09}",
        "created_at": PLACED,
        "updated_at": CHANGED,
        "state": "processing",
        "status": "processing",
        "store_id": 1,
        "store_name": "Main Website\nMain Website Store\nDeutsch",
        "order_currency_code": "EUR",
        "base_grand_total": 43.9,
        "grand_total": 43.9,
        "total_paid": 43.9,
        "tax_amount": 7.01,
        "discount_amount": 0,
        "shipping_incl_tax": 4.9,
        "customer_id": 7,
        "customer_is_guest": 0,
        "customer_email": "marlene.vogt@example.com",
        "customer_firstname": "Marlene",
        "customer_lastname": "Vogt",
        "customer_gender": 2,
        "customer_dob": "1990-04-30 00:00:00",
        "items": [
            item(11, "Tea bowl, ash glaze", 26.0, row_total=21.8487, tax_amount=4.1513),
            item(12, "Spoon of cherry wood", 6.5, 2, row_total=10.9244, tax_amount=2.0756),
        ],
        "billing_address": {**ADDRESS, "address_type": "billing"},
        "payment": {
            "account_status": "",
            "additional_information": ["Invoice"],
            "cc_last4": "",
            "method": "purchaseorder",
        },
        "status_histories": [],
        "extension_attributes": {
            "shipping_assignments": [
                {"shipping": {"address": ADDRESS, "method": "flatrate_flatrate"}, "items": []}
            ]
        },
    }
    return {**made, **fields}


def shipment(number, order_id, parts, **fields):
    track = {
        "order_id": order_id,
        "parent_id": number,
        "weight": 1,
        "qty": 1,
        "description": "",
        "track_number": "00340",
        "title": "DHL",
        "carrier_code": "dhl",
    }
    made = {
        "entity_id": number,
        "order_id": order_id,
        "created_at": "2026-11-21 09:00:00",
        "items": [{"order_item_id": key, "qty": count} for key, count in parts.items()],
        "tracks": [track],
        "comments": [],
    }
    return {**made, **fields}


def invoice(number, order_id, **fields):
    made = {"entity_id": number, "order_id": order_id, "created_at": PAID, "state": 2}
    return {**made, "total_qty": 3, "items": [], **fields}


def creditmemo(number, order_id, **fields):
    made = {"entity_id": number, "order_id": order_id, "created_at": "2026-11-22 09:00:00"}
    return {**made, "items": [], **fields}


def customer(number=7, **fields):
    made = {
        "id": number,
        "email": "marlene.vogt@example.com",
        "firstname": "Marlene",
        "lastname": "Vogt",
        "store_id": 1,
        "website_id": 1,
        "gender": 2,
        "dob": "1990-04-30",
        "addresses": [
            {
                **{
                    name: ADDRESS[name]
                    for name in ADDRESS
                    if name not in {"address_type", "region"}
                },
                "region": {"region_code": "SN", "region": "Sachsen", "region_id": 91},
                "default_shipping": True,
            }
        ],
        "extension_attributes": {"is_subscribed": False},
        "custom_attributes": [],
    }
    return {**made, **fields}


def product(number, **fields):
    made = {"id": number, "sku": f"KL-{number}", "name": "Tea bowl", "status": 1, "visibility": 4}
    words = {"attribute_code": "description", "value": "<p>Fired twice.</p><p>By hand.</p>"}
    return {**made, "custom_attributes": [words], **fields}
