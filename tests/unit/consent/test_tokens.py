"""Link tokens: what was changed anywhere, by anybody, is refused, and always in the same words."""

from __future__ import annotations

import base64
import string
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention_sdk.consent.tokens import (
    TOKEN_LENGTH,
    LinkKeys,
    LinkKind,
    LinkToken,
    make_link_token,
    read_link_token,
)
from retention_sdk.errors import ConfigError, TokenError
from retention_sdk.model import ConsentChannel

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
LATER = NOW + timedelta(days=30)
SUBJECT = "00112233445566778899aabbccddeeff"
KEY, OLD_KEY = bytes(range(32)), bytes(range(32, 64))
KEYS = LinkKeys.of([KEY])
SHOP = "soap.example"
ALPHABET = string.ascii_letters + string.digits + "-_"
# From the first version: links that were sent must be read by every later one.
KNOWN = "EQFQ5Gso-KAAESIzRFVmd4iZqrvM3e7_AAAAAAAAAACZS3OYsS8F5dn5KNGOt7jY"


def make(**changes):
    wanted = {
        "kind": LinkKind.UNSUBSCRIBE,
        "shop_id": SHOP,
        "expires_at": LATER,
        "keys": KEYS,
        "channel": ConsentChannel.EMAIL,
    }
    return make_link_token(changes.pop("subject_id", SUBJECT), **(wanted | changes))


def read(text, **changes):
    wanted = {"kind": LinkKind.UNSUBSCRIBE, "shop_id": SHOP, "now": NOW, "keys": KEYS}
    return read_link_token(text, **(wanted | changes))


def refusal(text, **changes):
    with pytest.raises(TokenError) as caught:
        read(text, **changes)
    return str(caught.value)


subjects = st.binary(min_size=16, max_size=16).map(bytes.hex)
references = st.binary(min_size=8, max_size=8).map(bytes.hex)
shops = st.from_regex(r"[a-z0-9][a-z0-9.\-]{0,79}", fullmatch=True)
moments = st.integers(1, 70 * 365 * 86_400).map(lambda seconds: NOW + timedelta(seconds=seconds))


@given(subjects, st.sampled_from(LinkKind), st.sampled_from(ConsentChannel), moments, references)
def test_token_says_what_was_put_into_it(subject, kind, channel, expires_at, reference):
    text = make(subject_id=subject, kind=kind, channel=channel, expires_at=expires_at, reference=reference)  # fmt: skip

    assert LinkToken(subject, kind, channel, expires_at, reference) == read(text, kind=kind)
    assert TOKEN_LENGTH == len(text)
    assert set(text) <= set(ALPHABET)


def test_links_that_were_sent_are_read():
    assert LinkToken(SUBJECT, LinkKind.UNSUBSCRIBE, ConsentChannel.EMAIL, LATER) == read(KNOWN)
    assert KNOWN == make()


def test_the_same_arguments_make_the_same_token():
    assert make() == make()


def test_every_flipped_bit_is_refused():
    """All 384 bits: of the kind, the channel, the key number, the expiry, the person, the MAC."""
    whole = base64.urlsafe_b64decode(make())
    forged = []
    for bit in range(8 * len(whole)):
        changed = bytearray(whole)
        changed[bit // 8] ^= 1 << bit % 8
        forged.append(base64.urlsafe_b64encode(changed).decode())

    assert 384 == len(forged)
    assert {"the link is not valid"} == {refusal(text) for text in forged}


def test_every_changed_character_is_refused():
    text = make()
    changed = [
        text[:place] + char + text[place + 1 :]
        for place in range(len(text))
        for char in ALPHABET
        if char != text[place]
    ]

    assert TOKEN_LENGTH * (len(ALPHABET) - 1) == len(changed)
    assert {"the link is not valid"} == {refusal(each) for each in changed}


def test_every_truncation_is_refused():
    text = make()

    assert {"the link is not valid"} == {refusal(text[:length]) for length in range(TOKEN_LENGTH)}
    assert {"the link is not valid"} == {refusal(text[start:]) for start in range(1, TOKEN_LENGTH)}


@pytest.mark.parametrize("more", ["=", "A", "\n", " ", "A" * 4, "\x00"])
def test_what_is_longer_is_refused(more):
    assert "the link is not valid" == refusal(make() + more) == refusal(more + make())


@pytest.mark.parametrize("char", ["+", "/", "=", "é", "\n", "\u0661", "\ud800"])
def test_another_spelling_of_the_same_bytes_is_refused(char):
    assert "the link is not valid" == refusal(char + make()[1:]) == refusal(make()[:-1] + char)


@given(st.text(max_size=200))
def test_no_text_is_more_than_refused(text):
    assert "the link is not valid" == refusal(text)


@given(st.binary(min_size=48, max_size=48))
def test_no_bytes_of_the_right_length_are_a_token(data):
    assert "the link is not valid" == refusal(base64.urlsafe_b64encode(data).decode())


@given(shops)
def test_token_of_another_shop_is_refused(shop_id):
    text = make(shop_id=shop_id)

    assert shop_id == SHOP or "the link is not valid" == refusal(text)


@pytest.mark.parametrize("kind", LinkKind)
@pytest.mark.parametrize("other", LinkKind)
def test_token_opens_the_door_it_was_made_for_and_no_other(kind, other):
    text = make(kind=kind)

    if kind is other:
        assert SUBJECT == read(text, kind=other).subject_id
    else:
        assert "the link is not valid" == refusal(text, kind=other)


def test_token_is_valid_to_its_last_second_and_not_after():
    text = make()

    assert LATER == read(text, now=LATER).expires_at
    assert "the link is not valid" == refusal(text, now=LATER + timedelta(seconds=1))


def test_a_new_key_signs_while_the_old_one_still_reads():
    rotated = LinkKeys.of([KEY, OLD_KEY])
    old, new = make(keys=LinkKeys.of([OLD_KEY])), make(keys=rotated)

    assert SUBJECT == read(old, keys=rotated).subject_id == read(new, keys=rotated).subject_id
    assert "the link is not valid" == refusal(old)
    assert new == make()


def test_token_that_names_a_known_key_and_was_made_with_another_is_refused():
    number = LinkKeys.of([KEY]).current
    text = make(keys=LinkKeys({number: OLD_KEY}, number))

    assert "the link is not valid" == refusal(text)


@pytest.mark.parametrize("keys", [[], [b"short"], [KEY, b"x" * 31]])
def test_keys_have_a_length(keys):
    with pytest.raises(ConfigError, match="32 bytes"):
        LinkKeys.of(keys)


def test_keys_do_not_show_themselves():
    assert KEY.hex() not in repr(KEYS)
    assert "<LinkKeys of 1>" == repr(KEYS)


@pytest.mark.parametrize(
    "wrong",
    [
        {"subject_id": "00" * 15},
        {"subject_id": "ada@example.org"},
        {"reference": "00"},
        {"expires_at": LATER.replace(tzinfo=None)},
        {"expires_at": datetime(2107, 1, 1, tzinfo=UTC)},
    ],
)
def test_what_cannot_be_in_a_token_is_not_put_into_one(wrong):
    with pytest.raises(ValueError):
        make(**wrong)
