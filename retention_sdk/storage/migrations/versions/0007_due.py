"""Keep what time will bring about: maturity and expiry of points, notices, yearly days."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table, and plan what waits for points that were earned before."""
    _create_due()
    for kind, bucket, moment in (
        ("lot_matures", "l.pending > 0", "l.matures_at"),
        ("lot_expires", "l.pending + l.available + l.held > 0", "l.matures_at"),
    ):
        lasts = " AND l.expires_at IS NOT NULL" if kind == "lot_expires" else ""
        # Fixed words of this file. The first look at a lot finds the days its notices are due.
        op.execute(
            "INSERT INTO due (kind, key, shop_id, subject_id, due_at) "  # noqa: S608
            f"SELECT '{kind}', l.id, s.shop_id, s.id, {moment} FROM lot l "
            "JOIN account a ON a.id = l.account_id JOIN subject s ON s.id = a.subject_id "
            f"WHERE s.erased_at IS NULL AND {bucket}{lasts}"
        )


def downgrade() -> None:
    """Refuse: a store is never taken back; restore a backup instead."""
    raise NotImplementedError("stores only move forward; restore a backup")


def _create_due() -> None:
    op.create_table(
        "due",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("shop_id", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("lease_until", sa.BigInteger()),
        sa.Column("fence", sa.Integer(), server_default="0", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'leased', 'done', 'failed')", name=op.f("ck_due_state_known")
        ),
        sa.CheckConstraint("fence >= 0", name=op.f("ck_due_fence_not_negative")),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_due_attempts_not_negative")),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["subject.id"], name=op.f("fk_due_subject_id_subject")
        ),
        sa.PrimaryKeyConstraint("kind", "key", name=op.f("pk_due")),
    )
    op.create_index(op.f("ix_due_subject_id"), "due", ["subject_id"])
    op.create_index("ix_due_shop_id_state_due_at", "due", ["shop_id", "state", "due_at"])
