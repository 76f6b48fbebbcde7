"""Keep who brought whom, and what was exchanged with partners."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from retention_sdk.storage.triggers import make_append_only

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables; all but the marks are append-only."""
    _create_codes()
    _create_referrals()
    _create_partners()
    make_append_only(
        op.get_bind(),
        ("referral_code", "referral", "referral_step", "partner_exchange", "partner_step"),
    )


def downgrade() -> None:
    """Refuse: a store is never taken back; restore a backup instead."""
    raise NotImplementedError("stores only move forward; restore a backup")


def _text(name: str, default: str | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default=default, nullable=False)


def _create_codes() -> None:
    op.create_table(
        "referral_code",
        sa.Column(
            "seq",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        _text("program_id"),
        _text("shop_id"),
        _text("subject_id"),
        sa.Column("code_index", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_code", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["subject.id"], name=op.f("fk_referral_code_subject_id_subject")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_referral_code")),
        sa.UniqueConstraint("code_index", name=op.f("uq_referral_code_code_index")),
        sa.UniqueConstraint(
            "program_id", "subject_id", name=op.f("uq_referral_code_program_id_subject_id")
        ),
    )
    op.create_index(op.f("ix_referral_code_subject_id"), "referral_code", ["subject_id"])
    op.create_table(
        "referral_mark",
        _text("subject_id"),
        sa.Column("blind_index", sa.LargeBinary(), nullable=False),
        _text("kind"),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('person', 'household', 'device')", name=op.f("ck_referral_mark_kind_known")
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["subject.id"], name=op.f("fk_referral_mark_subject_id_subject")
        ),
        sa.PrimaryKeyConstraint("subject_id", "blind_index", name=op.f("pk_referral_mark")),
    )
    op.create_index("ix_referral_mark_blind_index", "referral_mark", ["blind_index"])


def _create_referrals() -> None:
    op.create_table(
        "referral",
        _text("id"),
        _text("program_id"),
        _text("shop_id"),
        _text("subject_id"),
        _text("friend_id"),
        _text("origin"),
        sa.Column("is_disposable", sa.Integer(), server_default="0", nullable=False),
        sa.Column("claimed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["subject.id"], name=op.f("fk_referral_subject_id_subject")
        ),
        sa.ForeignKeyConstraint(
            ["friend_id"], ["subject.id"], name=op.f("fk_referral_friend_id_subject")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral")),
        sa.UniqueConstraint(
            "program_id",
            "subject_id",
            "friend_id",
            name=op.f("uq_referral_program_id_subject_id_friend_id"),
        ),
    )
    op.create_index(op.f("ix_referral_subject_id"), "referral", ["subject_id"])
    op.create_index(op.f("ix_referral_friend_id"), "referral", ["friend_id"])
    op.create_table(
        "referral_step",
        _text("referral_id"),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        _text("state"),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        _text("order_id", ""),
        sa.Column("rewardable_at", sa.BigInteger()),
        sa.Column("score", sa.Integer(), server_default="0", nullable=False),
        _text("reasons", "[]"),
        _text("grants", "[]"),
        _text("cause", ""),
        _text("actor", ""),
        sa.Column("sealed_note", sa.LargeBinary()),
        sa.CheckConstraint(
            "state IN ('linked', 'claimed', 'ordered', 'pending', 'rewarded', 'rejected', "
            "'clawed')",
            name=op.f("ck_referral_step_state_known"),
        ),
        sa.CheckConstraint("number >= 0", name=op.f("ck_referral_step_number_not_negative")),
        sa.CheckConstraint("score >= 0", name=op.f("ck_referral_step_score_not_negative")),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.id"], name=op.f("fk_referral_step_referral_id_referral")
        ),
        sa.PrimaryKeyConstraint("referral_id", "number", name=op.f("pk_referral_step")),
    )
    op.create_index("ix_referral_step_state", "referral_step", ["state"])
    op.create_index("ix_referral_step_order_id", "referral_step", ["order_id"])


def _create_partners() -> None:
    op.create_table(
        "partner_exchange",
        _text("id"),
        _text("program_id"),
        _text("partner"),
        _text("direction"),
        _text("subject_id"),
        _text("reference"),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        _text("terms"),
        _text("hold_id", ""),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "direction IN ('out', 'in')", name=op.f("ck_partner_exchange_direction_known")
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["subject.id"], name=op.f("fk_partner_exchange_subject_id_subject")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_exchange")),
        sa.UniqueConstraint(
            "program_id",
            "partner",
            "direction",
            "reference",
            name=op.f("uq_partner_exchange_program_id_partner_direction_reference"),
        ),
    )
    op.create_index(op.f("ix_partner_exchange_subject_id"), "partner_exchange", ["subject_id"])
    op.create_index(
        "ix_partner_exchange_partner_asked_at",
        "partner_exchange",
        ["program_id", "partner", "asked_at"],
    )
    op.create_table(
        "partner_step",
        _text("exchange_id"),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        _text("state"),
        sa.Column("at", sa.BigInteger(), nullable=False),
        _text("txn_id"),
        _text("partner_reference", ""),
        _text("reason", ""),
        sa.CheckConstraint(
            "state IN ('asked', 'confirmed', 'refused', 'returned')",
            name=op.f("ck_partner_step_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["exchange_id"],
            ["partner_exchange.id"],
            name=op.f("fk_partner_step_exchange_id_partner_exchange"),
        ),
        sa.PrimaryKeyConstraint("exchange_id", "number", name=op.f("pk_partner_step")),
    )
    op.create_index("ix_partner_step_at", "partner_step", ["at"])
