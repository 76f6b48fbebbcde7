"""Create the tables of the points ledger."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from retention_sdk.storage.triggers import forbid_deletion, freeze_columns, make_append_only

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APPEND_ONLY = ("rule_version", "txn", "posting", "hold_allocation")
LOT_FACTS = (
    "id",
    "account_id",
    "earned",
    "matures_at",
    "expires_at",
    "source_order",
    "source_line",
    "rule_breakdown",
)
KINDS = (
    "'earn', 'mature', 'hold', 'capture', 'release', 'refund_redemption', 'clawback', "
    "'expire', 'adjust', 'transfer', 'merge_accounts', 'donate'"
)
BUCKETS = "'issued', 'pending', 'available', 'held', 'redeemed', 'expired', 'reversed', 'debt'"


def upgrade() -> None:
    """Create the tables of the points ledger."""
    _create_program()
    _create_rule_version()
    _create_account()
    _create_txn()
    _create_lot()
    _create_hold()
    _create_hold_allocation()
    _create_posting()
    make_append_only(op.get_bind(), APPEND_ONLY)
    freeze_columns(op.get_bind(), "lot", LOT_FACTS)
    freeze_columns(op.get_bind(), "hold", ("id", "account_id", "amount", "expires_at"))
    freeze_columns(op.get_bind(), "account", ("id", "program_id", "subject_id"))
    forbid_deletion(op.get_bind(), ("account", "lot", "hold"))


def downgrade() -> None:
    """Refuse: a store is never taken back; restore a backup instead."""
    raise NotImplementedError("stores only move forward; restore a backup")


def _create_program() -> None:
    op.create_table(
        "program",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("scale", sa.Integer(), server_default="0", nullable=False),
        sa.Column("rounding", sa.Text(), nullable=False),
        sa.Column("earning_basis", sa.Text(), nullable=False),
        sa.Column("pending_policy", sa.Text(), nullable=False),
        sa.Column("expiry_policy", sa.Text(), nullable=False),
        sa.Column("clawback_policy", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_program")),
    )


def _create_rule_version() -> None:
    op.create_table(
        "rule_version",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("program_id", sa.Text(), nullable=False),
        sa.Column("rule_id", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.BigInteger(), nullable=False),
        sa.Column("valid_to", sa.BigInteger()),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["program_id"], ["program.id"], name=op.f("fk_rule_version_program_id_program")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_version")),
    )


def _create_account() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("program_id", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("pending", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("available", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("held", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("debt", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("head_hash", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("available >= 0", name=op.f("ck_account_available_not_negative")),
        sa.CheckConstraint(
            "debt = 0 OR available = 0", name=op.f("ck_account_debt_is_repaid_first")
        ),
        sa.CheckConstraint("debt >= 0", name=op.f("ck_account_debt_not_negative")),
        sa.CheckConstraint("held >= 0", name=op.f("ck_account_held_not_negative")),
        sa.CheckConstraint("pending >= 0", name=op.f("ck_account_pending_not_negative")),
        sa.CheckConstraint("version >= 0", name=op.f("ck_account_version_not_negative")),
        sa.ForeignKeyConstraint(
            ["program_id"], ["program.id"], name=op.f("fk_account_program_id_program")
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["subject.id"], name=op.f("fk_account_subject_id_subject")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint(
            "program_id", "subject_id", name=op.f("uq_account_program_id_subject_id")
        ),
    )


def _create_txn() -> None:
    op.create_table(
        "txn",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("program_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("idem_key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("cause_type", sa.Text(), nullable=False),
        sa.Column("cause_id", sa.Text(), nullable=False),
        sa.Column("policy_version", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("sealed_note", sa.LargeBinary()),
        sa.Column("prev_hash", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.CheckConstraint(
            f"kind IN ({KINDS})",
            name=op.f("ck_txn_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_txn_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["program_id"], ["program.id"], name=op.f("fk_txn_program_id_program")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_txn")),
        sa.UniqueConstraint("account_id", "sequence", name=op.f("uq_txn_account_id_sequence")),
        sa.UniqueConstraint("program_id", "idem_key", name=op.f("uq_txn_program_id_idem_key")),
    )
    op.create_index(op.f("ix_txn_program_id_cause_id"), "txn", ["program_id", "cause_id"])


def _create_lot() -> None:
    op.create_table(
        "lot",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("earned", sa.BigInteger(), nullable=False),
        sa.Column("matures_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger()),
        sa.Column("source_order", sa.Text(), nullable=False),
        sa.Column("source_line", sa.Text(), server_default="", nullable=False),
        sa.Column("rule_breakdown", sa.Text(), nullable=False),
        sa.Column("pending", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("available", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("held", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("redeemed", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("expired", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("reversed", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("clawed", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("forgiven", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint("available >= 0", name=op.f("ck_lot_available_not_negative")),
        sa.CheckConstraint("clawed <= earned", name=op.f("ck_lot_clawed_at_most_earned")),
        sa.CheckConstraint("clawed >= 0", name=op.f("ck_lot_clawed_not_negative")),
        sa.CheckConstraint("earned > 0", name=op.f("ck_lot_earned_positive")),
        sa.CheckConstraint("expired >= 0", name=op.f("ck_lot_expired_not_negative")),
        sa.CheckConstraint(
            "expires_at IS NULL OR expires_at > matures_at", name=op.f("ck_lot_matures_first")
        ),
        sa.CheckConstraint("forgiven <= expired", name=op.f("ck_lot_forgiven_had_expired")),
        sa.CheckConstraint("forgiven >= 0", name=op.f("ck_lot_forgiven_not_negative")),
        sa.CheckConstraint("held >= 0", name=op.f("ck_lot_held_not_negative")),
        sa.CheckConstraint(
            "pending + available + held + redeemed + expired + reversed = earned",
            name=op.f("ck_lot_adds_up"),
        ),
        sa.CheckConstraint("pending >= 0", name=op.f("ck_lot_pending_not_negative")),
        sa.CheckConstraint("redeemed >= 0", name=op.f("ck_lot_redeemed_not_negative")),
        sa.CheckConstraint("reversed >= 0", name=op.f("ck_lot_reversed_not_negative")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_lot_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot")),
    )
    op.create_index(op.f("ix_lot_account_id_source_order"), "lot", ["account_id", "source_order"])
    op.create_index(
        op.f("ix_lot_live"),
        "lot",
        ["account_id"],
        sqlite_where=sa.text("pending + available + held > 0"),
        postgresql_where=sa.text("pending + available + held > 0"),
    )
    op.create_index(op.f("ix_lot_source_order"), "lot", ["source_order"])


def _create_hold() -> None:
    op.create_table(
        "hold",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("captured", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("refunded", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'captured', 'released', 'expired')", name=op.f("ck_hold_state_known")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_hold_amount_positive")),
        sa.CheckConstraint("captured <= amount", name=op.f("ck_hold_captured_at_most_held")),
        sa.CheckConstraint("captured >= 0", name=op.f("ck_hold_captured_not_negative")),
        sa.CheckConstraint("refunded <= captured", name=op.f("ck_hold_refunded_at_most_captured")),
        sa.CheckConstraint("refunded >= 0", name=op.f("ck_hold_refunded_not_negative")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_hold_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
    )
    op.create_index(op.f("ix_hold_account_id_state"), "hold", ["account_id", "state"])


def _create_hold_allocation() -> None:
    op.create_table(
        "hold_allocation",
        sa.Column("hold_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_hold_allocation_amount_positive")),
        sa.ForeignKeyConstraint(
            ["hold_id"], ["hold.id"], name=op.f("fk_hold_allocation_hold_id_hold")
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_hold_allocation_lot_id_lot")),
        sa.PrimaryKeyConstraint("hold_id", "position", name=op.f("pk_hold_allocation")),
        sa.UniqueConstraint("hold_id", "lot_id", name=op.f("uq_hold_allocation_hold_id_lot_id")),
    )


def _create_posting() -> None:
    op.create_table(
        "posting",
        sa.Column("txn_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("src", sa.Text(), nullable=False),
        sa.Column("dst", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.Text()),
        sa.Column("hold_id", sa.Text()),
        sa.CheckConstraint(
            f"dst IN ({BUCKETS})",
            name=op.f("ck_posting_dst_known"),
        ),
        sa.CheckConstraint(
            f"src IN ({BUCKETS})",
            name=op.f("ck_posting_src_known"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_posting_amount_positive")),
        sa.CheckConstraint("src <> dst", name=op.f("ck_posting_goes_somewhere")),
        sa.ForeignKeyConstraint(["hold_id"], ["hold.id"], name=op.f("fk_posting_hold_id_hold")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_posting_lot_id_lot")),
        sa.ForeignKeyConstraint(["txn_id"], ["txn.id"], name=op.f("fk_posting_txn_id_txn")),
        sa.PrimaryKeyConstraint("txn_id", "seq", name=op.f("pk_posting")),
    )
