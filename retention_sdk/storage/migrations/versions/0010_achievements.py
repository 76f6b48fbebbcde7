"""Keep what people achieved, what counts for it, and who chose to be on a leaderboard."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from retention_sdk.storage.triggers import make_append_only

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables; steps and choices are append-only."""
    _create_facts()
    _create_steps()
    _create_leaderboards()
    make_append_only(op.get_bind(), ("achievement_step", "participation"))


def downgrade() -> None:
    """Refuse: a store is never taken back; restore a backup instead."""
    raise NotImplementedError("stores only move forward; restore a backup")


def _text(name: str, default: str | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default=default, nullable=False)


def _serial() -> sa.Column[int]:
    wide = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column("seq", wide, autoincrement=True, nullable=False)


def _person(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_subject_id_subject")
    return sa.ForeignKeyConstraint(["subject_id"], ["subject.id"], name=name)


def _create_facts() -> None:
    op.create_table(
        "order_goods",
        _text("shop_id"),
        _text("order_id"),
        _text("subject_id"),
        sa.Column("told_at", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        _person("order_goods"),
        sa.PrimaryKeyConstraint("shop_id", "order_id", name=op.f("pk_order_goods")),
    )
    op.create_index(op.f("ix_order_goods_subject_id"), "order_goods", ["subject_id"])
    op.create_table(
        "deed",
        _text("subject_id"),
        _text("kind"),
        _text("reference"),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("taken_back_at", sa.BigInteger()),
        _person("deed"),
        sa.PrimaryKeyConstraint("subject_id", "kind", "reference", name=op.f("pk_deed")),
    )
    op.create_index("ix_deed_kind_reference", "deed", ["kind", "reference"])


def _create_steps() -> None:
    op.create_table(
        "achievement_step",
        _serial(),
        _text("program_id"),
        _text("subject_id"),
        _text("achievement"),
        _text("level"),
        _text("occurrence"),
        _text("step"),
        sa.Column("number", sa.Integer(), nullable=False),
        _text("reason", ""),
        sa.Column("points", sa.BigInteger(), server_default="0", nullable=False),
        _text("reward", ""),
        _text("grant_key", ""),
        _text("rules"),
        _text("cause"),
        sa.Column("occurred_at", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "step IN ('earned', 'revoked', 'ended')", name=op.f("ck_achievement_step_step_known")
        ),
        sa.CheckConstraint("number >= 0", name=op.f("ck_achievement_step_number_not_negative")),
        sa.CheckConstraint("points >= 0", name=op.f("ck_achievement_step_points_not_negative")),
        _person("achievement_step"),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_achievement_step")),
        sa.UniqueConstraint(
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
    op.create_index(op.f("ix_achievement_step_subject_id"), "achievement_step", ["subject_id"])
    op.create_table(
        "participation",
        _serial(),
        _text("program_id"),
        _text("subject_id"),
        _text("kind"),
        _text("name"),
        _text("act"),
        _text("source"),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('achievement', 'leaderboard')", name=op.f("ck_participation_kind_known")
        ),
        sa.CheckConstraint("act IN ('joined', 'left')", name=op.f("ck_participation_act_known")),
        _person("participation"),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_participation")),
    )
    op.create_index(op.f("ix_participation_subject_id"), "participation", ["subject_id"])


def _create_leaderboards() -> None:
    op.create_table(
        "leaderboard_member",
        _text("program_id"),
        _text("board"),
        _text("subject_id"),
        sa.Column("name_index", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_name", sa.LargeBinary(), nullable=False),
        sa.Column("joined_at", sa.BigInteger(), nullable=False),
        _person("leaderboard_member"),
        sa.PrimaryKeyConstraint(
            "program_id", "board", "subject_id", name=op.f("pk_leaderboard_member")
        ),
        sa.UniqueConstraint(
            "program_id",
            "board",
            "name_index",
            name=op.f("uq_leaderboard_member_program_id_board_name_index"),
        ),
    )
    op.create_index("ix_leaderboard_member_subject_id", "leaderboard_member", ["subject_id"])
    op.create_table(
        "leaderboard_score",
        _text("program_id"),
        _text("board"),
        _text("period"),
        _text("subject_id"),
        sa.Column("score", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("score >= 0", name=op.f("ck_leaderboard_score_score_not_negative")),
        _person("leaderboard_score"),
        sa.PrimaryKeyConstraint(
            "program_id", "board", "period", "subject_id", name=op.f("pk_leaderboard_score")
        ),
    )
    op.create_index(
        "ix_leaderboard_score_rank",
        "leaderboard_score",
        ["program_id", "board", "period", "score", "subject_id"],
    )
    op.create_index("ix_leaderboard_score_subject_id", "leaderboard_score", ["subject_id"])
