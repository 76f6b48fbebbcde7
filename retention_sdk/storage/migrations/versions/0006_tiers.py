"""Keep the ranks of customers as they changed, and why."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from retention_sdk.storage.triggers import make_append_only

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep the ranks of customers as they changed, and why."""
    op.create_table(
        "tier_change",
        sa.Column(
            "seq",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("program_id", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("tier_before", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger()),
        sa.Column("until", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("ladder", sa.Text(), nullable=False),
        sa.Column("progress", sa.Text(), server_default="", nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "reason IN ('none', 'reached', 'kept', 'period_ended', 'refunded', 'ladder_changed')",
            name=op.f("ck_tier_change_reason_known"),
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["subject.id"], name=op.f("fk_tier_change_subject_id_subject")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_tier_change")),
        sa.UniqueConstraint(
            "program_id",
            "subject_id",
            "cause",
            name=op.f("uq_tier_change_program_id_subject_id_cause"),
        ),
    )
    op.create_index(op.f("ix_tier_change_subject_id"), "tier_change", ["subject_id"])
    op.create_index("ix_tier_change_program_id_until", "tier_change", ["program_id", "until"])
    make_append_only(op.get_bind(), ("tier_change",))


def downgrade() -> None:
    """Refuse: a store is never taken back; restore a backup instead."""
    raise NotImplementedError("stores only move forward; restore a backup")
