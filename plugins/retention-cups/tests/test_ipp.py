"""The bytes of IPP, written by hand from RFC 8010, and read back."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from retention_cups.ipp import JobState, Operation, Tag, Text, read_answer, write_request


def test_a_request_is_what_the_standard_prints():
    """The shape of RFC 8010, appendix A.1, with our three attributes."""
    request = write_request(
        Operation.PRINT_JOB,
        {
            "attributes-charset": Text(Tag.CHARSET, "utf-8"),
            "copies": 20,
            "fidelity": True,
            "sides": ("one-sided", "two-sided-long-edge"),
        },
    )

    assert (
        b"\x02\x00\x00\x02\x00\x00\x00\x01"
        b"\x01"
        b"\x47\x00\x12attributes-charset\x00\x05utf-8"
        b"\x21\x00\x06copies\x00\x04\x00\x00\x00\x14"
        b"\x22\x00\x08fidelity\x00\x01\x01"
        b"\x44\x00\x05sides\x00\x09one-sided"
        b"\x44\x00\x00\x00\x13two-sided-long-edge"
        b"\x03"
    ) == request


def test_an_answer_is_read_with_its_jobs():
    answer = read_answer(
        b"\x02\x00\x00\x01\x00\x00\x00\x01"
        b"\x01\x47\x00\x12attributes-charset\x00\x05utf-8"
        b"\x02\x21\x00\x06job-id\x00\x04\x00\x00\x00\x93"
        b"\x23\x00\x09job-state\x00\x04\x00\x00\x00\x09"
        b"\x02\x21\x00\x06job-id\x00\x04\x00\x00\x00\x94"
        b"\x03"
    )

    assert answer.is_good
    assert [(147,), (148,)] == [job["job-id"] for job in answer.jobs()]
    assert JobState.COMPLETED == next(answer.jobs())["job-state"][0]


@pytest.mark.parametrize(
    "data", [b"", b"\x02\x00", b"<html>", b"\x02\x00\x00\x00\x00\x00\x00\x01\x02"]
)
def test_what_is_no_ipp_is_refused(data):
    with pytest.raises(ValueError, match="no IPP"):
        read_answer(data)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_but_never_break(data):
    with suppress(ValueError):
        assert read_answer(data).status >= 0


@given(
    st.dictionaries(
        st.from_regex(r"[a-z][a-z\-]{0,20}", fullmatch=True),
        st.one_of(
            st.integers(-(2**31), 2**31 - 1),
            st.booleans(),
            st.from_regex(r"[a-z]+", fullmatch=True),
        ),
        max_size=8,
    )
)
def test_what_is_written_is_read_back(attributes):
    data = write_request(Operation.GET_JOBS, {}, job=attributes or {"a": 1})

    assert {name: (value,) for name, value in (attributes or {"a": 1}).items()} == dict(
        next(read_answer(data).jobs())
    )
