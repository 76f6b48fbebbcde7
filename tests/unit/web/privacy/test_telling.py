"""What was answered on a page reaches the platforms that write to people themselves."""

from datetime import UTC, datetime, timedelta

import pytest
from starlette.testclient import TestClient

from retention_sdk import CustomerErased, Erasure
from retention_sdk.adapter import Capability
from retention_sdk.config import ConsentConfig
from retention_sdk.errors import PlatformError, UnsupportedFeature
from retention_sdk.model import ConsentChannel, ConsentState
from retention_sdk.pipeline.due.run import open_due
from retention_sdk.pipeline.privacy import untold
from retention_sdk.pipeline.privacy.telling import plan_telling
from retention_sdk.testing import NOON, FrozenClock, a_consent, a_customer, a_paid_event, an_order
from retention_sdk.web.privacy import create_privacy_app

NO = ConsentState.DENIED
ADA = a_customer(consents=(a_consent(), a_consent(channel=ConsentChannel.SMS)))


class Platform:
    """Keeps answers as a platform does; it may be away, or know no text messages."""

    name = "test"
    capabilities = Capability.WRITE_CONSENT

    def __init__(self):
        self.told, self.error, self.has_sms = [], None, True
        self.there, self.is_answer_lost = (), False
        self.meanwhile = lambda _: None

    def fetch_consents(self, account):
        assert "77" == account
        if self.error:
            raise self.error
        return self.there

    def write_consent(self, account, consent):
        if self.error:
            raise self.error
        if consent.channel is ConsentChannel.SMS and not self.has_sms:
            raise UnsupportedFeature("no text messages here")
        self.told.append((account, consent.channel.value, consent.state.value))
        self.meanwhile(consent.state)
        if self.is_answer_lost:
            raise PlatformError("the answer was lost", retryable=True)


@pytest.fixture
def clock():
    return FrozenClock(NOON + timedelta(days=1))


@pytest.fixture
def platform():
    return Platform()


@pytest.fixture
def other():
    """A second platform of the shop."""
    return Platform()


@pytest.fixture
def shop(make_shop, clock, platform, other):
    shop = make_shop(
        clock=clock,
        consent=ConsentConfig(base_url="https://soap.example/privacy/"),
        platforms={"test": {}, "other": {}},
    )
    shop.adapter = lambda name: {"test": platform, "other": other}[name]
    shop.ingest([a_paid_event(an_order("40.00 EUR", customer=ADA))])
    return shop


@pytest.fixture
def who(shop):
    references = shop.store.references_of_customer(ADA)
    with shop.store.reading() as connection:
        return shop.store.people_of(connection, "soap.example", references)[0]


@pytest.fixture
def pages(shop):
    with TestClient(create_privacy_app(shop), base_url="https://soap.example/") as browser:
        yield browser


def unsubscribe(shop, pages, who):
    link = shop.links.unsubscribe_url(who, ConsentChannel.EMAIL, now=shop.clock())
    path = link.removeprefix("https://soap.example/privacy")
    assert 200 == pages.post(path, content=b"List-Unsubscribe=One-Click").status_code


def test_an_unsubscription_reaches_the_platform_with_the_next_run(shop, pages, who, platform):
    unsubscribe(shop, pages, who)
    before = list(platform.told)
    report = shop.run_due()
    again = shop.run_due()

    assert ([], 1, 0) == (before, report.done, again.done)
    assert [("77", "email", "denied")] == platform.told


def test_an_older_yes_does_not_undo_a_no_that_only_the_platform_heard(shop, pages, who, platform):
    """Who unsubscribes from mail says nothing of texts: STOP may have been sent to the platform."""
    unsubscribe(shop, pages, who)
    shop.run_due()

    assert "sms" not in {channel for _, channel, _ in platform.told}


def test_a_yes_whose_time_is_over_when_the_platform_comes_back_is_not_told(
    shop, who, platform, clock
):
    own = {"recorded_at": clock(), "expires_at": clock() + timedelta(hours=1)}
    answers = [a_consent(**own), a_consent(channel=ConsentChannel.SMS, recorded_at=clock())]
    with shop.store.begin() as connection:
        shop.store.consents.record(connection, who, answers, event_id="web:1", now=clock())
        plan_telling(shop.store, connection, who, at=clock())
    clock.advance(timedelta(hours=2))
    shop.run_due()

    assert [("77", "sms", "granted")] == platform.told


def say_yes(shop, who):
    with shop.store.begin() as connection:
        own = a_consent(recorded_at=shop.clock())
        shop.store.consents.record(connection, who, [own], event_id="web:1", now=shop.clock())
        plan_telling(shop.store, connection, who, at=shop.clock())


def run_later(shop):
    later = datetime.now(UTC) + timedelta(days=1)
    return open_due(shop.config, shop.intake, (), clock=lambda: later).run(now=shop.clock())


def test_a_yes_lifts_an_older_no(shop, who, platform, clock):
    platform.capabilities |= Capability.READ_CONSENT
    platform.there = (a_consent(ConsentState.DENIED, recorded_at=clock() - timedelta(hours=1)),)
    say_yes(shop, who)

    assert (1, [("77", "email", "granted")]) == (shop.run_due().done, platform.told)


def test_a_no_that_the_platform_heard_before_it_was_told_stays(shop, who, platform, clock):
    platform.capabilities |= Capability.READ_CONSENT
    say_yes(shop, who)
    clock.advance(timedelta(minutes=10))
    platform.there = (a_consent(ConsentState.DENIED, recorded_at=clock()),)

    assert (1, []) == (shop.run_due().done, platform.told)


def test_a_yes_is_told_once_the_platform_is_back_if_it_could_not_be_asked(shop, who, platform):
    platform.capabilities |= Capability.READ_CONSENT
    platform.error = PlatformError("away", retryable=True)
    say_yes(shop, who)
    first = shop.run_due()
    platform.error = None

    assert (1, 1) == (first.postponed, run_later(shop).done)
    assert [("77", "email", "granted")] == platform.told


@pytest.mark.parametrize(
    ("there", "expected"),
    [
        pytest.param((a_consent(),), (1, "done"), id="it is there"),
        pytest.param((), (1, "left"), id="nothing is there"),
        pytest.param((a_consent(NO, recorded_at=None),), (1, "left"), id="undated no"),
        pytest.param((a_consent(NO, recorded_at=NOON),), (2, "done"), id="older no"),
    ],
)
def test_a_yes_whose_answer_was_lost_is_repeated_only_over_an_older_no(
    shop, who, platform, there, expected
):
    platform.capabilities |= Capability.READ_CONSENT
    platform.is_answer_lost = True
    say_yes(shop, who)
    first = shop.run_due()
    platform.is_answer_lost, platform.there = False, there
    again = run_later(shop)

    times, result = expected
    assert (1, 1) == (first.postponed, getattr(again, result))
    assert [("77", "email", "granted")] * times == platform.told


def test_a_yes_that_was_told_to_a_platform_that_tells_nothing_is_not_repeated(shop, who, platform):
    platform.is_answer_lost = True
    say_yes(shop, who)
    shop.run_due()

    assert (1, 1) == (run_later(shop).left, len(platform.told))


def test_a_platform_is_not_told_its_own_yes(shop, who, platform):
    own = a_consent(recorded_at=shop.clock(), platform="test")
    with shop.store.begin() as connection:
        shop.store.consents.record(connection, who, [own], event_id="test:1", now=shop.clock())
        plan_telling(shop.store, connection, who, at=shop.clock())

    assert (1, []) == (shop.run_due().done, platform.told)


def test_who_says_no_while_a_platform_is_told_has_the_last_word(shop, pages, who, platform):
    def change_mind(told):
        if told is ConsentState.GRANTED:
            unsubscribe(shop, pages, who)

    platform.meanwhile = change_mind
    say_yes(shop, who)
    report = shop.run_due(limit=1)

    assert 1 == report.done
    assert ["granted", "denied"] == [state for _, _, state in platform.told]


def test_a_platform_without_text_messages_is_told_the_rest(shop, pages, who, platform):
    platform.has_sms = False
    unsubscribe(shop, pages, who)
    shop.run_due()

    assert [("77", "email", "denied")] == platform.told


def test_a_platform_that_is_away_is_told_later(shop, pages, who, platform, clock):
    platform.error = PlatformError("away", retryable=True)
    unsubscribe(shop, pages, who)
    first = shop.run_due()
    platform.error = None
    later = datetime.now(UTC) + timedelta(days=1)
    report = open_due(shop.config, shop.intake, (), clock=lambda: later).run(now=clock())

    assert (1, 1) == (first.postponed, report.done)
    assert ("77", "email", "denied") in platform.told


def test_a_platform_that_is_away_does_not_keep_the_answer_from_another(
    shop, pages, who, platform, other
):
    told = a_paid_event(an_order("10.00 EUR", customer=ADA), id="other:soap.example:order:9:paid")
    shop.ingest([told])
    platform.error = PlatformError("away", retryable=True)
    unsubscribe(shop, pages, who)

    assert 1 == shop.run_due().postponed
    assert [("77", "email", "denied")] == other.told


def test_a_platform_that_refuses_for_good_is_not_asked_for_ever(shop, pages, who, platform, caplog):
    platform.error = PlatformError("no such customer", retryable=False)
    unsubscribe(shop, pages, who)

    assert (1, 0) == (shop.run_due().left, shop.run_due().left)
    assert "test did not take an answer about email" in caplog.text


GUEST = a_customer(id="", email="eve@example.com", consents=())


def a_guest(shop, platform):
    told = a_paid_event(
        an_order("10.00 EUR", customer=GUEST), id=f"{platform}:soap.example:order:9:paid"
    )
    shop.ingest([told])
    with shop.store.reading() as connection:
        references = shop.store.references_of_customer(GUEST)
        return shop.store.people_of(connection, "soap.example", references)[0]


def list_untold(shop):
    with shop.store.reading() as connection:
        left = untold.list_untold(shop.store, connection, "soap.example", at=shop.clock())
    return [each for _, each in left]


def test_that_a_platform_keeps_no_answers_of_guests_is_told_to_the_shop(shop, pages, platform):
    unsubscribe(shop, pages, a_guest(shop, "test"))
    report = shop.run_due()
    (left,) = list_untold(shop)

    assert (0, 1, []) == (report.done, report.left, platform.told)
    assert "test, email: this platform keeps no answers of guests" == left.why
    assert ("", "eve@example.com", ConsentState.DENIED) == (
        left.customer,
        left.email,
        left.email_answer,
    )


def test_a_guest_with_an_account_by_now_is_told_of_when_it_is_tried_again(
    shop, pages, platform, clock
):
    unsubscribe(shop, pages, a_guest(shop, "test"))
    shop.run_due()
    account = GUEST.model_copy(update={"id": "88"})
    shop.ingest([a_paid_event(an_order("5.00 EUR", id="10", customer=account), id="test:10:paid")])
    with shop.store.begin() as connection:
        assert 1 == shop.store.due.retry_failed(connection, "soap.example")

    assert (1, []) == (run_later(shop).done, list_untold(shop))
    assert [("88", "email", "denied")] == platform.told


def test_a_guest_of_one_platform_with_an_account_on_another_is_told_there(
    shop, pages, who, platform
):
    told = a_paid_event(
        an_order("10.00 EUR", customer=ADA.model_copy(update={"id": ""})),
        id="other:soap.example:order:9:paid",
    )
    shop.ingest([told])
    unsubscribe(shop, pages, who)
    report = shop.run_due()

    assert (1, [("77", "email", "denied")]) == (report.left, platform.told)
    assert ["other, email: this platform keeps no answers of guests"] == [
        each.why for each in list_untold(shop)
    ]


def test_a_guest_of_a_platform_that_keeps_no_answers_at_all_is_no_news(shop, pages, platform):
    platform.capabilities = Capability.NONE
    unsubscribe(shop, pages, a_guest(shop, "test"))

    assert (1, []) == (shop.run_due().done, list_untold(shop))


def test_a_platform_that_keeps_no_answers_is_not_asked(shop, pages, who, platform):
    platform.capabilities = Capability.NONE
    unsubscribe(shop, pages, who)

    assert (1, []) == (shop.run_due().done, platform.told)


def test_the_same_answer_again_is_no_news(shop, pages, who, platform):
    unsubscribe(shop, pages, who)
    shop.run_due()
    platform.told.clear()
    unsubscribe(shop, pages, who)
    shop.run_due()

    assert [] == platform.told


def test_who_was_forgotten_is_not_spoken_of(shop, pages, who, platform):
    unsubscribe(shop, pages, who)
    shop.ingest(
        [
            CustomerErased(
                id="test:soap.example:erase:77",
                shop_id="soap.example",
                occurred_at=shop.clock(),
                erasure=Erasure(customer_id="77", email="ada@example.com"),
            )
        ]
    )
    platform.told.clear()
    shop.run_due()

    assert [] == platform.told


def test_that_the_platform_tells_of_it_is_no_answer_of_its_own(shop, pages, who, clock):
    unsubscribe(shop, pages, who)
    told = ADA.model_copy(
        update={"consents": (a_consent(ConsentState.DENIED, recorded_at=clock()),)}
    )
    with shop.store.reading() as connection:
        before = len(shop.store.consents.history(connection, who))
    shop.ingest([a_paid_event(an_order("10.00 EUR", id="2", customer=told))])
    with shop.store.reading() as connection:
        history = shop.store.consents.history(connection, who)
        states = {each.channel: each.state for each in shop.store.consents.current(connection, who)}

    assert ConsentState.DENIED is states[ConsentChannel.EMAIL]
    assert len(history) - before <= 1
