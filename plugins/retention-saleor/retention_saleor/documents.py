"""What is asked of Saleor, as text. Written for its schema of 3.22 and later; tested with 3.24.

Mutations call their result ``done``, lists ``found``. ``CONSENT`` and ``GIFT_MESSAGE`` stand for
fields of metadata that the shop named: ``tailored`` puts them in.
"""

from __future__ import annotations

import json

from .settings import SaleorSettings

_ADDRESS = """
fragment AddressParts on Address {
  firstName lastName companyName streetAddress1 streetAddress2 city cityArea postalCode countryArea
  phone country { code }
}
"""
_MONEY = """
fragment GrossParts on TaxedMoney { gross { amount currency } }
"""
_ORDER = f"""
fragment OrderParts on Order {{
  id number created updatedAt status chargeStatus languageCodeEnum userEmail customerNote
  voucherCode collectionPointName GIFT_MESSAGE
  channel {{ slug }}
  user {{ id email firstName lastName languageCode CONSENT }}
  billingAddress {{ ...AddressParts }}
  shippingAddress {{ ...AddressParts }}
  total {{ ...GrossParts tax {{ amount currency }} }}
  undiscountedTotal {{ ...GrossParts }}
  shippingPrice {{ ...GrossParts }}
  totalRefunded {{ amount currency }}
  lines {{
    id productName translatedProductName productSku quantity quantityToFulfill isShippingRequired
    undiscountedUnitPrice {{ ...GrossParts }}
    totalPrice {{ ...GrossParts }}
    variant {{ product {{ id productType {{ kind }} category {{ name }} }} }}
  }}
  fulfillments {{ id status created trackingNumber lines {{ quantity orderLine {{ id }} }} }}
  transactions {{ name createdAt paymentMethodDetails {{ name }} }}
  events {{ type date }}
}}
{_ADDRESS}{_MONEY}"""
_USER = """
fragment UserParts on User {
  id email firstName lastName languageCode dateJoined updatedAt CONSENT
  defaultShippingAddress { ...AddressParts }
  defaultBillingAddress { ...AddressParts }
}
"""
ORDER_KEYS = frozenset(
    "id number created updatedAt status chargeStatus languageCodeEnum userEmail customerNote "
    "voucherCode collectionPointName channel user billingAddress shippingAddress total "
    "undiscountedTotal shippingPrice totalRefunded lines fulfillments transactions events".split()
)
"""What an order in a delivery must have; one with less is asked for."""
USER_KEYS = frozenset(
    "id email firstName lastName languageCode dateJoined updatedAt consent "
    "defaultShippingAddress defaultBillingAddress".split()
)
"""The same of a customer."""


def tailored(document: str, settings: SaleorSettings) -> str:
    """Return a document with the shop's own fields of metadata in it."""
    kind = "metafield" if settings.consent_metadata == "public" else "privateMetafield"
    consent = _metafield("consent", kind, settings.consent_field)
    gift = _metafield("giftMessage", "metafield", settings.gift_message_field)
    return document.replace("CONSENT", consent).replace("GIFT_MESSAGE", gift)


def _metafield(alias: str, kind: str, key: str) -> str:
    # A field that no schema lacks: null in place of what the shop has not.
    return f"{alias}: {kind}(key: {json.dumps(key or 'retention-sdk.none')})"


# Lists and single things -------------------------------------------------------------------

ORDER = f"query Order($id: ID!) {{ order(id: $id) {{ ...OrderParts }} }}{_ORDER}"
ORDERS = f"""query Orders($first: Int!, $after: String, $where: OrderWhereInput) {{
  found: orders(
    first: $first, after: $after, where: $where
    sortBy: {{ field: LAST_MODIFIED_AT, direction: ASC }}
  ) {{ pageInfo {{ hasNextPage endCursor }} edges {{ node {{ ...OrderParts }} }} }}
}}{_ORDER}"""
CUSTOMER = f"query Customer($id: ID!) {{ user(id: $id) {{ ...UserParts }} }}{_USER}{_ADDRESS}"
CUSTOMERS = f"""query Customers($first: Int!, $after: String, $where: CustomerWhereInput) {{
  found: customers(
    first: $first, after: $after, where: $where
    sortBy: {{ field: LAST_MODIFIED_AT, direction: ASC }}
  ) {{ pageInfo {{ hasNextPage endCursor }} edges {{ node {{ ...UserParts }} }} }}
}}{_USER}{_ADDRESS}"""
PRODUCTS = """query Products($first: Int!, $after: String, $channel: String!) {
  found: products(
    first: $first, after: $after, channel: $channel, where: { isPublished: true }
    sortBy: { field: LAST_MODIFIED_AT, direction: ASC }
  ) {
    pageInfo { hasNextPage endCursor }
    edges { node { id name description category { name } defaultVariant { sku } } }
  }
}"""
SHOP = """query Shop($channel: String!) {
  shop { name schemaVersion companyAddress { country { code } } }
  channel(slug: $channel) { currencyCode defaultCountry { code } }
}"""

# Customers ---------------------------------------------------------------------------------

CONSENT_OF = "query ConsentOf($id: ID!) { user(id: $id) { id CONSENT } }"
WRITE_PRIVATE = """mutation Write($id: ID!, $input: [MetadataInput!]!) {
  done: updatePrivateMetadata(id: $id, input: $input) { errors { field code } }
}"""
WRITE_PUBLIC = WRITE_PRIVATE.replace("updatePrivateMetadata", "updateMetadata")
DELETE_PRIVATE = """mutation Delete($id: ID!, $keys: [String!]!) {
  done: deletePrivateMetadata(id: $id, keys: $keys) { errors { field code } }
}"""
DELETE_PUBLIC = DELETE_PRIVATE.replace("deletePrivateMetadata", "deleteMetadata")
ADDRESSES = "query Addresses($id: ID!) { user(id: $id) { id addresses { id } } }"
DELETE_ADDRESS = """mutation DeleteAddress($id: ID!) {
  done: addressDelete(id: $id) { errors { field code } }
}"""
DELETE_CUSTOMER = """mutation DeleteCustomer($id: ID!) {
  done: customerDelete(id: $id) { errors { field code } }
}"""

# Orders ------------------------------------------------------------------------------------

NOTE = """mutation Note($id: ID!, $text: String!) {
  done: orderNoteAdd(order: $id, input: { message: $text }) { errors { field code } }
}"""

# Vouchers ----------------------------------------------------------------------------------

_VOUCHER = """
fragment VoucherParts on Voucher {
  id type discountValueType usageLimit applyOncePerCustomer applyOncePerOrder singleUse onlyForStaff
  minCheckoutItemsQuantity startDate endDate countries { code }
  codes(first: 100) { edges { node { code } } }
  channelListings { channel { id } discountValue minSpent { amount currency } }
}
"""
VOUCHERS = f"""query Vouchers($search: String!) {{
  channels {{ id slug isActive currencyCode taxConfiguration {{ pricesEnteredWithTax }} }}
  found: vouchers(first: 100, filter: {{ search: $search }}) {{
    edges {{ node {{ ...VoucherParts }} }}
  }}
}}{_VOUCHER}"""
CREATE_VOUCHER = f"""mutation CreateVoucher($input: VoucherInput!) {{
  done: voucherCreate(input: $input) {{ errors {{ field code }} voucher {{ ...VoucherParts }} }}
}}{_VOUCHER}"""
LIST_VOUCHER = """mutation ListVoucher($id: ID!, $input: VoucherChannelListingInput!) {
  done: voucherChannelListingUpdate(id: $id, input: $input) { errors { field code } }
}"""
UPDATE_VOUCHER = """mutation UpdateVoucher($id: ID!, $input: VoucherInput!) {
  done: voucherUpdate(id: $id, input: $input) { errors { field code } }
}"""

# Gift cards --------------------------------------------------------------------------------

_CARD = "id isActive initialBalance { amount currency } mark: privateMetafield(key: $mark)"
GIFT_CARD = f"""query GiftCard($code: String!, $mark: String!) {{
  found: giftCards(first: 1, filter: {{ code: $code }}) {{ edges {{ node {{ {_CARD} }} }} }}
}}"""
CREATE_GIFT_CARD = f"""mutation CreateGiftCard($input: GiftCardCreateInput!, $mark: String!) {{
  done: giftCardCreate(input: $input) {{ errors {{ field code }} giftCard {{ {_CARD} }} }}
}}"""
DEACTIVATE_GIFT_CARD = """mutation DeactivateGiftCard($id: ID!) {
  done: giftCardDeactivate(id: $id) { errors { field code } }
}"""

# Webhooks ----------------------------------------------------------------------------------

SUBSCRIPTION = f"""subscription Retention {{
  event {{
    __typename issuedAt version
    ... on OrderCreated {{ order {{ ...OrderParts }} }}
    ... on OrderUpdated {{ order {{ ...OrderParts }} }}
    ... on CustomerCreated {{ user {{ ...UserParts }} }}
    ... on CustomerUpdated {{ user {{ ...UserParts }} }}
    ... on CustomerMetadataUpdated {{ user {{ ...UserParts }} }}
    ... on CustomerDeleted {{ user {{ id email }} }}
    ... on AccountDeleted {{ user {{ id email }} }}
  }}
}}{_ORDER}{_USER}"""
WEBHOOKS = """query Webhooks {
  app { id webhooks {
    id targetUrl isActive subscriptionQuery asyncEvents { eventType }
  } }
}"""
CREATE_WEBHOOK = """mutation CreateWebhook($input: WebhookCreateInput!) {
  done: webhookCreate(input: $input) { errors { field code } }
}"""
UPDATE_WEBHOOK = """mutation UpdateWebhook($id: ID!, $input: WebhookUpdateInput!) {
  done: webhookUpdate(id: $id, input: $input) { errors { field code } }
}"""
