"""Unsubscribing: one POST ends it at once, a GET ends nothing."""

from __future__ import annotations

import re
from datetime import timedelta
from hashlib import sha256

import pytest

from retention_sdk.consent.tokens import LinkKeys, LinkKind, make_link_token
from retention_sdk.model import ConsentChannel, ConsentState, OptInLevel
from retention_sdk.testing import NOON

EMAIL = ConsentChannel.EMAIL
ONE_CLICK = {"content-type": "application/x-www-form-urlencoded"}
BODY = "List-Unsubscribe=One-Click"
SCANNERS = [
    ("GET", {}),
    ("HEAD", {}),
    ("GET", {"sec-purpose": "prefetch;prerender", "purpose": "prefetch"}),
    ("GET", {"user-agent": "Mozilla/5.0 (compatible; SafeLinks)"}),
    ("GET", {"sec-gpc": "1"}),
]


def one_click(client, path, **headers):
    return client.post(path, content=BODY, headers=ONE_CLICK | headers)


def press(client, path, **fields):
    return client.post(path, data={"do": "unsubscribe"} | fields)


def undo_of(answer):
    return re.search(r'name="undo" value="([^"]+)"', answer.text)[1]


@pytest.mark.parametrize(("method", "headers"), SCANNERS)
def test_looking_at_the_page_changes_nothing(client, person, dump, method, headers):
    before = dump()
    answer = client.request(method, person.unsubscribe_path(), headers=headers)

    assert 200 == answer.status_code
    assert before == dump()


def test_one_click_unsubscribes_at_once(client, person):
    """RFC 8058: no cookie, no login, no redirect; the answer is empty."""
    answer = one_click(client, person.unsubscribe_path())

    no = person.answer(EMAIL)
    assert (200, "") == (answer.status_code, answer.text)
    assert not answer.cookies
    assert ConsentState.DENIED is no.state
    assert NOON == no.recorded_at
    assert "one-click unsubscribe (RFC 8058)" == no.source
    assert no.wording is None


def test_one_click_in_the_other_encoding_unsubscribes_too(client, person):
    answer = client.post(person.unsubscribe_path(), files={"List-Unsubscribe": (None, "One-Click")})

    assert (200, "") == (answer.status_code, answer.text)
    assert ConsentState.DENIED is person.answer(EMAIL).state


def test_a_second_click_changes_nothing_and_is_answered_the_same(client, person, clock, dump):
    first = one_click(client, path := person.unsubscribe_path())
    before = dump()
    clock.advance(timedelta(days=1))
    second = one_click(client, path)

    assert (first.status_code, first.text) == (second.status_code, second.text)
    assert before == dump()


@pytest.mark.parametrize("body", ["", "anything=else", "\xff\xfe", "a=1&" * 200])
def test_any_post_unsubscribes_whatever_its_body_says(client, person, body):
    answer = client.post(person.unsubscribe_path(), content=body.encode("latin-1"))

    assert 200 == answer.status_code
    assert ConsentState.DENIED is person.answer(EMAIL).state


def test_button_of_the_page_unsubscribes_and_keeps_what_was_read(client, person):
    page = client.get(path := person.unsubscribe_path())
    answer = press(client, path)

    no = person.answer(EMAIL)
    read = (
        "Unsubscribe\nSoap & Sons will no longer send you advertising this way: Email.\n"
        "Messages about your orders will still reach you.\nUnsubscribe"
    )
    assert "Soap &amp; Sons will no longer send you advertising this way: Email." in page.text
    assert "You are unsubscribed" in answer.text
    assert (ConsentState.DENIED, "unsubscribe page") == (no.state, no.source)
    assert sha256(read.encode()).hexdigest() == no.wording.text_sha256
    assert ("en", "unsubscribe-1") == (no.wording.locale, no.wording.version)


def test_other_channels_stay_as_they_are(client, person):
    one_click(client, person.unsubscribe_path(ConsentChannel.SMS))

    assert ConsentState.DENIED is person.answer(ConsentChannel.SMS).state
    assert ConsentState.GRANTED is person.answer(EMAIL).state


def test_a_mistake_is_undone_and_the_proof_of_the_yes_is_kept(client, person, clock):
    undo = undo_of(press(client, path := person.unsubscribe_path()))
    clock.advance(timedelta(minutes=5))
    answer = client.post(path, data={"undo": undo})

    yes = person.answer(EMAIL)
    assert "Your choices are saved" in answer.text
    assert (ConsentState.GRANTED, OptInLevel.CONFIRMED) == (yes.state, yes.opt_in_level)
    assert ("form-1", "unsubscribe page: undone") == (yes.evidence_ref, yes.source)
    assert NOON + timedelta(minutes=5) == yes.recorded_at


def test_undoing_is_no_door_to_subscribe_by(client, person, clock):
    """Not after an hour, not twice, not after another no, not for somebody else."""
    undo = undo_of(press(client, path := person.unsubscribe_path()))
    clock.advance(timedelta(hours=1, seconds=1))
    client.post(path, data={"undo": undo})

    assert ConsentState.DENIED is person.answer(EMAIL).state


def test_undoing_ends_with_the_next_answer(client, person, clock):
    undo = undo_of(press(client, path := person.unsubscribe_path()))
    clock.advance(timedelta(minutes=1))
    client.post(path, data={"undo": undo})
    clock.advance(timedelta(minutes=1))
    one_click(client, path)
    clock.advance(timedelta(minutes=1))
    client.post(path, data={"undo": undo})

    assert ConsentState.DENIED is person.answer(EMAIL).state
    assert 4 == len(person.history)


def test_undo_of_somebody_else_is_worth_nothing(client, person, make_person, clock):
    other = make_person("id:43").answers(*person.current)
    undo = undo_of(press(client, person.unsubscribe_path()))
    press(client, other.unsubscribe_path())
    clock.advance(timedelta(minutes=1))
    client.post(other.unsubscribe_path(), data={"undo": undo})

    assert ConsentState.DENIED is other.answer(EMAIL).state
    assert ConsentState.DENIED is person.answer(EMAIL).state


def test_who_never_said_yes_is_offered_no_undoing(client, make_person):
    nobody = make_person("id:44")
    answer = press(client, nobody.unsubscribe_path())

    assert "You are unsubscribed" in answer.text
    assert 'name="undo"' not in answer.text
    assert ConsentState.DENIED is nobody.answer(EMAIL).state


def test_the_forgotten_are_told_that_nothing_comes(client, person, shop, clock):
    path = person.unsubscribe_path()
    with shop.store.begin() as connection:
        shop.store.subjects.erase(connection, person.id, now=clock())
    answer = press(client, path)

    assert 200 == answer.status_code
    assert "You are unsubscribed" in answer.text


def refused(shop, person, clock):
    """Every way in which a link is no good."""
    at = clock()
    good = person.unsubscribe_path().partition("?")[0].removeprefix("/u/")
    make = {"kind": LinkKind.UNSUBSCRIBE, "shop_id": shop.config.shop.id, "keys": shop.links.keys, "expires_at": at + timedelta(days=1), "channel": EMAIL}  # fmt: skip

    def token(**changes):
        return make_link_token(person.id, **(make | changes))

    return {
        "nothing": "",
        "rubbish": "x",
        "cut": good[:-1],
        "longer": good + "A",
        "changed": ("B" if good[20] != "B" else "C").join((good[:20], good[21:])),
        "line break": good + "%0A",
        "slash": good[:10] + "/" + good[10:],
        "over": token(expires_at=at - timedelta(seconds=1)),
        "of another shop": token(shop_id="other.example"),
        "of another key": token(keys=LinkKeys.of([b"k" * 32])),
        "preferences": token(kind=LinkKind.PREFERENCES),
        "confirm": token(kind=LinkKind.CONFIRM),
        "undo": token(kind=LinkKind.UNDO),
    }


def test_links_that_are_no_good_are_all_refused_alike_and_change_nothing(
    client, shop, person, clock, dump
):
    before = dump()
    bad = refused(shop, person, clock)
    looks = {name: client.get(f"/u/{text}") for name, text in bad.items()}
    posts = {name: press(client, f"/u/{text}") for name, text in bad.items()}

    seen = {(each.status_code, each.text, str(sorted(each.headers.items()))) for each in (*looks.values(), *posts.values())}  # fmt: skip
    assert 13 == len(looks)
    assert 1 == len(seen)
    assert 404 == looks["cut"].status_code
    assert "This link no longer works" in looks["cut"].text
    assert 'href="mailto:hello@soap.example"' in looks["cut"].text
    assert before == dump()


def test_one_click_with_a_bad_link_is_answered_with_a_number(client):
    answer = one_click(client, "/u/x")

    assert (404, "") == (answer.status_code, answer.text)


def test_answers_carry_what_keeps_a_page_to_itself(client, person):
    answers = [
        client.get(person.unsubscribe_path()),
        press(client, person.unsubscribe_path()),
        client.get("/u/x"),
        client.get(person.preferences_path()),
        one_click(client, person.unsubscribe_path()),
    ]

    for answer in answers:
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "script-src" not in policy
        assert "no-store" == answer.headers["cache-control"]
        assert "no-referrer" == answer.headers["referrer-policy"]
        assert "noindex, nofollow" == answer.headers["x-robots-tag"]
        assert "set-cookie" not in answer.headers
        assert "<script" not in answer.text
        assert not re.search(r' (?:src|href)="(?!data:image/|mailto:|\?lang=|\.\./p/)', answer.text)


def test_bad_links_are_slowed_down_and_providers_are_not(client, make_person):
    """A provider unsubscribes many people from one address."""
    answers = [client.get("/u/x").status_code for _ in range(31)]
    people = [make_person(f"id:{number}") for number in range(100, 140)]
    clicks = [one_click(client, each.unsubscribe_path()).status_code for each in people]

    assert [404] * 30 + [429] == answers
    assert [200] * 40 == clicks


def test_one_link_cannot_be_pressed_without_end(client, person):
    path = person.unsubscribe_path()
    answers = [client.get(path) for _ in range(31)]

    assert [200] * 30 + [429] == [each.status_code for each in answers]
    assert "60" == answers[-1].headers["retry-after"]


def test_a_body_beyond_measure_is_not_read(client, person):
    answer = client.post(person.unsubscribe_path(), content=b"x" * 16_385)

    assert 413 == answer.status_code
    assert ConsentState.GRANTED is person.answer(EMAIL).state


def test_a_store_that_is_away_is_told_apart_from_a_bad_link(client, person, shop):
    path = person.unsubscribe_path()
    with shop.store.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE consent_record RENAME TO elsewhere")
    answer = press(client, path)
    with shop.store.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO consent_record")

    assert 503 == answer.status_code
    assert "Please try again in a minute" in answer.text
