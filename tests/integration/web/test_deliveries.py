"""Webhooks on a real server: kept before the answer, worked on after it."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from retention_sdk import WebhookRequest
from retention_sdk.web import create_app
from tests.integration.web.serving import (
    HEADERS,
    RAW,
    SIGNATURE,
    numbered,
    post,
    served,
    signature,
    states,
    unread,
    wait_until_done,
)


def test_a_delivery_is_stored_before_the_answer_and_worked_on_after_it(shop, app, tmp_path):
    with served(app) as client:
        answer = post(client)
        wait_until_done(shop)
        again = post(client)

    assert (202, 202) == (answer.status_code, again.status_code)
    assert {"done"} == set(states(shop).values())
    assert (0, 0) == unread(shop)
    assert 1 == len(list((tmp_path / "out").rglob("*.pdf")))


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"secret": "somebody else's"}, 401),
        ({"platform": "vendure"}, 404),
        ({"platform": "nowhere"}, 404),
        ({"body": b"[1, 2"}, 400),
        ({"body": b" " * (4 * 1024 * 1024 + 1)}, 413),
    ],
)
def test_a_delivery_that_is_no_good_is_refused_by_number(shop, app, changes, status):
    with served(app) as client:
        answer = post(client, **changes)

    assert (status, b"") == (answer.status_code, answer.content)
    assert {} == states(shop)


def test_monitoring_reads_what_was_taken_and_refused(shop, seconds, clock):
    events = shop.adapter("woocommerce").handle(
        WebhookRequest(headers={**HEADERS, SIGNATURE: signature(RAW)}, body=RAW)
    )
    with served(create_app(shop, clock=seconds, has_metrics=True)) as client:
        answers = [post(client), post(client), post(client, secret="x"), post(client, b"{")]
        answers += [post(client, b'{"id": []}'), post(client, platform="nowhere")]
        wait_until_done(shop)
        shop.accept([each.model_copy(update={"id": f"{each.id}:2"}) for each in events])
        clock.advance(timedelta(seconds=90))
        told = client.get("/metrics")

    assert [202, 202, 401, 400, 202, 404] == [each.status_code for each in answers]
    assert "text/plain; version=0.0.4; charset=utf-8" == told.headers["content-type"]
    lines = told.text.splitlines()
    assert {
        'retention_deliveries_total{platform="woocommerce",status="202"} 3',
        'retention_deliveries_total{platform="woocommerce",status="401"} 1',
        'retention_deliveries_total{platform="woocommerce",status="400"} 1',
        'retention_deliveries_total{platform="",status="404"} 1',
        "retention_deliveries_waiting 0",
        "retention_deliveries_unread 0",
        "retention_deliveries_unread_oldest_seconds 0.0",
        "retention_deliveries_unreadable 1",
        f"retention_events_pending {len(events)}",
        "retention_events_pending_oldest_seconds 90.0",
    } <= set(lines)
    assert told.text.endswith("\n")


def test_nobody_reads_the_numbers_unless_that_is_asked_for(app):
    with served(app) as client:
        assert 404 == client.get("/metrics").status_code


def test_what_another_process_left_open_is_finished(shop, app):
    events = shop.adapter("woocommerce").handle(
        WebhookRequest(headers={**HEADERS, SIGNATURE: signature(RAW)}, body=RAW)
    )
    shop.accept(events)
    assert {"pending"} == set(states(shop).values())

    with served(app):
        wait_until_done(shop)

    assert {"done"} == set(states(shop).values())


def test_without_work_deliveries_wait_for_another_process(shop, seconds):
    with served(create_app(shop, clock=seconds, works=False)) as client:
        assert [202, 202] == [post(client).status_code for _ in range(2)]
    assert ({}, (1, 0)) == (states(shop), unread(shop))

    outcomes = shop.resume()

    assert {"done"} == {each.state for each in outcomes}
    assert set(states(shop)) == {each.event_id for each in outcomes}
    assert (0, 0) == unread(shop)


def test_what_cannot_be_read_is_put_aside_and_tried_again(shop, app, clock):
    """It was proven to be the platform's: that an adapter stumbles must not lose it."""
    odd = json.dumps({**json.loads(RAW), "line_items": "none"}).encode()
    with served(app) as client:
        assert [202, 202] == [post(client, odd).status_code, post(client).status_code]
        wait_until_done(shop)
    assert (0, 1) == unread(shop)

    shop.resume()
    assert (0, 1) == unread(shop)
    clock.advance(timedelta(days=31))
    shop.resume()
    assert (0, 0) == unread(shop)


def test_a_locked_store_is_answered_with_503_and_nothing_is_lost(shop, seconds):
    app = create_app(shop, clock=seconds, works=False)
    with served(app) as client, ThreadPoolExecutor(1) as pool:
        with shop.store.begin():
            first = pool.submit(post, client)
            deadline = time.monotonic() + 120
            while not (health := client.get("/health")).is_error:
                assert time.monotonic() < deadline
                seconds.now += 3
            refused = post(client, numbered(7))
        assert 202 == first.result(timeout=120).status_code
        assert 200 == client.get("/health").status_code

    assert (503, "60") == (refused.status_code, refused.headers["retry-after"])
    assert 503 == health.status_code
    assert (1, 0) == unread(shop)
