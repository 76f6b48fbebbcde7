"""An invented shop in Shopware's shape: its people, orders and promotions are nobody's."""

DEFAULT_CURRENCY = "b7d2554b0ce847cd82f3ac9bd1c0dfca"
STOREFRONT = "8a243080f92e4c719546314b577cf82b"
CHANNEL, OTHER_CHANNEL = f"{1:032x}", f"{2:032x}"
GERMAN = f"{3:032x}"
MARLENE, GUEST = f"{0x7001:032x}", f"{0x7002:032x}"
PLACED, PAID, SENT = (
    "2026-11-20T08:15:02.113+00:00",
    "2026-11-20T08:15:04.201+00:00",
    "2026-11-21T09:00:00.000+00:00",
)


class Goods:
    """Makes entities that hold what Shopware's description asks for."""

    def __init__(self, schema):
        self._schema = schema
        self._count = 0

    def make(self, component, /, **fields):
        self._count += 1
        return self._schema.entity(
            component, fields.pop("id", f"{self._count + 0xA000:032x}"), **fields
        )

    # Small things --------------------------------------------------------------------------

    def state(self, name):
        return self.make("StateMachineState", technicalName=name, name=name.title())

    def currency(self, code="EUR", factor=1.0):
        is_default = code == "EUR"
        number = DEFAULT_CURRENCY if is_default else f"{0xC0 + len(code) * ord(code[0]):032x}"
        return self.make(
            "Currency", id=number, isoCode=code, factor=factor, isSystemDefault=is_default
        )

    def language(self, code="de-DE"):
        return self.make("Language", id=GERMAN, locale=self.make("Locale", code=code))

    def channel(self, number=CHANNEL, name="Kiln and Leaf", **fields):
        domain = self.make("SalesChannelDomain", url="https://kiln.example")
        return self.make(
            "SalesChannel",
            id=number,
            typeId=STOREFRONT,
            name=name,
            active=True,
            currency=self.currency(),
            language=self.language(),
            country=self.make("Country", iso="DE", name="Germany"),
            domains=[domain],
            **fields,
        )

    def address(self, component="OrderAddress", **fields):
        return self.make(
            component,
            firstName="Marlene",
            lastName="Vogt",
            street="Lindenweg 12",
            additionalAddressLine1="Hinterhaus",
            zipcode="04103",
            city="Leipzig",
            phoneNumber="+493410000001",
            country=self.make("Country", iso="DE", name="Germany"),
            countryState=self.make("CountryState", shortCode="DE-SN", name="Saxony"),
            **fields,
        )

    # People --------------------------------------------------------------------------------

    def customer(self, number=MARLENE, **fields):
        given = {
            "firstName": "Marlene",
            "lastName": "Vogt",
            "email": "marlene.vogt@example.com",
            "birthday": "1990-04-30T00:00:00.000+00:00",
            "guest": False,
            "salesChannelId": CHANNEL,
            "languageId": GERMAN,
            "autoIncrement": 0,
        }
        return self.make(
            "Customer",
            id=number,
            language=self.language(),
            salutation=self.make("Salutation", salutationKey="mrs"),
            tags=[self.make("Tag", name="regular")],
            defaultShippingAddress=self.address("CustomerAddress"),
            **{**given, **fields},
        )

    def recipient(self, status, email="marlene.vogt@example.com", **fields):
        return self.make(
            "NewsletterRecipient",
            email=email,
            status=status,
            **{"salesChannelId": CHANNEL, **fields},
        )

    # Orders --------------------------------------------------------------------------------

    def line(self, title, price, quantity=1, **fields):
        line = self.make("OrderLineItem", label=title)
        number = fields.pop("number", title[:3].upper())
        return {
            **line,
            "identifier": line["id"],
            "productId": f"{self._count + 0xB000:032x}",
            "quantity": quantity,
            "unitPrice": price,
            "totalPrice": round(price * quantity, 2),
            "payload": {"productNumber": number},
            "type": "product",
            "good": True,
            "downloads": [],
            "position": self._count,
            **fields,
        }

    def transaction(self, state, amount, **fields):
        return self.make(
            "OrderTransaction",
            stateMachineState=self.state(state),
            amount={"unitPrice": amount, "totalPrice": amount, "quantity": 1},
            paymentMethod=self.make("PaymentMethod", name="Invoice", technicalName="invoice"),
            **{"captures": [], "createdAt": PLACED, "updatedAt": PAID, **fields},
        )

    def capture(self, *refunds):
        made = [
            self.make(
                "OrderTransactionCaptureRefund",
                stateMachineState=self.state(state),
                amount={"unitPrice": amount, "totalPrice": amount, "quantity": 1},
            )
            for state, amount in refunds
        ]
        return self.make("OrderTransactionCapture", refunds=made)

    def delivery(self, state, lines, **fields):
        positions = [
            self.make(
                "OrderDeliveryPosition", orderLineItemId=line["id"], quantity=line["quantity"]
            )
            for line in lines
        ]
        method = self.make("ShippingMethod", name="Standard", technicalName="shipping_standard")
        return self.make(
            "OrderDelivery",
            stateMachineState=self.state(state),
            positions=positions,
            **{
                "shippingMethod": method,
                "shippingOrderAddress": self.address(),
                "trackingCodes": [],
                **fields,
            },
        )

    def order(self, number="10001", *, paid="paid", sent="open", total=43.9, **fields):
        lines = fields.pop("lineItems", None) or [
            self.line("Tea bowl, ash glaze", 26.0),
            self.line("Spoon of cherry wood", 6.5, 2),
        ]
        goods = [line for line in lines if line["type"] == "product" and not line["parentId"]]
        account = self.customer()
        made = {
            "id": f"{int(number):032x}",
            "orderNumber": number,
            "orderDateTime": PLACED,
            "createdAt": PLACED,
            "salesChannelId": CHANNEL,
            "autoIncrement": 0,
            "price": {
                "netPrice": 36.89,
                "totalPrice": total,
                "positionPrice": 39.0,
                "rawTotal": total,
                "taxStatus": "gross",
            },
            "shippingTotal": 4.9,
            "stateMachineState": self.state("open"),
            "currency": self.currency(),
            "language": self.language(),
            "salesChannel": self.channel(),
            "orderCustomer": self.make(
                "OrderCustomer",
                firstName="Marlene",
                lastName="Vogt",
                email="marlene.vogt@example.com",
                customerNumber="K1",
                customer=account,
                salutation=account["salutation"],
            ),
            "billingAddress": self.address(),
            "lineItems": lines,
            "transactions": [self.transaction(paid, total)],
            "deliveries": [self.delivery(sent, goods)],
            "tags": [],
        }
        return self.make("Order", **{**made, **fields})

    def product(self, title, **fields):
        return self.make(
            "Product",
            name=title,
            active=True,
            autoIncrement=0,
            productNumber="KL-1",
            ean="4006381333931",
            description="<p>Fired twice.</p><p>Rinse by hand.</p>",
            categories=[self.make("Category", name="Tableware")],
            **fields,
        )
