"""What all tables share: names of constraints, and how a moment is kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Integer, MetaData, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_microseconds(moment: datetime) -> int:
    """Return whole microseconds since 1970, exactly. The moment must be aware."""
    return (moment - _EPOCH) // _MICROSECOND


def from_microseconds(count: int) -> datetime:
    """Return the moment in UTC."""
    return _EPOCH + timedelta(microseconds=count)


class Moment(TypeDecorator[datetime]):
    """An aware instant as microseconds since 1970: exact, ordered, alike on every database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: object) -> int | None:
        """Refuse naive times by arithmetic: they do not subtract from an aware one."""
        del dialect
        return None if value is None else to_microseconds(value)

    def process_result_value(self, value: Any | None, dialect: object) -> datetime | None:
        """Give it back in UTC."""
        del dialect
        return None if value is None else from_microseconds(value)


def serial() -> Column[int]:
    """Return a key that counts up; SQLite only does so for INTEGER."""
    wide: TypeEngine[int] = BigInteger().with_variant(Integer(), "sqlite")
    return Column("seq", wide, primary_key=True, autoincrement=True)


def text(name: str, *, default: str | None = None) -> Column[str]:
    """Return a required text column."""
    return Column(name, Text, nullable=False, server_default=default)


def moment(name: str, *, is_optional: bool = False) -> Column[datetime]:
    """Return a column for an instant."""
    return Column(name, Moment, nullable=is_optional)


def points(name: str) -> Column[int]:
    """Return a count that starts at zero; its table checks that it never falls below."""
    return Column(name, BigInteger, nullable=False, server_default="0")


def subject_key() -> Column[str]:
    """Return the column that says whose data a row holds."""
    return Column("subject_id", Text, ForeignKey("subject.id"), nullable=False, index=True)


def one_of(column: str, allowed: tuple[str, ...]) -> CheckConstraint:
    """Return a check that a column holds one of the listed words.

    Not ``IN``: SQLite would build a table of the words for every row.
    """
    words = " OR ".join(f"{column} = '{word}'" for word in allowed)
    return CheckConstraint(words, name=f"{column}_known")


def not_negative(*columns: str) -> tuple[CheckConstraint, ...]:
    """Return one named check per column."""
    return tuple(CheckConstraint(f"{name} >= 0", name=f"{name}_not_negative") for name in columns)
