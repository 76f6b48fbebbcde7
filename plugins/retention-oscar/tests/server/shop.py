"""Drives an oscar shop as its staff and its customers do."""

import secrets
from dataclasses import dataclass

from retention_sdk.http import httpx


@dataclass
class Buyer:
    """Somebody invented, in one country."""

    first: str
    last: str
    line1: str
    city: str
    postcode: str
    country: str
    language: str
    phone: str
    email: str = ""
    id: str = ""


BUYERS = {
    "DE": Buyer("Ada", "Lovelace", "Hauptstr. 1", "Berlin", "10115", "DE", "de", "+4930123456"),
    "FR": Buyer("Élodie", "Exemple", "1 rue Neuve", "Lyon", "69001", "FR", "fr", "+33123456789"),
    "GB": Buyer("Grace", "Hopper", "1 High St", "London", "SW1A 1AA", "GB", "en-gb", "+442071234567"),
    "JP": Buyer("花子", "見本", "丸の内1-1", "東京都千代田区", "100-0005", "JP", "ja", "+81312345678"),
    "IR": Buyer("نمونه", "آزمایشی", "خیابان ولیعصر ۱", "تهران", "1411713116", "IR", "fa", "+982112345678"),
}  # fmt: skip


class Server:
    """oscarapi as staff uses it, and what staff does in the dashboard."""

    def __init__(self, url, password, log):
        self.url, self.password, self.log = url, password, log

    def act(self, act, /, **given):
        with httpx.Client(timeout=60) as client:
            done = client.post(
                f"{self.url}/acts/{act}/", json=given, headers={"X-Password": self.password}
            )
        assert done.status_code == 200, self.log.read_text(errors="replace")[-3000:]
        return done.json()["result"]


class Shop:
    """Rose soap at 12.99 EUR, lavender oil at 24.50, a towel at 8.00, and who bought them.

    ``totals`` holds what each order costs, worked out by hand.
    """

    def __init__(self, server):
        self.server, self.totals, self.orders, self.buyers = server, {}, {}, BUYERS
        self.soap = server.act("product", title="Rose soap", price="12.99", upc="4006381333931")
        self.oil = server.act("product", title="Lavender oil", price="24.50")
        self.towel = server.act("product", title="Towel", price="8.00")
        for buyer in BUYERS.values():
            self.register(buyer)
        self._orders()

    def _orders(self):
        """One order in each country, and one of a guest; the French one got money back."""
        self.orders["DE"] = self.buy("25.98", {self.soap: 2}, BUYERS["DE"])
        self.orders["FR"] = self.buy("37.49", {self.soap: 1, self.oil: 1}, BUYERS["FR"])
        self.orders["GB"] = self.buy("8.00", {self.towel: 1}, BUYERS["GB"])
        self.orders["JP"] = self.buy("73.50", {self.oil: 3}, BUYERS["JP"])
        self.orders["IR"] = self.buy("12.99", {self.soap: 1}, BUYERS["IR"])
        guest = Buyer(**{**vars(BUYERS["DE"]), "email": "", "id": ""})
        self.orders["guest"] = self.buy("8.00", {self.towel: 1}, guest)
        for name, amount in (("FR", "37.49"), ("JP", "73.50")):
            self.server.act("pay", order=self.orders[name], amount=amount)
        self.server.act("refund", order=self.orders["FR"], amount="12.99")
        self.server.act("status", order=self.orders["GB"], name="Cancelled")

    def settings(self, **changes):
        return {
            "url": f"{self.server.url}/api",
            "username": "staff@example.com",
            "password": self.server.password,
            "companion": True,
            "country": "DE",
            **changes,
        }

    def register(self, buyer):
        buyer.email = f"{secrets.token_hex(4)}@example.com"
        made = self.server.act(
            "customer", email=buyer.email, first_name=buyer.first, last_name=buyer.last
        )
        buyer.id = str(made)
        return buyer.id

    def somebody(self):
        """Register a buyer whose basket is empty, and who reads English."""
        buyer = Buyer(**vars(BUYERS["GB"]))
        self.register(buyer)
        return buyer

    def new_customer(self):
        return self.somebody().id

    def buy(self, total, quantities, buyer, *, code=None):
        """Go through a real checkout; return the order's identifier."""
        auth = (buyer.email, "buyer") if buyer.email else None
        url = f"{self.server.url}/api"
        with httpx.Client(
            timeout=60, auth=auth, headers={"Accept-Language": buyer.language}
        ) as client:

            def post(path, **given):
                answer = client.post(f"{url}/{path}/", json=given)
                assert answer.is_success, answer.text
                return answer.json()

            client.get(f"{url}/basket/")
            for product, quantity in quantities.items():
                post("basket/add-product", url=f"{url}/products/{product}/", quantity=quantity)
            if code:
                post("basket/add-voucher", vouchercode=code)
            basket = client.get(f"{url}/basket/").json()
            guest = {} if auth else {"guest_email": "guest@example.com"}
            order = post(
                "checkout", basket=basket["url"], shipping_address=self._address(buyer), **guest
            )
        assert total == order["total_incl_tax"], order
        self.totals[order["number"]] = f"{total} EUR"
        return int(order["url"].rstrip("/").rpartition("/")[2])

    def _address(self, buyer):
        return {
            "country": f"{self.server.url}/api/countries/{buyer.country}/",
            "first_name": buyer.first,
            "last_name": buyer.last,
            "line1": buyer.line1,
            "line4": buyer.city,
            "postcode": buyer.postcode,
            "phone_number": buyer.phone,
        }
