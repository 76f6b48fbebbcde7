"""Keep requests of people about their data, and the suppression list of who was erased."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from retention_sdk.storage.triggers import make_append_only

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

APPEND_ONLY = ("rights_request", "rights_step", "rights_export")


def upgrade() -> None:
    """Keep requests of people about their data, and the suppression list of who was erased."""
    _create_rights_request()
    _create_rights_step()
    _create_rights_export()
    _create_suppression()
    make_append_only(op.get_bind(), APPEND_ONLY)


def downgrade() -> None:
    """Refuse: a store is never taken back; restore a backup instead."""
    raise NotImplementedError("stores only move forward; restore a backup")


def _create_rights_request() -> None:
    op.create_table(
        "rights_request",
        sa.Column(
            "seq",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("shop_id", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("jurisdictions", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('access', 'portability', 'rectification', 'erasure', 'restriction', "
            "'objection', 'opt_out_of_sale')",
            name=op.f("ck_rights_request_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["subject.id"], name=op.f("fk_rights_request_subject_id_subject")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_rights_request")),
        sa.UniqueConstraint("id", name=op.f("uq_rights_request_id")),
    )
    op.create_index(op.f("ix_rights_request_subject_id"), "rights_request", ["subject_id"])
    op.create_index(
        "ix_rights_request_shop_id_origin", "rights_request", ["shop_id", "origin"], unique=True
    )


def _create_rights_step() -> None:
    op.create_table(
        "rights_step",
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("citation", sa.Text(), server_default="", nullable=False),
        sa.Column("report", sa.Text(), server_default="", nullable=False),
        sa.Column("sealed", sa.LargeBinary()),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "state IN ('received', 'identity_check', 'scoped', 'collected', 'reviewed', "
            "'answered', 'closed', 'extended', 'refused', 'appealed')",
            name=op.f("ck_rights_step_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["rights_request.id"],
            name=op.f("fk_rights_step_request_id_rights_request"),
        ),
        sa.PrimaryKeyConstraint("request_id", "position", name=op.f("pk_rights_step")),
    )


def _create_rights_export() -> None:
    op.create_table(
        "rights_export",
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["rights_request.id"],
            name=op.f("fk_rights_export_request_id_rights_request"),
        ),
        sa.PrimaryKeyConstraint("request_id", "position", name=op.f("pk_rights_export")),
    )


def _create_suppression() -> None:
    op.create_table(
        "suppression",
        sa.Column("shop_id", sa.Text(), nullable=False),
        sa.Column("blind_index", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("shop_id", "blind_index", name=op.f("pk_suppression")),
    )
    op.create_table(
        "refused_event",
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("shop_id", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_refused_event")),
    )
    op.create_index("ix_refused_event_shop_id", "refused_event", ["shop_id"])
