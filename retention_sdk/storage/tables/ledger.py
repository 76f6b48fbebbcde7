"""Points: append-only transactions, and the balances that can be recomputed from them."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)

from .base import metadata, moment, not_negative, one_of, points, text

BUCKETS = ("issued", "pending", "available", "held", "redeemed", "expired", "reversed", "debt")
KINDS = (
    "earn",
    "mature",
    "hold",
    "capture",
    "release",
    "refund_redemption",
    "clawback",
    "expire",
    "adjust",
    "transfer",
    "merge_accounts",
    "donate",
)
HOLD_STATES = ("open", "captured", "released", "expired")

# Policies are canonical JSON; ``version`` counts their changes.
program = Table(
    "program",
    metadata,
    Column("id", Text, primary_key=True),
    text("time_zone"),
    text("unit"),
    Column("scale", Integer, nullable=False, server_default="0"),
    text("rounding"),
    text("earning_basis"),
    text("pending_policy"),
    text("expiry_policy"),
    text("clawback_policy"),
    Column("version", Integer, nullable=False, server_default="1"),
)

# Immutable. A transaction names the version it was made under.
rule_version = Table(
    "rule_version",
    metadata,
    Column("id", Text, primary_key=True),
    Column("program_id", Text, ForeignKey("program.id"), nullable=False),
    text("rule_id"),
    moment("valid_from"),
    moment("valid_to", is_optional=True),
    text("body"),
)

# A cache of the postings, guarded by ``version``; ``head_hash`` ends the account's chain.
account = Table(
    "account",
    metadata,
    Column("id", Text, primary_key=True),
    Column("program_id", Text, ForeignKey("program.id"), nullable=False),
    Column("subject_id", Text, ForeignKey("subject.id"), nullable=False),
    points("pending"),
    points("available"),
    points("held"),
    points("debt"),
    points("version"),
    text("head_hash", default=""),
    UniqueConstraint("program_id", "subject_id"),
    *not_negative("pending", "available", "held", "debt", "version"),
    CheckConstraint("debt = 0 OR available = 0", name="debt_is_repaid_first"),
)

# Append-only. ``body`` is canonical JSON without personal data; words about a person are sealed.
txn = Table(
    "txn",
    metadata,
    Column("id", Text, primary_key=True),
    Column("program_id", Text, ForeignKey("program.id"), nullable=False),
    Column("account_id", Text, ForeignKey("account.id"), nullable=False),
    Column("sequence", BigInteger, nullable=False),
    text("kind"),
    text("idem_key"),
    text("fingerprint"),
    text("cause_type"),
    text("cause_id"),
    text("policy_version"),
    moment("occurred_at"),
    moment("recorded_at"),
    text("actor"),
    text("body"),
    Column("sealed_note", LargeBinary),
    text("prev_hash"),
    text("hash"),
    UniqueConstraint("program_id", "idem_key"),
    UniqueConstraint("account_id", "sequence"),
    one_of("kind", KINDS),
)

# What was taken back of an order is asked whenever one is paid; of what it earned, its lots tell.
Index(
    "ix_txn_clawback",
    txn.c.program_id,
    txn.c.cause_id,
    sqlite_where=txn.c.kind == "clawback",
    postgresql_where=txn.c.kind == "clawback",
)

# Append-only. Moves points between two buckets, so that all buckets together stay at zero.
posting = Table(
    "posting",
    metadata,
    Column("txn_id", Text, ForeignKey("txn.id"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    text("src"),
    text("dst"),
    Column("amount", BigInteger, nullable=False),
    Column("lot_id", Text, ForeignKey("lot.id")),
    Column("hold_id", Text, ForeignKey("hold.id")),
    CheckConstraint("amount > 0", name="amount_positive"),
    CheckConstraint("src <> dst", name="goes_somewhere"),
    one_of("src", BUCKETS),
    one_of("dst", BUCKETS),
)

# Points of one origin. ``clawed`` is what refunds asked back so far, ``forgiven`` the part of it
# that had expired before. What the lot is may never change; where its points are may.
lot = Table(
    "lot",
    metadata,
    Column("id", Text, primary_key=True),
    Column("account_id", Text, ForeignKey("account.id"), nullable=False),
    Column("earned", BigInteger, nullable=False),
    moment("matures_at"),
    moment("expires_at", is_optional=True),
    text("source_order"),
    text("source_line", default=""),
    text("rule_breakdown"),
    points("pending"),
    points("available"),
    points("held"),
    points("redeemed"),
    points("expired"),
    points("reversed"),
    points("clawed"),
    points("forgiven"),
    CheckConstraint("earned > 0", name="earned_positive"),
    CheckConstraint(
        "pending + available + held + redeemed + expired + reversed = earned", name="adds_up"
    ),
    CheckConstraint("clawed <= earned", name="clawed_at_most_earned"),
    CheckConstraint("forgiven <= expired", name="forgiven_had_expired"),
    CheckConstraint("expires_at IS NULL OR expires_at > matures_at", name="matures_first"),
    *not_negative(
        "pending", "available", "held", "redeemed", "expired", "reversed", "clawed", "forgiven"
    ),
    Index("ix_lot_account_id_source_order", "account_id", "source_order"),
    Index("ix_lot_source_order", "source_order"),
)

# Only lots with points that can still move are read for a posting.
Index(
    "ix_lot_live",
    lot.c.account_id,
    sqlite_where=lot.c.pending + lot.c.available + lot.c.held > 0,
    postgresql_where=lot.c.pending + lot.c.available + lot.c.held > 0,
)

hold = Table(
    "hold",
    metadata,
    Column("id", Text, primary_key=True),
    Column("account_id", Text, ForeignKey("account.id"), nullable=False),
    Column("amount", BigInteger, nullable=False),
    points("captured"),
    points("refunded"),
    moment("expires_at"),
    text("state", default="open"),
    CheckConstraint("amount > 0", name="amount_positive"),
    CheckConstraint("captured <= amount", name="captured_at_most_held"),
    CheckConstraint("refunded <= captured", name="refunded_at_most_captured"),
    *not_negative("captured", "refunded"),
    one_of("state", HOLD_STATES),
    Index("ix_hold_account_id_state", "account_id", "state"),
)

# Append-only. Which lots pay, in the order in which they are spent.
hold_allocation = Table(
    "hold_allocation",
    metadata,
    Column("hold_id", Text, ForeignKey("hold.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("lot_id", Text, ForeignKey("lot.id"), nullable=False),
    Column("amount", BigInteger, nullable=False),
    UniqueConstraint("hold_id", "lot_id"),
    CheckConstraint("amount > 0", name="amount_positive"),
)
