"""Requests of people about their data, and who must not come back."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, Table, Text

from .base import metadata, moment, one_of, serial, subject_key, text

REQUEST_KINDS = (
    "access",
    "portability",
    "rectification",
    "erasure",
    "restriction",
    "objection",
    "opt_out_of_sale",
)
REQUEST_STATES = (
    "received",
    "identity_check",
    "scoped",
    "collected",
    "reviewed",
    "answered",
    "closed",
    "extended",
    "refused",
    "appealed",
)

# Append-only. ``sealed`` is how the person called themselves; ``origin`` makes a request that is
# told twice one. ``jurisdictions`` are codes with spaces between.
rights_request = Table(
    "rights_request",
    metadata,
    serial(),
    Column("id", Text, nullable=False, unique=True),
    text("shop_id"),
    subject_key(),
    text("kind"),
    text("origin"),
    text("jurisdictions"),
    Column("sealed", LargeBinary, nullable=False),
    moment("received_at"),
    one_of("kind", REQUEST_KINDS),
    Index("ix_rights_request_shop_id_origin", "shop_id", "origin", unique=True),
)

# Append-only. ``report`` is JSON that names nobody: it outlives an erasure. ``sealed`` holds the
# reason in words and what was collected; it is empty where the person is erased.
rights_step = Table(
    "rights_step",
    metadata,
    Column("request_id", Text, ForeignKey("rights_request.id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    text("state"),
    text("by"),
    text("citation", default=""),
    text("report", default=""),
    Column("sealed", LargeBinary),
    moment("at"),
    one_of("state", REQUEST_STATES),
)

# Append-only. Where a copy of somebody's data was written for the shop to send: sealed, so that an
# erasure finds the file and nobody else does.
rights_export = Table(
    "rights_export",
    metadata,
    Column("request_id", Text, ForeignKey("rights_request.id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("sealed", LargeBinary, nullable=False),
    moment("at"),
)

# Keyed hashes of what leads to people who were erased: no address is in here.
suppression = Table(
    "suppression",
    metadata,
    Column("shop_id", Text, primary_key=True),
    Column("blind_index", LargeBinary, primary_key=True),
    text("kind"),
    text("reason"),
    moment("at"),
)

# Events that would have brought an erased person back: counted, and not kept.
refused_event = Table(
    "refused_event",
    metadata,
    Column("event_id", Text, primary_key=True),
    text("shop_id"),
    moment("at"),
    Index("ix_refused_event_shop_id", "shop_id"),
)
