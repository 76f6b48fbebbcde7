"""The GraphQL documents, written against the Admin API of Vendure 3.7."""

from __future__ import annotations

from .settings import VendureSettings

SHOP = """query {
  activeChannel {
    defaultLanguageCode defaultCurrencyCode seller { name }
  }
}"""

PROMOTIONS = """query ($code: String!) {
  globalSettings { serverConfig { moneyStrategyPrecision } }
  activeChannel { defaultLanguageCode defaultCurrencyCode pricesIncludeTax }
  promotions(options: { filter: { couponCode: { eq: $code } }, take: 100 }) {
    items {
      id enabled couponCode usageLimit perCustomerUsageLimit startsAt endsAt
      conditions { code args { name value } }
      actions { code args { name value } }
    }
  }
}"""

CREATE_PROMOTION = """mutation ($input: CreatePromotionInput!) {
  createPromotion(input: $input) {
    __typename
    ... on Promotion { id }
    ... on ErrorResult { errorCode }
  }
}"""

DISABLE_PROMOTION = """mutation ($id: ID!) {
  updatePromotion(input: { id: $id, enabled: false }) {
    __typename
    ... on ErrorResult { errorCode }
  }
}"""

UPDATE_CUSTOMER = """mutation ($input: UpdateCustomerInput!) {
  updateCustomer(input: $input) {
    __typename
    ... on ErrorResult { errorCode }
  }
}"""

CUSTOMER_ADDRESSES = """query ($id: ID!) {
  customer(id: $id) { id addresses { id } }
}"""

DELETE_ADDRESS = """mutation ($id: ID!) {
  deleteCustomerAddress(id: $id) { success }
}"""

DELETE_CUSTOMER = """mutation ($id: ID!) {
  deleteCustomer(id: $id) { result }
}"""

NOTE_ORDER = """mutation ($id: ID!, $note: String!) {
  addNoteToOrder(input: { id: $id, note: $note, isPublic: false }) { id }
}"""

PRODUCTS = """query ($options: ProductListOptions!) {
  products(options: $options) {
    items { id updatedAt name variants { sku } collections { name } }
  }
}"""

_ADDRESS = """{
  fullName company streetLine1 streetLine2 city province postalCode countryCode phoneNumber
}"""

_ORDER = """
  id code state type updatedAt orderPlacedAt currencyCode couponCodes
  totalWithTax shippingWithTax
  taxSummary { taxTotal }
  discounts { amountWithTax }
  customer { id firstName lastName emailAddress phoneNumber %(customer)s }
  shippingAddress %(address)s
  billingAddress %(address)s
  %(order)s
  lines {
    id quantity orderPlacedQuantity unitPriceWithTax
    proratedUnitPriceWithTax proratedLinePriceWithTax
    productVariant { sku name product { id %(product)s } }
  }
  shippingLines { shippingMethod { code fulfillmentHandlerCode } }
  payments { method state amount refunds { state total } }
  fulfillments { id state method trackingCode lines { orderLineId quantity } }
  history(options: { filter: { type: { in: [
    "ORDER_STATE_TRANSITION", "ORDER_FULFILLMENT_TRANSITION"
  ] } } }) { items { type createdAt data } }
"""


def order_query(settings: VendureSettings) -> str:
    """Return the query for one order."""
    return f"""query ($id: ID!) {{
      globalSettings {{ serverConfig {{ moneyStrategyPrecision }} }}
      order(id: $id) {{ {_order_fields(settings)} }}
    }}"""


def orders_query(settings: VendureSettings) -> str:
    """Return the query for one page of orders, oldest change first."""
    return f"""query ($options: OrderListOptions!) {{
      globalSettings {{ serverConfig {{ moneyStrategyPrecision }} }}
      orders(options: $options) {{ items {{ {_order_fields(settings)} }} }}
    }}"""


def consent_query(settings: VendureSettings) -> str:
    """Return the query for what a customer answered."""
    return f"""query ($id: ID!) {{ customer(id: $id) {{ id {_consent_fields(settings)} }} }}"""


def customers_query(settings: VendureSettings) -> str:
    """Return the query for one page of customers, oldest change first."""
    return f"""query ($options: CustomerListOptions!) {{
      customers(options: $options) {{ items {{
        id updatedAt title firstName lastName emailAddress phoneNumber user {{ id }}
        {_consent_fields(settings)}
      }} }}
    }}"""


def _order_fields(settings: VendureSettings) -> str:
    order = _custom(settings.language_field, settings.gift_message_field)
    return _ORDER % {
        "customer": _consent_fields(settings),
        "address": _ADDRESS,
        "order": order,
        "product": "facetValues { name facet { code } }" if settings.brand_facet else "",
    }


def _consent_fields(settings: VendureSettings) -> str:
    return _custom(settings.consent_field, settings.consent_at_field)


def _custom(*names: str) -> str:
    chosen = " ".join(name for name in names if name)
    return f"customFields {{ {chosen} }}" if chosen else ""
