"""What belongs to one record and cannot be read refuses that record alone."""

import json
from datetime import UTC, datetime

import pytest

from retention_sdk.errors import PlatformError

SPOILED = {"ada": ["ada@example.com"]}
# What belongs to order 9 and to no other, by the resource and its number there.
PARTS = {
    "order_details": 20,
    "order_histories": 13,
    "order_slip": 101,
    "order_cart_rules": 103,
    "cart_rules": 102,
    "customers": 3,
    "addresses": 8,
    "products": 7,
}


@pytest.fixture
def selling(shop):
    """The captured orders, of which number 9 has a credit slip and a code, too."""
    slip = {"date_add": "2026-12-02 09:00:00", "date_upd": "2026-12-02 09:00:00"}
    assert PARTS["order_slip"] == shop.add("order_slip", like=1, id_order="9", **slip)
    assert PARTS["cart_rules"] == shop.add("cart_rules", like=1, code="OTHER-1")
    used = {"id_order": "9", "id_cart_rule": "102"}
    assert PARTS["order_cart_rules"] == shop.add("order_cart_rules", like=1, **used)
    return shop


class Spoiling:
    """Spoils one field of one record in whatever the shop answers."""

    def __init__(self, shop):
        self.told, self.spoils, self.fields = shop.told, {}, {}
        shop.told = self

    def __call__(self, request):
        status, headers, body = self.told(request)
        resource = request["path"].partition("/api/")[2].partition("?")[0]
        decoded = json.loads(body) if body else []
        rows = next(iter(decoded.values())) if isinstance(decoded, dict) else ()
        for row in rows:
            self.fields[resource] = list(row)
            if resource in self.spoils:
                self.spoil(row, *self.spoils[resource])
        return status, headers, json.dumps(decoded).encode()

    @staticmethod
    def spoil(row, number, field, bad):
        if str(row["id"]) == str(number) and field in row:
            row[field] = bad


def read(shop, **wishes):
    pages = list(shop.adapter().order_pages(**wishes))
    found = {order.id for page in pages for order in page.items}
    return found, [sentence for page in pages for sentence in page.refused]


def test_parts_as_they_were_captured_are_read(selling):
    assert ({"6", "7", "8", "9"}, []) == read(selling)


@pytest.mark.parametrize("resource", PARTS)
def test_bad_part_refuses_its_own_order_and_no_other(selling, resource):
    """Some fields are read as text, or not at all where others say enough."""
    spoiling, refusals = Spoiling(selling), 0
    read(selling)
    for field in spoiling.fields[resource]:
        spoiling.spoils = {resource: (PARTS[resource], field, SPOILED)}
        found, refused = read(selling)

        assert {"6", "7", "8"} == found - {"9"}, field
        assert ("9" in found) is not bool(refused), field
        assert len(refused) <= 1, field
        assert all(each.startswith("order 9: prestashop: ") for each in refused), field
        assert "ada" not in f"{refused}", field
        refusals += len(refused)
    assert refusals


def test_line_that_names_another_order_is_not_lost(selling):
    Spoiling(selling).spoils = {"order_details": (20, "id_order", "7")}

    # Asked for together it is one more line of order 7; asked for alone it would be missing.
    found, refused = read(selling)
    assert {"6", "7", "8"} == found
    assert refused == []


@pytest.mark.parametrize("field", ["id_customer", "id_address_delivery", "id_carrier"])
def test_bad_number_in_an_order_refuses_it_alone(selling, field):
    Spoiling(selling).spoils = {"orders": (9, field, "ada@example.com")}
    found, (sentence,) = read(selling)

    assert {"6", "7", "8"} == found
    assert sentence.startswith("order 9: ")
    assert "ada" not in sentence


def test_slip_that_names_no_order_is_named(selling):
    Spoiling(selling).spoils = {"order_slip": (101, "id_order", "ada@example.com")}
    since = datetime(2027, 1, 1, tzinfo=UTC)
    selling.change("order_slip", 101, date_upd="2027-12-30 09:00:00")
    found, (sentence,) = read(selling, updated_since=since)

    assert set() == found
    assert "credit slip 101: prestashop: cannot be read (ValueError)" == sentence


def test_shop_that_refuses_a_list_still_stops_the_page(selling):
    selling.forbidden.add("order_details")
    with pytest.raises(PlatformError, match="error 26"):
        read(selling)


@pytest.mark.parametrize(
    ("field", "bad"), [("birthday", "soon"), ("firstname", 7), ("newsletter_date_add", "soon")]
)
def test_customer_who_cannot_be_read_is_named_and_the_others_come(selling, field, bad):
    everybody = {c.id for page in selling.adapter().customer_pages() for c in page.items}
    selling.change("customers", 2, newsletter="1")
    selling.change("customers", 2, **{field: bad})
    (page,) = selling.adapter().customer_pages()

    assert {c.id for c in page.items} == everybody - {"2"}
    (sentence,) = page.refused
    assert sentence.startswith("customer 2: prestashop: ")


@pytest.mark.parametrize("field", ["name", "id_category_default"])
def test_product_that_cannot_be_read_is_named_and_the_others_come(selling, field):
    everything = {p.id for page in selling.adapter().product_pages() for p in page.items}
    Spoiling(selling).spoils = {"products": (7, field, [{"ada": 1}])}
    (page,) = selling.adapter().product_pages()

    assert {p.id for p in page.items} == everything - {"7"}
    (sentence,) = page.refused
    assert sentence.startswith("product 7: prestashop: ")
