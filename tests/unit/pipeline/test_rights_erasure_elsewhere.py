"""An erasure reaches the platform and what is printed meanwhile."""

import shutil

import pytest

from retention_sdk.channels.folder import FolderChannel
from retention_sdk.errors import PlatformError
from retention_sdk.pipeline.cards.batch import Batch
from retention_sdk.pipeline.cards.draw import Medium
from retention_sdk.pipeline.cards.sheets import plan_named
from retention_sdk.testing import BogusShop, a_customer, a_paid_event, an_address, an_order
from tests.unit.pipeline.rights_requests import SHOP, cards_of, checked, forget


class ForgettingShop(BogusShop):
    """A platform that can forget; ``error`` is what it answers."""

    name = "test"
    forgotten: list = []  # noqa: RUF012 - one per test, see the fixture
    error = None

    def erase_customer(self, customer_id):
        if self.error:
            raise self.error
        self.forgotten.append(customer_id)


@pytest.fixture
def platform():
    return type("Platform", (ForgettingShop,), {"forgotten": [], "error": None})


def with_platform(shop, platform):
    adapter = platform.from_config({}, shop_id=SHOP)
    object.__setattr__(shop.rights.eraser, "platforms", {"test": lambda: adapter})
    return shop


def test_the_platform_is_asked_to_forget_too(make_shop, platform):
    shop = with_platform(make_shop(), platform)
    shop.ingest([a_paid_event()])

    report = shop.rights.erase(checked(shop, "erasure"))

    assert ["77"] == platform.forgotten
    assert ("test",) == report.platforms


def test_the_platform_that_asks_is_not_asked(make_shop, platform):
    shop = with_platform(make_shop(), platform)
    shop.ingest([a_paid_event(), forget()])

    assert [] == platform.forgotten


def test_a_platform_that_is_away_holds_the_erasure_up_and_the_next_try_finishes(
    make_shop, platform
):
    shop = with_platform(make_shop(), platform)
    shop.ingest([a_paid_event()])
    request = checked(shop, "erasure")
    platform.error = PlatformError("away", adapter="test", retryable=True)

    with pytest.raises(PlatformError, match="away"):
        shop.rights.erase(request)
    assert "reviewed" == shop.rights.get(request).state
    platform.error = None
    shop.rights.erase(request)

    assert ["77"] == platform.forgotten
    assert "answered" == shop.rights.get(request).state


def test_a_platform_that_refuses_is_named_as_what_remains(make_shop, platform):
    shop = with_platform(make_shop(), platform)
    shop.ingest([a_paid_event()])
    platform.error = PlatformError("no", adapter="test", retryable=False)

    report = shop.rights.erase(checked(shop, "erasure"))

    assert "the account on test" in {each.what for each in report.remains}


class ErasingChannel(FolderChannel):
    """A folder slow enough for somebody to be erased while a file is written to it."""

    def __init__(self, directory, meanwhile):
        super().__init__(directory)
        self.meanwhile = meanwhile

    def send(self, delivery, *, now):
        if self.meanwhile:
            act, self.meanwhile = self.meanwhile, None
            act()
        return super().send(delivery, now=now)


def files_below(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def test_what_is_written_while_the_person_is_erased_is_taken_back(make_shop, tmp_path):
    """Another process erases between the start and the end of a delivery."""
    shop, other = make_shop(), make_shop()
    request = checked(other, "erasure")
    shop._channels["folder"] = ErasingChannel(tmp_path / "out", lambda: other.rights.erase(request))

    shop.ingest([a_paid_event()])

    assert [] == files_below(tmp_path / "out")
    assert () == shop.resume()


def test_a_sheet_printed_while_somebody_on_it_is_erased_is_taken_back_by_the_next_run(
    make_shop, tmp_path
):
    shop, other = make_shop(), make_shop()
    home = an_address(name="Bob", street=("Elm St. 5",))
    bob = a_customer(id="9", email="bob@example.com", address=home)
    orders = [a_paid_event(), a_paid_event(an_order(id="1002", customer=bob))]
    channel = ErasingChannel(
        tmp_path / "out", lambda: other.rights.erase(checked(other, "erasure"))
    )
    batch = Batch(room=shop.press_room, channel=channel, medium=Medium(), sheet=plan_named("sra3"))
    shop._channels["folder"] = channel

    list(batch.run(iter(orders)))
    assert 1 == len(files_below(tmp_path / "out"))
    shop.resume()

    assert [] == files_below(tmp_path / "out")
    assert "voided" == cards_of(shop)[0].state
    assert 2 == cards_of(shop, "1002")[0].copy


def test_a_sheet_that_a_dying_process_took_back_is_printed_again_without_the_person(
    make_shop, tmp_path
):
    """As after a kill between the deletion of the file and the commit that replaces its cards."""
    shop = make_shop()
    home = an_address(name="Bob", street=("Elm St. 5",))
    bob = a_customer(id="9", email="bob@example.com", address=home)
    batch = Batch(
        room=shop.press_room,
        channel=shop.channel("folder"),
        medium=Medium(),
        sheet=plan_named("sra3"),
    )
    list(batch.run(iter([a_paid_event(), a_paid_event(an_order(id="1002", customer=bob))])))
    with shop.store.begin() as connection:
        job = shop.store.jobs.of_copy(connection, cards_of(shop)[0].card_id, 1)
        assert shop.store.leftovers.begin(connection, job.id)
    shutil.rmtree(tmp_path / "out" / job.id)

    shop.rights.erase(checked(shop, "erasure"))

    assert (2, "assigned") == (cards_of(shop, "1002")[0].copy, cards_of(shop, "1002")[0].state)
