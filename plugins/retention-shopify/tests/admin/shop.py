"""An invented shop behind the server: what it holds, and how mutations change it.

Everything here is synthetic. Orders are those of ``payloads/``, written as GraphQL nodes.
"""

import copy
import itertools
import re
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256

_SINCE = re.compile(r"updated_at:>='(?P<moment>[^']+)'")


def _moment(text):
    return datetime.fromisoformat(text)


def _said(**objection):
    return [
        {"field": None, "code": None, "message": "words that may quote a customer", **objection}
    ]


class Shop:
    """A shop in Leipzig that sells ceramics."""

    def __init__(self, connection):
        self._connection, self._numbers = connection, itertools.count(20_001)
        self.orders, self.customers, self.products = {}, {}, {}
        self.discounts, self.gift_cards, self.hooks = {}, {}, []
        self.metafields, self.credit, self.erasures = {}, [], []

    # What is in it -------------------------------------------------------------------------

    def add_order(self, body, **changes):
        """Add an order of a webhook's shape."""
        node = {**order_node(body, self._list), **changes}
        customer = body["customer"]
        if customer:
            node["customer"] = self.customers.setdefault(
                f"gid://shopify/Customer/{customer['id']}", customer_node(customer)
            )
        self.orders[node["id"]] = node
        return node

    def add_customer(self, number, **changes):
        node = {**customer_node({"id": number, "email": "ada@example.com"}), **changes}
        self.customers[f"gid://shopify/Customer/{number}"] = node
        return node

    def add_product(self, number, **changes):
        self.products[number] = {
            "legacyResourceId": str(number),
            "title": "Tea bowl",
            "onlineStoreUrl": None,
            "productType": "Bowls",
            "description": lambda **_: "Thrown by hand.",
            "category": {"fullName": "Home & Garden > Kitchen & Dining"},
            "variants": lambda **_: {"nodes": [{"sku": "KL-901", "barcode": "4006381333931"}]},
            "status": "ACTIVE",
            **changes,
        }

    # The roots of the schema ---------------------------------------------------------------

    def root(self):
        return {
            "order": lambda gid: self.orders.get(gid),
            "orders": self._orders,
            "ordersCount": lambda query, limit: _count(self.orders, query, limit),
            "customersCount": lambda query, limit: _count(self.customers, query, limit),
            "nodes": self._fulfilments,
            "fulfillment": self._fulfilment,
            "customer": self._with_metafields,
            "customers": self._customers,
            "products": self._products,
            "shop": SHOP,
            "shopLocales": [
                {"locale": "en", "primary": False},
                {"locale": "de", "primary": True},
            ],
            "codeDiscountNodeByCode": lambda code: self.discounts.get(code.casefold()),
            "giftCards": self._gift_cards,
            "webhookSubscriptions": self._hooks,
            **{name: getattr(self, name) for name in MUTATIONS},
        }

    def _list(self, nodes):
        def page(first=None, after=None, **_):
            numbered = list(enumerate(nodes))
            found = self._connection(numbered, lambda each: (each[0],), first=first, after=after)
            plain = [node for _, node in found["nodes"]]
            return {**found, "nodes": plain, "edges": [{"node": node} for node in plain]}

        return page

    def _orders(self, first=None, after=None, query=None, **_):
        chosen = _changed_since(self.orders.values(), query)
        return self._connection(chosen, _changed, first=first, after=after)

    def _customers(self, first=None, after=None, query=None, **_):
        chosen = _changed_since(self.customers.values(), query)
        return self._connection(chosen, _changed, first=first, after=after)

    def _products(self, first, after=None, query=None, **_):
        assert query == "status:active"
        chosen = [each for each in self.products.values() if each["status"] == "ACTIVE"]
        return self._connection(
            chosen, lambda each: (int(each["legacyResourceId"]),), first=first, after=after
        )

    def _fulfilment(self, gid):
        known = (each for order in self.orders.values() for each in order["fulfillments"]())
        return next((each for each in known if each["id"] == gid), None)

    def _fulfilments(self, ids):
        found = map(self._fulfilment, ids)
        return [each and {**each, "__typename": "Fulfillment"} for each in found]

    def _with_metafields(self, gid):
        customer = self.customers.get(gid)
        if customer is None:
            return None
        return {
            **customer,
            "metafield": lambda namespace, key: self.metafields.get((gid, namespace, key)),
        }

    def _gift_cards(self, first, query, **_):
        chosen = [card for card in self.gift_cards.values() if query.casefold() in card["code"]]
        return {"nodes": chosen[:first]}

    def _hooks(self, first, after=None, **_):
        return self._list(self.hooks)(first, after)

    # Mutations -----------------------------------------------------------------------------

    def customerEmailMarketingConsentUpdate(self, wish):
        given = wish["emailMarketingConsent"]
        customer = self.customers.get(wish["customerId"])
        if customer is None or given["marketingState"] not in {"SUBSCRIBED", "UNSUBSCRIBED"}:
            return {"customer": None, "userErrors": _said(code="INVALID", field=["input"])}
        customer["defaultEmailAddress"] |= {
            "marketingState": given["marketingState"],
            "marketingOptInLevel": given.get("marketingOptInLevel") or "UNKNOWN",
            "marketingUpdatedAt": given["consentUpdatedAt"],
        }
        return {"customer": customer, "userErrors": []}

    def customerSmsMarketingConsentUpdate(self, wish):
        given = wish["smsMarketingConsent"]
        customer = self.customers.get(wish["customerId"])
        if customer is None or customer["defaultPhoneNumber"] is None:
            return {"customer": None, "userErrors": _said(code="INVALID", field=["input"])}
        customer["defaultPhoneNumber"]["smsMarketingConsent"] = {
            "state": given["marketingState"],
            "optInLevel": given.get("marketingOptInLevel") or "UNKNOWN",
            "updatedAt": given["consentUpdatedAt"],
            "collectedFrom": "OTHER",
        }
        return {"customer": customer, "userErrors": []}

    def customerRequestDataErasure(self, customer_id):
        if customer_id not in self.customers:
            return {"customerId": None, "userErrors": _said(code="DOES_NOT_EXIST")}
        self.erasures.append(customer_id)
        return {"customerId": customer_id, "userErrors": []}

    def discountCodeBasicCreate(self, basic_code_discount):
        gets = basic_code_discount["customerGets"]
        assert gets["items"] == {"all": True}
        amount = gets["value"].get("discountAmount")
        value = (
            {"__typename": "DiscountPercentage", "percentage": gets["value"]["percentage"]}
            if amount is None
            else {
                "__typename": "DiscountAmount",
                "amount": _euros(amount["amount"]),
                "appliesOnEachItem": amount["appliesOnEachItem"],
            }
        )
        more = {"customerGets": {"value": value, "items": {"__typename": "AllDiscountItems"}}}
        return self._create(basic_code_discount, "DiscountCodeBasic", more)

    def discountCodeFreeShippingCreate(self, free_shipping_code_discount):
        assert free_shipping_code_discount["destination"] == {"all": True}
        more = {
            "maximumShippingPrice": None,
            "destinationSelection": {"__typename": "DiscountCountryAll"},
        }
        return self._create(free_shipping_code_discount, "DiscountCodeFreeShipping", more)

    def discountCodeDeactivate(self, gid):
        node = next(each for each in self.discounts.values() if each["id"] == gid)
        node["codeDiscount"]["status"] = "EXPIRED"
        node["codeDiscount"]["endsAt"] = "2026-11-21T12:00:00Z"
        return {"codeDiscountNode": node, "userErrors": []}

    def _create(self, given, kind, more):
        assert given["context"] == {"all": "ALL"}
        name = given["code"].casefold()
        if name in self.discounts:
            return {"codeDiscountNode": None, "userErrors": _said(code="TAKEN")}
        least = given.get("minimumRequirement")
        self.discounts[name] = {
            "id": f"gid://shopify/DiscountCodeNode/{next(self._numbers)}",
            "codeDiscount": {
                "__typename": kind,
                "status": "ACTIVE",
                "startsAt": given["startsAt"],
                "endsAt": given["endsAt"],
                "usageLimit": given["usageLimit"],
                "appliesOncePerCustomer": given["appliesOncePerCustomer"],
                "context": {"__typename": "DiscountBuyerSelectionAll"},
                "minimumRequirement": least
                and {
                    "__typename": "DiscountMinimumSubtotal",
                    "greaterThanOrEqualToSubtotal": _euros(
                        least["subtotal"]["greaterThanOrEqualToSubtotal"]
                    ),
                },
                **more,
            },
        }
        return {"codeDiscountNode": self.discounts[name], "userErrors": []}

    def giftCardCreate(self, wish):
        code = wish["code"].casefold()
        if not re.fullmatch(r"[a-z0-9]{8,20}", code):
            return {"giftCard": None, "userErrors": _said(code="INVALID", field=["input", "code"])}
        if code in self.gift_cards:
            return {"giftCard": None, "userErrors": _said(code="TAKEN", field=["input", "code"])}
        self.gift_cards[code] = {
            "id": f"gid://shopify/GiftCard/{next(self._numbers)}",
            "code": code,
            "note": wish["note"],
            "enabled": True,
            "expiresOn": wish["expiresOn"],
            "initialValue": wish["initialAmount"],
        }
        return {"giftCard": self.gift_cards[code], "userErrors": []}

    def giftCardDeactivate(self, gid):
        card = next(each for each in self.gift_cards.values() if each["id"] == gid)
        if not card["enabled"]:
            return {"giftCard": None, "userErrors": _said(code="INVALID")}
        card["enabled"] = False
        return {"giftCard": card, "userErrors": []}

    def metafieldsSet(self, metafields):
        if metafields[0]["namespace"].startswith("$app:"):
            return self._set_fields(metafields)
        (given,) = metafields
        place = (given["ownerId"], given["namespace"], given["key"])
        there = self.metafields.get(place)
        assert "compareDigest" in given, "without it, the last one who writes wins"
        if given["compareDigest"] != (there and there["compareDigest"]):
            return {"metafields": None, "userErrors": _said(code="INVALID_COMPARE_DIGEST")}
        digest = sha256(given["value"].encode()).hexdigest()
        self.metafields[place] = {"value": given["value"], "compareDigest": digest}
        return {"metafields": [self.metafields[place]], "userErrors": []}

    def _set_fields(self, metafields):
        if any(each["ownerId"] not in self.orders for each in metafields):
            return {"metafields": None, "userErrors": _said(code="INVALID", field=["ownerId"])}
        for each in metafields:
            place = (each["ownerId"], each["namespace"], each["key"])
            self.metafields[place] = {"value": each["value"], "type": each["type"]}
        return {"metafields": [], "userErrors": []}

    def storeCreditAccountCredit(self, gid, credit_input):
        amount = credit_input["creditAmount"]
        if amount["currencyCode"] != "EUR":
            return {
                "storeCreditAccountTransaction": None,
                "userErrors": _said(code="UNSUPPORTED_CURRENCY"),
            }
        self.credit.append((gid, Decimal(amount["amount"])))
        return {"storeCreditAccountTransaction": {"amount": amount}, "userErrors": []}

    def orderUpdate(self, wish):
        order = self.orders[wish["id"]]
        order["note"] = wish["note"]
        return {"order": order, "userErrors": []}

    def tagsAdd(self, gid, tags):
        order = self.orders.get(gid)
        if order is None:
            return {"node": None, "userErrors": _said(field=["id"])}
        order["tags"] = sorted({*order["tags"], *tags})
        return {"node": None, "userErrors": []}

    def webhookSubscriptionCreate(self, topic, webhook_subscription):
        hook = {"topic": topic, "uri": webhook_subscription["uri"]}
        if hook in self.hooks or not hook["uri"].startswith("https://"):
            return {"webhookSubscription": None, "userErrors": _said(field=["uri"])}
        self.hooks.append(hook)
        return {"webhookSubscription": hook, "userErrors": []}


MUTATIONS = [name for name in vars(Shop) if re.match(r"[a-z]+[A-Z]", name)]
SHOP = {
    "name": "Kiln and Leaf",
    "contactEmail": "shop@example.com",
    "currencyCode": "EUR",
    "ianaTimezone": "Europe/Berlin",
    "primaryDomain": {"url": "https://kiln.example"},
    "shopAddress": {"countryCodeV2": "DE"},
}


def _euros(amount):
    return {"amount": str(Decimal(amount)), "currencyCode": "EUR"}


def _changed(node):
    moment = _moment(node["updatedAt"]).astimezone(UTC).isoformat()
    return (moment, int(node["legacyResourceId"]))


def _count(nodes, query, limit):
    count = min(len(_changed_since(nodes.values(), query)), limit)
    return {"count": count, "precision": "AT_LEAST" if count == limit else "EXACT"}


def _changed_since(nodes, query):
    if not query:
        return list(nodes)
    since = _moment(_SINCE.fullmatch(query)["moment"])
    return [node for node in nodes if _moment(node["updatedAt"]) >= since]


# From the shape of webhooks to that of GraphQL ---------------------------------------------


def order_node(body, page_of):
    """Return an order as GraphQL tells it; ``page_of`` makes a connection of a list."""
    refunded = {"shop_money": Decimal(0), "presentment_money": Decimal(0)}
    for refund in body["refunds"]:
        for side, line in itertools.product(refunded, refund["refund_line_items"]):
            for pair in (line["subtotal_set"], line["total_tax_set"]):
                refunded[side] += Decimal(pair[side]["amount"])
    total = copy.deepcopy(body["total_price_set"])
    for side, amount in refunded.items():
        total[side]["amount"] = str(amount)
    fulfilments = [_fulfilment_node(each, page_of) for each in body["fulfillments"]]
    return {
        "id": f"gid://shopify/Order/{body['id']}",
        "legacyResourceId": str(body["id"]),
        "name": body["name"],
        "createdAt": body["created_at"],
        "updatedAt": body["updated_at"],
        "processedAt": body["processed_at"],
        "cancelledAt": body["cancelled_at"],
        "displayFinancialStatus": body["financial_status"].upper(),
        "customerLocale": body["customer_locale"],
        "currencyCode": body["currency"],
        "presentmentCurrencyCode": body["presentment_currency"],
        "taxesIncluded": body["taxes_included"],
        "paymentGatewayNames": body["payment_gateway_names"],
        "sourceName": body["source_name"],
        "discountCodes": [each["code"] for each in body["discount_codes"]],
        "tags": [tag.strip() for tag in body["tags"].split(",") if tag],
        "note": body["note"],
        "email": body["email"],
        "phone": body["phone"],
        "customAttributes": [
            {"key": each["name"], "value": each["value"]} for each in body["note_attributes"]
        ],
        "totalPriceSet": _bag(body["total_price_set"]),
        "totalShippingPriceSet": _bag(body["total_shipping_price_set"]),
        "totalTaxSet": _bag(body["total_tax_set"]),
        "totalDiscountsSet": _bag(body["total_discounts_set"]),
        "totalRefundedSet": _bag(total),
        "billingAddress": _place(body["billing_address"]),
        "shippingAddress": _place(body["shipping_address"]),
        "customer": None,
        "lineItems": page_of([_item(each) for each in body["line_items"]]),
        "fulfillments": lambda **_: fulfilments,
    }


def customer_node(body):
    tags = body.get("tags") or ""
    phone = body.get("phone")
    never = {"optInLevel": None, "updatedAt": None, "collectedFrom": None}
    return {
        "id": f"gid://shopify/Customer/{body['id']}",
        "legacyResourceId": str(body["id"]),
        "updatedAt": body.get("updated_at", "2026-11-01T12:00:00Z"),
        "firstName": body.get("first_name"),
        "lastName": body.get("last_name"),
        "locale": "de",
        "tags": [tag.strip() for tag in tags.split(",") if tag],
        "dataSaleOptOut": False,
        "defaultAddress": _place(body.get("default_address")),
        "defaultEmailAddress": {
            "emailAddress": body["email"],
            "marketingState": "NOT_SUBSCRIBED",
            "marketingOptInLevel": None,
            "marketingUpdatedAt": None,
        },
        "defaultPhoneNumber": phone
        and {
            "phoneNumber": phone,
            "smsMarketingConsent": {"state": "NEVER_SUBSCRIBED", **never},
            "whatsAppMarketingConsent": {"state": "NEVER_SUBSCRIBED", **never},
        },
    }


def _item(line):
    product = line["product_id"]
    return {
        "id": f"gid://shopify/LineItem/{line['id']}",
        "title": line["title"],
        "sku": line["sku"],
        "vendor": line["vendor"],
        "quantity": line["quantity"],
        "currentQuantity": line["current_quantity"],
        "unfulfilledQuantity": line["fulfillable_quantity"],
        "requiresShipping": line["requires_shipping"],
        "isGiftCard": line["gift_card"],
        "product": product and {"legacyResourceId": str(product)},
        "originalUnitPriceSet": _bag(line["price_set"]),
        "discountAllocations": [
            {"allocatedAmountSet": _bag(each["amount_set"])}
            for each in line["discount_allocations"]
        ],
        "taxLines": lambda **_: [
            {"priceSet": _bag(each["price_set"])} for each in line["tax_lines"]
        ],
    }


def _fulfilment_node(body, page_of):
    tracking = {"company": body["tracking_company"], "number": body["tracking_number"]}
    there = body["shipment_status"] == "delivered"
    return {
        "id": f"gid://shopify/Fulfillment/{body['id']}",
        "legacyResourceId": str(body["id"]),
        "createdAt": body["created_at"],
        "status": body["status"].upper(),
        "displayStatus": "DELIVERED" if there else "FULFILLED",
        "trackingInfo": lambda **_: [tracking],
        "fulfillmentLineItems": page_of(
            [
                {
                    "quantity": part["quantity"],
                    "lineItem": {"id": f"gid://shopify/LineItem/{part['id']}"},
                }
                for part in body["line_items"]
            ]
        ),
    }


def _bag(pair):
    return {
        "shopMoney": _amount(pair["shop_money"]),
        "presentmentMoney": _amount(pair["presentment_money"]),
    }


def _amount(money):
    return {"amount": money["amount"], "currencyCode": money["currency_code"]}


def _place(address):
    if not address:
        return None
    return {
        "name": address["name"],
        "company": address["company"],
        "address1": address["address1"],
        "address2": address["address2"],
        "city": address["city"],
        "province": address["province"],
        "provinceCode": address["province_code"],
        "zip": address["zip"],
        "countryCodeV2": address["country_code"],
        "phone": address["phone"],
    }
