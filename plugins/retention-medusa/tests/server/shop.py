"""Drives a Medusa server as its owner and its customers do."""

import secrets

from retention_sdk.http import httpx

# By hand: one soap and one parcel, with the tax of the country, rounded once at the end.
# DE 19 %: (12.99 + 5) * 1.19 = 21.4081, two soaps (25.98 + 5) * 1.19 = 36.8662
# FR 20 %: (12.99 + 5) * 1.2 = 21.588          GB 20 %: (11.45 + 4) * 1.2 = 18.54
# JP 10 %: (1215 + 500) * 1.1 = 1886.5, a tie that goes to the even 1886
# KW 5 %: (4.125 + 1) * 1.05 = 5.38125, three decimals
TOTALS = {
    ("de", 1): "21.41 EUR",
    ("de", 2): "36.87 EUR",
    ("fr", 1): "21.59 EUR",
    ("gb", 1): "18.54 GBP",
    ("jp", 1): "1886 JPY",
    ("kw", 1): "5.381 KWD",
}
TAXES = {"de": 19, "fr": 20, "gb": 20, "jp": 10, "kw": 5}
CURRENCIES = {"de": "eur", "fr": "eur", "gb": "gbp", "jp": "jpy", "kw": "kwd"}
PRICES = {"eur": 12.99, "gbp": 11.45, "jpy": 1215, "kwd": 4.125}
PARCELS = {"eur": 5, "gbp": 4, "jpy": 500, "kwd": 1}
PLACES = {
    "de": ("Ada", "Lovelace", "Hauptstr. 1", "10115", "Berlin"),
    "fr": ("Émilie", "du Châtelet", "1 rue de la Paix", "75002", "Paris"),
    "gb": ("Mary", "Somerville", "1 High Street", "EC1A 1BB", "London"),
    "jp": ("小川", "淳子", "千代田 1-1", "100-0001", "東京"),
    "kw": ("نورة", "الصباح", "شارع ١", "13001", "الكويت"),
}
LOCALES = {"de": "de-DE", "fr": "fr-FR", "gb": "en-GB", "jp": "ja-JP", "kw": "ar-KW"}


class Server:
    """The Admin API with a secret key, the Store API with a publishable one."""

    def __init__(self, url):
        self.url = url
        self.key = self.ask("POST", "/tests-only/key")["token"]
        self.store_headers = {}

    def ask(self, method, path, payload=None, **options):
        with httpx.Client(timeout=60, trust_env=False) as client:
            response = client.request(method, self.url + path, json=payload, **options)
        assert response.is_success, f"{method} {path}: {response.status_code} {response.text[:500]}"
        return response.json()

    def admin(self, method, path, payload=None):
        return self.ask(method, f"/admin/{path}", payload, auth=(self.key, ""))

    def store(self, method, path, payload=None, token=""):
        more = {"authorization": f"Bearer {token}"} if token else {}
        return self.ask(method, f"/store/{path}", payload, headers={**self.store_headers, **more})


class Shop:
    """Rose soap in five countries and four currencies, and its buyers."""

    def __init__(self, server):
        self.server = server
        self.regions, self.options = {}, {}
        self._configure()
        self.soap, self.product = self._stock()
        self.totals = {}
        self.orders = {"two soaps for Berlin": self.buy("de", quantity=2)}
        for country in ("fr", "gb", "jp", "kw"):
            self.orders[country] = self.buy(country)

    def settings(self, **changes):
        return {
            "url": self.server.url,
            "api_key": self.server.key,
            "webhook_secrets": [SECRET],
            "country": "DE",
            "loyalty_plugin": True,
            **changes,
        }

    def cart(self, country="de", *, quantity=1, codes=(), email="", token="", has_parcel=True):
        """Fill a basket, choose address and parcel, type in codes; return it."""
        first, last, street, postcode, city = PLACES[country]
        address = {
            "first_name": first,
            "last_name": last,
            "address_1": street,
            "city": city,
            "postal_code": postcode,
            "country_code": country,
            "phone": "+4930123456",
        }
        body = {
            "region_id": self.regions[country],
            "email": email or f"{country}@example.com",
            "locale": LOCALES[country],
            "items": [{"variant_id": self.soap, "quantity": quantity}],
            "shipping_address": address,
            "billing_address": address,
        }
        cart = self.server.store("POST", "carts", body, token)["cart"]
        path = f"carts/{cart['id']}"
        if has_parcel:
            option = {"option_id": self.options[country]}
            cart = self.server.store("POST", f"{path}/shipping-methods", option)["cart"]
        if codes:
            typed = {"promo_codes": list(codes)}
            cart = self.server.store("POST", f"{path}/promotions", typed)["cart"]
        return cart

    def pay(self, cart, *, total="", is_captured=True):
        """Pay for a basket; return the order's ``id`` and ``number``.

        Totals of placed orders are written down: the kit compares the whole list.
        """
        made = self.server.store("POST", "payment-collections", {"cart_id": cart["id"]})
        collection = made["payment_collection"]["id"]
        path = f"payment-collections/{collection}/payment-sessions"
        self.server.store("POST", path, {"provider_id": "pp_system_default"})
        return self.complete(cart, total=total, is_captured=is_captured)

    def complete(self, cart, *, total, is_captured=True):
        done = self.server.store("POST", f"carts/{cart['id']}/complete")
        assert "order" == done["type"], done
        order = {"id": done["order"]["id"], "number": str(done["order"]["display_id"])}
        self.totals[order["number"]] = total
        if is_captured:
            self.capture(order)
        return order

    def buy(self, country="de", *, quantity=1, **choices):
        total = choices.pop("total", "") or TOTALS[country, quantity]
        is_captured = choices.pop("is_captured", True)
        cart = self.cart(country, quantity=quantity, **choices)
        return self.pay(cart, total=total, is_captured=is_captured)

    def payments(self, order):
        fields = "*payment_collections,*payment_collections.payments"
        found = self.server.admin("GET", f"orders/{order['id']}?fields={fields}")["order"]
        collections = found["payment_collections"]
        return [payment for each in collections for payment in each["payments"]]

    def capture(self, order):
        for payment in self.payments(order):
            self.server.admin("POST", f"payments/{payment['id']}/capture", {})

    def refund(self, order, amount):
        payment = self.payments(order)[0]["id"]
        self.server.admin("POST", f"payments/{payment}/refund", {"amount": amount})

    def cancel(self, order):
        self.server.admin("POST", f"orders/{order['id']}/cancel", {})

    def lines(self, order):
        return self.server.admin("GET", f"orders/{order['id']}")["order"]["items"]

    def pack(self, order, *, quantity):
        items = [{"id": self.lines(order)[0]["id"], "quantity": quantity}]
        body = {"items": items, "location_id": self.location}
        path = f"orders/{order['id']}/fulfillments?fields=*fulfillments"
        made = self.server.admin("POST", path, body)["order"]["fulfillments"]
        return max(made, key=lambda each: each["created_at"])["id"]

    def ship(self, order, fulfilment, *, quantity):
        label = {"tracking_number": "T-1", "tracking_url": "", "label_url": ""}
        items = [{"id": self.lines(order)[0]["id"], "quantity": quantity}]
        path = f"orders/{order['id']}/fulfillments/{fulfilment}/shipments"
        self.server.admin("POST", path, {"items": items, "labels": [label]})

    def deliver(self, order, fulfilment):
        path = f"orders/{order['id']}/fulfillments/{fulfilment}/mark-as-delivered"
        self.server.admin("POST", path, {})

    def new_account(self, name="Grace"):
        """Open an account as a customer does; return its ``id``, ``email`` and ``token``."""
        email = f"{name.lower()}-{secrets.token_hex(4)}@example.com"
        login = {"email": email, "password": secrets.token_hex(12)}
        path = "/auth/customer/emailpass"
        token = self.server.ask("POST", f"{path}/register", login)["token"]
        person = {"email": email, "first_name": name, "last_name": "Hopper"}
        made = self.server.store("POST", "customers", person, token)["customer"]["id"]
        token = self.server.ask("POST", path, login)["token"]
        return {"id": made, "email": email, "token": token}

    def customer(self, customer_id):
        return self.server.admin("GET", f"customers/{customer_id}?fields=*addresses,+metadata")[
            "customer"
        ]

    def _configure(self):
        admin = self.server.admin
        store = admin("GET", "stores")["stores"][0]
        self.channel = store["default_sales_channel_id"]
        key = admin("POST", "api-keys", {"title": "web", "type": "publishable"})["api_key"]
        admin("POST", f"api-keys/{key['id']}/sales-channels", {"add": [self.channel]})
        self.server.store_headers = {"x-publishable-api-key": key["token"]}
        supported = [{"currency_code": code, "is_default": code == "eur"} for code in PRICES]
        body = {"name": "Soap & Sons", "supported_currencies": supported}
        admin("POST", f"stores/{store['id']}", body)
        for country, currency in CURRENCIES.items():
            self._sell_in(country, currency)
        self._post()

    def _sell_in(self, country, currency):
        body = {
            "name": country.upper(),
            "currency_code": currency,
            "countries": [country],
            "payment_providers": ["pp_system_default"],
        }
        made = self.server.admin("POST", "regions", body)
        self.regions[country] = made["region"]["id"]
        rate = {"name": "VAT", "rate": TAXES[country], "code": "vat"}
        body = {"country_code": country, "provider_id": "tp_system", "default_tax_rate": rate}
        self.server.admin("POST", "tax-regions", body)

    def _post(self):
        admin = self.server.admin
        address = {"address_1": "Hauptstr. 1", "country_code": "DE", "city": "Berlin"}
        body = {"name": "Berlin", "address": address}
        self.location = admin("POST", "stock-locations", body)["stock_location"]["id"]
        place = f"stock-locations/{self.location}"
        admin("POST", f"{place}/sales-channels", {"add": [self.channel]})
        admin("POST", f"{place}/fulfillment-providers", {"add": ["manual_manual"]})
        path = f"{place}/fulfillment-sets?fields=*fulfillment_sets"
        made = admin("POST", path, {"name": "post", "type": "shipping"})["stock_location"]
        fulfilment_set = made["fulfillment_sets"][0]["id"]
        body = {"name": "default", "type": "default"}
        self.profile = admin("POST", "shipping-profiles", body)["shipping_profile"]["id"]
        for country, currency in CURRENCIES.items():
            zones = [{"type": "country", "country_code": country}]
            path = f"fulfillment-sets/{fulfilment_set}/service-zones?fields=*service_zones"
            made = admin("POST", path, {"name": country, "geo_zones": zones})["fulfillment_set"]
            zone = next(each["id"] for each in made["service_zones"] if each["name"] == country)
            option = {
                "name": "Parcel",
                "service_zone_id": zone,
                "shipping_profile_id": self.profile,
                "provider_id": "manual_manual",
                "price_type": "flat",
                "type": {"label": "Parcel", "description": "by post", "code": "parcel"},
                "prices": [{"currency_code": currency, "amount": PARCELS[currency]}],
                "rules": [],
            }
            made = admin("POST", "shipping-options", option)["shipping_option"]
            self.options[country] = made["id"]

    def _stock(self):
        prices = [{"currency_code": code, "amount": amount} for code, amount in PRICES.items()]
        variant = {
            "title": "S",
            "sku": "SOAP-1",
            "manage_inventory": False,
            "options": {"Size": "S"},
            "prices": prices,
        }
        product = {
            "title": "Rose soap",
            "status": "published",
            "options": [{"title": "Size", "values": ["S"]}],
            "shipping_profile_id": self.profile,
            "sales_channels": [{"id": self.channel}],
            "variants": [variant],
        }
        made = self.server.admin("POST", "products", product)["product"]
        return made["variants"][0]["id"], made["id"]


# Standard Webhooks: base64 after the prefix. It exists for these tests only.
SECRET = "whsec_" + "c2VjcmV0LW9mLXRoZS10ZXN0cy1vbmx5"
