"""A shop with rewards, and a platform that fails as a test wants."""

from __future__ import annotations

from collections.abc import Iterable

from retention_sdk import Brand, Config, Sender
from retention_sdk.errors import PlatformError
from retention_sdk.loyalty import Hand, PointsLedger, Program
from retention_sdk.pipeline.rewards.redeem import RewardDesk
from retention_sdk.pipeline.rewards.wiring import open_rewards
from retention_sdk.storage import Store
from retention_sdk.testing import NOON, BogusShop, FrozenClock, a_shop

NAMES = {"en": "A reward", "de": "Eine Belohnung"}
REWARDS = (
    {"id": "five", "kind": "amount", "points": 100, "worth_minor": {"EUR": 500}},
    {"id": "ten-percent", "kind": "percent", "points": 100, "percent": 10},
    {"id": "last-two", "kind": "percent", "points": 10, "percent": 5, "stock": 2},
    {"id": "once", "kind": "gift", "points": 10, "per_customer": 1},
    {"id": "sample", "kind": "gift", "points": 30, "sku": "SOAP-S"},
    {"id": "tree", "kind": "donation", "points": 40, "worth_minor": {"EUR": 100}, "cause": "trees"},
    {"id": "party", "kind": "invitation", "points": 50, "event": "2026-party"},
    {"id": "voucher", "kind": "store_credit", "points": 100, "worth_minor": {"EUR": 1000}},
)


class Platform(BogusShop):
    """Does what is asked before or after it fails, if it does, as often as it is told.

    ``script`` holds for each call "away", "lost" (done, and the answer was lost), "no" or "killed";
    where it is empty, all is well.
    """

    def __init__(self) -> None:
        super().__init__()
        self.script: list[str] = []
        self.made: list[str] = []

    def create_code(self, code):
        self._before()
        made = super().create_code(code)
        self.made.append(code.code)
        self._after()
        return made

    def void_code(self, code):
        self._before()
        super().void_code(code)
        self._after()

    def _before(self):
        self._now = self.script.pop(0) if self.script else ""
        if self._now in {"away", "no"}:
            raise PlatformError(self._now, adapter=self.name, retryable=self._now == "away")
        if self._now == "killed":
            raise Killed

    def _after(self):
        if self._now == "lost":
            raise PlatformError("no answer", adapter=self.name, retryable=True)
        if self._now == "killed-late":
            raise Killed


class Killed(BaseException):
    """The process dies here: nothing of ours may catch it."""


def make_program(rewards: Iterable[dict] = REWARDS, **changes: object) -> Program:
    rows = [{"names": NAMES, **reward} for reward in rewards]
    return Program.model_validate(
        {
            "rates": {"EUR": {"points": 1, "per_minor": 100}},
            "time_zone": "Europe/Berlin",
            "rewards": rows,
            "rewards_platform": "bogus",
            **changes,
        }
    )


def make_desk(
    store: Store, platform: Platform, *, program: Program | None = None, more=(), clock=None
) -> RewardDesk:
    program = program or make_program()
    config = Config(
        shop=a_shop(), brand=Brand(name="Soap & Sons", sender=Sender(name="Mary")), loyalty=program
    )
    return open_rewards(
        config,
        store=store,
        ledgers=[PointsLedger(store, each) for each in (program, *more)],
        adapter=lambda name: platform,
        clock=clock or FrozenClock(),
    )


def give(desk: RewardDesk, name: str, points: int) -> str:
    """Return a subject of the shop who has points."""
    store = desk.store
    with store.begin() as connection:
        subject = store.subjects.subject_for(connection, "soap.example", f"id:{name}", now=NOON)
        desk.book.ledger("").adjust(
            connection,
            subject,
            points,
            hand=Hand(actor="test", reason="test"),
            key=f"give {name}",
            now=NOON,
        )
    return subject


def balance(desk: RewardDesk, subject: str) -> int:
    with desk.store.reading() as connection:
        return desk.book.ledger("").balance(connection, subject, now=desk.clock()).balance


def states(desk: RewardDesk, issue_id: str) -> list[str]:
    with desk.store.reading() as connection:
        return [step.state for step in desk.store.rewards.steps(connection, issue_id)]


def is_clean(desk: RewardDesk) -> bool:
    with desk.store.reading() as connection:
        return desk.book.ledger("").verify(connection).is_clean
