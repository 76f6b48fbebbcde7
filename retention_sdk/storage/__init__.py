"""Everything that must survive a power cut, in one database. The only home of SQLAlchemy."""

from sqlalchemy import Connection

from .consents import ConsentLog
from .decisions import DecisionLog
from .deliveries import DeliveryLog, DeliveryState, StoredDelivery
from .engine import Store, open_store
from .inbox import Inbox, StoredEvent
from .orders import OrderFacts
from .stages import StageLog
from .subjects import SubjectVault, erasure_references

__all__ = [
    "Connection",
    "ConsentLog",
    "DecisionLog",
    "DeliveryLog",
    "DeliveryState",
    "Inbox",
    "OrderFacts",
    "StageLog",
    "Store",
    "StoredDelivery",
    "StoredEvent",
    "SubjectVault",
    "erasure_references",
    "open_store",
]
