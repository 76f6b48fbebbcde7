"""What a contract allows, what an amount is worth by it, and who may tell us of it. Pure."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from retention_sdk.errors import LedgerError, PayloadError, SignatureError
from retention_sdk.loyalty.partners import ExchangeTerms, Partner, quote, read_message, sign, verify
from retention_sdk.loyalty.rules import Program

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEY, OLD = b"k" * 32, b"o" * 32
MILES = Partner(
    id="miles",
    unit="miles",
    out={"give": 100, "get": 40, "minimum": 1000, "step": 100, "daily_max": 5000},
    into={"give": 50, "get": 100, "minimum": 10, "monthly_max": 700},
)


@pytest.mark.parametrize(
    ("direction", "amount", "got"),
    [("out", 1000, 400), ("out", 1100, 440), ("in", 50, 100), ("in", 51, 102), ("in", 11, 22)],
)
def test_amounts_are_worth_what_the_contract_says(direction, amount, got):
    assert got == quote(MILES, direction, amount).got


def test_what_is_got_is_rounded_down():
    partner = Partner(id="x", out={"give": 3, "get": 2, "minimum": 2})

    assert [1, 2, 2, 3] == [quote(partner, "out", amount).got for amount in (2, 3, 4, 5)]


@pytest.mark.parametrize(
    ("direction", "amount", "more", "message"),
    [
        ("out", 900, {}, "at least 1000"),
        ("out", 1050, {}, "multiple of 100"),
        ("out", 1000, {"today": 4500}, "500 more can be exchanged this day"),
        ("in", 100, {"this_month": 601}, "99 more can be exchanged this month"),
        ("in", 9, {}, "at least 10"),
    ],
)
def test_what_the_contract_does_not_allow_is_refused_with_the_reason(
    direction, amount, more, message
):
    with pytest.raises(LedgerError, match=message):
        quote(MILES, direction, amount, **more)


@pytest.mark.parametrize(
    ("partner", "message"),
    [
        ({"id": "x"}, "exchanges nothing"),
        ({"id": "X Y", "out": {"give": 1, "get": 1}}, "id"),
        ({"id": "x", "out": {"give": 100, "get": 1}}, "would get nothing"),
        ({"id": "x", "out": {"give": 1, "get": 1, "minimum": 9, "daily_max": 8}}, "daily_max"),
        (
            {"id": "x", "out": {"give": 1, "get": 2}, "into": {"give": 1, "get": 1}},
            "to and fro would grow",
        ),
    ],
)
def test_a_contract_that_cannot_be_meant_is_refused(partner, message):
    with pytest.raises(ValidationError, match=message):
        Partner.model_validate(partner)


def test_partners_are_part_of_the_rules_and_old_programmes_keep_their_version():
    rates = {"EUR": {"points": 1, "per_minor": 100}}

    assert "partners" not in Program(rates=rates).model_dump()
    assert "partners" in Program(rates=rates, partners=[MILES]).model_dump()
    with pytest.raises(ValidationError, match="two partners have the same id: miles"):
        Program(rates=rates, partners=[MILES, MILES])


RATES = st.tuples(st.integers(1, 10_000), st.integers(1, 10_000))


@given(RATES, RATES, st.integers(1, 10**9), st.sampled_from([("out", "in"), ("in", "out")]))
def test_nothing_is_created_by_exchanging_to_and_fro(there, back, start, ways):
    """Round trips never gain, whoever begins; a contract by which they would is refused."""
    terms = [
        ExchangeTerms(give=give, get=get, minimum=-(-give // get)) for give, get in (there, back)
    ]
    try:
        partner = Partner(id="x", out=terms[0], into=terms[1])
    except ValidationError:
        assert there[1] * back[1] > there[0] * back[0]
        return
    assert there[1] * back[1] <= there[0] * back[0]
    held = start
    for _ in range(4):
        try:
            halfway = quote(partner, ways[0], held).got
            after = quote(partner, ways[1], halfway).got
        except LedgerError:
            return  # too little is left to be exchanged
        assert after <= held
        held = after


@given(st.binary(max_size=200), st.integers(-300, 300))
def test_a_signed_message_is_known_within_the_window_and_with_any_key(body, seconds):
    header = sign(body, key=OLD, at=NOW)

    assert NOW == verify(body, header, keys=(KEY, OLD), now=NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("body", "header", "keys", "later"),
    [
        (b"{} ", "", (KEY,), 0),
        (b"{}", "", (OLD,), 0),
        (b"{}", "", (), 0),
        (b"{}", "", (KEY,), 301),
        (b"{}", "", (KEY,), -301),
        (b"{}", "v1=00", (KEY,), 0),
        (b"{}", "t=1,t=2,v1=00", (KEY,), 0),
        (b"{}", "t=١,v1=00", (KEY,), 0),
        (b"{}", "t=1", (KEY,), 0),
        (b"{}", "t=99999999999,v1=ü", (KEY,), 0),
        (b"x" * 70_000, "", (KEY,), 0),
    ],
)
def test_what_was_changed_forged_or_kept_too_long_is_refused(body, header, keys, later):
    header = header or sign(b"{}", key=KEY, at=NOW)

    with pytest.raises(SignatureError):
        verify(body, header, keys=keys, now=NOW + timedelta(seconds=later))


def test_a_weak_key_signs_nothing():
    with pytest.raises(ValueError, match="32 bytes"):
        sign(b"{}", key=b"short", at=NOW)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"kind": "steal", "partner": "miles", "reference": "1"}',
        b'{"kind": "receive", "partner": "miles", "reference": "1", "member": "Zenobia"}',
        b'{"kind": "refuse", "partner": "miles", "reference": "1"}',
    ],
)
def test_a_message_that_says_too_little_is_refused_without_its_values(body):
    with pytest.raises(PayloadError) as caught:
        read_message(body)

    assert "Zenobia" not in str(caught.value)
