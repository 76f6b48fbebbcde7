"""Keep the browsers and telephones that take push messages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "push_device",
        sa.Column(
            "seq",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("shop_id", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("endpoint_index", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("registered_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["subject.id"], name=op.f("fk_push_device_subject_id_subject")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_push_device")),
        sa.UniqueConstraint(
            "shop_id", "endpoint_index", name=op.f("uq_push_device_shop_id_endpoint_index")
        ),
    )
    op.create_index("ix_push_device_subject_id", "push_device", ["subject_id"])


def downgrade() -> None:
    """Refuse: a store is never taken back; restore a backup instead."""
    raise NotImplementedError("stores only move forward; restore a backup")
