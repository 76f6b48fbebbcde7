"""People behind a random identifier."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, LargeBinary, Table, Text

from .base import metadata, moment, subject_key, text

# Facts about the store itself, such as its wrapped index key.
meta = Table(
    "meta",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", LargeBinary, nullable=False),
)

# Destroying ``wrapped_key`` makes everything sealed for the subject unreadable for good.
subject = Table(
    "subject",
    metadata,
    Column("id", Text, primary_key=True),
    text("shop_id"),
    Column("wrapped_key", LargeBinary),
    moment("created_at"),
    moment("erased_at", is_optional=True),
    CheckConstraint("(wrapped_key IS NULL) = (erased_at IS NOT NULL)", name="erased_has_no_key"),
)

# ``blind_index`` is an HMAC of shop and reference; the reference itself is nowhere.
subject_link = Table(
    "subject_link",
    metadata,
    Column("blind_index", LargeBinary, primary_key=True),
    subject_key(),
    text("kind"),
    moment("created_at"),
)
