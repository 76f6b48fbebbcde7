"""What people achieved, and who lets others see how far they are. Nothing names anybody."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)

from .base import metadata, moment, not_negative, one_of, serial, subject_key, text

ACHIEVEMENT_STEPS = ("earned", "revoked", "ended")
PARTICIPATION_KINDS = ("achievement", "leaderboard")
PARTICIPATION_ACTS = ("joined", "left")

# What an order was about, sealed for its buyer: only where an achievement asks for it. It goes
# with the person.
order_goods = Table(
    "order_goods",
    metadata,
    Column("shop_id", Text, primary_key=True),
    Column("order_id", Text, primary_key=True),
    subject_key(),
    moment("told_at"),
    Column("sealed", LargeBinary, nullable=False),
)

# Reviews, surveys, follows and days of visits that count; they go with the person.
deed = Table(
    "deed",
    metadata,
    Column("subject_id", Text, ForeignKey("subject.id"), primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("reference", Text, primary_key=True),
    moment("at"),
    moment("taken_back_at", is_optional=True),
    Index("ix_deed_kind_reference", "kind", "reference"),
)

# Append-only. A level is held as often as it was earned and not revoked; ``number`` counts the
# times of one occurrence, or what had been counted when it ended. ``grant_key`` names the points,
# empty for a badge; ``rules`` is the version of the programme it was earned by.
achievement_step = Table(
    "achievement_step",
    metadata,
    serial(),
    text("program_id"),
    subject_key(),
    text("achievement"),
    text("level"),
    text("occurrence"),
    text("step"),
    Column("number", Integer, nullable=False),
    text("reason", default=""),
    Column("points", BigInteger, nullable=False, server_default="0"),
    text("reward", default=""),
    text("grant_key", default=""),
    text("rules"),
    text("cause"),
    moment("occurred_at"),
    moment("recorded_at"),
    one_of("step", ACHIEVEMENT_STEPS),
    *not_negative("number", "points"),
    UniqueConstraint(
        "program_id",
        "subject_id",
        "achievement",
        "level",
        "occurrence",
        "step",
        "number",
        name="uq_achievement_step_once",
    ),
)

# Append-only. What somebody chose to take part in, and when they stopped.
participation = Table(
    "participation",
    metadata,
    serial(),
    text("program_id"),
    subject_key(),
    text("kind"),
    text("name"),
    text("act"),
    text("source"),
    moment("at"),
    one_of("kind", PARTICIPATION_KINDS),
    one_of("act", PARTICIPATION_ACTS),
)

# Who is seen on a leaderboard now, under a name of their choice: ``name_index`` is an HMAC of what
# the name looks like, so that no two look alike. The row goes when they opt out.
leaderboard_member = Table(
    "leaderboard_member",
    metadata,
    Column("program_id", Text, primary_key=True),
    Column("board", Text, primary_key=True),
    Column("subject_id", Text, ForeignKey("subject.id"), primary_key=True),
    Column("name_index", LargeBinary, nullable=False),
    Column("sealed_name", LargeBinary, nullable=False),
    moment("joined_at"),
    UniqueConstraint("program_id", "board", "name_index"),
    Index("ix_leaderboard_member_subject_id", "subject_id"),
)

# Of members only, for a period. A cache: it follows from orders, points and deeds.
leaderboard_score = Table(
    "leaderboard_score",
    metadata,
    Column("program_id", Text, primary_key=True),
    Column("board", Text, primary_key=True),
    Column("period", Text, primary_key=True),
    Column("subject_id", Text, ForeignKey("subject.id"), primary_key=True),
    Column("score", BigInteger, nullable=False),
    *not_negative("score"),
    Index("ix_leaderboard_score_rank", "program_id", "board", "period", "score", "subject_id"),
    Index("ix_leaderboard_score_subject_id", "subject_id"),
)
