"""Which ways to pay a customer expects, in which order, and why."""

from .advise import PaymentAdvice, PaymentChoice, PaymentRefusal, advise_payment, payment_methods
from .method import Limit, PaymentKind, PaymentMethod, load_methods, read_methods

__all__ = [
    "Limit",
    "PaymentAdvice",
    "PaymentChoice",
    "PaymentKind",
    "PaymentMethod",
    "PaymentRefusal",
    "advise_payment",
    "load_methods",
    "payment_methods",
    "read_methods",
]
