"""What a card carries to be found again: its token, what to type by hand, its coupon.

None of them holds anything about a person or an order. ``gs1`` is for cards about a product.
"""

from .coupon import coupon_code, read_coupon_code
from .gs1 import digital_link, is_gtin
from .human import human_code, read_human_code
from .token import CardToken, card_id_for, make_token, read_token

__all__ = [
    "CardToken",
    "card_id_for",
    "coupon_code",
    "digital_link",
    "human_code",
    "is_gtin",
    "make_token",
    "read_coupon_code",
    "read_human_code",
    "read_token",
]
