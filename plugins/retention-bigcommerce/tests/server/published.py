"""What BigCommerce publishes of the operations and fields that the adapter uses.

Carried over from bigcommerce/docs, folder ``reference``, state of 2026-04-01: orders.v2.oas2,
orders.v3, customers.v3, subscribers.v3, marketing.v2, webhooks.v3, store_information.v2 and
catalog/products_catalog.v3. Names of fields and parameters alone; no text.
"""

OPERATIONS = {
    "GET v2/orders": "include consignment_structure limit page sort min_id max_id "
    "min_date_modified max_date_modified",
    "GET v2/orders/N": "include consignment_structure",
    "PUT v2/orders/N": "",
    "GET v2/orders/N/coupons": "limit page",
    "GET v2/orders/N/products": "limit page",
    "GET v2/orders/N/shipments": "limit page",
    "GET v3/orders/payment_actions/refunds": "order_id:in limit page",
    "GET v3/orders/N/transactions": "",
    "GET v3/customers": "limit page id:in email:in include after date_modified:min",
    "DELETE v3/customers": "id:in",
    "GET v3/customers/subscribers": "email limit page",
    "POST v3/customers/subscribers": "",
    "GET v3/customers/subscribers/N": "",
    "PUT v3/customers/subscribers/N": "",
    "DELETE v3/customers/subscribers/N": "",
    "GET v2/coupons": "code limit page",
    "POST v2/coupons": "",
    "PUT v2/coupons/N": "",
    "GET v2/gift_certificates": "code limit page",
    "POST v2/gift_certificates": "",
    "PUT v2/gift_certificates/N": "",
    "GET v3/hooks": "destination is_active limit page scope",
    "POST v3/hooks": "",
    "PUT v3/hooks/N": "",
    "GET v2/store": "",
    "GET v3/catalog/products": "id:greater sort direction limit page is_visible include_fields",
}
"""Parameters by operation, those that are of interest here; ``N`` stands for a number."""

WRITTEN = {
    "PUT v2/orders/N": "staff_notes",
    "POST v3/customers/subscribers": "email first_name last_name source order_id channel_id consents",
    "PUT v3/customers/subscribers/N": "email first_name last_name source order_id channel_id consents",
    "POST v2/coupons": "name type amount min_purchase expires enabled code applies_to max_uses "
    "max_uses_per_customer restricted_to shipping_methods",
    "PUT v2/coupons/N": "name type amount min_purchase expires enabled code applies_to max_uses "
    "max_uses_per_customer restricted_to shipping_methods",
    "POST v2/gift_certificates": "to_name to_email from_name from_email amount balance code "
    "currency_code customer_id expiry_date message purchase_date status template",
    "PUT v2/gift_certificates/N": "to_name to_email from_name from_email amount balance code "
    "currency_code customer_id expiry_date message purchase_date status template",
    "POST v3/hooks": "scope destination is_active headers",
    "PUT v3/hooks/N": "scope destination is_active headers",
}
"""Fields that a request's body may hold."""

REQUIRED = {
    "POST v2/coupons": "name type amount code applies_to",
    "PUT v2/coupons/N": "name type amount code applies_to",
    "POST v2/gift_certificates": "to_name to_email from_name from_email amount",
    "PUT v2/gift_certificates/N": "to_name to_email from_name from_email amount",
    "POST v3/hooks": "scope destination",
    "POST v3/customers/subscribers": "email",
}
"""Fields that a request's body must hold."""

FIELDS = {
    "order": "id customer_id date_created date_modified date_shipped status_id status total_inc_tax "
    "total_tax shipping_cost_inc_tax handling_cost_inc_tax discount_amount coupon_discount "
    "items_total items_shipped payment_method payment_status currency_code default_currency_code "
    "staff_notes customer_message customer_locale billing_address is_email_opt_in order_source "
    "consignments fees is_deleted",
    "billing": "first_name last_name company street_1 street_2 city state zip country country_iso2 "
    "phone email form_fields",
    "product": "id order_id product_id order_pickup_method_id order_address_id name sku type brand "
    "price_inc_tax total_inc_tax discounted_total_inc_tax quantity quantity_shipped wrapping_id "
    "wrapping_name wrapping_message",
    "shipment": "id order_id customer_id order_address_id date_created tracking_number "
    "tracking_carrier shipping_provider shipping_provider_display_name items",
    "coupon of an order": "id coupon_id order_id code amount type discount",
    "refund": "id order_id created reason total_amount total_tax items payments",
    "transaction": "id order_id event method amount currency gateway date_created status test",
    "customer": "id email first_name last_name company phone notes customer_group_id date_created "
    "date_modified addresses",
    "address": "id customer_id first_name last_name company address1 address2 city "
    "state_or_province postal_code country_code country phone address_type",
    "subscriber": "id email first_name last_name source order_id channel_id consents date_created "
    "date_modified",
    "coupon": "id name type amount min_purchase expires enabled code applies_to num_uses max_uses "
    "max_uses_per_customer restricted_to shipping_methods date_created",
    "gift certificate": "id customer_id order_id code to_name to_email from_name from_email amount "
    "balance status template message purchase_date expiry_date currency_code",
    "hook": "id client_id store_hash scope destination headers is_active created_at updated_at",
    "store": "id name country_code currency language timezone secure_url order_email admin_email "
    "is_price_entered_with_tax",
    "catalogue product": "id name sku gtin upc description custom_url is_visible",
}
"""Fields of what is answered."""
