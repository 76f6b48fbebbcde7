"""One test per hook, named after it: when it is called, and how answers are merged."""

import logging

import pytest

from retention_sdk.errors import ConfigError, PluginError
from retention_sdk.hooks import hookimpl
from retention_sdk.hooks.manager import load
from retention_sdk.l10n.payments import PaymentChoice, PaymentKind
from retention_sdk.model import Award, Block, ContentKind, Receipt, ReceiptState


def plugins_of(hook, **functions):
    """Build plugins named ``functions``; each implements one hook with the given function."""
    plugins = load(discover=False)
    for name, function in functions.items():
        plugin = type("Plugin", (), {})()
        setattr(plugin, hook, hookimpl(function, specname=hook))
        plugins.add(plugin, name)
    assert not plugins.problems
    return plugins


def test_retention_register():
    plugins = load(discover=False)

    assert {"file"} == set(plugins.shelves.adapters)
    assert {"desk", "folder", "raw", "smtp"} == set(plugins.shelves.channels)


def test_retention_startup():
    heard = []
    plugins = load(discover=False)
    plugins.call.startup(config="the configuration")

    class Late:
        @hookimpl
        def retention_startup(self, config):
            heard.append(config)

    plugins.add(Late(), "late")

    assert ["the configuration"] == heard


def test_retention_event_received(caplog):
    heard = []
    plugins = plugins_of(
        "retention_event_received",
        a=lambda event: 1 / 0,
        b=lambda event: heard.append(event),
    )

    with caplog.at_level(logging.WARNING):
        plugins.call.event_received(event="an event")

    assert ["an event"] == heard
    assert "plugin 'a' failed in retention_event_received: ZeroDivisionError" in caplog.text


def test_retention_choose_locale():
    plugins = plugins_of("retention_choose_locale", a=lambda available: "fa", b=lambda order: None)

    assert "fa" == plugins.call.choose_locale(order=None, customer=None, available=["de", "fa"])


def test_a_locale_that_is_not_on_offer_is_ignored(caplog):
    plugins = plugins_of("retention_choose_locale", a=lambda available: "xx")

    assert plugins.call.choose_locale(order=None, customer=None, available=["de"]) is None
    assert "'xx'" in caplog.text


def test_retention_enrich_context():
    plugins = plugins_of(
        "retention_enrich_context", b=lambda context: {"x": 2}, a=lambda context: {"x": 1}
    )

    assert {"a": {"x": 1}, "b": {"x": 2}} == plugins.call.enrich_context(context=None)


@pytest.mark.parametrize("names", ["ab", "ba"])
def test_retention_veto_message(names):
    silent, loud = (lambda candidate: "She asked for silence."), (lambda candidate: None)
    plugins = plugins_of("retention_veto_message", **dict(zip(names, (silent, loud), strict=True)))

    vetoes = plugins.call.veto_message(context=None, candidate=None)

    assert (f"{names[0]}: She asked for silence.",) == vetoes


@pytest.mark.parametrize("answer", [lambda candidate: 1 / 0, lambda candidate: {}["gone"]])
def test_a_veto_that_breaks_does_not_pass_as_consent(answer, caplog):
    plugins = plugins_of("retention_veto_message", a=answer, b=lambda candidate: "No.")
    vetoes = plugins.call.veto_message(context=None, candidate=None)

    assert 2 == len(vetoes)
    assert vetoes[0].startswith("a: it broke, and is taken as a no (plugin 'a' failed in")
    assert "b: No." == vetoes[1]
    assert "taken as a no" in caplog.text


@pytest.mark.parametrize("answer", ["", False, 0, True, ["no"]])
def test_whatever_a_veto_answers_is_a_no_unless_it_is_none(answer):
    plugins = plugins_of("retention_veto_message", a=lambda candidate: answer)

    assert (f"a: {answer}",) == plugins.call.veto_message(context=None, candidate=None)


def test_retention_choose_template():
    plugins = plugins_of("retention_choose_template", a=lambda candidates: "winter")
    call = plugins.call

    assert "winter" == call.choose_template(context=None, candidates=["thank_you", "winter"])
    assert call.choose_template(context=None, candidates=["thank_you"]) is None


def test_retention_add_blocks():
    def block(text):
        return Block(content=ContentKind.CARE, text=text)

    plugins = plugins_of(
        "retention_add_blocks",
        b=lambda context: [block("2")],
        a=lambda context: [block("0"), block("1")],
        c=lambda context: None,
    )

    blocks = plugins.call.add_blocks(context=None)

    assert ["0", "1", "2"] == [added.text for added in blocks]
    assert ["a", "a", "b"] == [added.plugin for added in blocks]


def choice(method_id, **changes):
    fields = {"name": method_id.title(), "kind": PaymentKind.WALLET}
    return PaymentChoice.model_validate({"method_id": method_id, **fields, **changes})


def test_retention_payment_methods():
    plugins = plugins_of(
        "retention_payment_methods",
        b=lambda methods: [*methods, choice("snail")],
        a=lambda methods: methods[::-1],
        c=lambda context: None,
    )

    offered = plugins.call.payment_methods(context=None, methods=[choice("cash"), choice("coin")])

    assert ["coin", "cash", "snail"] == [method.method_id for method in offered]
    assert ["", "", "b"] == [method.plugin for method in offered]


def test_a_plugin_cannot_call_credit_something_else():
    def hide(methods):
        hidden = {"needs_credit_text": False, "credit_citation": ""}
        return [method.model_copy(update=hidden) for method in methods]

    plugins = plugins_of("retention_payment_methods", a=hide)
    parcelado = choice(
        "parcelado", kind=PaymentKind.CARD, needs_credit_text=True, credit_citation="the law"
    )

    assert (parcelado,) == plugins.call.payment_methods(context=None, methods=[parcelado])
    with pytest.raises(ValueError, match="set needs_credit_text"):
        choice("later", kind=PaymentKind.BNPL)


@pytest.mark.parametrize("answer", [["ideal"], "ideal", 7, [choice("a"), choice("a")]])
def test_what_is_no_list_of_ways_to_pay_names_the_plugin(answer):
    plugins = plugins_of("retention_payment_methods", a=lambda: answer)

    with pytest.raises(PluginError, match="plugin 'a': retention_payment_methods returned"):
        plugins.call.payment_methods(context=None, methods=[])


def test_retention_award_points():
    plugins = plugins_of(
        "retention_award_points", a=lambda context: [Award(points=5, reason="first snow")]
    )

    assert (Award(points=5, reason="first snow", plugin="a"),) == plugins.call.award_points(
        context=None
    )


def test_retention_around_delivery(receipt):
    seen = []
    plugins = load(discover=False)

    class Channels:
        @hookimpl(trylast=True)
        def retention_around_delivery(self, delivery):
            seen.append("channel")
            return receipt

    class Tracing:
        @hookimpl(wrapper=True)
        def retention_around_delivery(self, delivery):
            seen.append("before")
            answer = yield
            seen.append("after")
            return answer

    plugins.add(Tracing(), "tracing")
    plugins.add(Channels(), "channels")

    assert receipt == plugins.call.around_delivery(delivery=None)
    assert ["before", "channel", "after"] == seen


@pytest.mark.parametrize(
    "hook", ["choose_locale", "choose_template", "around_delivery", "payment_methods"]
)
def test_a_plugin_that_breaks_is_a_plugin_error(hook):
    arguments = {
        "choose_locale": {"order": None, "customer": None, "available": []},
        "choose_template": {"context": None, "candidates": []},
        "around_delivery": {"delivery": None},
        "payment_methods": {"context": None, "methods": []},
    }[hook]

    def broken():
        return 1 / 0

    plugins = plugins_of(f"retention_{hook}", a=broken)

    with pytest.raises(PluginError, match=f"failed in retention_{hook}: ZeroDivisionError"):
        getattr(plugins.call, hook)(**arguments)


def test_retention_delivered(receipt):
    heard = []
    plugins = plugins_of("retention_delivered", a=lambda receipt: heard.append(receipt.state))

    plugins.call.delivered(receipt=receipt)

    assert [ReceiptState.ACCEPTED] == heard


def test_retention_failed():
    heard = []
    plugins = plugins_of(
        "retention_failed",
        a=lambda stage, error, event_id: heard.append((stage, str(error), event_id)),
    )

    plugins.call.failed(stage="render", error=ConfigError("no logo"), event_id="e1")

    assert [("render", "no logo", "e1")] == heard


@pytest.fixture
def receipt():
    from datetime import UTC, datetime

    now = datetime(2026, 11, 21, tzinfo=UTC)
    return Receipt(delivery_id="d", channel="folder", state=ReceiptState.ACCEPTED, at=now)
