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
from retention_sdk.pipeline.privacy.telling import plan_telling
from retention_sdk.testing import NOON, FrozenClock, a_consent, a_customer, a_paid_event, an_order
from retention_sdk.web.privacy import create_privacy_app

ADA = a_customer(consents=(a_consent(), a_consent(channel=ConsentChannel.SMS)))


class Platform:
    """Keeps answers as a platform does; it may be away, or know no text messages."""

    name = "test"
    capabilities = Capability.WRITE_CONSENT

    def __init__(self):
        self.told, self.error, self.has_sms = [], None, True

    def write_consent(self, account, consent):
        if self.error:
            raise self.error
        if consent.channel is ConsentChannel.SMS and not self.has_sms:
            raise UnsupportedFeature("no text messages here")
        self.told.append((account, consent.channel.value, consent.state.value))


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

    assert 1 == shop.run_due().done
    assert "test did not take an answer about email" in caplog.text


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
