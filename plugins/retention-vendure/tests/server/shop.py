"""Drives a Vendure server as its owner and its customers do."""

import secrets

from retention_sdk.http import httpx

# By hand, tax rounded per line: 12.99, 25.98 and 38.97 become 15.46, 30.92 and 46.37 with 19 %,
# shipping at 5.00 becomes 5.95, and 1200 yen become 1428.
TOTALS = {
    ("post", 1, "EUR"): "21.41 EUR",
    ("post", 2, "EUR"): "36.87 EUR",
    ("post", 3, "EUR"): "52.32 EUR",
    ("pickup", 1, "EUR"): "15.46 EUR",
    ("pickup", 1, "JPY"): "1428 JPY",
}
ERROR = "... on ErrorResult { errorCode message }"


class Server:
    """Two GraphQL endpoints, asked without cookies."""

    def __init__(self, url, password):
        self.admin_url, self.shop_url = f"{url}/admin-api", f"{url}/shop-api"
        self.password = password
        _, self.token = self.ask(
            self.admin_url,
            'mutation ($p: String!) { login(username: "superadmin", password: $p) { __typename } }',
            {"p": password},
        )
        self.api_key = self._api_key("tests", "1")

    def new_api_key(self, name, permissions):
        """A key of a new role that may do only what is listed."""
        query = "mutation ($i: CreateRoleInput!) { r: createRole(input: $i) { id } }"
        role = {"code": name, "description": name, "permissions": permissions}
        return self._api_key(name, self.admin(query, i=role)["r"]["id"])

    def _api_key(self, name, role):
        query = "mutation ($i: CreateApiKeyInput!) { r: createApiKey(input: $i) { apiKey } }"
        names = [{"languageCode": "en", "name": name}]
        return self.admin(query, i={"roleIds": [role], "translations": names})["r"]["apiKey"]

    def ask(self, url, query, variables=None, token=None):
        headers = {"authorization": f"Bearer {token}"} if token else {}
        with httpx.Client(timeout=60) as client:
            payload = {"query": query, "variables": variables or {}}
            response = client.post(url, json=payload, headers=headers)
        answer = response.json()
        assert "errors" not in answer, answer["errors"]
        for result in answer["data"].values():
            assert not (isinstance(result, dict) and result.get("errorCode")), result
        return answer["data"], response.headers.get("vendure-auth-token", token)

    def admin(self, query, **variables):
        return self.ask(self.admin_url, query, variables, self.token)[0]

    def create(self, kind, **fields):
        """Run ``createKind`` and return the new identifier."""
        query = f"mutation ($i: Create{kind}Input!) {{ r: create{kind}(input: $i) {{ id }} }}"
        return self.admin(query, i=fields)["r"]["id"]


class Shop:
    """Rose soap at 12.99 EUR (15.46 with 19 % tax) or 1200 JPY (1428), and its buyers."""

    def __init__(self, server):
        self.server = server
        self._configure()
        self.soap = self._stock()
        self.totals = {}
        self.orders = {
            "two soaps, shipped by post, in German": self.buy(quantity=2, language="de"),
            "one soap, picked up": self.buy(method="pickup"),
            "a gift": self.buy(gift="Happy birthday!"),
            "yen": self.buy(method="pickup", currency="JPY"),
        }

    def settings(self, **changes):
        return {
            "url": self.server.admin_url,
            "api_key": self.server.api_key,
            "consent_field": "emailMarketingConsent",
            "consent_at_field": "emailMarketingConsentAt",
            "language_field": "languageCode",
            "gift_message_field": "giftMessage",
            "pickup_methods": ["pickup"],
            "country": "DE",
            **changes,
        }

    def buy(
        self,
        *,
        quantity=1,
        language="en",
        currency="EUR",
        method="post",
        gift=None,
        pay=True,
        coupon=None,
        total=None,
    ):
        """Go through a checkout; return the order's ``id`` and ``code``.

        Totals of placed orders are written down: the kit compares the whole list. With a coupon,
        ``total`` is what has to be paid then.
        """
        url = f"{self.server.shop_url}?languageCode={language}&currencyCode={currency}"
        token = None

        def step(call, declared="", **variables):
            nonlocal token
            query = f"mutation {declared} {{ r: {call} {{ __typename ... on Order {{ id code }} {ERROR} }} }}"
            data, token = self.server.ask(url, query, variables, token)
            return data["r"]

        step(
            "addItemToOrder(productVariantId: $v, quantity: $q)",
            "($v: ID!, $q: Int!)",
            v=self.soap,
            q=quantity,
        )
        step(
            "setCustomerForOrder(input: $i)",
            "($i: CreateCustomerInput!)",
            i={"firstName": "Ada", "lastName": "Lovelace", "emailAddress": "ada@example.com"},
        )
        step(
            "setOrderShippingAddress(input: $i)",
            "($i: CreateAddressInput!)",
            i={
                "fullName": "Ada Lovelace",
                "streetLine1": "Hauptstr. 1",
                "city": "Berlin",
                "postalCode": "10115",
                "countryCode": "DE",
            },
        )
        step(
            "setOrderShippingMethod(shippingMethodId: $i)", "($i: [ID!]!)", i=[self.methods[method]]
        )
        if gift:
            step(
                "setOrderCustomFields(input: $i)",
                "($i: UpdateOrderInput!)",
                i={"customFields": {"giftMessage": gift}},
            )
        if coupon:
            step("applyCouponCode(couponCode: $c)", "($c: String!)", c=coupon)
        order = step('transitionOrderToState(state: "ArrangingPayment")')
        if pay:
            order = step('addPaymentToOrder(input: { method: "card", metadata: {} })')
            self.totals[order["code"]] = total or TOTALS[method, quantity, currency]
        return {"id": order["id"], "code": order["code"]}

    def line_id(self, order):
        query = (
            "query ($id: ID!) { order(id: $id) { lines { id } payments { id } customer { id } } }"
        )
        return self.server.admin(query, id=order["id"])["order"]

    def ship(self, order, *, quantity, state="Shipped"):
        line = self.line_id(order)["lines"][0]["id"]
        handler = {
            "code": "manual-fulfillment",
            "arguments": [
                {"name": "method", "value": "DHL"},
                {"name": "trackingCode", "value": "T-1"},
            ],
        }
        made = self.server.admin(
            f"mutation ($i: FulfillOrderInput!) {{ r: addFulfillmentToOrder(input: $i) {{ ... on Fulfillment {{ id }} {ERROR} }} }}",
            i={"lines": [{"orderLineId": line, "quantity": quantity}], "handler": handler},
        )
        if state:
            self.server.admin(
                f"mutation ($id: ID!, $s: String!) {{ r: transitionFulfillmentToState(id: $id, state: $s) {{ __typename {ERROR} }} }}",
                id=made["r"]["id"],
                s=state,
            )

    def add_to(self, order, *, quantity):
        """Change the quantity of the only line after the order was paid, and take the rest."""
        line = self.line_id(order)["lines"][0]["id"]
        self._move(order, "Modifying")
        changes = [{"orderLineId": line, "quantity": quantity}]
        self.server.admin(
            f"mutation ($i: ModifyOrderInput!) {{ r: modifyOrder(input: $i) {{ __typename {ERROR} }} }}",
            i={"orderId": order["id"], "dryRun": False, "adjustOrderLines": changes},
        )
        self._move(order, "ArrangingAdditionalPayment")
        paid = {"orderId": order["id"], "method": "cash", "transactionId": "c-1", "metadata": {}}
        self.server.admin(
            f"mutation ($i: ManualPaymentInput!) {{ r: addManualPaymentToOrder(input: $i) {{ __typename {ERROR} }} }}",
            i=paid,
        )
        self._move(order, "PaymentSettled")
        self.totals[order["code"]] = TOTALS["post", quantity, "EUR"]

    def _move(self, order, state):
        self.server.admin(
            f"mutation ($id: ID!, $s: String!) {{ r: transitionOrderToState(id: $id, state: $s) {{ __typename {ERROR} }} }}",
            id=order["id"],
            s=state,
        )

    def refund(self, order, *, quantity):
        known = self.line_id(order)
        lines = [{"orderLineId": known["lines"][0]["id"], "quantity": quantity}]
        made = self.server.admin(
            f"mutation ($i: RefundOrderInput!) {{ r: refundOrder(input: $i) {{ ... on Refund {{ id }} {ERROR} }} }}",
            i={
                "lines": lines,
                "shipping": 0,
                "adjustment": 0,
                "paymentId": known["payments"][0]["id"],
                "reason": "broken",
            },
        )
        self.server.admin(
            f"mutation ($i: SettleRefundInput!) {{ r: settleRefund(input: $i) {{ __typename {ERROR} }} }}",
            i={"id": made["r"]["id"], "transactionId": "r-1"},
        )

    def cancel(self, order):
        self.server.admin(
            f"mutation ($i: CancelOrderInput!) {{ r: cancelOrder(input: $i) {{ __typename {ERROR} }} }}",
            i={"orderId": order["id"], "reason": "changed mind", "cancelShipping": True},
        )

    def new_customer(self, name="Grace"):
        query = f"mutation ($i: CreateCustomerInput!) {{ r: createCustomer(input: $i) {{ ... on Customer {{ id }} {ERROR} }} }}"
        email = f"{name.lower()}-{secrets.token_hex(4)}@example.com"
        return self.server.admin(
            query, i={"firstName": name, "lastName": "Hopper", "emailAddress": email}
        )["r"]["id"]

    def set_prices_include_tax(self, is_gross):
        self.server.admin(
            f"mutation ($i: UpdateChannelInput!) {{ r: updateChannel(input: $i) {{ __typename {ERROR} }} }}",
            i={"id": self.channel, "pricesIncludeTax": is_gross},
        )

    def _configure(self):
        server = self.server
        zone = server.create("Zone", name="Home")
        names = [{"languageCode": "en", "name": "Germany"}]
        country = server.create("Country", code="DE", enabled=True, translations=names)
        server.admin(
            "mutation ($z: ID!, $c: [ID!]!) { addMembersToZone(zoneId: $z, memberIds: $c) { id } }",
            z=zone,
            c=[country],
        )
        category = server.create("TaxCategory", name="standard", isDefault=True)
        server.create(
            "TaxRate", name="VAT", enabled=True, value=19, categoryId=category, zoneId=zone
        )
        server.admin(
            "mutation { updateGlobalSettings(input: { availableLanguages: [en, de, fa] }) { __typename } }"
        )
        self.channel = server.admin("{ activeChannel { id } }")["activeChannel"]["id"]
        server.admin(
            f"mutation ($i: UpdateChannelInput!) {{ r: updateChannel(input: $i) {{ __typename {ERROR} }} }}",
            i={
                "id": self.channel,
                "defaultTaxZoneId": zone,
                "defaultShippingZoneId": zone,
                "defaultCurrencyCode": "EUR",
                "availableCurrencyCodes": ["EUR", "JPY"],
                "defaultLanguageCode": "en",
                "availableLanguageCodes": ["en", "de", "fa"],
            },
        )
        self.methods = {"post": self._shipping("post", 500), "pickup": self._shipping("pickup", 0)}
        handler = {
            "code": "dummy-payment-handler",
            "arguments": [{"name": "automaticSettle", "value": "true"}],
        }
        server.create(
            "PaymentMethod", code="card", enabled=True, handler=handler, translations=_named("Card")
        )

    def _shipping(self, code, rate):
        values = {"rate": str(rate), "taxRate": "19", "includesTax": "auto"}
        calculator = [{"name": name, "value": value} for name, value in values.items()]
        checker = [{"name": "orderMinimum", "value": "0"}]
        return self.server.create(
            "ShippingMethod",
            code=code,
            fulfillmentHandler="manual-fulfillment",
            checker={"code": "default-shipping-eligibility-checker", "arguments": checker},
            calculator={"code": "default-shipping-calculator", "arguments": calculator},
            translations=_named(code),
        )

    def _stock(self):
        translations = [
            {"languageCode": "en", "name": "Rose soap", "slug": "rose-soap", "description": ""}
        ]
        product = self.server.create("Product", translations=translations)
        variant = {
            "productId": product,
            "sku": "SOAP-1",
            "price": 1299,
            "stockOnHand": 1000,
            "translations": [{"languageCode": "en", "name": "Rose soap"}],
        }
        query = "mutation ($i: [CreateProductVariantInput!]!) { r: createProductVariants(input: $i) { id } }"
        soap = self.server.admin(query, i=[variant])["r"][0]["id"]
        prices = [{"currencyCode": "EUR", "price": 1299}, {"currencyCode": "JPY", "price": 120000}]
        query = "mutation ($i: [UpdateProductVariantInput!]!) { r: updateProductVariants(input: $i) { id } }"
        self.server.admin(query, i=[{"id": soap, "prices": prices}])
        return soap


def _named(name):
    return [{"languageCode": "en", "name": name, "description": ""}]
