"""Keep how far a shop's orders were read from its platforms."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "sync_state",
        sa.Column("shop_id", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("began_at", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.BigInteger()),
        sa.Column("seen_until", sa.BigInteger()),
        sa.Column("orders", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("pass_at", sa.BigInteger()),
        sa.Column("pass_since", sa.BigInteger()),
        sa.Column("cursor", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("orders >= 0", name=op.f("ck_sync_state_orders_not_negative")),
        sa.PrimaryKeyConstraint("shop_id", "platform", name=op.f("pk_sync_state")),
    )


def downgrade() -> None:
    """Refuse: a store is never taken back; restore a backup instead."""
    raise NotImplementedError("stores only move forward; restore a backup")
