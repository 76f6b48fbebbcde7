"""The app's webhooks: one for an address, with our subscription query."""

from __future__ import annotations

from .client import Run, done
from .documents import CREATE_WEBHOOK, UPDATE_WEBHOOK, WEBHOOKS
from .values import Json
from .webhooks import REGISTERED


def register(run: Run, address: str, query: str) -> tuple[str, ...]:
    """Subscribe an address to what it is not told yet; return the topics that were new.

    A webhook of another version of ours gets the new query; one that was switched off is switched
    on. Webhooks of other apps are not seen.
    """
    hook = _at(run, address)
    absent = _absent(hook, query)
    if absent:
        wish = {"asyncEvents": list(REGISTERED), "query": query, "isActive": True}
        if hook is None:
            own = {**wish, "name": "retention-sdk", "targetUrl": address}
            done(run(CREATE_WEBHOOK, input=own), "the webhook")
        else:
            done(run(UPDATE_WEBHOOK, id=hook["id"], input=wish), "the webhook")
    return absent


def missing(run: Run, address: str, query: str) -> tuple[str, ...]:
    """Return the topics that an address is not told with our query."""
    return _absent(_at(run, address), query)


def _at(run: Run, address: str) -> Json | None:
    hooks: list[Json] = run(WEBHOOKS)["app"]["webhooks"] or []
    return next((each for each in hooks if each["targetUrl"] == address), None)


def _absent(hook: Json | None, query: str) -> tuple[str, ...]:
    if hook is None or not hook["isActive"] or hook["subscriptionQuery"] != query:
        return REGISTERED
    told = {each["eventType"] for each in hook["asyncEvents"]}
    return tuple(topic for topic in REGISTERED if topic not in told)
