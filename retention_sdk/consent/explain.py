"""A decision as sentences, for a shop owner and for a lawyer."""

from __future__ import annotations

from collections.abc import Iterable

from ..model import Decision

_CHANNELS = {
    "any": "message",
    "email": "e-mail",
    "parcel_insert": "parcel insert",
    "phone": "call",
    "post": "letter",
    "push": "push message",
    "sms": "text message",
    "whatsapp": "WhatsApp message",
}
_INSERTS = {
    "own_generic": "the same for everybody",
    "own_personalised": "personalised",
    "third_party": "advertising of others",
}
_BASES = {
    "none": "asks for no consent",
    "opt_out": "allows it until somebody objects",
    "soft_opt_in": "asks for an opt-in, or a sale and no objection",
    "opt_in": "asks for an opt-in",
}
# What the shop has to do itself stands among the evidence, behind these words.
_DUTIES = {
    "keep": "The shop has to keep",
    "register": "Registers to look into",
    "at most": "At most",
    "age": "Ages",
}


def explain(decision: Decision) -> str:
    """Return the whole decision in a few sentences of English."""
    sentences = [_verdict(decision), f"Why: {_list(decision.reasons)}."]
    sentences += _conditions(decision)
    sentences += _evidence(decision.evidence)
    return " ".join([*sentences, _rules(decision), "An engineering summary, not legal advice."])


def _rules(decision: Decision) -> str:
    rules = ", ".join(decision.rule_ids) or "none"
    sources = f" ({_list(decision.citations)})" if decision.citations else ""
    table = f"table {decision.rules_version}, applied {decision.decided_at:%Y-%m-%d %H:%M} UTC"
    return f"Rules: {rules}{sources}, {table}."


def _verdict(decision: Decision) -> str:
    verb = "May leave" if decision.allowed else "Must not leave"
    kind = _INSERTS.get(decision.insert_type, "")
    channel = _CHANNELS.get(decision.channel, decision.channel)
    what = f"a {decision.message_class} {channel}" + (f" ({kind})" if kind else "")
    places = _and(["an unknown place" if j == "*" else j for j in decision.jurisdictions])
    basis = _BASES.get(decision.basis, f"asks for {decision.basis}")
    return f"{verb}: {decision.candidate_id}, {what} under the law of {places}, which {basis}."


def _conditions(decision: Decision) -> Iterable[str]:
    if decision.earliest_send_at:
        yield f"It may go from {decision.earliest_send_at:%Y-%m-%d %H:%M} UTC on."
    if decision.missing:
        yield f"It would take {_and(decision.missing)}."
    if decision.allowed and decision.must_include:
        yield f"It has to carry: {_list(decision.must_include)}."


def _evidence(lines: Iterable[str]) -> Iterable[str]:
    """What is on record first, then what the shop has to do, by kind."""
    sorted_out: dict[str, list[str]] = {"": [], **{label: [] for label in _DUTIES}}
    for line in lines:
        label, colon, rest = line.partition(": ")
        is_duty = bool(colon) and label in _DUTIES
        sorted_out[label if is_duty else ""].append(rest if is_duty else line)
    for label, told in sorted_out.items():
        if told:
            yield f"{_DUTIES.get(label, 'On record')}: {_list(told)}."


def _list(parts: Iterable[str]) -> str:
    return "; ".join(part.rstrip(".") for part in parts)


def _and(parts: Iterable[str]) -> str:
    *most, last = [part.rstrip(".") for part in parts]
    return f"{', '.join(most)} and {last}" if most else last
