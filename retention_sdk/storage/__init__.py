"""Everything that must survive a power cut, in one database. The only home of SQLAlchemy."""

from sqlalchemy import Connection

from .achievements import AchievementRows, AchievementStep, DeedRow, ParticipationRow
from .arrivals import Arrival, Arrivals, Backlog, KeptArrival
from .card_records import CardChoice, CardPlace, CardRecord, CardState, CardStep, PrintJob
from .cards import CardLedger, plain_number
from .codes import CardCodes, CodeState, StoredCode
from .consents import ConsentLog
from .consents_audit import ChainFinding, ChainReport
from .consents_rows import ConsentEntry
from .decisions import DecisionLog
from .deliveries import DeliveryLog, DeliveryState, StoredDelivery
from .due import DueRow, DueRows, LeasedRow
from .engine import Store, open_store
from .inbox import Inbox, StoredEvent
from .jobs import PrintJobs
from .leaderboards import Board, LeaderboardRows, Member
from .orders import OrderFact, OrderFacts
from .partners import Exchange, ExchangeStep, PartnerRows, StoredExchange
from .person_rows import PersonRows, SentThing
from .references import (
    PhoneReader,
    customer_references,
    order_references,
    request_references,
)
from .referrals import ReferralHead, ReferralRows, ReferralStep, StoredReferral
from .requests import RequestLog, StoredRequest, StoredStep
from .rewards import RewardIssue, RewardLog, RewardStep
from .rule_sets import RuleSets
from .scans import CardScan, ScanLog
from .signing import Signer, is_signature
from .stages import StageLog, StageResult
from .subjects import SubjectVault, erasure_references
from .suppression import Suppression, Suppressions
from .syncs import SyncRows, SyncState
from .tiers import OrderPosting, TierChange, TierHistory

__all__ = [
    "AchievementRows",
    "AchievementStep",
    "Arrival",
    "Arrivals",
    "Backlog",
    "Board",
    "CardChoice",
    "CardCodes",
    "CardLedger",
    "CardPlace",
    "CardRecord",
    "CardScan",
    "CardState",
    "CardStep",
    "ChainFinding",
    "ChainReport",
    "CodeState",
    "Connection",
    "ConsentEntry",
    "ConsentLog",
    "DecisionLog",
    "DeedRow",
    "DeliveryLog",
    "DeliveryState",
    "DueRow",
    "DueRows",
    "Exchange",
    "ExchangeStep",
    "Inbox",
    "KeptArrival",
    "LeaderboardRows",
    "LeasedRow",
    "Member",
    "OrderFact",
    "OrderFacts",
    "OrderPosting",
    "ParticipationRow",
    "PartnerRows",
    "PersonRows",
    "PhoneReader",
    "PrintJob",
    "PrintJobs",
    "ReferralHead",
    "ReferralRows",
    "ReferralStep",
    "RequestLog",
    "RewardIssue",
    "RewardLog",
    "RewardStep",
    "RuleSets",
    "ScanLog",
    "SentThing",
    "Signer",
    "StageLog",
    "StageResult",
    "Store",
    "StoredCode",
    "StoredDelivery",
    "StoredEvent",
    "StoredExchange",
    "StoredReferral",
    "StoredRequest",
    "StoredStep",
    "SubjectVault",
    "Suppression",
    "Suppressions",
    "SyncRows",
    "SyncState",
    "TierChange",
    "TierHistory",
    "customer_references",
    "erasure_references",
    "is_signature",
    "open_store",
    "order_references",
    "plain_number",
    "request_references",
]
