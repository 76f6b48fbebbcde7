"""What a storefront shows a member: read from the store, said in the member's language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from ...errors import LedgerError
from ...loyalty.member import Friend, Goal, MemberFacts, member_view
from ...loyalty.speaker import Speaker
from ..due.people import known_subject, newest_customer
from ..locale import asked_locale, localizer_for
from .news import Newsroom

if TYPE_CHECKING:
    from ...config import Config
    from ...loyalty import PointsLedger
    from ...loyalty.achievements import AchievementBook
    from ...loyalty.member_view import MemberView
    from ...model import Customer, LocaleChoice, LoyaltyState
    from ...storage import Connection
    from .desk import LoyaltyDesk

HISTORY_MAX = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberDesk:
    """Reads and says how members stand: ``shop.loyalty.members``. Nothing is written.

    For example::

        shop.loyalty.members.view(customer, locale="fa").model_dump_json()
    """

    desk: LoyaltyDesk
    config: Config

    def view(
        self,
        who: Customer | str,
        *,
        locale: str = "",
        currency: str = "",
        program: str = "",
        history_max: int = HISTORY_MAX,
    ) -> MemberView:
        """Return all that a member may see of a programme; the first one if none is named.

        ``who`` is a customer as the platform knows them, or the id of a subject. Without a
        ``locale`` the customer's own counts, else the shop's; amounts are in ``currency``, else
        in that of the shop. ``history_max`` is how many lines of history come, newest first.

        Raises:
            LedgerError: nobody knows this customer, or there is no such programme.
            ConfigError: no catalogue serves the locale.
        """
        ledger = self._ledger(program)
        with self.desk.intake.store.reading() as connection:
            subject_id = self._subject(connection, who)
            choice = self._locale(connection, subject_id, locale)
            words = localizer_for(choice, self.config.locales)
            facts = self._facts(connection, ledger, subject_id, history_max)
        speaker = Speaker(words, ZoneInfo(ledger.program.time_zone), choice.formality)
        newsroom = Newsroom((ledger.program,), words, time_zone=ledger.program.time_zone)
        money = currency or self.config.shop.currency
        state = newsroom.named(facts.pop("state"), ledger.program.id)
        offers = self._offers(ledger, subject_id, currency=money, locale=words.tag)
        return member_view(
            MemberFacts(
                program=ledger.program,
                brand=self.config.brand.name,
                currency=money,
                state=state,
                offers=offers,
                **facts,
            ),
            speaker,
        )

    def _facts(
        self, connection: Connection, ledger: PointsLedger, subject_id: str, history_max: int
    ) -> dict[str, Any]:
        from ...loyalty.statement import read_statement

        now, program = self.desk.clock(), ledger.program
        statement = read_statement(connection, program, subject_id, now=now)
        entries = ledger.history(connection, subject_id)
        return {
            "statement": statement,
            "state": self._state(connection, ledger, subject_id, now),
            "history": tuple(reversed(entries[-history_max:])) if history_max else (),
            "sent": self._sent(connection, ledger, subject_id),
            "goals": self._goals(connection, ledger, subject_id, now),
            **self._friends(connection, ledger, subject_id),
        }

    def _sent(
        self, connection: Connection, ledger: PointsLedger, subject_id: str
    ) -> frozenset[str]:
        """Return the holds of points that somebody sent to partners."""
        program, rows = ledger.program, self.desk.intake.store.partners
        ever = datetime(1970, 1, 1, tzinfo=UTC)
        return frozenset(
            each.exchange.hold_id
            for partner in program.partners
            for each in rows.of_person(connection, program.id, partner.id, subject_id, since=ever)
            if each.exchange.hold_id
        )

    def _state(
        self, connection: Connection, ledger: PointsLedger, subject_id: str, now: datetime
    ) -> LoyaltyState:
        state = ledger.balance(connection, subject_id, now=now)
        ladder = ledger.program.tiers
        if ladder is None:
            return state
        from ...loyalty.tiers import TierBook

        book = TierBook(self.desk.intake.store, ledger.program, ladder)
        return book.look(connection, subject_id, now=now).on(state)

    def _goals(
        self, connection: Connection, ledger: PointsLedger, subject_id: str, now: datetime
    ) -> tuple[Goal, ...]:
        rules = ledger.program.achievements
        if not rules:
            return ()
        from ...loyalty.achievements import AchievementBook

        book = AchievementBook(self.desk.intake.store, ledger)
        reached = _reached(book, connection, subject_id)
        seen = book.look(connection, subject_id, now=now)
        return tuple(
            Goal(rule=rule, progress=progress, reached_at=reached.get(rule.id))
            for rule, progress in zip(rules, seen, strict=True)
            if progress.is_open or rule.id in reached
        )

    def _friends(
        self, connection: Connection, ledger: PointsLedger, subject_id: str
    ) -> dict[str, Any]:
        """Return the code that somebody was given, if they were, and whom they brought."""
        rule, program_id = ledger.program.referral, ledger.program.id
        if rule is None:
            return {}
        from .referring import view_of

        log = self.desk.intake.store.referrals
        code = log.code_of(connection, program_id, subject_id)
        stored = log.of_referrer(connection, program_id, subject_id)
        views = (view_of(each) for each in stored)
        return {
            "code": code,
            "link": rule.link_to(code) if code else "",
            "friends": tuple(
                Friend(
                    state=view.state,
                    changed_at=view.changed_at,
                    rewardable_at=view.rewardable_at,
                    points=view.points.get("referrer", 0),
                )
                for view in views
            ),
        }

    def _offers(
        self, ledger: PointsLedger, subject_id: str, *, currency: str, locale: str
    ) -> tuple[Any, ...]:
        if not ledger.program.rewards:
            return ()
        from ..rewards.standing import Market

        market = Market(currency=currency, locale=locale)
        return self.desk.rewards.offers(subject_id, program=ledger.program.id, market=market)

    def _ledger(self, program: str) -> PointsLedger:
        ledgers = self.desk.ledgers
        name = program or next(iter(ledgers))
        if name not in ledgers:
            raise LedgerError(f"no programme is called {name!r}: {', '.join(ledgers)}")
        return ledgers[name]

    def _subject(self, connection: Connection, who: Customer | str) -> str:
        return known_subject(self.desk.intake.store, connection, self.desk.shop_id, who)

    def _locale(self, connection: Connection, subject_id: str, asked: str) -> LocaleChoice:
        shop = self.config.shop
        if not asked:
            customer = newest_customer(self.desk.intake.store, connection, subject_id)
            asked = (customer.language if customer else None) or shop.language
        return asked_locale(asked, self.config.brand)


def _reached(book: AchievementBook, connection: Connection, who: str) -> dict[str, datetime]:
    """Return when each achievement was reached last."""
    return {held.step.achievement: held.step.occurred_at for held in book.held(connection, who)}
