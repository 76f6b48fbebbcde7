"""Cards: what was assigned to a parcel, every copy of it, every step of a copy, every print job."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)

from .base import metadata, moment, one_of, serial, subject_key, text

CARD_STATES = ("assigned", "rendered", "printed", "packed", "voided", "reprinted")
CODE_STATES = ("created", "redeemed", "voided")
HOUR = 3_600_000_000


def _number(name: str, default: str | None = None) -> Column[int]:
    return Column(name, Integer, nullable=False, server_default=default)


def _flag(name: str) -> Column[bool]:
    return Column(name, Boolean(create_constraint=False), nullable=False)


# Append-only. One card per fulfilment; ``card_id`` is the 40 bits of the token. ``number_index``
# finds an order number that somebody types or scans, and does not tell it.
card = Table(
    "card",
    metadata,
    Column("card_id", BigInteger, primary_key=True, autoincrement=False),
    text("shop_id"),
    text("order_id"),
    text("fulfilment_id"),
    text("event_id"),
    subject_key(),
    Column("number_index", LargeBinary, nullable=False),
    moment("created_at"),
    UniqueConstraint("shop_id", "order_id", "fulfilment_id"),
    CheckConstraint("card_id >= 0 AND card_id < 1099511627776", name="card_id_has_40_bits"),
    Index("ix_card_number_index", "number_index"),
    Index("ix_card_event_id", "event_id"),
)

# Append-only. One sheet of paper that shall exist. ``version`` counts what a customer would see
# changed, ``copy`` counts sheets; ``sealed`` is the card's text with its order. ``arm`` is the name
# of the variant, whose number is in the token; both belong to an experiment, not to a person.
card_copy = Table(
    "card_copy",
    metadata,
    Column("card_id", BigInteger, ForeignKey("card.card_id"), primary_key=True),
    Column("copy", Integer, primary_key=True, autoincrement=False),
    _number("version"),
    Column("reprint_of", Integer),
    text("template"),
    _number("variant", "0"),
    text("arm", default=""),
    _flag("is_holdout"),
    text("locale"),
    text("formality"),
    Column("sealed", LargeBinary, nullable=False),
    moment("made_at"),
    CheckConstraint("copy >= 1", name="copy_counts_from_one"),
    CheckConstraint("version >= 1 AND version <= copy", name="version_at_most_copy"),
    CheckConstraint("variant >= 0 AND variant < 256", name="variant_has_8_bits"),
    CheckConstraint("reprint_of < copy", name="reprint_of_an_earlier_one"),
)

# Append-only. The state of a copy is that of its last step.
card_step = Table(
    "card_step",
    metadata,
    Column("card_id", BigInteger, primary_key=True, autoincrement=False),
    Column("copy", Integer, primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    text("state"),
    text("reason", default=""),
    text("job_id", default=""),
    moment("at"),
    ForeignKeyConstraint(["card_id", "copy"], ["card_copy.card_id", "card_copy.copy"]),
    one_of("state", CARD_STATES),
)

# Append-only. What goes to a printer in one piece; how far it came is told by its delivery,
# which has the same id.
print_job = Table(
    "print_job",
    metadata,
    Column("id", Text, primary_key=True),
    text("shop_id"),
    text("batch_id"),
    text("channel"),
    text("format"),
    text("profile"),
    text("sheet", default=""),
    moment("made_at"),
    Index("ix_print_job_batch_id", "batch_id"),
)

# Append-only. A copy is printed by one job, and by no other: that is a rule of the database.
print_job_card = Table(
    "print_job_card",
    metadata,
    Column("job_id", Text, ForeignKey("print_job.id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("card_id", BigInteger, nullable=False),
    Column("copy", Integer, nullable=False),
    UniqueConstraint("card_id", "copy"),
    ForeignKeyConstraint(["card_id", "copy"], ["card_copy.card_id", "card_copy.copy"]),
)

# Never changed, but deleted when its time is over. No address, no cookie; ``at_hour`` is whole.
card_scan = Table(
    "card_scan",
    metadata,
    serial(),
    Column("card_id", BigInteger, nullable=False),
    _number("variant", "0"),
    moment("at_hour"),
    text("ua_class"),
    CheckConstraint(f"at_hour % {HOUR} = 0", name="at_hour_is_whole"),
    Index("ix_card_scan_card_id_at_hour", "card_id", "at_hour"),
    Index("ix_card_scan_at_hour", "at_hour"),
)

# A discount code that a platform made for a card. The code itself is on the card, sealed.
card_code = Table(
    "card_code",
    metadata,
    Column("card_id", BigInteger, primary_key=True, autoincrement=False),
    Column("code_id", Text, primary_key=True),
    text("platform"),
    text("state", default="created"),
    moment("created_at"),
    moment("changed_at"),
    one_of("state", CODE_STATES),
    Index("ix_card_code_platform_code_id", "platform", "code_id", unique=True),
)
