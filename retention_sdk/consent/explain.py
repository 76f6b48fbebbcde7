"""A decision as sentences, for a shop owner and for a lawyer."""

from __future__ import annotations

from ..model import Decision

_CHANNELS = {
    "email": "e-mail",
    "parcel_insert": "parcel insert",
    "post": "letter",
    "any": "message",
}


def explain(decision: Decision) -> str:
    """Return the whole decision in a few sentences of English."""
    sentences = [_verdict(decision), f"Reason: {_list(decision.reasons)}."]
    if decision.earliest_send_at:
        sentences.append(f"It may go from {decision.earliest_send_at:%Y-%m-%d %H:%M} UTC on.")
    if decision.missing:
        sentences.append(f"It would take {_list(decision.missing, ' or ')}.")
    if decision.allowed and decision.must_include:
        sentences.append(f"It has to carry: {_list(decision.must_include)}.")
    if decision.evidence:
        sentences.append(f"Evidence: {_list(decision.evidence)}.")
    sentences.append(
        f"Rules: {', '.join(decision.rule_ids) or 'none'} ({_list(decision.citations)}), "
        f"table {decision.rules_version}, applied {decision.decided_at:%Y-%m-%d %H:%M} UTC. "
        "An engineering summary, not legal advice."
    )
    return " ".join(sentences)


def _verdict(decision: Decision) -> str:
    verb = "May leave" if decision.allowed else "Must not leave"
    kind = decision.insert_type.replace("_", " ")
    channel = _CHANNELS.get(decision.channel, decision.channel)
    what = " ".join(part for part in (decision.message_class, kind, channel) if part)
    basis = "nothing" if decision.basis == "none" else decision.basis.replace("_", "-")
    places = ", ".join("an unknown place" if j == "*" else j for j in decision.jurisdictions)
    law = f"under the law of {places}, which asks for {basis}"
    return f"{verb}: {decision.candidate_id}, a {what} {law}."


def _list(parts: tuple[str, ...], glue: str = "; ") -> str:
    return glue.join(part.rstrip(".") for part in parts)
