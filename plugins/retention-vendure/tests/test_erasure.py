"""Forgetting a customer on a real Vendure server, as far as it can."""

from retention_vendure.adapter import VendureAdapter

QUERY = """query ($id: ID!) {
  customer(id: $id) { firstName lastName emailAddress phoneNumber addresses { streetLine1 } }
}"""
ADDRESS = """mutation ($id: ID!, $input: CreateAddressInput!) {
  r: createCustomerAddress(customerId: $id, input: $input) { id }
}"""


def test_an_erased_customer_is_gone_from_the_server(shop):
    adapter = VendureAdapter.from_config(shop.settings(), shop_id="soap.example")
    customer_id = shop.new_customer("Zenobia")
    street = {"streetLine1": "Unmistakable Street 7", "countryCode": "DE"}
    shop.server.admin(ADDRESS, id=customer_id, input=street)
    assert "Zenobia" == shop.server.admin(QUERY, id=customer_id)["customer"]["firstName"]

    adapter.erase_customer(customer_id)

    assert shop.server.admin(QUERY, id=customer_id)["customer"] is None


def test_nothing_of_the_customer_is_left_in_the_row_that_stays(shop):
    """The server marks a deleted row; before that, what is in it is somebody who never was."""
    adapter = VendureAdapter.from_config(shop.settings(), shop_id="soap.example")
    customer_id = shop.new_customer("Zenobia")

    with adapter._connected() as client:
        adapter._overwrite(client, customer_id)
    left = shop.server.admin(QUERY, id=customer_id)["customer"]

    assert ("erased", "erased", "") == (left["firstName"], left["lastName"], left["phoneNumber"])
    assert f"erased-{customer_id}@erased.invalid" == left["emailAddress"]


def test_a_customer_nobody_knows_is_erased_already(shop):
    adapter = VendureAdapter.from_config(shop.settings(), shop_id="soap.example")

    adapter.erase_customer("987654321")
