"""The coupon of a card."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from retention_sdk.errors import ConfigError, TokenError
from retention_sdk.inserts.codes import coupon_code, read_coupon_code
from retention_sdk.model import DiscountCode

KEY = bytes(range(32))
OTHER = bytes(reversed(KEY))

card_ids = st.integers(0, 2**40 - 1)
prefixes = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", max_size=12)


@given(card_id=card_ids, prefix=prefixes)
def test_coupon_leads_back_to_its_card_whatever_the_prefix(card_id, prefix):
    code = coupon_code(card_id, key=KEY, prefix=prefix)

    assert card_id == read_coupon_code(code, key=KEY)
    assert card_id == read_coupon_code(code.lower().replace("-", ""), key=KEY)


@given(card_id=card_ids, prefix=prefixes)
def test_every_platform_accepts_the_shape(card_id, prefix):
    code = DiscountCode(code=coupon_code(card_id, key=KEY, prefix=prefix), percent=10)

    assert len(code.code) <= 24
    assert code.code.isascii()


def test_coupons_of_neighbours_share_no_pattern():
    codes = [coupon_code(number, key=KEY).replace("-", "") for number in range(2000)]

    assert 2000 == len(set(codes))
    for place in range(1, 10):  # the first place carries less than a whole character
        counts = [sum(code[place] == char for code in codes) for char in set(codes[0]) | {"2"}]
        assert max(counts) < 2000 / 29 * 1.7


def test_nobody_without_the_key_makes_one():
    """One foreign code in 256 decodes; none of them to the card it was made for."""
    foreign = [coupon_code(number, key=OTHER) for number in range(4000)]
    read = []
    for number, code in enumerate(foreign):
        try:
            read.append((number, read_coupon_code(code, key=KEY)))
        except TokenError:
            continue

    assert len(read) < 40
    assert [] == [pair for pair in read if pair[0] == pair[1]]


@given(text=st.text(max_size=60))
def test_rubbish_is_refused_or_is_a_code(text):
    with suppress(TokenError):
        assert 0 <= read_coupon_code(text, key=KEY) < 2**40


@pytest.mark.parametrize("prefix", ["Ada", "MÜLLER", "A-B", "X" * 13, "A B", "A\n"])
def test_prefix_is_short_and_plain(prefix):
    with pytest.raises(ConfigError, match="prefix"):
        coupon_code(1, key=KEY, prefix=prefix)


def test_weak_key_and_impossible_card_are_refused():
    with pytest.raises(ConfigError, match="16 bytes"):
        coupon_code(1, key=b"short")
    with pytest.raises(ValidationError):
        coupon_code(2**40, key=KEY)
