"""What an e-mail says, and when none is written."""

from __future__ import annotations

import pytest

from retention_sdk.consent import decide, load_rules
from retention_sdk.errors import ConfigError, ConsentError
from retention_sdk.l10n import localizer
from retention_sdk.messages import Message, compose_email, message_candidates, render_text
from retention_sdk.messages.summary import ROWS_MAX
from retention_sdk.messages.totals import break_down
from retention_sdk.model import Block, ConsentState, ContentKind, History, Money
from retention_sdk.testing.builders import a_brand, a_line, a_shop, an_order, money

ISOLATES = {"\u2066", "\u2067", "\u2068", "\u2069"}


def test_an_english_thank_you_says_what_was_bought(make_message):
    message = make_message()

    assert "Thank you for your order 1001 at Soap & Sons" == message.subject
    assert "Hello Ada," == message.greeting
    assert ("Rose soap", "1", "€12.00") == tuple(message.summary.rows[0].model_dump().values())
    assert [("Total", "€12.00")] == [(f.label, f.value) for f in message.summary.totals]
    assert "Mary" == message.signer
    assert "ada@example.com" == message.recipient
    assert ISOLATES.isdisjoint(message.model_dump_json())


def test_a_persian_thank_you_runs_right_to_left_with_everything_isolated(make_message):
    message = make_message(locale="fa")

    assert "rtl" == message.direction
    assert "\u2066\u200e1001" in message.subject or "\u20661001\u2069" in message.subject
    assert "۱" == message.summary.rows[0].quantity.strip("".join(ISOLATES))
    assert "\u2068Rose soap\u2069" == message.summary.rows[0].title


def test_a_composed_message_survives_json(make_message):
    """The pipeline records it and renders it again after a crash."""
    message = make_message(points=3, blocks=(Block(content=ContentKind.CARE, text="Wash"),))

    assert message == Message.model_validate_json(message.model_dump_json())


def ask(context, *, state=None):
    (candidate,) = message_candidates(context)
    return candidate, decide(candidate, context, rules=load_rules())


def test_a_denied_e_mail_is_not_written(make_context):
    context = make_context(state=ConsentState.DENIED, event_type="order_delivered")
    candidate, decision = ask(context)

    assert not decision.allowed
    with pytest.raises(ConsentError, match="does not allow"):
        compose_email(context, candidate, decision, localizer("en"))


@pytest.mark.parametrize("field", ["event_id", "candidate_id", "channel", "message_class"])
def test_a_decision_about_something_else_is_none(make_context, field):
    context = make_context()
    candidate, decision = ask(context)
    other = {"channel": "sms", "message_class": "marketing"}.get(field, "other")
    forged = decision.model_copy(update={field: type(getattr(decision, field))(other)})

    with pytest.raises(ConsentError, match="something else"):
        compose_email(context, candidate, forged, localizer("en"))


def test_a_block_nobody_decided_about_is_refused(make_context):
    context = make_context()
    candidate, decision = ask(context)
    coupon = Block(content=ContentKind.COUPON, text="10 % off")
    smuggled = candidate.model_copy(update={"blocks": (coupon,)})

    with pytest.raises(ConsentError, match="nobody decided"):
        compose_email(context, smuggled, decision, localizer("en"))


def test_advertising_without_a_legal_footer_is_refused(make_context):
    context = make_context(event_type="order_delivered")
    candidate, decision = ask(context)
    nameless = context.model_copy(update={"brand": a_brand()})

    with pytest.raises(ConsentError, match="legal_footer"):
        compose_email(nameless, candidate, decision, localizer("en"))


def test_a_shop_without_an_address_is_told_which_key_to_set(make_context):
    context = make_context(shop=a_shop(email=""))
    candidate, decision = ask(context)

    with pytest.raises(ConfigError, match=r"shop\.email"):
        compose_email(context, candidate, decision, localizer("en"))


def test_replies_go_to_the_brands_contact(make_message, make_context):
    brand = a_brand(contact_email="help@soap.example")
    message = make_message(make_context(brand=brand))

    assert "hello@soap.example" == message.sender_address
    assert "help@soap.example" == message.reply_to
    assert any("help@soap.example" in line for line in message.footer)


def test_advertising_can_be_unsubscribed_from_without_a_web_server(make_message):
    message = make_message(event_type="order_delivered")

    assert "mailto:hello@soap.example?subject=unsubscribe" == message.unsubscribe.url
    assert "HRB 1234" in message.footer[-1]


def test_only_https_takes_a_one_click_unsubscribe(make_message):
    """RFC 8058, 3.1."""
    url = "https://soap.example/u/abc"
    message = make_message(event_type="order_delivered", unsubscribe_url=url)

    assert url == message.unsubscribe.url
    with pytest.raises(ConsentError, match="https"):
        make_message(event_type="order_delivered", unsubscribe_url="http://soap.example/u")


def test_a_review_request_has_one_button(make_message):
    message = make_message(event_type="order_delivered")

    assert "https://soap.example" == message.call_to_action.url
    assert message.summary is None
    assert () == message.points


@pytest.mark.parametrize(
    ("country", "label"),
    [("KR", "(광고) "), ("CN", "广告："), ("IL", "פרסומת: "), ("RU", "Реклама: ")],
)
def test_advertising_is_labelled_where_the_law_says_how(make_message, make_context, country, label):
    """KR: Network Act art. 50(4) and decree, no altered label, at the start of the subject."""
    context = make_context(
        event_type="order_delivered", state=ConsentState.GRANTED, shop=a_shop(country=country)
    )

    assert make_message(context).subject.startswith(label)


def test_service_mail_is_not_labelled(make_message, make_context):
    context = make_context(shop=a_shop(country="KR"))

    assert make_message(context).subject.startswith("Thank you")


def test_a_returning_customer_is_greeted_as_one(make_message, make_context):
    first = make_message(make_context())
    again = make_message(make_context(history=History(orders_count=2)))

    assert first.greeting
    assert again.greeting
    assert first.paragraphs == again.paragraphs


def test_a_long_order_is_cut_with_a_count(make_message, make_context):
    lines = tuple(a_line("1.00 EUR", id=f"l{n}", title="x" * 400) for n in range(ROWS_MAX + 7))
    total = f"{len(lines)}.00 EUR"
    message = make_message(make_context(order=an_order(total, lines=lines)))

    assert ROWS_MAX == len(message.summary.rows)
    assert "and 7 more items" == message.summary.more_items
    assert 100 == len(message.summary.rows[0].title)
    assert message.summary.rows[0].title.endswith("…")


def test_optional_blocks_that_make_it_too_long_are_left_out(make_message):
    long = Block(content=ContentKind.CARE, text="a" * 4000)
    short = Block(content=ContentKind.CARE, text="short")
    must = Block(content=ContentKind.CARE, text="b" * 3000, is_optional=False)
    message = make_message(blocks=(long, short, must))

    assert ["short", "b" * 3000] == [block.text for block in message.blocks]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, {"total": "12.00 EUR"}),
        ({"shipping": "0.00 EUR"}, {"total": "12.00 EUR"}),
        (
            {"total": "16.90 EUR", "shipping": "4.90 EUR", "tax": "2.70 EUR"},
            {
                "subtotal": "12.00 EUR",
                "shipping": "4.90 EUR",
                "included_tax": "2.70 EUR",
                "total": "16.90 EUR",
            },
        ),
        (
            {"total": "17.89 EUR", "shipping": "4.90 EUR", "tax": "0.99 EUR"},
            {
                "subtotal": "12.00 EUR",
                "shipping": "4.90 EUR",
                "added_tax": "0.99 EUR",
                "total": "17.89 EUR",
            },
        ),
        (
            {"total": "10.00 EUR", "discount": "2.00 EUR", "line": ("12.00 EUR", "10.00 EUR")},
            {"subtotal": "12.00 EUR", "discount": "2.00 EUR", "total": "10.00 EUR"},
        ),
        ({"total": "99.00 EUR", "shipping": "1.00 EUR"}, {"total": "99.00 EUR"}),
    ],
)
def test_only_sums_that_add_up_are_shown(fields, expected):
    fields = dict(fields)
    unit, paid = (money(text) for text in fields.pop("line", ("12.00 EUR", "12.00 EUR")))
    line = a_line("12.00 EUR").model_copy(update={"unit_price": unit, "total": paid})
    amounts = {key: money(text) for key, text in fields.items() if key != "total"}
    order = an_order(fields.get("total", "12.00 EUR"), lines=(line,), **amounts)

    parts = break_down(order)._asdict()
    assert expected == {key: str(value) for key, value in parts.items() if value is not None}


def test_the_discount_is_shown_as_taken_off(make_message, make_context):
    line = a_line("12.00 EUR").model_copy(update={"total": money("10.00 EUR")})
    order = an_order("10.00 EUR", lines=(line,), discount=Money(minor=200, currency="EUR"))
    message = make_message(make_context(order=order))

    assert ["€12.00", "-€2.00", "€10.00"] == [fact.value for fact in message.summary.totals]


def test_the_text_part_says_everything(make_message):
    text = render_text(make_message(points=12))

    assert "1 × Rose soap: €12.00" in text
    assert "This order earned you 12 points." in text
    assert "mailto:hello@soap.example?subject=unsubscribe" in text
    assert "Soap & Sons, Hauptstr. 1, 10115 Berlin\nHRB 1234" in text


@pytest.mark.parametrize(
    ("locale", "words"),
    [("en", "Order number: 1001"), ("fr", "\u00a0: 1001"), ("ja", "ご注文番号：1001")],
)
def test_colons_are_set_as_the_language_sets_them(make_message, locale, words):
    assert words in render_text(make_message(locale=locale))
