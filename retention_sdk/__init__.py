"""Thank-you notes, messages, consent decisions and loyalty points for online shops.

Names are imported on first use, so that ``import retention_sdk`` costs next to nothing.
"""

from typing import TYPE_CHECKING

from .lazily import name_by_name

if TYPE_CHECKING:
    from .adapter import Capability, ShopAdapter
    from .app import Retention
    from .channels.base import Channel
    from .config import Config, load_config
    from .l10n.payments import PaymentChoice, PaymentKind, PaymentMethod
    from .model import (
        Address,
        Artifact,
        Award,
        Block,
        Brand,
        Candidate,
        CartAbandoned,
        Consent,
        ConsentChanged,
        ConsentChannel,
        ConsentState,
        ContentKind,
        Context,
        Customer,
        CustomerCreated,
        CustomerErased,
        CustomerUpdated,
        Decision,
        Delivery,
        DiscountCode,
        Erasure,
        Fulfilment,
        FulfilmentLine,
        FulfilmentStatus,
        LineKind,
        LocaleChoice,
        LoyaltyState,
        MessageClass,
        Money,
        OptInLevel,
        Order,
        OrderCancelled,
        OrderDelivered,
        OrderFulfilled,
        OrderLine,
        OrderPaid,
        OrderPlaced,
        OrderRefunded,
        Parcel,
        Product,
        Receipt,
        ReceiptState,
        Sender,
        Settings,
        Shop,
        ShopEvent,
        UnknownEvent,
        WebhookRequest,
        plan_fulfilment,
    )
    from .pipeline import Outcome

__version__ = "0.1.0"

__all__ = [
    "Address",
    "Artifact",
    "Award",
    "Block",
    "Brand",
    "Candidate",
    "Capability",
    "CartAbandoned",
    "Channel",
    "Config",
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
    "Fulfilment",
    "FulfilmentLine",
    "FulfilmentStatus",
    "LineKind",
    "LocaleChoice",
    "LoyaltyState",
    "MessageClass",
    "Money",
    "OptInLevel",
    "Order",
    "OrderCancelled",
    "OrderDelivered",
    "OrderFulfilled",
    "OrderLine",
    "OrderPaid",
    "OrderPlaced",
    "OrderRefunded",
    "Outcome",
    "Parcel",
    "PaymentChoice",
    "PaymentKind",
    "PaymentMethod",
    "Product",
    "Receipt",
    "ReceiptState",
    "Retention",
    "Sender",
    "Settings",
    "Shop",
    "ShopAdapter",
    "ShopEvent",
    "UnknownEvent",
    "WebhookRequest",
    "load_config",
    "plan_fulfilment",
]

_HOMES = {
    "Capability": ".adapter",
    "Channel": ".channels.base",
    "Config": ".config",
    "Outcome": ".pipeline",
    "PaymentChoice": ".l10n.payments",
    "PaymentKind": ".l10n.payments",
    "PaymentMethod": ".l10n.payments",
    "Retention": ".app",
    "ShopAdapter": ".adapter",
    "load_config": ".config",
}
__getattr__ = name_by_name(__name__, dict.fromkeys(__all__, ".model") | _HOMES)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
