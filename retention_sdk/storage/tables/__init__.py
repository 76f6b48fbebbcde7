"""All tables of a store. What a database really has is in ``migrations``; a test compares them."""

from .base import from_microseconds, metadata, to_microseconds
from .cards import (
    CARD_STATES,
    CODE_STATES,
    card,
    card_code,
    card_copy,
    card_scan,
    card_step,
    print_job,
    print_job_card,
)
from .consents import CONSENT_KINDS, consent_head, consent_record, rule_set, subject_merge
from .due import DUE_STATES, due
from .events import decision, delivery, event, order_fact, stage
from .ledger import (
    BUCKETS,
    account,
    hold,
    hold_allocation,
    lot,
    posting,
    program,
    rule_version,
    txn,
)
from .rewards import REWARD_STATES, reward_issue, reward_step
from .rights import (
    REQUEST_KINDS,
    REQUEST_STATES,
    refused_event,
    rights_export,
    rights_request,
    rights_step,
    suppression,
)
from .subjects import meta, subject, subject_link
from .tiers import TIER_REASONS, tier_change

__all__ = [
    "BUCKETS",
    "CARD_STATES",
    "CODE_STATES",
    "CONSENT_KINDS",
    "DUE_STATES",
    "REQUEST_KINDS",
    "REQUEST_STATES",
    "REWARD_STATES",
    "TIER_REASONS",
    "account",
    "card",
    "card_code",
    "card_copy",
    "card_scan",
    "card_step",
    "consent_head",
    "consent_record",
    "decision",
    "delivery",
    "due",
    "event",
    "from_microseconds",
    "hold",
    "hold_allocation",
    "lot",
    "meta",
    "metadata",
    "order_fact",
    "posting",
    "print_job",
    "print_job_card",
    "program",
    "refused_event",
    "reward_issue",
    "reward_step",
    "rights_export",
    "rights_request",
    "rights_step",
    "rule_set",
    "rule_version",
    "stage",
    "subject",
    "subject_link",
    "subject_merge",
    "suppression",
    "tier_change",
    "to_microseconds",
    "txn",
]
