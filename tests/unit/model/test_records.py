"""Records hide people, keep honest text, and survive a round trip through JSON."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from retention_sdk import model
from retention_sdk.model import (
    Address,
    Artifact,
    Candidate,
    Consent,
    ConsentChannel,
    ConsentState,
    ContentKind,
    Customer,
    CustomerUpdated,
    MessageClass,
    Purpose,
    UnknownEvent,
    WebhookRequest,
    clean_text,
    read_event,
)
from retention_sdk.model.base import BIDI_CONTROLS
from retention_sdk.testing import money

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
EARLIER = datetime(2026, 1, 1, tzinfo=UTC)


def test_a_repr_shows_nobody():
    customer = Customer(
        id="2",
        given_name="Zephyrine",
        family_name="Quillfeather",
        email="zq@example.com",
        phone="+491234",
        address=Address(name="Zephyrine", street=("Hidden Lane 1",), city="Nowhere"),
    )
    event = CustomerUpdated(
        id="e", shop_id="s", occurred_at=NOON, customer=customer, raw=b"Zephyrine"
    )
    request = WebhookRequest(headers={"X-Secret": "hush"}, body=b"Zephyrine")

    for shown in (repr(event), str(event), repr(customer.address), repr(request)):
        for secret in ("Zephyrine", "Quill", "zq@", "+49", "Hidden", "Nowhere", "hush"):
            assert secret not in shown


def test_an_error_never_quotes_the_input():
    with pytest.raises(ValidationError) as caught:
        Customer(id="2", given_name="Zephyrine" * 100)

    assert "Zephyrine" not in str(caught.value)


def test_the_raw_body_is_not_dumped():
    event = UnknownEvent(id="e", shop_id="s", occurred_at=NOON, topic="t", raw=b"body")

    assert "raw" not in json.loads(event.model_dump_json())
    assert event.model_copy(update={"raw": b""}) == read_event(event.model_dump_json())


@given(st.text())
def test_cleaned_text_has_no_controls_and_stays_clean(text):
    cleaned = clean_text(text)

    assert not BIDI_CONTROLS & set(cleaned)
    assert cleaned == clean_text(cleaned)
    assert all(
        char == "\n" or char.isprintable() or char.isspace() or ord(char) > 0x7F for char in cleaned
    )


def test_markup_is_text_and_persian_keeps_its_joiners():
    assert "<b>#{x}</b>" == clean_text("<b>#{x}</b>")
    assert "می‌رسد" == clean_text("می‌رسد")
    assert "abc" == clean_text("a\u202eb\u2066c\x00")
    assert "é" == clean_text("\ufeffe\ufeff\u0301")


def answer(state, at=None, channel=ConsentChannel.EMAIL):
    return Consent(channel=channel, state=state, recorded_at=at)


@pytest.mark.parametrize(
    ("consents", "expected"),
    [
        ((), ConsentState.UNKNOWN),
        ((answer(ConsentState.GRANTED, EARLIER),), ConsentState.GRANTED),
        (
            (answer(ConsentState.DENIED, NOON), answer(ConsentState.GRANTED, EARLIER)),
            ConsentState.DENIED,
        ),
        (
            (
                answer(ConsentState.GRANTED, NOON),
                answer(ConsentState.DENIED, NOON, ConsentChannel.ANY),
            ),
            ConsentState.DENIED,
        ),
        ((answer(ConsentState.GRANTED, NOON, ConsentChannel.ANY),), ConsentState.GRANTED),
        ((answer(ConsentState.GRANTED, NOON, ConsentChannel.SMS),), ConsentState.UNKNOWN),
        (
            (
                answer(ConsentState.DENIED, NOON, ConsentChannel.ANY).model_copy(
                    update={"purpose": Purpose.SALE_OR_SHARING}
                ),
                answer(ConsentState.GRANTED, NOON),
            ),
            ConsentState.GRANTED,
        ),
    ],
)
def test_the_newest_answer_counts_and_an_objection_to_all_wins(consents, expected):
    assert expected is Customer(id="1", consents=consents).consent_for(ConsentChannel.EMAIL)


def candidate(content, *, personalised=True, channel=ConsentChannel.EMAIL):
    return Candidate(
        id="c",
        surface="email",
        channel=channel,
        template="t",
        content=frozenset(content),
        is_personalised=personalised,
    )


@pytest.mark.parametrize("extra", sorted(set(ContentKind) - set(model.SERVICE_CONTENT)))
def test_anything_beside_the_order_makes_a_message_marketing(extra):
    assert MessageClass.TRANSACTIONAL is candidate({ContentKind.THANKS}).message_class
    assert MessageClass.MARKETING is candidate({ContentKind.THANKS, extra}).message_class


def test_a_personalised_insert_is_marketing_and_a_plain_one_is_not():
    insert = ConsentChannel.PARCEL_INSERT

    assert MessageClass.MARKETING is candidate({ContentKind.THANKS}, channel=insert).message_class
    plain = candidate({ContentKind.THANKS}, channel=insert, personalised=False)
    assert MessageClass.TRANSACTIONAL is plain.message_class
    assert "own_generic" == plain.insert_type


def test_an_artifact_is_its_bytes():
    artifact = Artifact(name="card.pdf", media_type="application/pdf", data=b"x")

    assert "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881" == artifact.sha256
    with pytest.raises(ValidationError, match="not those that were hashed"):
        Artifact(name="card.pdf", media_type="application/pdf", data=b"y", sha256=artifact.sha256)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"percent": None}, "one of these"),
        ({"amount": money("5.00 EUR")}, "one of these"),
        ({"is_free_shipping": True}, "one of these"),
        ({"free_product": "1"}, "one of these"),
        ({"balance": money("5.00 EUR")}, "one of these"),
        ({"percent": None, "amount": money("0.00 EUR")}, "takes something off"),
        ({"percent": None, "balance": money("0.00 EUR")}, "takes something off"),
        ({"minimum": money("0.00 EUR")}, "leave it out"),
        ({"starts_at": NOON, "ends_at": NOON}, "ends after it starts"),
    ],
)
def test_an_impossible_discount_code_cannot_be_built(changes, words):
    with pytest.raises(ValidationError, match=words):
        model.DiscountCode.model_validate({"code": "THANKS", "percent": 10, **changes})


@pytest.mark.parametrize("name", ["../card.pdf", "a/b", "", ".hidden", "x" * 200])
def test_an_artifact_name_is_a_plain_file_name(name):
    with pytest.raises(ValidationError):
        Artifact(name=name, media_type="text/plain", data=b"")


def test_the_public_list_of_records_is_sorted_and_complete():
    assert (
        sorted(model.__all__, key=lambda n: (not n.isupper(), n[0].islower(), n)) == model.__all__
    )
    assert all(hasattr(model, name) for name in model.__all__)
    assert Path(model.__file__).exists()


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"])
def test_moment_beyond_the_calendar_is_a_wrong_field(text):
    """Told from the other end of the world, the first day of the calendar lies before it."""
    with pytest.raises(ValidationError, match="calendar"):
        Consent(
            channel=ConsentChannel.EMAIL,
            state=ConsentState.DENIED,
            recorded_at=datetime.fromisoformat(text),
            source="form",
        )
