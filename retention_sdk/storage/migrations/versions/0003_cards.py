"""Create the tables of cards, their copies, print jobs, scans and codes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from retention_sdk.storage.triggers import forbid_deletion, freeze_columns, make_append_only

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

APPEND_ONLY = ("card", "card_copy", "card_step", "print_job", "print_job_card")
STATES = "'assigned', 'rendered', 'printed', 'packed', 'voided', 'reprinted'"
HOUR = 3_600_000_000


def upgrade() -> None:
    """Create the tables of cards, their copies, print jobs, scans and codes."""
    _create_card()
    _create_card_copy()
    _create_card_step()
    _create_print_job()
    _create_print_job_card()
    _create_card_scan()
    _create_card_code()
    make_append_only(op.get_bind(), APPEND_ONLY)
    freeze_columns(op.get_bind(), "card_scan", ("card_id", "variant", "at_hour", "ua_class"))
    freeze_columns(op.get_bind(), "card_code", ("card_id", "code_id", "platform", "created_at"))
    forbid_deletion(op.get_bind(), ("card_code",))


def downgrade() -> None:
    """Refuse: a store is never taken back; restore a backup instead."""
    raise NotImplementedError("stores only move forward; restore a backup")


def _create_card() -> None:
    op.create_table(
        "card",
        sa.Column("card_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("shop_id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("fulfilment_id", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("number_index", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "card_id >= 0 AND card_id < 1099511627776", name=op.f("ck_card_card_id_has_40_bits")
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["subject.id"], name=op.f("fk_card_subject_id_subject")
        ),
        sa.PrimaryKeyConstraint("card_id", name=op.f("pk_card")),
        sa.UniqueConstraint(
            "shop_id",
            "order_id",
            "fulfilment_id",
            name=op.f("uq_card_shop_id_order_id_fulfilment_id"),
        ),
    )
    op.create_index(op.f("ix_card_event_id"), "card", ["event_id"])
    op.create_index(op.f("ix_card_number_index"), "card", ["number_index"])
    op.create_index(op.f("ix_card_subject_id"), "card", ["subject_id"])


def _create_card_copy() -> None:
    op.create_table(
        "card_copy",
        sa.Column("card_id", sa.BigInteger(), nullable=False),
        sa.Column("copy", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reprint_of", sa.Integer()),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("variant", sa.Integer(), server_default="0", nullable=False),
        sa.Column("arm", sa.Text(), server_default="", nullable=False),
        sa.Column("is_holdout", sa.Boolean(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("formality", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("copy >= 1", name=op.f("ck_card_copy_copy_counts_from_one")),
        sa.CheckConstraint(
            "reprint_of < copy", name=op.f("ck_card_copy_reprint_of_an_earlier_one")
        ),
        sa.CheckConstraint(
            "variant >= 0 AND variant < 256", name=op.f("ck_card_copy_variant_has_8_bits")
        ),
        sa.CheckConstraint(
            "version >= 1 AND version <= copy", name=op.f("ck_card_copy_version_at_most_copy")
        ),
        sa.ForeignKeyConstraint(
            ["card_id"], ["card.card_id"], name=op.f("fk_card_copy_card_id_card")
        ),
        sa.PrimaryKeyConstraint("card_id", "copy", name=op.f("pk_card_copy")),
    )


def _create_card_step() -> None:
    op.create_table(
        "card_step",
        sa.Column("card_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("copy", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("job_id", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_card_step_state_known")),
        sa.ForeignKeyConstraint(
            ["card_id", "copy"],
            ["card_copy.card_id", "card_copy.copy"],
            name=op.f("fk_card_step_card_id_card_copy"),
        ),
        sa.PrimaryKeyConstraint("card_id", "copy", "position", name=op.f("pk_card_step")),
    )


def _create_print_job() -> None:
    op.create_table(
        "print_job",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("shop_id", sa.Text(), nullable=False),
        sa.Column("batch_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("profile", sa.Text(), nullable=False),
        sa.Column("sheet", sa.Text(), server_default="", nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_print_job")),
    )
    op.create_index(op.f("ix_print_job_batch_id"), "print_job", ["batch_id"])


def _create_print_job_card() -> None:
    op.create_table(
        "print_job_card",
        sa.Column("job_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("card_id", sa.BigInteger(), nullable=False),
        sa.Column("copy", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["card_id", "copy"],
            ["card_copy.card_id", "card_copy.copy"],
            name=op.f("fk_print_job_card_card_id_card_copy"),
        ),
        sa.ForeignKeyConstraint(
            ["job_id"], ["print_job.id"], name=op.f("fk_print_job_card_job_id_print_job")
        ),
        sa.PrimaryKeyConstraint("job_id", "position", name=op.f("pk_print_job_card")),
        sa.UniqueConstraint("card_id", "copy", name=op.f("uq_print_job_card_card_id_copy")),
    )


def _create_card_scan() -> None:
    op.create_table(
        "card_scan",
        sa.Column(
            "seq",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("card_id", sa.BigInteger(), nullable=False),
        sa.Column("variant", sa.Integer(), server_default="0", nullable=False),
        sa.Column("at_hour", sa.BigInteger(), nullable=False),
        sa.Column("ua_class", sa.Text(), nullable=False),
        sa.CheckConstraint(f"at_hour % {HOUR} = 0", name=op.f("ck_card_scan_at_hour_is_whole")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_card_scan")),
    )
    op.create_index(op.f("ix_card_scan_at_hour"), "card_scan", ["at_hour"])
    op.create_index(op.f("ix_card_scan_card_id_at_hour"), "card_scan", ["card_id", "at_hour"])


def _create_card_code() -> None:
    op.create_table(
        "card_code",
        sa.Column("card_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("code_id", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="created", nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "state IN ('created', 'redeemed', 'voided')", name=op.f("ck_card_code_state_known")
        ),
        sa.PrimaryKeyConstraint("card_id", "code_id", name=op.f("pk_card_code")),
    )
    op.create_index(
        op.f("ix_card_code_platform_code_id"), "card_code", ["platform", "code_id"], unique=True
    )
