"""Deliveries of platforms that nobody has read yet."""

from __future__ import annotations

from sqlalchemy import Column, Index, LargeBinary, Table

from .base import metadata, moment, one_of, serial, text

# A row lives until its events are in ``event``; ``seq`` keeps the order of arrival. ``digest``
# tells a delivery that comes twice, word for word. ``sealed`` holds its headers and its body.
arrival = Table(
    "arrival",
    metadata,
    serial(),
    Column("digest", LargeBinary, nullable=False, unique=True),
    text("shop_id"),
    text("platform"),
    text("state", default="waiting"),
    text("error", default=""),
    Column("sealed", LargeBinary, nullable=False),
    moment("received_at"),
    one_of("state", ("waiting", "unreadable")),
    Index("ix_arrival_state_seq", "state", "seq"),
)
