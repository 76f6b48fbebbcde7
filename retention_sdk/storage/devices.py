"""Where push messages go: the devices of a person, sealed for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, select

from ..model.device import PushDevice
from .ids import insert_into
from .subject_merges import same_person
from .subjects import SubjectVault
from .tables import push_device

DEVICES_MAX = 20
"""Of one person; the longest registered go first. Nobody has more browsers that they look at."""


@dataclass(frozen=True, slots=True)
class StoredDevice:
    """A device, and since when it is known."""

    device: PushDevice
    registered_at: datetime


class DeviceRows:
    """Reads and writes devices. A device has one owner: who signed in on it last."""

    def __init__(self, subjects: SubjectVault) -> None:
        self._subjects = subjects

    def register(
        self,
        connection: Connection,
        shop_id: str,
        subject_id: str,
        device: PushDevice,
        *,
        now: datetime,
    ) -> None:
        """Remember a device of a person. Again, or by somebody else, it is theirs from now on.

        Raises:
            SubjectErased: the person is forgotten.
        """
        index = self._index(connection, shop_id, device.endpoint)
        plain = device.model_dump_json().encode()
        sealed = self._subjects.seal(connection, subject_id, plain, purpose="push-device")
        fresh = {"subject_id": subject_id, "sealed": sealed, "registered_at": now}
        query = insert_into(connection, push_device).values(
            shop_id=shop_id, endpoint_index=index, **fresh
        )
        keys = [push_device.c.shop_id, push_device.c.endpoint_index]
        connection.execute(query.on_conflict_do_update(index_elements=keys, set_=fresh))
        self._drop_oldest(connection, subject_id)

    def of(self, connection: Connection, subject_id: str) -> tuple[StoredDevice, ...]:
        """Return the devices of a person, the longest registered first.

        Raises:
            SubjectErased: the person is forgotten.
        """
        table = push_device
        people = same_person(connection, subject_id)
        query = select(table).where(table.c.subject_id.in_(people))
        rows = connection.execute(query.order_by(table.c.registered_at, table.c.seq)).all()
        return tuple(
            StoredDevice(
                PushDevice.model_validate_json(
                    self._subjects.open(
                        connection, row.subject_id, row.sealed, purpose="push-device"
                    )
                ),
                row.registered_at,
            )
            for row in rows
        )

    def has_any(self, connection: Connection, subject_id: str) -> bool:
        """Whether a push message would reach a person."""
        people = same_person(connection, subject_id)
        query = select(func.count()).where(push_device.c.subject_id.in_(people))
        return bool(connection.execute(query).scalar_one())

    def remove(self, connection: Connection, shop_id: str, endpoint: str) -> bool:
        """Forget a device; False if it was not known."""
        index = self._index(connection, shop_id, endpoint)
        table = push_device
        query = delete(table).where(table.c.shop_id == shop_id, table.c.endpoint_index == index)
        return connection.execute(query).rowcount > 0

    def forget(self, connection: Connection, subject_id: str) -> int:
        """Delete every device of a person; return how many there were."""
        query = delete(push_device).where(push_device.c.subject_id == subject_id)
        return connection.execute(query).rowcount

    def _index(self, connection: Connection, shop_id: str, endpoint: str) -> bytes:
        return self._subjects.index(connection, shop_id, f"push-endpoint:{endpoint}")

    def _drop_oldest(self, connection: Connection, subject_id: str) -> None:
        table = push_device
        mine: Sequence[int] = (
            connection.execute(
                select(table.c.seq)
                .where(table.c.subject_id == subject_id)
                .order_by(table.c.registered_at.desc(), table.c.seq.desc())
            )
            .scalars()
            .all()
        )
        if surplus := mine[DEVICES_MAX:]:
            connection.execute(delete(table).where(table.c.seq.in_(surplus)))
