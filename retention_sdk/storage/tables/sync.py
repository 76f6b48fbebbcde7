"""How far a shop's orders were read from its platforms. Nothing here names anybody."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Table, Text

from .base import metadata, moment, not_negative, text

# ``began_at`` parts history from news and never changes. ``since`` is how far back history was
# asked for; nothing means all of it. Whatever changed before ``seen_until`` is stored. The last
# three are of the pass under way: when it began, from when on it asked, and after which page it is.
sync_state = Table(
    "sync_state",
    metadata,
    Column("shop_id", Text, primary_key=True),
    Column("platform", Text, primary_key=True),
    moment("began_at"),
    moment("since", is_optional=True),
    moment("seen_until", is_optional=True),
    Column("orders", BigInteger, nullable=False, server_default="0"),
    moment("pass_at", is_optional=True),
    moment("pass_since", is_optional=True),
    text("cursor", default=""),
    *not_negative("orders"),
)
