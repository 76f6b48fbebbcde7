"""From a context to a composed e-mail, the way the pipeline goes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from retention_sdk.consent import decide, first_allowed, load_rules
from retention_sdk.l10n import localizer
from retention_sdk.messages import Message, compose_email, message_candidates
from retention_sdk.model import Block, ConsentState, Context, LoyaltyState, OptInLevel
from retention_sdk.testing.builders import a_brand, a_consent, a_context, a_customer, an_order

LEGAL = {"en": "Soap & Sons, Hauptstr. 1, 10115 Berlin\nHRB 1234"}


@pytest.fixture(scope="session")
def make_context() -> Callable[..., Context]:
    def make(
        *, state: ConsentState | None = None, points: int = 0, legal: bool = True, **changes: Any
    ) -> Context:
        consents = () if state is None else (a_consent(state, opt_in_level=OptInLevel.CONFIRMED),)
        customer = changes.pop("customer", None) or a_customer(consents=consents)
        order = changes.pop("order", None) or an_order(customer=customer)
        values: dict[str, Any] = {
            "order": order,
            "customer": customer,
            "brand": a_brand(legal_footer=LEGAL if legal else {}),
            "loyalty": LoyaltyState(earned=points, balance=points),
        }
        return a_context(**{**values, **changes})

    return make


@pytest.fixture(scope="session")
def make_message(make_context) -> Callable[..., Message]:
    rules = load_rules()

    def make(
        context: Context | None = None,
        *,
        blocks: tuple[Block, ...] = (),
        unsubscribe_url: str | None = None,
        **changes: Any,
    ) -> Message:
        context = context or make_context(**changes)
        choice = first_allowed(
            message_candidates(context, blocks=blocks),
            lambda candidate: decide(candidate, context, rules=rules),
        )
        assert choice.candidate is not None
        assert choice.decision is not None
        return compose_email(
            context,
            choice.candidate,
            choice.decision,
            localizer(context.locale.tag),
            unsubscribe_url=unsubscribe_url,
        )

    return make
