"""Canonical, immutable records. No I/O, nothing but pydantic.

Names are imported on first use: a card needs none of the events of a shop.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .address import Address
    from .base import Record, Settings, clean_text
    from .candidate import SERVICE_CONTENT, Block, Candidate, ContentKind
    from .code import DiscountCode
    from .consent import (
        Consent,
        ConsentAct,
        ConsentChannel,
        ConsentState,
        Decision,
        MessageClass,
        OptInLevel,
        Purpose,
        Wording,
    )
    from .context import Context, History, LocaleChoice, LoyaltyState
    from .customer import AccessRequest, Customer, Erasure
    from .delivery import Artifact, Award, Delivery, Receipt, ReceiptState
    from .events import (
        Anniversary,
        Birthday,
        CartAbandoned,
        ConsentChanged,
        CustomerCreated,
        CustomerErased,
        CustomersMerged,
        CustomerUpdated,
        DataRequested,
        Event,
        OrderCancelled,
        OrderDelivered,
        OrderEvent,
        OrderFulfilled,
        OrderPaid,
        OrderPlaced,
        OrderRefunded,
        PointsExpiring,
        PointsMatured,
        ShopErased,
        ShopEvent,
        TimeEvent,
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
    "AccessRequest",
    "Address",
    "Anniversary",
    "Artifact",
    "Award",
    "Birthday",
    "Block",
    "Brand",
    "Candidate",
    "CartAbandoned",
    "Consent",
    "ConsentAct",
    "ConsentChanged",
    "ConsentChannel",
    "ConsentState",
    "ContentKind",
    "Context",
    "Customer",
    "CustomerCreated",
    "CustomerErased",
    "CustomerUpdated",
    "CustomersMerged",
    "DataRequested",
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
    "PointsExpiring",
    "PointsMatured",
    "Product",
    "Purpose",
    "Receipt",
    "ReceiptState",
    "Record",
    "Sender",
    "Settings",
    "Shop",
    "ShopErased",
    "ShopEvent",
    "TimeEvent",
    "UnknownEvent",
    "WebhookRequest",
    "Wording",
    "clean_text",
    "minor_digits",
    "plan_fulfilment",
    "read_event",
    "read_mailbox",
]

_NAMES = {
    ".address": ("Address",),
    ".base": ("Record", "Settings", "clean_text"),
    ".candidate": ("SERVICE_CONTENT", "Block", "Candidate", "ContentKind"),
    ".code": ("DiscountCode",),
    ".consent": (
        "Consent",
        "ConsentAct",
        "ConsentChannel",
        "ConsentState",
        "Decision",
        "MessageClass",
        "OptInLevel",
        "Purpose",
        "Wording",
    ),
    ".context": ("Context", "History", "LocaleChoice", "LoyaltyState"),
    ".customer": ("AccessRequest", "Customer", "Erasure"),
    ".delivery": ("Artifact", "Award", "Delivery", "Receipt", "ReceiptState"),
    ".events": (
        "Anniversary",
        "Birthday",
        "CartAbandoned",
        "ConsentChanged",
        "CustomerCreated",
        "CustomerErased",
        "CustomersMerged",
        "CustomerUpdated",
        "DataRequested",
        "Event",
        "OrderCancelled",
        "OrderDelivered",
        "OrderEvent",
        "OrderFulfilled",
        "OrderPaid",
        "OrderPlaced",
        "OrderRefunded",
        "PointsExpiring",
        "PointsMatured",
        "ShopErased",
        "ShopEvent",
        "TimeEvent",
        "UnknownEvent",
        "WebhookRequest",
        "read_event",
    ),
    ".mailbox": ("read_mailbox",),
    ".money": ("Money", "minor_digits"),
    ".order": (
        "Fulfilment",
        "FulfilmentLine",
        "FulfilmentStatus",
        "LineKind",
        "Order",
        "OrderLine",
        "Parcel",
        "plan_fulfilment",
    ),
    ".product": ("Product",),
    ".shop": ("Brand", "Formality", "Palette", "Sender", "Shop"),
}
_HOMES = {name: module for module, names in _NAMES.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(_HOMES[name], __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return list(__all__)
