"""What is asked of the Admin API. Pure."""

from __future__ import annotations

# Without a list of its own, the Admin API leaves out currency_code and email.
ORDER_FIELDS = (
    "id,display_id,custom_display_id,status,currency_code,email,locale,metadata,"
    "created_at,updated_at,canceled_at,"
    "total,shipping_total,tax_total,discount_total,credit_line_total,"
    "*items,*items.adjustments,*shipping_methods,*shipping_methods.adjustments,"
    "*customer,*shipping_address,*billing_address,sales_channel.name,"
    "*payment_collections.payments,*payment_collections.payments.captures,"
    "*payment_collections.payments.refunds,"
    "*fulfillments,*fulfillments.items,*fulfillments.labels"
)
CUSTOMER_FIELDS = (
    "id,email,first_name,last_name,company_name,phone,has_account,metadata,"
    "created_at,updated_at,*addresses"
)
PRODUCT_FIELDS = (
    "id,title,description,created_at,updated_at,"
    "variants.sku,variants.ean,variants.upc,categories.name"
)
