"""What people ask about their data in tests, and where to look for what became of it."""

import io
import zipfile
from datetime import timedelta

from retention_sdk import CustomerErased, Erasure
from retention_sdk.consent.rights import RequestKind, RequestState
from retention_sdk.model import AccessRequest
from retention_sdk.testing import NOON

SHOP = "soap.example"
DAY = timedelta(days=1)
ADA = {"customer_id": "77", "email": "ada@example.com"}


def asked(reference="1", **who):
    return AccessRequest(reference=reference, **(who or ADA))


def about(kind, name, *, at=NOON, **fields):
    return kind(id=f"test:{name}", shop_id=SHOP, occurred_at=at, **fields)


def forget(name="forget", *, at=NOON, **who):
    return about(CustomerErased, name, at=at, erasure=Erasure(**(who or ADA)))


def checked(shop, kind, *, reference="", **who):
    """Open a request of somebody whose identity is checked."""
    view = shop.rights.open(RequestKind(kind), asked(reference or kind, **who))
    if "identity_check" in view.next_states:
        shop.rights.advance(view.id, RequestState.IDENTITY_CHECK)
    return view.id


def states(view):
    return [step.state.value for step in view.steps]


def files_of(packed):
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def waiting_shop(make_shop, **changes):
    """A shop whose cards wait for the packing desk."""
    delivery = {"card": "desk", "email": "folder"}
    channels = {"folder": {"directory": "out"}, "desk": {}}
    return make_shop(delivery=delivery, channels=channels, **changes)


def cards_of(shop, order_id="1001"):
    with shop.store.reading() as connection:
        return shop.store.cards.of_order(connection, SHOP, order_id)
