"""Adapters that ask or tell their platform badly, each in one way that somebody once took."""

import itertools
import socket
from contextlib import suppress
from dataclasses import replace
from uuid import uuid4

from retention_sdk.adapter import Capability
from retention_sdk.errors import PlatformError
from retention_sdk.model import ConsentState, Page, Product
from retention_sdk.testing import a_customer, bogus_order
from tests.contract.bad_readers import YES, Good


class ChattyShop(Good):
    def __repr__(self):
        return f"<BogusShop {self.settings.secrets[0].get_secret_value()}>"


class EagerShop(Good):
    """Connects when it is built."""

    def __init__(self, settings, *, shop_id):
        super().__init__(settings, shop_id=shop_id)
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", 9), timeout=0.01).close()


class ModestShop(Good):
    """Does more than it declares."""

    capabilities = ~Capability.CREATE_CODE


class GenerousShop(Good):
    """Makes a plain code of one that is worth free shipping, which it does not know."""

    capabilities = ~Capability.FREE_SHIPPING_CODE

    def create_code(self, code):
        return self.codes.setdefault(code.code, code.model_copy(update={"platform_id": "1"}))


class TaciturnShop(Good):
    """Shows languages and does not declare it."""

    capabilities = ~Capability.CUSTOMER_LOCALE


class RepeatingCodeShop(Good):
    """Makes a second promotion when it is asked twice."""

    def create_code(self, code):
        return code.model_copy(update={"platform_id": uuid4().hex})


class OnceErasingShop(Good):
    """Takes a second request to erase somebody for a mistake."""

    def erase_customer(self, customer_id):
        if customer_id in self.codes:
            raise PlatformError("there is no such customer", adapter=self.name, retryable=False)
        self.codes[customer_id] = None


class RememberingShop(Good):
    """Says that it erased somebody, and did nothing."""

    def fetch_consents(self, customer_id):
        return (YES,)

    def erase_customer(self, customer_id):
        pass


class YeaSayingShop(Good):
    """Writes every answer down as a yes."""

    def write_consent(self, customer_id, consent):
        super().write_consent(
            customer_id, consent.model_copy(update={"state": ConsentState.GRANTED})
        )


class ConsumingShop(Good):
    """Hands answers out once, like a queue."""

    def fetch_consents(self, customer_id):
        return self.consents.pop(customer_id, ())

    def __init__(self, settings=None, *, shop_id):
        super().__init__(settings, shop_id=shop_id)
        self.consents["77"] = (YES,)


class TwiceListShop(Good):
    """Its pages overlap."""

    def fetch_orders(self, *, updated_since=None):
        orders = list(super().fetch_orders(updated_since=updated_since))
        yield from orders + orders[:1]


class UnsortedListShop(Good):
    """Lists in the order of a hash table."""

    turns = itertools.count()

    def fetch_orders(self, *, updated_since=None):
        step = 1 if next(self.turns) % 2 else -1
        yield from list(super().fetch_orders(updated_since=updated_since))[::step]


class HalfListShop(Good):
    """Forgets the last page."""

    def fetch_orders(self, *, updated_since=None):
        yield from list(super().fetch_orders(updated_since=updated_since))[:-1]


class TimelessListShop(Good):
    """Lists everything, whatever it is asked for."""

    def fetch_orders(self, *, updated_since=None):
        yield from super().fetch_orders()


class OtherOrderShop(Good):
    """Lists less of an order than it fetches."""

    def fetch_order(self, order_id):
        order = super().fetch_order(order_id)
        return order.model_copy(update={"customer": None})

    def fetch_orders(self, *, updated_since=None):
        if updated_since is None or updated_since.year < 2050:
            yield from (bogus_order(number) for number in self.numbers)


class HalfPageShop(Good):
    """Its last page is not full, so it leaves it out."""

    def order_pages(self, *, updated_since=None, cursor=""):
        for page in super().order_pages(updated_since=updated_since, cursor=cursor):
            if page.cursor:
                yield page


class SkippingShop(Good):
    """Goes on one page too late."""

    def order_pages(self, *, updated_since=None, cursor=""):
        pages = super().order_pages(updated_since=updated_since, cursor=cursor)
        if cursor:
            next(pages, None)
        yield from pages


class TwinShop(Good):
    """Lists customers and products on two pages that overlap."""

    def customer_pages(self, *, updated_since=None, cursor=""):
        for page in super().customer_pages(updated_since=updated_since, cursor=cursor):
            yield page
            yield page

    def product_pages(self, *, cursor=""):
        for page in super().product_pages(cursor=cursor):
            yield page
            yield page


class StoppingShop(Good):
    """Reads a page in one go: one record that cannot be read takes all of them along."""

    def order_pages(self, *, updated_since=None, cursor=""):
        if updated_since is None:
            yield Page(tuple(map(self.fetch_order, self.numbers)))

    def customer_pages(self, *, updated_since=None, cursor=""):
        yield Page(tuple(a_customer(id=number) for number in ("77", "78")))

    def product_pages(self, *, cursor=""):
        yield Page(tuple(Product(id=number, title="Soap") for number in "12"))


class RefusingPageShop(Good):
    """Refuses a whole page for the one record on it."""

    def order_pages(self, *, updated_since=None, cursor=""):
        for page in super().order_pages(updated_since=updated_since, cursor=cursor):
            yield replace(page, items=()) if page.refused else page

    def customer_pages(self, *, updated_since=None, cursor=""):
        for page in super().customer_pages(updated_since=updated_since, cursor=cursor):
            yield replace(page, items=()) if page.refused else page

    def product_pages(self, *, cursor=""):
        for page in super().product_pages(cursor=cursor):
            yield replace(page, items=()) if page.refused else page


class SwallowingShop(Good):
    """Leaves out what it cannot read, and does not say so."""

    def order_pages(self, *, updated_since=None, cursor=""):
        for page in super().order_pages(updated_since=updated_since, cursor=cursor):
            yield replace(page, refused=())

    def customer_pages(self, *, updated_since=None, cursor=""):
        for page in super().customer_pages(updated_since=updated_since, cursor=cursor):
            yield replace(page, refused=())

    def product_pages(self, *, cursor=""):
        for page in super().product_pages(cursor=cursor):
            yield replace(page, refused=())


class PointingShop(Good):
    """Names whom it cannot read by their e-mail address."""

    def customer_pages(self, *, updated_since=None, cursor=""):
        for page in super().customer_pages(updated_since=updated_since, cursor=cursor):
            who = a_customer().email
            yield replace(page, refused=tuple(f"{who}: {each}" for each in page.refused))


class PilingShop(Good):
    """Registers another webhook each time it is asked."""

    def missing_webhooks(self, address):
        return ("order",)


class LooseFieldShop(Good):
    """Keeps a field under any name."""

    def require_fields(self, fields):
        pass


class OnceFieldShop(Good):
    """Cannot set a field that is there."""

    def set_order_fields(self, order_id, fields):
        if self.fields.get(order_id):
            raise PlatformError("taken", adapter=self.name, retryable=False)
        super().set_order_fields(order_id, fields)


class TaggingShop(Good):
    """Keeps fields where the shop and its buyers look."""

    def fetch_order(self, order_id):
        return (
            super()
            .fetch_order(order_id)
            .model_copy(update={"tags": tuple(self.fields.get(order_id, ()))})
        )


class HopefulShop(Good):
    """Tells the caller to try for ever."""

    def fetch_order(self, order_id):
        try:
            return super().fetch_order(order_id)
        except PlatformError as error:
            raise PlatformError(str(error), adapter=self.name, retryable=True) from None


class OtherShopShop(Good):
    def fetch_shop(self):
        return super().fetch_shop().model_copy(update={"id": "another.example"})


class ShoutingShop(Good):
    name = "Bogus Shop"
