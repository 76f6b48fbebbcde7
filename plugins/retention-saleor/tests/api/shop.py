"""A shop behind the server: begins with what was captured; mutations change it as Saleor does.

An order is the one of ``captures/order.json``. What our documents ask beyond that is from the
delivery of the same order in ``payloads/order_created_list.raw``; what stands in neither is made up
and named MADE_UP. Everything else in here is synthetic, after Saleor's source.
"""

import copy
import itertools
import json
from pathlib import Path

HERE = Path(__file__).parents[1]
CHANNELS = {"Q2hhbm5lbDox": "USD", "Q2hhbm5lbDoy": "PLN"}
MADE_UP = {
    "order": {
        "status": "UNFULFILLED",
        "totalRefunded": {"amount": 0.0, "currency": "USD"},
    },
    "line": {"isShippingRequired": True, "quantityToFulfill": 2},
    "product": {"productType": {"kind": "NORMAL"}, "category": {"name": "Juices"}},
    "transaction": {"createdAt": "2026-11-21T20:39:12.104931+00:00"},
}


def captured(name):
    return json.loads((HERE / "captures" / f"{name}.json").read_text(encoding="utf-8"))


def error(code, field):
    return {"errors": [{"code": code, "field": field}]}


DONE = {"errors": []}


class Shop:
    """Sells apple juice."""

    def __init__(self, connection):
        self._connection, self._numbers = connection, itertools.count(100)
        self.orders, self.users, self.addresses = {}, {}, {}
        self.products = {}
        self.vouchers, self.cards, self.hooks, self.notes = {}, {}, {}, []
        self.jwks = json.loads((HERE / "payloads" / "jwks.json").read_text(encoding="utf-8"))
        self.channels = [
            {
                **{name: each[name] for name in ("id", "slug", "currencyCode", "defaultCountry")},
                "isActive": True,
                "taxConfiguration": {"pricesEnteredWithTax": True},
            }
            for each in captured("shop")["channels"]
        ]
        self.profile = {
            "name": captured("shop")["shop"]["name"],
            "schemaVersion": "3.24",
            "companyAddress": None,
        }

    # What is in it -------------------------------------------------------------------------

    def add_order(self, **changes):
        node = {**order_node(), **changes}
        self.orders[node["id"]] = node
        return node

    def add_user(self, **changes):
        node = {**user_node(), **changes}
        self.users[node["id"]] = node
        return node

    def add_products(self):
        for edge in captured("products")["products"]["edges"]:
            node = edge["node"]
            self.products[node["id"]] = {
                "id": node["id"],
                "name": node["name"],
                "description": json.dumps(
                    {"blocks": [{"type": "paragraph", "data": {"text": "Fell &amp; <b>fair</b>"}}]}
                ),
                "category": None,
                "defaultVariant": {"sku": node["variants"][0]["sku"]},
            }

    # The roots of the schema ---------------------------------------------------------------

    def root(self):
        return {
            "order": lambda gid: self.orders.get(gid),
            "orders": lambda **given: self._changed(self.orders, **given),
            "user": lambda gid: self.users.get(gid),
            "customers": lambda **given: self._changed(self.users, **given),
            "products": self._products,
            "shop": self.profile,
            "channel": lambda slug: next((c for c in self.channels if c["slug"] == slug), None),
            "channels": self.channels,
            "vouchers": self._vouchers,
            "giftCards": self._cards,
            "app": {"id": "QXBwOjE=", "webhooks": list(self.hooks.values())},
            **{name: getattr(self, name) for name in MUTATIONS},
        }

    def _changed(self, nodes, *, first, after=None, where=None, sort_by):
        assert sort_by == {"field": "LAST_MODIFIED_AT", "direction": "ASC"}
        since = ((where or {}).get("updatedAt") or {}).get("gte") or ""
        found = [node for node in nodes.values() if node["updatedAt"] >= since]
        return self._connection(found, _changed, first=first, after=after)

    def _products(self, *, first, channel, where, sort_by, after=None):
        assert where == {"isPublished": True}
        nodes = self.products.values() if channel == "default-channel" else ()
        return self._connection(nodes, _named, first=first, after=after)

    def _vouchers(self, *, first, chosen):
        search = chosen["search"].casefold()
        found = [
            node
            for node in self.vouchers.values()
            if any(search in code.casefold() for code in node["all_codes"])
        ]
        return {"edges": [{"node": node} for node in found[:first]]}

    def _cards(self, *, first, chosen):
        found = [node for node in self.cards.values() if node["code"] == chosen["code"]]
        return {"edges": [{"node": node} for node in found[:first]]}

    # Mutations -----------------------------------------------------------------------------

    def updatePrivateMetadata(self, gid, wish, kind="privateMetadata"):
        node = self.users.get(gid) or self.orders.get(gid)
        if node is None:
            return error("NOT_FOUND", "id")
        node[kind] |= {each["key"]: each["value"] for each in wish}
        return DONE

    def updateMetadata(self, gid, wish):
        return self.updatePrivateMetadata(gid, wish, "metadata")

    def deletePrivateMetadata(self, gid, keys, kind="privateMetadata"):
        for key in keys:
            self.users[gid][kind].pop(key, None)
        return DONE

    def deleteMetadata(self, gid, keys):
        return self.deletePrivateMetadata(gid, keys, "metadata")

    def addressDelete(self, gid):
        if gid not in self.addresses:
            return error("NOT_FOUND", "id")
        del self.addresses[gid]
        for user in self.users.values():
            user["addresses"] = [each for each in user["addresses"] if each["id"] != gid]
        return DONE

    def customerDelete(self, gid):
        if gid not in self.users:
            return error("NOT_FOUND", "id")
        if self.users[gid].get("isStaff"):
            return error("DELETE_STAFF_ACCOUNT", "id")
        del self.users[gid]
        return DONE

    def orderNoteAdd(self, order, wish):
        if order not in self.orders:
            return error("GRAPHQL_ERROR", "id")
        self.notes.append((order, wish["message"]))
        return DONE

    def _is_taken(self, code):
        cards = {card["code"] for card in self.cards.values()}
        return code in cards.union(*(each["all_codes"] for each in self.vouchers.values()))

    def voucherCreate(self, wish):
        if any(map(self._is_taken, wish["addCodes"])):
            return {**error("ALREADY_EXISTS", "codes"), "voucher": None}
        starts = wish.get("startDate") or "2026-11-22T00:00:00+00:00"
        ends = wish.get("endDate")
        if ends and ends < starts:
            return {**error("INVALID", "endDate"), "voucher": None}
        codes = list(wish["addCodes"])
        node = {
            **{name: value for name, value in wish.items() if name != "addCodes"},
            "id": f"Vm91Y2hlcjo{next(self._numbers)}",
            "startDate": starts,
            "endDate": ends,
            "minCheckoutItemsQuantity": None,
            "countries": [],
            "all_codes": codes,
            "codes": lambda first: {"edges": [{"node": {"code": code}} for code in codes[:first]]},
            "channelListings": [],
        }
        self.vouchers[node["id"]] = node
        return {**DONE, "voucher": node}

    def voucherUpdate(self, gid, wish):
        self.vouchers[gid].update(wish)
        return DONE

    def voucherChannelListingUpdate(self, gid, wish):
        for each in wish["addChannels"]:
            currency = CHANNELS[each["channelId"]]
            least = each.get("minAmountSpent")
            self.vouchers[gid]["channelListings"].append(
                {
                    "channel": {"id": each["channelId"]},
                    "discountValue": float(each["discountValue"]),
                    "minSpent": least and {"amount": float(least), "currency": currency},
                }
            )
        return DONE

    def giftCardCreate(self, wish):
        if self._is_taken(wish["code"]):
            return {**error("ALREADY_EXISTS", "code"), "giftCard": None}
        balance = {**wish["balance"], "amount": float(wish["balance"]["amount"])}
        node = {
            "id": f"R2lmdENhcmQ6{next(self._numbers)}",
            "code": wish["code"],
            "isActive": wish["isActive"],
            "initialBalance": balance,
            "expiryDate": wish.get("expiryDate"),
            "privateMetadata": {e["key"]: e["value"] for e in wish.get("privateMetadata", ())},
        }
        self.cards[node["id"]] = node
        return {**DONE, "giftCard": node}

    def giftCardDeactivate(self, gid):
        self.cards[gid]["isActive"] = False
        return DONE

    def webhookCreate(self, wish):
        hook = {"id": f"V2ViaG9vazo{next(self._numbers)}"}
        self.hooks[hook["id"]] = hook
        return self.webhookUpdate(hook["id"], wish)

    def webhookUpdate(self, gid, wish):
        changed = {"subscriptionQuery": wish["query"], "isActive": wish["isActive"]}
        changed["asyncEvents"] = [{"eventType": topic} for topic in wish["asyncEvents"]]
        if "targetUrl" in wish:
            changed["targetUrl"] = wish["targetUrl"]
        self.hooks[gid].update(changed)
        return DONE


MUTATIONS = [
    name
    for name in vars(Shop)
    if name[0].islower() and name != "root" and not name.startswith("add_")
]


def _changed(node):
    return node["updatedAt"], node["id"]


def _named(node):
    return (node["id"],)


# Nodes -------------------------------------------------------------------------------------


def order_node():
    """Return the captured order, with what a delivery told of it besides."""
    node = captured("order")["order"]
    (told,) = json.loads((HERE / "payloads" / "order_created_list.raw").read_bytes())
    full = {"amount": float(told["undiscounted_total_gross_amount"]), "currency": "USD"}
    node |= copy.deepcopy(MADE_UP["order"])
    node |= {
        "metadata": {},
        "privateMetadata": {},
        "undiscountedTotal": {"gross": full},
        "collectionPointName": told["collection_point_name"],
        "fulfillments": told["fulfillments"],
        "shippingAddress": _address(told["shipping_address"]),
        "billingAddress": _address(told["billing_address"]),
    }
    node["total"]["tax"]["currency"] = "USD"
    node["shippingPrice"]["gross"]["currency"] = "USD"
    (line,), (bare,) = node["lines"], told["lines"]
    price = float(bare["undiscounted_unit_price_gross_amount"])
    line |= {
        **MADE_UP["line"],
        "undiscountedUnitPrice": {"gross": {"amount": price, "currency": "USD"}},
    }
    line["totalPrice"]["gross"]["currency"] = "USD"
    line["variant"]["product"] |= copy.deepcopy(MADE_UP["product"])
    node["transactions"][0] |= MADE_UP["transaction"]
    node["user"] = user_node()
    return node


def user_node():
    """Return the captured customer; the lists of addresses were not captured."""
    node = captured("customers")["customers"]["edges"][0]["node"]
    public = {each["key"]: each["value"] for each in node["metadata"]}
    return {
        **node,
        "metadata": public,
        "privateMetadata": {},
        "defaultBillingAddress": None,
        "addresses": [],
    }


def _address(told):
    return {
        "firstName": told["first_name"],
        "lastName": told["last_name"],
        "companyName": told["company_name"],
        "streetAddress1": told["street_address_1"],
        "streetAddress2": told["street_address_2"],
        "city": told["city"],
        "cityArea": told["city_area"],
        "postalCode": told["postal_code"],
        "countryArea": told["country_area"],
        "country": {"code": told["country"]},
        "phone": told["phone"],
    }
