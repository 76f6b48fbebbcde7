"""Keep the rewards that customers redeem, and what becomes of each."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from retention_sdk.storage.triggers import make_append_only

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep the rewards that customers redeem, and what becomes of each."""
    _create_issues()
    _create_steps()
    make_append_only(op.get_bind(), ("reward_issue", "reward_step"))


def downgrade() -> None:
    """Refuse: a store is never taken back; restore a backup instead."""
    raise NotImplementedError("stores only move forward; restore a backup")


def _create_issues() -> None:
    op.create_table(
        "reward_issue",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("program_id", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("reward_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("idem_key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("hold_id", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), server_default="", nullable=False),
        sa.Column("sealed_code", sa.LargeBinary()),
        sa.Column("code_index", sa.LargeBinary()),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("ends_at", sa.BigInteger()),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("points > 0", name=op.f("ck_reward_issue_points_positive")),
        sa.CheckConstraint(
            "(sealed_code IS NULL) = (code_index IS NULL)",
            name=op.f("ck_reward_issue_code_is_found"),
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["subject.id"], name=op.f("fk_reward_issue_subject_id_subject")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reward_issue")),
        sa.UniqueConstraint("code_index", name=op.f("uq_reward_issue_code_index")),
        sa.UniqueConstraint(
            "program_id", "idem_key", name=op.f("uq_reward_issue_program_id_idem_key")
        ),
    )
    op.create_index(op.f("ix_reward_issue_subject_id"), "reward_issue", ["subject_id"])
    op.create_index(
        "ix_reward_issue_program_id_reward_id", "reward_issue", ["program_id", "reward_id"]
    )


def _create_steps() -> None:
    op.create_table(
        "reward_step",
        sa.Column("issue_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("position >= 1", name=op.f("ck_reward_step_position_counts_from_one")),
        sa.CheckConstraint(
            "state IN ('held', 'issued', 'refused', 'returned', 'fulfilled', 'redeemed', "
            "'cancelling', 'cancelled')",
            name=op.f("ck_reward_step_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["issue_id"], ["reward_issue.id"], name=op.f("fk_reward_step_issue_id_reward_issue")
        ),
        sa.PrimaryKeyConstraint("issue_id", "position", name=op.f("pk_reward_step")),
    )
