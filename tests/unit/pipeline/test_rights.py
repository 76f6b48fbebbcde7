"""What people ask about their data is recorded, answered in time, and carried out."""

import csv
import io
import json
import shutil
import zipfile
from datetime import timedelta

import pytest

from retention_sdk import CustomerErased, Erasure
from retention_sdk.channels.folder import FolderChannel
from retention_sdk.consent.rights import RequestKind, RequestState
from retention_sdk.errors import PlatformError, RightsError, SubjectErased
from retention_sdk.model import (
    AccessRequest,
    ConsentChannel,
    ConsentState,
    DataRequested,
    OrderRefunded,
    Purpose,
    ShopErased,
    UnknownEvent,
    WebhookRequest,
)
from retention_sdk.pipeline.cards.batch import Batch
from retention_sdk.pipeline.cards.corrections import Correction
from retention_sdk.pipeline.cards.draw import Medium
from retention_sdk.pipeline.cards.sheets import plan_named
from retention_sdk.storage import Arrival
from retention_sdk.testing import (
    NOON,
    BogusShop,
    FrozenClock,
    a_consent,
    a_customer,
    a_paid_event,
    an_address,
    an_order,
)

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


# Opening and leading -------------------------------------------------------------------------


def test_a_request_has_the_deadlines_of_where_the_person_lives(make_shop):
    """Received on Friday, 20 November 2026: ten business days end on 4 December."""
    shop = make_shop(clock=FrozenClock(NOON))
    home = an_address(country="US", region="California")
    shop.ingest([a_paid_event(an_order(shipping_address=home, customer=a_customer(address=home)))])

    view = shop.rights.open(RequestKind.ACCESS, asked())

    assert ("US-CA",) == view.jurisdictions
    assert ("2026-12-04", 14) == (str(view.due_at.date()), view.days_left)
    assert "2027-01-04" == str(view.answer_by.date())


def test_a_stranger_has_the_deadlines_of_the_shop(make_shop):
    view = make_shop().rights.open(RequestKind.ACCESS, asked(email="who@example.org"))

    assert ("DE",) == view.jurisdictions


def test_who_says_nothing_of_themselves_is_asked_who_it_is(make_shop):
    with pytest.raises(RightsError, match="say who asks"):
        make_shop().rights.open(RequestKind.ACCESS, AccessRequest(reference="1"))


def test_an_order_leads_to_who_placed_it_until_they_are_erased(make_shop):
    shop = make_shop()
    shop.ingest([a_paid_event()])
    by_order = checked(shop, "erasure", reference="2", order_ids=("1001",))

    assert 1 == shop.rights.erase(by_order).subjects
    later = shop.rights.open(RequestKind.ACCESS, asked("3", order_ids=("1001",)))
    assert not later.is_erased


def test_the_same_reference_is_the_same_request(make_shop):
    shop = make_shop()

    first, second = (shop.rights.open(RequestKind.ACCESS, asked()) for _ in range(2))

    assert first.id == second.id
    assert ["received"] == states(second)


def test_requests_are_listed_with_the_most_urgent_first(make_shop):
    clock = FrozenClock(NOON)
    shop = make_shop(clock=clock)
    late = shop.rights.open(RequestKind.ACCESS, asked("1"), received_at=NOON - 40 * DAY)
    done = shop.rights.open(RequestKind.ACCESS, asked("2"), received_at=NOON - 50 * DAY)
    shop.rights.advance(done.id, RequestState.REFUSED, reason="twice a week", citation="art. 12(5)")
    fresh = shop.rights.open(RequestKind.ACCESS, asked("3"))

    assert [late.id, fresh.id, done.id] == [view.id for view in shop.rights.list()]
    assert 0 > shop.rights.get(late.id).days_left


def test_an_extension_moves_the_deadline_and_an_erasure_is_no_promise(make_shop):
    shop = make_shop(clock=FrozenClock(NOON))
    request = checked(shop, "erasure")
    before = shop.rights.get(request)
    after = shop.rights.advance(
        request, RequestState.EXTENDED, reason="many orders", citation="GDPR art. 12(3)"
    )
    for state in ("scoped", "collected", "reviewed"):
        shop.rights.advance(request, RequestState(state))

    assert ("2026-12-20", "2027-02-20") == (str(before.due_at.date()), str(after.due_at.date()))
    with pytest.raises(RightsError, match="nothing was erased yet"):
        shop.rights.advance(request, RequestState.ANSWERED)


def test_nobody_is_served_before_it_is_known_who_they_are(make_shop):
    shop = make_shop()
    for kind, act in (("access", shop.rights.export), ("erasure", shop.rights.erase)):
        view = shop.rights.open(RequestKind(kind), asked(kind, **ADA))
        with pytest.raises(RightsError, match="check who asks first"):
            act(view.id)


# Access and portability ----------------------------------------------------------------------


def test_an_export_holds_everything_that_is_kept(make_shop):
    shop = make_shop()
    yes = a_consent(source="footer form")
    shop.ingest([a_paid_event(an_order("40.00 EUR", customer=a_customer(consents=(yes,))))])

    told = files_of(shop.rights.export(checked(shop, "access")))
    data = json.loads(told["data.json"])

    assert ["Ada"] == [row["given_name"] for row in data["profile"]]
    assert ["1001"] == [row["id"] for row in data["orders"]]
    assert ["40.00 EUR"] == [row["total"] for row in data["order_facts"]]
    assert ["footer form"] == [row["source"] for row in data["consents"]]
    assert [40] == [row["points"] for row in data["points"]]
    assert {"accepted"} == {row["state"] for row in data["deliveries"]}
    assert "Ada" in data["cards"][0]["text"]
    assert all("not legal advice" in row["sentence"] for row in data["decisions"])
    assert {f"{name}.csv" for name in data} | {"data.json", "README.txt"} == set(told)


def test_portability_is_what_the_person_provided(make_shop):
    shop = make_shop()
    shop.ingest([a_paid_event()])

    told = files_of(shop.rights.export(checked(shop, "portability")))

    assert {"profile", "orders", "consents"} == set(json.loads(told["data.json"]))


def test_an_export_is_the_same_bytes_each_time_and_in_each_shop(make_shop, tmp_path):
    shops = [
        make_shop(store={"url": f"sqlite:///{tmp_path}/{name}.db", "key": "42" * 32})
        for name in "ab"
    ]
    made = []
    for shop in shops:
        shop.ingest([a_paid_event()])
        request = checked(shop, "portability")
        made += [shop.rights.export(request), shop.rights.export(request)]

    assert 1 == len(set(made))


def test_a_cell_that_a_spreadsheet_would_run_is_defused(make_shop):
    shop = make_shop()
    evil = a_customer(family_name='=HYPERLINK("http://evil.example")')
    shop.ingest([a_paid_event(an_order(customer=evil))])

    told = files_of(shop.rights.export(checked(shop, "access")))
    (row,) = csv.DictReader(io.StringIO(told["profile.csv"]))

    assert row["family_name"].startswith("'=HYPERLINK")
    assert "=HYPERLINK" == json.loads(told["data.json"])["profile"][0]["family_name"][:10]


def test_a_platform_that_asks_finds_the_export_ready(make_shop):
    shop = make_shop()
    shop.ingest([a_paid_event()])

    event = about(DataRequested, "asks", request=asked("platform-9"))
    (outcome,) = shop.ingest([event])
    (view,) = shop.rights.list()

    assert "done" == outcome.state
    assert ["received", "identity_check", "scoped", "collected"] == states(view)
    assert "Ada" in files_of(shop.rights.export(view.id))["data.json"]
    shop.ingest([event])
    assert 1 == len(shop.rights.list())


def test_accounts_that_became_one_are_told_together_and_erased_together(make_shop):
    shop = make_shop()
    other = a_customer(id="88", email="countess@example.com")
    shop.ingest([a_paid_event(), a_paid_event(an_order(id="1002", customer=other))])
    with shop.store.begin() as connection:
        first, second = (
            shop.store.subjects.find(connection, SHOP, f"id:{number}") for number in (77, 88)
        )
        shop.store.consents.merge(connection, first, second, at=NOON, now=NOON)

    told = json.loads(files_of(shop.rights.export(checked(shop, "access")))["data.json"])
    report = shop.rights.erase(checked(shop, "erasure", reference="2", customer_id="88"))

    assert {"1001", "1002"} == {row["id"] for row in told["orders"]}
    assert 2 == report.subjects


# Objection, restriction, correction ----------------------------------------------------------


@pytest.mark.parametrize("kind", ["objection", "restriction"])
def test_an_objection_reaches_the_press_at_once(make_shop, kind):
    shop = waiting_shop(make_shop)
    shop.ingest([a_paid_event()])
    before = cards_of(shop)[0].choice.template

    view = shop.rights.open(RequestKind(kind), asked())
    (card,) = cards_of(shop)

    assert "plain_thanks" != before
    assert "plain_thanks" == card.choice.template
    with shop.store.reading() as connection:
        answers = shop.store.consents.current(connection, card.subject_id)
    assert {(ConsentChannel.ANY, ConsentState.DENIED, kind)} == {
        (each.channel, each.state, each.source) for each in answers
    }
    assert {Purpose.MARKETING, Purpose.PROFILING} <= {each.purpose for each in answers}
    assert view.is_open


def test_an_opt_out_of_sale_leaves_own_messages_alone(make_shop):
    shop = waiting_shop(make_shop)
    shop.ingest([a_paid_event()])

    shop.rights.open(RequestKind.OPT_OUT_OF_SALE, asked())
    (card,) = cards_of(shop)

    assert "plain_thanks" != card.choice.template
    with shop.store.reading() as connection:
        (answer,) = shop.store.consents.current(connection, card.subject_id)
    assert Purpose.SALE_OR_SHARING is answer.purpose


def test_a_corrected_name_is_on_the_card_that_waits_and_in_the_next_export(make_shop):
    shop = waiting_shop(make_shop)
    shop.ingest([a_paid_event()])

    changed = shop.rights.rectify(checked(shop, "rectification"), Correction(given_name="Augusta"))
    (card,) = cards_of(shop)
    told = files_of(shop.rights.export(checked(shop, "access", reference="2", **ADA)))

    assert 1 == changed
    assert (2, "assigned") == (card.version, card.state.value)
    assert "Augusta" in shop.press_room.text(card).card.salutation
    assert ["Ada", "Augusta"] == [
        row["given_name"] for row in json.loads(told["data.json"])["profile"]
    ]


def test_a_corrected_address_leads_to_the_same_person(make_shop):
    shop = make_shop()
    guest = a_customer(id="")
    shop.ingest([a_paid_event(an_order(customer=guest))])
    request = checked(shop, "rectification", email="ada@example.com")

    shop.rights.rectify(request, Correction(email="right@example.com"))

    with shop.store.reading() as connection:
        found = {
            shop.store.subjects.find(connection, SHOP, f"email:{address}@example.com")
            for address in ("ada", "right")
        }
    assert 1 == len(found)
    assert None not in found


@pytest.mark.parametrize(
    ("correction", "who", "reason"),
    [
        (Correction(), ADA, "say what is right"),
        (Correction(phone="1"), {"email": "who@example.org"}, "nothing is known"),
    ],
)
def test_there_is_something_to_correct_or_an_error_says_so(make_shop, correction, who, reason):
    shop = make_shop()
    shop.ingest([a_paid_event()])

    with pytest.raises(RightsError, match=reason):
        shop.rights.rectify(checked(shop, "rectification", **who), correction)


# Erasure -------------------------------------------------------------------------------------


def test_an_erasure_says_what_it_did_and_what_stays(make_shop, tmp_path):
    shop = make_shop()
    shop.ingest([a_paid_event(an_order("40.00 EUR"))])
    request = checked(shop, "erasure")

    report = shop.rights.erase(request)
    view = shop.rights.get(request)

    assert (1, 2) == (report.subjects, report.files_removed)
    assert not [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    told = {each.what.partition(":")[0]: each for each in report.remains}
    assert {"sales", "postings of points, without a person"} < set(told)
    assert (1, "tax law: until 8 years after the end of their own") == (
        told["sales"].count,
        told["sales"].reason,
    )
    assert ("answered", True) == (view.state, view.is_erased)
    assert report == shop.rights.erase(request)


def put_aside(shop, number, *, at, is_waiting=False):
    """Keep a delivery that nobody can read, or that nobody has tried to read."""
    body = json.dumps({"customer": "ada@example.com", "number": number}).encode()
    kept = Arrival("test", WebhookRequest(headers={}, body=body, received_at=at))
    store = shop.store
    with store.begin() as connection:
        before = {each.digest for each in store.arrivals.waiting(connection, SHOP, limit=9)}
        store.arrivals.keep(connection, SHOP, [kept])
        after = {each.digest for each in store.arrivals.waiting(connection, SHOP, limit=9)}
        (digest,) = after - before
        if not is_waiting:
            store.arrivals.put_aside(connection, digest, error="no such field")
    return digest


def unreadable(shop):
    with shop.store.reading() as connection:
        return shop.store.arrivals.unreadable(connection, SHOP)


def test_what_nobody_could_read_goes_with_the_first_who_is_erased(make_shop):
    """It may be about them: the delivery of a later day stays."""
    clock = FrozenClock(NOON)
    shop = make_shop(clock=clock)
    shop.ingest([a_paid_event(an_order())])
    request = checked(shop, "erasure")
    put_aside(shop, 1, at=NOON - DAY)
    late = put_aside(shop, 2, at=NOON - DAY, is_waiting=True)
    clock.advance(DAY)
    report = shop.rights.erase(request)
    put_aside(shop, 3, at=NOON + 2 * DAY)

    assert (1, 1) == (report.unread_dropped, unreadable(shop))
    assert report == shop.rights.erase(request)

    with shop.store.begin() as connection:  # found to be unreadable after the erasure
        shop.store.arrivals.put_aside(connection, late, error="no such field")
    shop.rights.sweep()
    assert 1 == unreadable(shop)


def test_bodies_of_unknown_topics_go_with_the_first_who_is_erased(make_shop):
    shop = make_shop(clock=FrozenClock(NOON))
    told = about(UnknownEvent, "unknown:1", topic="customers/merge", raw=b'{"of": "ada"}')
    shop.ingest([a_paid_event(an_order()), told])
    report = shop.rights.erase(checked(shop, "erasure"))

    assert 1 == report.unread_dropped
    with shop.store.reading() as connection:
        assert shop.store.inbox.raw_body(connection, told.id) is None


def test_a_copy_says_that_there_is_something_nobody_could_read(make_shop):
    shop = make_shop(clock=FrozenClock(NOON))
    shop.ingest([a_paid_event(an_order())])
    put_aside(shop, 1, at=NOON)
    copies = {kind: shop.rights.export(checked(shop, kind)) for kind in ("access", "portability")}
    told = {kind: files_of(packed)["README.txt"] for kind, packed in copies.items()}

    assert "that could not be read: 1." in told["access"]
    assert "could not be read" not in told["portability"]


def test_a_waiting_card_is_void_and_a_waiting_event_never_runs(make_shop):
    shop = waiting_shop(make_shop)
    shop.ingest([a_paid_event()])
    later = a_paid_event(an_order(id="1002"))
    shop.accept([later])

    shop.rights.erase(checked(shop, "erasure"))

    assert ["voided"] == [card.state.value for card in cards_of(shop)]
    assert () == shop.resume()
    assert () == cards_of(shop, "1002")


def test_old_orders_do_not_bring_anybody_back_and_a_new_one_is_a_contract_only(make_shop):
    shop, order = make_shop(), an_order()
    shop.ingest([a_paid_event(order), forget(at=NOON)])

    again = shop.ingest([a_paid_event(order), about(OrderRefunded, "refund", order=order)])
    (fresh,) = shop.ingest(
        [a_paid_event(an_order(id="2001", placed_at=NOON + DAY, paid_at=NOON + DAY))]
    )
    with shop.store.reading() as connection:
        refused = shop.store.suppressions.refused_count(connection, SHOP)

    assert {("erased", "done")} == {(each.event_type, each.state) for each in again}
    assert 1 == refused
    assert ["plain_thanks"] == [d.template for d in fresh.deliveries if d.surface == "card"]
    assert not [d for d in fresh.decisions if d.allowed and d.message_class == "marketing"]


def test_a_file_of_old_orders_prints_no_card_for_the_erased(make_shop):
    from retention_sdk.pipeline.cards.admit import ERASED, admit

    shop, order = make_shop(), an_order()
    shop.ingest([a_paid_event(order), forget(at=NOON)])
    elsewhere = an_address(name="Bob", street=("Elm St. 5",))
    bob = a_customer(id="9", email="b@example.com", address=elsewhere)
    other = a_paid_event(an_order(id="1002", customer=bob, shipping_address=elsewhere))

    refused, admitted = admit([a_paid_event(order), other], shop.press_room)

    assert (ERASED, False) == (refused.refusal, refused.is_due)
    assert admitted.record is not None


def test_an_erasure_that_a_platform_passes_on_is_a_request_with_an_answer(make_shop):
    shop = make_shop()
    shop.ingest([a_paid_event()])

    (outcome,) = shop.ingest([forget()])
    (view,) = shop.rights.list()

    assert "done" == outcome.state
    assert ("erasure", "answered", "test") == (view.kind, view.state, view.steps[0].by)
    assert ["received", "identity_check", "scoped", "collected", "reviewed", "answered"] == states(
        view
    )


def test_a_shop_that_leaves_takes_everybody_along(make_shop):
    shop = make_shop()
    bob = a_customer(id="9", email="bob@example.com")
    shop.ingest([a_paid_event(), a_paid_event(an_order(id="1002", customer=bob))])

    (outcome,) = shop.ingest([about(ShopErased, "gone", at=NOON)])

    assert "done" == outcome.state
    for event_id in ("1001", "1002"):
        with pytest.raises(SubjectErased):
            shop.outcome(f"test:soap.example:order:{event_id}:paid")
    with shop.store.reading() as connection:
        assert () == shop.store.subjects.of_shop(connection, SHOP)
        assert shop.ledger.verify(connection).is_clean
    assert ["erased"] == [each.event_type for each in shop.ingest([a_paid_event(an_order(id="3"))])]


def test_an_export_on_disk_goes_with_the_person(make_shop, tmp_path):
    shop = make_shop()
    shop.ingest([a_paid_event()])
    request = checked(shop, "access")
    packed = shop.rights.export(request)
    file, changed = tmp_path / "ada.zip", tmp_path / "mine.zip"
    for path in (file, changed):
        path.write_bytes(packed)
        shop.rights.note_export(request, str(path), packed)
    changed.write_bytes(b"the shop's own")

    report = shop.rights.erase(checked(shop, "erasure", reference="2", **ADA))

    assert 1 == report.exports_removed
    assert not file.exists()
    assert changed.exists()
    with pytest.raises(RightsError, match="erased since"):
        shop.rights.export(request)


def test_sales_go_when_tax_law_lets_them(make_shop):
    clock = FrozenClock(NOON)
    shop = make_shop(clock=clock, consent={"keep_order_years": 3})
    shop.ingest([a_paid_event(), forget()])

    assert 0 == shop.rights.sweep()
    clock.now = NOON + 365 * 5 * DAY
    assert 1 == shop.rights.sweep()


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
