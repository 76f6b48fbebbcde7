"""Create the tables of people and events."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from retention_sdk.storage.triggers import make_append_only

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

APPEND_ONLY = ("consent", "stage", "decision")


def upgrade() -> None:
    """Create the tables of people and events."""
    _create_meta()
    _create_subject()
    _create_subject_link()
    _create_consent()
    _create_event()
    _create_stage()
    _create_decision()
    _create_delivery()
    _create_order_fact()
    make_append_only(op.get_bind(), APPEND_ONLY)


def downgrade() -> None:
    """Refuse: a store is never taken back; restore a backup instead."""
    raise NotImplementedError("stores only move forward; restore a backup")


def _create_meta() -> None:
    op.create_table(
        "meta",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_meta")),
    )


def _create_subject() -> None:
    op.create_table(
        "subject",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("shop_id", sa.Text(), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary()),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("erased_at", sa.BigInteger()),
        sa.CheckConstraint(
            "(wrapped_key IS NULL) = (erased_at IS NOT NULL)",
            name=op.f("ck_subject_erased_has_no_key"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subject")),
    )


def _create_subject_link() -> None:
    op.create_table(
        "subject_link",
        sa.Column("blind_index", sa.LargeBinary(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["subject.id"], name=op.f("fk_subject_link_subject_id_subject")
        ),
        sa.PrimaryKeyConstraint("blind_index", name=op.f("pk_subject_link")),
    )
    op.create_index(op.f("ix_subject_link_subject_id"), "subject_link", ["subject_id"])


def _create_consent() -> None:
    op.create_table(
        "consent",
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger()),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("state IN ('granted', 'denied')", name=op.f("ck_consent_state_known")),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["subject.id"], name=op.f("fk_consent_subject_id_subject")
        ),
        sa.PrimaryKeyConstraint("event_id", "position", name=op.f("pk_consent")),
    )
    op.create_index(
        op.f("ix_consent_subject_id_received_at"), "consent", ["subject_id", "received_at"]
    )


def _create_event() -> None:
    op.create_table(
        "event",
        sa.Column(
            "seq",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("shop_id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), server_default="pending", nullable=False),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.Column("sealed_event", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_raw", sa.LargeBinary()),
        sa.Column("raw_expires_at", sa.BigInteger()),
        sa.CheckConstraint(
            "state IN ('pending', 'done', 'failed')", name=op.f("ck_event_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["subject.id"], name=op.f("fk_event_subject_id_subject")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_event")),
        sa.UniqueConstraint("id", name=op.f("uq_event_id")),
    )
    op.create_index(op.f("ix_event_raw_expires_at"), "event", ["raw_expires_at"])
    op.create_index(op.f("ix_event_state_seq"), "event", ["state", "seq"])
    op.create_index(op.f("ix_event_subject_id"), "event", ["subject_id"])


def _create_stage() -> None:
    op.create_table(
        "stage",
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_stage_event_id_event")),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["subject.id"], name=op.f("fk_stage_subject_id_subject")
        ),
        sa.PrimaryKeyConstraint("event_id", "stage", name=op.f("pk_stage")),
    )
    op.create_index(op.f("ix_stage_subject_id"), "stage", ["subject_id"])


def _create_decision() -> None:
    op.create_table(
        "decision",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("candidate_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("message_class", sa.Text(), nullable=False),
        sa.Column("allowed", sa.Boolean(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("rules_version", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["subject.id"], name=op.f("fk_decision_subject_id_subject")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
    )
    op.create_index(op.f("ix_decision_event_id"), "decision", ["event_id"])
    op.create_index(op.f("ix_decision_subject_id"), "decision", ["subject_id"])


def _create_delivery() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("decision_id", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("surface", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="planned", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("sealed_receipt", sa.LargeBinary()),
        sa.Column("planned_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "state IN ('planned', 'submitting', 'accepted', 'rejected', 'failed')",
            name=op.f("ck_delivery_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["subject.id"], name=op.f("fk_delivery_subject_id_subject")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
    )
    op.create_index(op.f("ix_delivery_event_id"), "delivery", ["event_id"])
    op.create_index(op.f("ix_delivery_state_planned_at"), "delivery", ["state", "planned_at"])
    op.create_index(op.f("ix_delivery_subject_id"), "delivery", ["subject_id"])


def _create_order_fact() -> None:
    op.create_table(
        "order_fact",
        sa.Column("shop_id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("placed_at", sa.BigInteger(), nullable=False),
        sa.Column("paid_at", sa.BigInteger()),
        sa.Column("cancelled_at", sa.BigInteger()),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("refunded_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "refunded_minor >= 0", name=op.f("ck_order_fact_refunded_minor_not_negative")
        ),
        sa.CheckConstraint("total_minor >= 0", name=op.f("ck_order_fact_total_minor_not_negative")),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["subject.id"], name=op.f("fk_order_fact_subject_id_subject")
        ),
        sa.PrimaryKeyConstraint("shop_id", "order_id", name=op.f("pk_order_fact")),
    )
    op.create_index(
        op.f("ix_order_fact_subject_id_placed_at"), "order_fact", ["subject_id", "placed_at"]
    )
