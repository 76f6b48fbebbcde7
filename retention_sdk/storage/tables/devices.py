"""Browsers and telephones that take push messages."""

from __future__ import annotations

from sqlalchemy import Column, LargeBinary, Table, UniqueConstraint

from .base import metadata, moment, serial, subject_key, text

# ``endpoint_index`` is an HMAC of the address, so that a device belongs to one person of a shop at
# a time. The row goes when the device does, or the person is erased.
push_device = Table(
    "push_device",
    metadata,
    serial(),
    text("shop_id"),
    subject_key(),
    Column("endpoint_index", LargeBinary, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    moment("registered_at"),
    UniqueConstraint("shop_id", "endpoint_index"),
)
