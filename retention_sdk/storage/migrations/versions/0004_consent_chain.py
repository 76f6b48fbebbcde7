"""Chain the consent records, and keep merges of people and the rules that were decided by."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from alembic import op

from retention_sdk.storage.consents_chain import ChainedFields, genesis, record_hash
from retention_sdk.storage.triggers import forbid_deletion, make_append_only

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

APPEND_ONLY = ("consent_record", "subject_merge", "rule_set")
_BATCH = 1000


def upgrade() -> None:
    """Chain the consent records, and keep merges of people and the rules that were decided by."""
    _create_consent_record()
    _create_consent_head()
    _create_subject_merge()
    _create_rule_set()
    _carry_over(op.get_bind())
    op.drop_table("consent")
    make_append_only(op.get_bind(), APPEND_ONLY)
    forbid_deletion(op.get_bind(), ("consent_head",))


def downgrade() -> None:
    """Refuse: a store is never taken back; restore a backup instead."""
    raise NotImplementedError("stores only move forward; restore a backup")


def _create_consent_record() -> None:
    op.create_table(
        "consent_record",
        sa.Column("shop_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("from_subject_id", sa.Text()),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger()),
        sa.Column("answered_at", sa.BigInteger()),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_at", sa.BigInteger()),
        sa.Column("expires_at", sa.BigInteger()),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("prev_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('answer', 'merge', 'carried')", name=op.f("ck_consent_record_kind_known")
        ),
        sa.CheckConstraint(
            "state IN ('', 'granted', 'denied')", name=op.f("ck_consent_record_state_known")
        ),
        sa.CheckConstraint(
            "(kind = 'merge') = (state = '')", name=op.f("ck_consent_record_answers_have_a_state")
        ),
        sa.CheckConstraint("seq >= 1", name=op.f("ck_consent_record_seq_counts_from_one")),
        sa.CheckConstraint(
            "(kind = 'answer') = (from_subject_id IS NULL)",
            name=op.f("ck_consent_record_merges_name_who_was_absorbed"),
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["subject.id"], name=op.f("fk_consent_record_subject_id_subject")
        ),
        sa.ForeignKeyConstraint(
            ["from_subject_id"],
            ["subject.id"],
            name=op.f("fk_consent_record_from_subject_id_subject"),
        ),
        sa.PrimaryKeyConstraint("shop_id", "seq", name=op.f("pk_consent_record")),
        sa.UniqueConstraint(
            "shop_id",
            "event_id",
            "position",
            name=op.f("uq_consent_record_shop_id_event_id_position"),
        ),
    )
    op.create_index(
        op.f("ix_consent_record_subject_id_seq"), "consent_record", ["subject_id", "seq"]
    )


def _create_consent_head() -> None:
    op.create_table(
        "consent_head",
        sa.Column("shop_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("shop_id", name=op.f("pk_consent_head")),
    )


def _create_subject_merge() -> None:
    op.create_table(
        "subject_merge",
        sa.Column("absorbed_id", sa.Text(), nullable=False),
        sa.Column("survivor_id", sa.Text(), nullable=False),
        sa.Column("merged_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "absorbed_id <> survivor_id", name=op.f("ck_subject_merge_two_subjects")
        ),
        sa.ForeignKeyConstraint(
            ["absorbed_id"], ["subject.id"], name=op.f("fk_subject_merge_absorbed_id_subject")
        ),
        sa.ForeignKeyConstraint(
            ["survivor_id"], ["subject.id"], name=op.f("fk_subject_merge_survivor_id_subject")
        ),
        sa.PrimaryKeyConstraint("absorbed_id", name=op.f("pk_subject_merge")),
    )
    op.create_index(op.f("ix_subject_merge_survivor_id"), "subject_merge", ["survivor_id"])


def _create_rule_set() -> None:
    op.create_table(
        "rule_set",
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("kept_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_rule_set")),
    )


def _carry_over(connection: sa.Connection) -> None:
    """Chain what was recorded so far, in the order of arrival. ``migrate`` signs the heads.

    Until now every answer was about marketing and given in words; a no without a time counts
    from its arrival, a yes is older than all that have a time.
    """
    meta = sa.MetaData()
    old = sa.Table("consent", meta, autoload_with=connection)
    subjects = sa.Table("subject", meta, autoload_with=connection)
    new = sa.Table("consent_record", sa.MetaData(), autoload_with=connection)
    heads = sa.Table("consent_head", sa.MetaData(), autoload_with=connection)
    query = (
        sa.select(subjects.c.shop_id, old)
        .join(subjects, subjects.c.id == old.c.subject_id)
        .order_by(subjects.c.shop_id, old.c.received_at, old.c.event_id, old.c.position)
    )
    ends: dict[str, tuple[int, bytes]] = {}
    for found in connection.execute(query).mappings().partitions(_BATCH):
        rows: list[dict[str, Any]] = []
        for old_row in found:
            shop_id = old_row["shop_id"]
            seq, prev_hash = ends.get(shop_id, (0, genesis(shop_id)))
            rows.append(_chained(dict(old_row), seq + 1, prev_hash))
            ends[shop_id] = (seq + 1, rows[-1]["hash"])
        connection.execute(new.insert(), rows)
    for shop_id, (seq, last_hash) in ends.items():
        end = {"shop_id": shop_id, "seq": seq, "hash": last_hash, "mac": b""}
        connection.execute(heads.insert(), end)


def _chained(found: dict[str, Any], seq: int, prev_hash: bytes) -> dict[str, Any]:
    sealed = bytes(found.pop("sealed"))
    recorded_at, received_at = found["recorded_at"], found["received_at"]
    is_no = found["state"] == "denied"
    if recorded_at is None:
        answered_at = received_at if is_no else None
    else:
        answered_at = min(recorded_at, received_at)
    row = {
        **found,
        "seq": seq,
        "kind": "answer",
        "from_subject_id": None,
        "purpose": "marketing",
        "act": "express",
        "answered_at": answered_at,
        "confirmed_at": None,
        "expires_at": None,
    }
    fields = ChainedFields(**row, sealed_sha256=sha256(sealed).hexdigest())
    link = {"prev_hash": prev_hash, "hash": record_hash(fields, prev_hash)}
    return {**row, "sealed": sealed, **link}
