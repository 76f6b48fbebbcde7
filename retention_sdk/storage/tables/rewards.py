"""Rewards that were redeemed, and what became of each. Nothing here can be typed at a checkout."""

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

from .base import metadata, moment, one_of, subject_key, text

REWARD_STATES = (
    "held",
    "issued",
    "refused",
    "returned",
    "fulfilled",
    "redeemed",
    "cancelling",
    "cancelled",
)

# Append-only. Written before a platform is asked. ``terms`` is canonical JSON of what was
# promised; ``sealed_code`` opens with the person's key, ``code_index`` is an HMAC that orders are
# compared with.
reward_issue = Table(
    "reward_issue",
    metadata,
    Column("id", Text, primary_key=True),
    text("program_id"),
    subject_key(),
    text("reward_id"),
    text("kind"),
    Column("points", BigInteger, nullable=False),
    text("idem_key"),
    text("fingerprint"),
    text("hold_id"),
    text("platform", default=""),
    Column("sealed_code", LargeBinary),
    Column("code_index", LargeBinary, unique=True),
    text("terms"),
    moment("ends_at", is_optional=True),
    moment("made_at"),
    CheckConstraint("points > 0", name="points_positive"),
    CheckConstraint("(sealed_code IS NULL) = (code_index IS NULL)", name="code_is_found"),
    UniqueConstraint("program_id", "idem_key"),
    Index("ix_reward_issue_program_id_reward_id", "program_id", "reward_id"),
)

# Append-only. The state of a reward is that of its last step.
reward_step = Table(
    "reward_step",
    metadata,
    Column("issue_id", Text, ForeignKey("reward_issue.id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    text("state"),
    text("reason", default=""),
    moment("at"),
    CheckConstraint("position >= 1", name="position_counts_from_one"),
    one_of("state", REWARD_STATES),
)
