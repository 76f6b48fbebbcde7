"""GraphQL nodes in the shape that webhooks have, so that one reader reads both. Pure.

An order that is fetched and one that a webhook told are the same record, with the same
identifiers, and so tell the same facts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from retention_sdk.model import Product
from retention_sdk.shop_api.values import text

from .values import gid_number, number

Json = Mapping[str, Any]


def order_body(node: Json) -> dict[str, Any]:
    """Return an order whose lines and fulfilments are complete."""
    attributes = node["customAttributes"]
    return {
        "id": number(node["legacyResourceId"]),
        "name": node["name"],
        "created_at": node["createdAt"],
        "updated_at": node["updatedAt"],
        "processed_at": node["processedAt"],
        "cancelled_at": node["cancelledAt"],
        "financial_status": text(node["displayFinancialStatus"]).casefold(),
        "customer_locale": node["customerLocale"],
        "currency": node["currencyCode"],
        "presentment_currency": node["presentmentCurrencyCode"],
        "taxes_included": node["taxesIncluded"],
        "payment_gateway_names": node["paymentGatewayNames"],
        "source_name": node["sourceName"],
        "discount_codes": [{"code": code} for code in node["discountCodes"]],
        "tags": ",".join(node["tags"]),
        "note": node["note"],
        "note_attributes": [{"name": each["key"], "value": each["value"]} for each in attributes],
        "email": node["email"],
        "contact_email": node["email"],
        "phone": node["phone"],
        "customer": customer_body(node["customer"]) if node["customer"] else None,
        "billing_address": _address(node["billingAddress"]),
        "shipping_address": _address(node["shippingAddress"]),
        "line_items": [_line(each) for each in node["lineItems"]["nodes"]],
        "fulfillments": [_fulfilment(each) for each in node["fulfillments"]],
        **_totals(node),
    }


def customer_body(node: Json) -> dict[str, Any]:
    """Return an account."""
    return {
        "id": number(node["legacyResourceId"]),
        "first_name": node["firstName"],
        "last_name": node["lastName"],
        "locale": node["locale"],
        "tags": ",".join(node["tags"]),
        "default_address": _address(node["defaultAddress"]),
        **answers_body(node),
    }


def answers_body(node: Json) -> dict[str, Any]:
    """Return how somebody is reached, and what they answered."""
    email, phone = node["defaultEmailAddress"], node["defaultPhoneNumber"]
    body: dict[str, Any] = {
        "email": email and email["emailAddress"],
        "phone": phone and phone["phoneNumber"],
        "data_sale_opt_out": node["dataSaleOptOut"],
    }
    if email:
        body["email_marketing_consent"] = {
            "state": email["marketingState"],
            "opt_in_level": email["marketingOptInLevel"],
            "consent_updated_at": email["marketingUpdatedAt"],
        }
    if phone:
        body["sms_marketing_consent"] = _phone_answer(
            phone["smsMarketingConsent"], "consent_updated_at"
        )
        body["whats_app_marketing_consent"] = _phone_answer(
            phone["whatsAppMarketingConsent"], "updated_at"
        )
    return body


def read_product(node: Json) -> Product:
    """Return a product with the number and bar code of its first variant."""
    variant = next(iter(node["variants"]["nodes"]), {"sku": None, "barcode": None})
    category = node["category"]["fullName"] if node["category"] else None
    return Product(
        id=str(number(node["legacyResourceId"])),
        title=node["title"],
        sku=text(variant["sku"]),
        gtin=text(variant["barcode"]),
        url=text(node["onlineStoreUrl"]),
        categories=tuple(filter(None, (text(node["productType"]), text(category)))),
        description=node["description"],
    )


def _totals(node: Json) -> dict[str, Any]:
    """Return the amounts; an order that nothing was taken off has no discount at all."""
    total = _amounts(node["totalPriceSet"])
    return {
        "total_price_set": total,
        "total_shipping_price_set": _amounts(node["totalShippingPriceSet"]),
        "total_tax_set": _amounts(node["totalTaxSet"]) or _nothing(total),
        "total_discounts_set": _amounts(node["totalDiscountsSet"]) or _nothing(total),
        "total_refunded_set": _amounts(node["totalRefundedSet"]),
    }


def _phone_answer(consent: Json, dated: str) -> dict[str, Any]:
    return {
        "state": consent["state"],
        "opt_in_level": consent["optInLevel"],
        dated: consent["updatedAt"],
        "consent_collected_from": consent["collectedFrom"],
    }


def _line(node: Json) -> dict[str, Any]:
    product = node["product"]
    return {
        "id": gid_number(node["id"]),
        "title": node["title"],
        "sku": node["sku"],
        "vendor": node["vendor"],
        "quantity": node["quantity"],
        "current_quantity": node["currentQuantity"],
        "fulfillable_quantity": min(node["unfulfilledQuantity"], node["currentQuantity"]),
        "requires_shipping": node["requiresShipping"],
        "gift_card": node["isGiftCard"],
        "product_id": number(product["legacyResourceId"]) if product else None,
        "price_set": _amounts(node["originalUnitPriceSet"]),
        "discount_allocations": [
            {"amount_set": _amounts(each["allocatedAmountSet"])}
            for each in node["discountAllocations"]
        ],
        "tax_lines": [{"price_set": _amounts(each["priceSet"])} for each in node["taxLines"]],
    }


def _fulfilment(node: Json) -> dict[str, Any]:
    tracking = next(iter(node["trackingInfo"]), {"company": None, "number": None})
    is_there = node["displayStatus"] == "DELIVERED"
    return {
        "id": number(node["legacyResourceId"]),
        "created_at": node["createdAt"],
        "status": text(node["status"]).casefold(),
        "shipment_status": "delivered" if is_there else None,
        "tracking_company": tracking["company"],
        "tracking_number": tracking["number"],
        "line_items": [
            {"id": gid_number(part["lineItem"]["id"]), "quantity": part["quantity"]}
            for part in node["fulfillmentLineItems"]["nodes"]
        ],
    }


def _address(node: Json | None) -> dict[str, Any] | None:
    if node is None:
        return None
    return {
        "name": node["name"],
        "company": node["company"],
        "address1": node["address1"],
        "address2": node["address2"],
        "city": node["city"],
        "province": node["province"],
        "province_code": node["provinceCode"],
        "zip": node["zip"],
        "country_code": node["countryCodeV2"],
        "phone": node["phone"],
    }


def _amounts(bag: Json | None) -> dict[str, Any] | None:
    if bag is None:
        return None
    return {
        "shop_money": _money(bag["shopMoney"]),
        "presentment_money": _money(bag["presentmentMoney"]),
    }


def _money(money: Json) -> dict[str, Any]:
    return {"amount": money["amount"], "currency_code": money["currencyCode"]}


def _nothing(like: Mapping[str, Any] | None) -> dict[str, Any]:
    sides = like or {}
    return {side: {**money, "amount": "0"} for side, money in sides.items()}
