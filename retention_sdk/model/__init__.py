"""Canonical, immutable records. No I/O, nothing but pydantic."""

from .address import Address
from .base import Record, Settings, clean_text
from .candidate import SERVICE_CONTENT, Block, Candidate, ContentKind
from .code import DiscountCode
from .consent import (
    Consent,
    ConsentChannel,
    ConsentState,
    Decision,
    MessageClass,
    OptInLevel,
)
from .context import Context, History, LocaleChoice, LoyaltyState
from .customer import Customer, Erasure
from .delivery import Artifact, Award, Delivery, Receipt, ReceiptState
from .events import (
    CartAbandoned,
    ConsentChanged,
    CustomerCreated,
    CustomerErased,
    CustomerUpdated,
    Event,
    OrderCancelled,
    OrderDelivered,
    OrderEvent,
    OrderFulfilled,
    OrderPaid,
    OrderPlaced,
    OrderRefunded,
    ShopEvent,
    UnknownEvent,
    WebhookRequest,
    read_event,
)
from .mailbox import read_mailbox
from .money import Money, minor_digits
from .order import (
    Fulfilment,
    FulfilmentLine,
    FulfilmentStatus,
    LineKind,
    Order,
    OrderLine,
    Parcel,
    plan_fulfilment,
)
from .product import Product
from .shop import Brand, Formality, Palette, Sender, Shop

__all__ = [
    "SERVICE_CONTENT",
    "Address",
    "Artifact",
    "Award",
    "Block",
    "Brand",
    "Candidate",
    "CartAbandoned",
    "Consent",
    "ConsentChanged",
    "ConsentChannel",
    "ConsentState",
    "ContentKind",
    "Context",
    "Customer",
    "CustomerCreated",
    "CustomerErased",
    "CustomerUpdated",
    "Decision",
    "Delivery",
    "DiscountCode",
    "Erasure",
    "Event",
    "Formality",
    "Fulfilment",
    "FulfilmentLine",
    "FulfilmentStatus",
    "History",
    "LineKind",
    "LocaleChoice",
    "LoyaltyState",
    "MessageClass",
    "Money",
    "OptInLevel",
    "Order",
    "OrderCancelled",
    "OrderDelivered",
    "OrderEvent",
    "OrderFulfilled",
    "OrderLine",
    "OrderPaid",
    "OrderPlaced",
    "OrderRefunded",
    "Palette",
    "Parcel",
    "Product",
    "Receipt",
    "ReceiptState",
    "Record",
    "Sender",
    "Settings",
    "Shop",
    "ShopEvent",
    "UnknownEvent",
    "WebhookRequest",
    "clean_text",
    "minor_digits",
    "plan_fulfilment",
    "read_event",
    "read_mailbox",
]
