"""Every GraphQL document that is sent: Admin API 2026-10, checked by tests against its schema."""

from __future__ import annotations

from typing import Final

API_VERSION: Final = "2026-10"

_MONEY = """
fragment Amounts on MoneyBag {
  shopMoney { amount currencyCode }
  presentmentMoney { amount currencyCode }
}"""
_ADDRESS = """
fragment Place on MailingAddress {
  name company address1 address2 city province provinceCode zip countryCodeV2 phone
}"""
_ANSWERS = """
fragment Answers on Customer {
  dataSaleOptOut
  defaultEmailAddress { emailAddress marketingState marketingOptInLevel marketingUpdatedAt }
  defaultPhoneNumber {
    phoneNumber
    smsMarketingConsent { state optInLevel updatedAt collectedFrom }
    whatsAppMarketingConsent { state optInLevel updatedAt collectedFrom }
  }
}"""
_ACCOUNT = (
    """
fragment Account on Customer {
  legacyResourceId firstName lastName locale tags
  defaultAddress { ...Place }
  ...Answers
}"""
    + _ANSWERS
    + _ADDRESS
)
_ITEM = (
    """
fragment Item on LineItem {
  id title sku vendor quantity currentQuantity unfulfilledQuantity
  requiresShipping isGiftCard
  product { legacyResourceId }
  originalUnitPriceSet { ...Amounts }
  discountAllocations { allocatedAmountSet { ...Amounts } }
  taxLines { priceSet { ...Amounts } }
}"""
    + _MONEY
)
_PARTS = "nodes { quantity lineItem { id } } pageInfo { hasNextPage endCursor }"


def sale(items: str, parts: str) -> str:
    """Return the fragment ``Sale`` of an order, and those in it.

    ``items`` selects its lines, ``parts`` what is in a parcel: pages and exports need other words.
    """
    fields = """
fragment Sale on Order {
  id legacyResourceId name createdAt updatedAt processedAt cancelledAt displayFinancialStatus
  customerLocale currencyCode presentmentCurrencyCode taxesIncluded
  paymentGatewayNames sourceName discountCodes tags note email phone
  customAttributes { key value }
  totalPriceSet { ...Amounts }
  totalShippingPriceSet { ...Amounts }
  totalTaxSet { ...Amounts }
  totalDiscountsSet { ...Amounts }
  totalRefundedSet { ...Amounts }
  billingAddress { ...Place }
  shippingAddress { ...Place }
  customer { ...Account }
  ITEMS
  fulfillments {
    id legacyResourceId createdAt status displayStatus
    trackingInfo(first: 1) { company number }
    PARTS
  }
}"""
    return fields.replace("ITEMS", items).replace("PARTS", parts) + _ITEM + _ACCOUNT


_ORDER = sale(
    "lineItems(first: 10) { nodes { ...Item } pageInfo { hasNextPage endCursor } }",
    f"fulfillmentLineItems(first: 10) {{ {_PARTS} }}",
)

# Reading -----------------------------------------------------------------------------------

ORDER = "query Order($id: ID!) { order(id: $id) { ...Sale } }" + _ORDER
ORDERS = (
    """
query Orders($first: Int!, $after: String, $search: String) {
  found: orders(first: $first, after: $after, query: $search, sortKey: UPDATED_AT) {
    nodes { ...Sale } pageInfo { hasNextPage endCursor }
  }
}"""
    + _ORDER
)
MORE_ITEMS = (
    """
query MoreItems($id: ID!, $after: String!) {
  node: order(id: $id) {
    rest: lineItems(first: 50, after: $after) {
      nodes { ...Item } pageInfo { hasNextPage endCursor }
    }
  }
}"""
    + _ITEM
)
MORE_PARTS = """
query MoreParts($id: ID!, $after: String!) {
  node: fulfillment(id: $id) { rest: fulfillmentLineItems(first: 50, after: $after) { PARTS } }
}""".replace("PARTS", _PARTS)
CUSTOMERS = (
    """
query Customers($first: Int!, $after: String, $search: String) {
  found: customers(first: $first, after: $after, query: $search, sortKey: UPDATED_AT) {
    nodes { ...Account } pageInfo { hasNextPage endCursor }
  }
}"""
    + _ACCOUNT
)
PRODUCTS = """
query Products($first: Int!, $after: String, $search: String) {
  found: products(first: $first, after: $after, query: $search, sortKey: ID) {
    nodes {
      legacyResourceId title onlineStoreUrl productType description(truncateAt: 2000)
      category { fullName }
      variants(first: 1) { nodes { sku barcode } }
    }
    pageInfo { hasNextPage endCursor }
  }
}"""
SHOP = """
query Shop {
  shop {
    name contactEmail currencyCode ianaTimezone
    primaryDomain { url }
    shopAddress { countryCodeV2 }
  }
  shopLocales { locale primary }
}"""
CONSENTS = "query Consents($id: ID!) { customer(id: $id) { ...Answers } }" + _ANSWERS

# Answers and erasure -----------------------------------------------------------------------

WRITE_EMAIL = """
mutation WriteEmail($input: CustomerEmailMarketingConsentUpdateInput!) {
  done: customerEmailMarketingConsentUpdate(input: $input) { userErrors { field code } }
}"""
WRITE_SMS = """
mutation WriteSms($input: CustomerSmsMarketingConsentUpdateInput!) {
  done: customerSmsMarketingConsentUpdate(input: $input) { userErrors { field code } }
}"""
ERASE = """
mutation Erase($id: ID!) {
  done: customerRequestDataErasure(customerId: $id) { userErrors { field code } }
}"""

# Codes -------------------------------------------------------------------------------------

_DISCOUNT = """
fragment Discount on DiscountCodeNode {
  id
  codeDiscount {
    __typename
    ... on DiscountCodeBasic {
      status startsAt endsAt usageLimit appliesOncePerCustomer
      context { __typename }
      minimumRequirement { ...Minimum }
      customerGets {
        value {
          ... on DiscountPercentage { percentage }
          ... on DiscountAmount { amount { amount currencyCode } appliesOnEachItem }
        }
        items { __typename }
      }
    }
    ... on DiscountCodeFreeShipping {
      status startsAt endsAt usageLimit appliesOncePerCustomer
      context { __typename }
      minimumRequirement { ...Minimum }
      maximumShippingPrice { amount }
      destinationSelection { __typename }
    }
  }
}
fragment Minimum on DiscountMinimumRequirement {
  __typename
  ... on DiscountMinimumSubtotal { greaterThanOrEqualToSubtotal { amount currencyCode } }
}"""
CODE = (
    """
query Code($code: String!) {
  shop { currencyCode }
  codeDiscountNodeByCode(code: $code) { ...Discount }
}"""
    + _DISCOUNT
)
CREATE_BASIC = (
    """
mutation CreateBasic($input: DiscountCodeBasicInput!) {
  done: discountCodeBasicCreate(basicCodeDiscount: $input) {
    codeDiscountNode { ...Discount }
    userErrors { field code }
  }
}"""
    + _DISCOUNT
)
CREATE_FREE_SHIPPING = (
    """
mutation CreateFreeShipping($input: DiscountCodeFreeShippingInput!) {
  done: discountCodeFreeShippingCreate(freeShippingCodeDiscount: $input) {
    codeDiscountNode { ...Discount }
    userErrors { field code }
  }
}"""
    + _DISCOUNT
)
DEACTIVATE_CODE = """
mutation DeactivateCode($id: ID!) {
  done: discountCodeDeactivate(id: $id) { userErrors { field code } }
}"""

# Money -------------------------------------------------------------------------------------

GIFT_CARDS = """
query GiftCards($search: String!) {
  shop { ianaTimezone }
  giftCards(first: 10, query: $search) {
    nodes { id note enabled initialValue { amount currencyCode } }
  }
}"""
CREATE_GIFT_CARD = """
mutation CreateGiftCard($input: GiftCardCreateInput!) {
  done: giftCardCreate(input: $input) { giftCard { id } userErrors { field code } }
}"""
DEACTIVATE_GIFT_CARD = """
mutation DeactivateGiftCard($id: ID!) {
  done: giftCardDeactivate(id: $id) { userErrors { field code } }
}"""
CLAIM = """
query Claim($id: ID!, $namespace: String!, $key: String!) {
  customer(id: $id) { metafield(namespace: $namespace, key: $key) { value compareDigest } }
}"""
SET_CLAIM = """
mutation SetClaim($field: MetafieldsSetInput!) {
  done: metafieldsSet(metafields: [$field]) {
    metafields { compareDigest }
    userErrors { field code }
  }
}"""
GIVE_CREDIT = """
mutation GiveCredit($id: ID!, $input: StoreCreditAccountCreditInput!) {
  done: storeCreditAccountCredit(id: $id, creditInput: $input) { userErrors { field code } }
}"""

# Orders' notes, tags, fields, and webhooks --------------------------------------------------

NOTE = "query Note($id: ID!) { order(id: $id) { note } }"
WRITE_NOTE = """
mutation WriteNote($input: OrderInput!) {
  done: orderUpdate(input: $input) { userErrors { field } }
}"""
ADD_TAGS = """
mutation AddTags($id: ID!, $tags: [String!]!) {
  done: tagsAdd(id: $id, tags: $tags) { userErrors { field } }
}"""
SET_FIELDS = """
mutation SetFields($fields: [MetafieldsSetInput!]!) {
  done: metafieldsSet(metafields: $fields) { userErrors { field code } }
}"""
SUBSCRIPTIONS = """
query Subscriptions($first: Int!, $after: String, $search: String) {
  found: webhookSubscriptions(first: $first, after: $after, query: $search) {
    nodes { topic uri } pageInfo { hasNextPage endCursor }
  }
}"""
SUBSCRIBE = """
mutation Subscribe($topic: WebhookSubscriptionTopic!, $hook: WebhookSubscriptionInput!) {
  done: webhookSubscriptionCreate(topic: $topic, webhookSubscription: $hook) {
    userErrors { field }
  }
}"""
