"""The two example programmes in Python: equal to ``small.toml`` and ``large.toml`` beside it.

Give one to ``Config(loyalty=…)``, or run this file to see what an order of 38.90 EUR earns by each:

    python examples/loyalty/programme.py
"""

from datetime import UTC, datetime
from decimal import Decimal

from retention_sdk import Money, Order, OrderLine
from retention_sdk.loyalty import Program, Rate
from retention_sdk.loyalty.achievements.settings import (
    CollectionAchievement,
    DeedsAchievement,
    Level,
    OrdersAchievement,
    SpendAchievement,
    StreakAchievement,
    VarietyAchievement,
)
from retention_sdk.loyalty.earning import preview
from retention_sdk.loyalty.earning.settings import (
    CapRule,
    EarningRule,
    ExcludedRule,
    MilestoneRule,
    MultiplierRule,
    OccasionRule,
    RateRule,
    UnitsRule,
)
from retention_sdk.loyalty.leaderboards.settings import Leaderboard
from retention_sdk.loyalty.names import Names
from retention_sdk.loyalty.partners import ExchangeTerms, Partner
from retention_sdk.loyalty.point_value import PointValue
from retention_sdk.loyalty.referrals import ReferralRule
from retention_sdk.loyalty.rewards import (
    Access,
    AccountCredit,
    AmountCoupon,
    Donation,
    FreeProduct,
    FreeShipping,
    Invitation,
    ParcelGift,
    PartnerReward,
    PercentCoupon,
    Reward,
    Segment,
    StoreCredit,
)
from retention_sdk.loyalty.tiers import Rank, TierLadder


def day(month: int, date: int, hour: int = 0) -> datetime:
    """Return a time on the clocks of the programme, in 2026."""
    return datetime(2026, month, date, hour)  # noqa: DTZ001 - wall-clock time, as in the files


def names(**by_language: str) -> Names:
    """Return what customers read, by language."""
    return Names.model_validate(by_language)


def small() -> Program:
    """Return the programme of a small shop."""
    return Program(
        unit="leaves",
        time_zone="Europe/Berlin",
        matures_after_days=14,
        expires_after_days=730,
        rates={"EUR": Rate(points=1, per_minor=100)},
        point_value=PointValue(points=100, minor=400, currency="EUR"),
        names=names(en="Tea leaves", de="Teeblätter"),
        rules=(
            MilestoneRule(kind="milestone", id="first-order", orders=(1,), points=50),
            MilestoneRule(kind="milestone", id="every-tenth-order", every=10, points=100),
            OccasionRule(kind="review", id="review", points=20, yearly_max=12),
            OccasionRule(kind="birthday", id="birthday", points=30),
            CapRule(kind="cap", id="in-a-day", points=1000, per="day"),
        ),
        rewards=(
            ParcelGift(
                kind="gift",
                id="small-soap",
                points=60,
                names=names(
                    en="A small soap in your next parcel",
                    de="Eine kleine Seife im nächsten Paket",
                ),
                per_customer=1,
                per="month",
            ),
            Donation(
                kind="donation",
                id="tree",
                points=150,
                names=names(en="We plant a tree for you", de="Wir pflanzen einen Baum für Sie"),
                worth_minor={"EUR": 150},
                cause="trees.example",
            ),
        ),
        tiers=TierLadder(
            qualify="orders",
            period="rolling",
            rolling_days=730,
            downgrade="never",
            ranks=(
                Rank(
                    key="friend",
                    from_count=5,
                    points_factor=Decimal("1.5"),
                    names=names(en="Friend of the house", de="Freund des Hauses"),
                ),
            ),
        ),
        referral=ReferralRule(referrer_points=60, friend_points=30, yearly_max=12, return_days=14),
        achievements=(
            VarietyAchievement(
                kind="variety",
                id="explorer",
                of="categories",
                names=names(en="Explorer", de="Entdecker"),
                levels=(
                    Level(key="three", target=3, points=25),
                    Level(key="six", target=6, points=75),
                ),
            ),
        ),
    )


def large() -> Program:
    """Return the programme of a large shop."""
    return Program(
        id="club",
        unit="stars",
        time_zone="Europe/Paris",
        tax="excluded",
        counts_shipping=False,
        matures_after_days=30,
        expires_after_days=365,
        clawback="debt",
        point_value=PointValue(points=100, minor=40, currency="EUR"),
        names=names(en="Stars", fr="Étoiles", de="Sterne"),
        rates={
            "EUR": Rate(points=10, per_minor=100),
            "GBP": Rate(points=12, per_minor=100),
            "SEK": Rate(points=1, per_minor=100),
            "JPY": Rate(points=1, per_minor=16),
        },
        rules=(*goods(), *orders(), *campaigns(), *occasions(), *limits()),
        tiers=ranks(),
        rewards=catalogue(),
        referral=ReferralRule(
            friend_points=250,
            from_minor={"EUR": 3000, "GBP": 2500, "SEK": 33000},
            yearly_max=10,
            return_days=30,
            burst_max=3,
            link="https://shop.example/?friend={code}",
        ),
        achievements=achievements(),
        leaderboards=(
            Leaderboard(
                id="month",
                measure="points",
                period="month",
                participants_min=20,
                names=names(en="This month", fr="Ce mois-ci", de="Dieser Monat"),
            ),
        ),
        partners=(
            Partner(
                id="miles",
                unit="miles",
                out=ExchangeTerms(give=5, get=2, minimum=1000, step=500, monthly_max=50000),
                into=ExchangeTerms(give=2, get=3, minimum=500, monthly_max=20000),
            ),
        ),
    )


def goods() -> tuple[EarningRule, ...]:
    """Return what some goods earn instead or more."""
    return (
        RateRule(
            kind="rate",
            id="own-label",
            categories=("own-label",),
            rates={"EUR": Rate(points=15, per_minor=100), "GBP": Rate(points=18, per_minor=100)},
        ),
        RateRule(
            kind="rate",
            id="clearance",
            categories=("clearance",),
            priority=10,
            rates={"EUR": Rate(points=5, per_minor=100), "GBP": Rate(points=6, per_minor=100)},
        ),
        UnitsRule(kind="units", id="refill", skus=("REFILL-500", "REFILL-1000"), points=40),
        UnitsRule(
            kind="units",
            id="brand-of-the-season",
            brands=("Kiln & Leaf",),
            points=30,
            starts=day(9, 1),
            ends=day(12, 1),
        ),
        ExcludedRule(kind="excluded", id="fixed-prices", categories=("books", "medicines")),
    )


def orders() -> tuple[EarningRule, ...]:
    """Return what some orders of a person bring."""
    return (
        MilestoneRule(
            kind="milestone",
            id="first-order",
            orders=(1,),
            points=500,
            from_minor={"EUR": 2000, "GBP": 2000},
        ),
        MilestoneRule(kind="milestone", id="every-tenth-order", every=10, points=1000),
    )


def campaigns() -> tuple[EarningRule, ...]:
    """Return multipliers: of one group the largest counts, groups multiply each other."""
    return (
        MultiplierRule(
            kind="multiplier",
            id="double-week",
            group="season",
            factor=Decimal(2),
            starts=day(11, 23),
            ends=day(11, 30),
        ),
        MultiplierRule(
            kind="multiplier",
            id="friday",
            group="season",
            factor=Decimal(3),
            starts=day(11, 27, 8),
            ends=day(11, 28),
        ),
        MultiplierRule(
            kind="multiplier",
            id="summer-of-tea",
            group="category",
            factor=Decimal("1.5"),
            categories=("tea",),
            from_minor={"EUR": 5000, "GBP": 4500},
            starts=day(6, 1),
            ends=day(9, 1),
        ),
    )


def occasions() -> tuple[EarningRule, ...]:
    """Return what is given for other things than orders."""
    return (
        OccasionRule(kind="signup", id="welcome", points=100),
        OccasionRule(kind="newsletter", id="newsletter", points=100),
        OccasionRule(kind="review", id="review", points=50, yearly_max=20),
        OccasionRule(kind="survey", id="survey", points=75, yearly_max=4),
        OccasionRule(kind="follow", id="follow", points=25, yearly_max=3),
        OccasionRule(kind="birthday", id="birthday", points=200),
        OccasionRule(kind="anniversary", id="anniversary", points=150),
        OccasionRule(kind="referral", id="referral", points=500, yearly_max=10),
    )


def limits() -> tuple[EarningRule, ...]:
    """Return what nobody gets more than."""
    return (
        CapRule(kind="cap", id="in-an-order", points=20000, per="order"),
        CapRule(kind="cap", id="in-a-year", points=100000, per="year"),
    )


def ranks() -> TierLadder:
    """Return the ranks, lowest first, with what they take in each currency."""
    return TierLadder(
        qualify="spend",
        period="year",
        downgrade="one_down",
        grace_days=30,
        ranks=(
            Rank(
                key="member",
                from_minor={"EUR": 0, "GBP": 0, "SEK": 0, "JPY": 0},
                names=names(en="Member", fr="Membre", de="Mitglied"),
            ),
            Rank(
                key="silver",
                from_minor={"EUR": 25000, "GBP": 21500, "SEK": 280000, "JPY": 40000},
                points_factor=Decimal("1.25"),
                names=names(en="Silver", fr="Argent", de="Silber"),
            ),
            Rank(
                key="gold",
                from_minor={"EUR": 75000, "GBP": 64500, "SEK": 840000, "JPY": 120000},
                points_factor=Decimal("1.5"),
                benefits=("early access", "free shipping"),
                names=names(en="Gold", fr="Or", de="Gold"),
            ),
        ),
    )


def catalogue() -> tuple[Reward, ...]:
    """Return what points buy, in the order in which customers see it."""
    return (
        AmountCoupon(
            kind="amount",
            id="five-off",
            points=5000,
            names=names(en="5 off your order", fr="5 de remise", ja="1,000円引き"),
            worth_minor={"EUR": 500, "GBP": 500, "JPY": 1000},
            minimum_minor={"EUR": 2500, "GBP": 2500, "JPY": 5000},
        ),
        PercentCoupon(
            kind="percent",
            id="welcome-back",
            percent=15,
            points=3000,
            names=names(
                en="15 % off, because we missed you", fr="15 % parce que vous nous avez manqué"
            ),
            per_customer=1,
            per="year",
            valid_days=30,
            segment=Segment(orders_from=1, quiet_days_from=180),
        ),
        FreeShipping(
            kind="free_shipping",
            id="free-shipping",
            points=2500,
            names=names(en="Free shipping", fr="Livraison gratuite"),
            countries=("FR", "BE", "LU"),
        ),
        FreeProduct(
            kind="free_product",
            id="refill",
            product="REFILL-500",
            points=6000,
            names=names(en="A refill", fr="Une recharge"),
        ),
        StoreCredit(
            kind="store_credit",
            id="gift-card",
            points=10000,
            names=names(en="A gift card", fr="Une carte cadeau"),
            worth_minor={"EUR": 1000, "GBP": 1000},
        ),
        AccountCredit(
            kind="account_credit",
            id="store-credit",
            points=12000,
            names=names(en="Money in your account", fr="Un avoir sur votre compte"),
            worth_minor={"EUR": 1200, "GBP": 1200},
        ),
        ParcelGift(
            kind="gift",
            id="calendar",
            sku="CAL-2027",
            points=1500,
            names=names(
                en="Our calendar in your next parcel", fr="Notre calendrier dans votre colis"
            ),
            stock=2000,
            per_customer=1,
            starts=day(11, 15),
            ends=day(1, 1).replace(year=2027),
        ),
        Invitation(
            kind="invitation",
            id="workshop",
            event="workshop-2027-03",
            points=8000,
            names=names(en="A place in our workshop", fr="Une place dans notre atelier"),
            stock=40,
            countries=("FR",),
        ),
        Access(
            kind="access",
            id="early-access",
            area="spring-collection",
            points=500,
            names=names(en="The spring collection a day before", fr="La collection un jour avant"),
            valid_days=14,
        ),
        PartnerReward(
            kind="partner",
            id="cinema",
            partner="cinema.example",
            points=9000,
            names=names(en="A cinema ticket", fr="Une place de cinéma"),
        ),
        Donation(
            kind="donation",
            id="reef",
            points=1000,
            names=names(en="A gift to the reef", fr="Un don pour le récif"),
            worth_minor={"EUR": 100, "GBP": 100},
            cause="reef.example",
        ),
    )


def achievements() -> tuple[
    OrdersAchievement
    | StreakAchievement
    | CollectionAchievement
    | SpendAchievement
    | DeedsAchievement,
    ...,
]:
    """Return what customers can achieve, and in which time."""
    return (
        OrdersAchievement(
            kind="orders",
            id="regular",
            names=names(en="Regular", fr="Fidèle", de="Stammgast"),
            levels=(
                Level(key="bronze", target=5, points=200),
                Level(key="silver", target=15, points=600),
                Level(key="gold", target=40, points=1500),
            ),
        ),
        StreakAchievement(
            kind="streak",
            id="half-a-year",
            each="month",
            names=names(
                en="Half a year in a row", fr="Six mois de suite", de="Ein halbes Jahr am Stück"
            ),
            levels=(Level(key="six", target=6, points=800),),
        ),
        CollectionAchievement(
            kind="collection",
            id="four-teas",
            skus=("TEA-SPRING", "TEA-SUMMER", "TEA-AUTUMN", "TEA-WINTER"),
            names=names(en="Four seasons", fr="Quatre saisons", de="Vier Jahreszeiten"),
            levels=(Level(key="all", points=1000, reward="calendar"),),
        ),
        SpendAchievement(
            kind="spend",
            id="autumn",
            starts=day(9, 1),
            ends=day(12, 1),
            join="opt_in",
            names=names(en="Autumn challenge", fr="Défi d'automne", de="Herbstaufgabe"),
            levels=(Level(key="done", target_minor={"EUR": 15000, "GBP": 13000}, points=500),),
        ),
        DeedsAchievement(
            kind="reviews",
            id="critic",
            names=names(en="Critic", fr="Critique", de="Kritiker"),
            levels=(Level(key="ten", target=10, points=300),),
        ),
    )


def teapot() -> Order:
    """Return an order of 38.90 EUR, placed in a week of campaigns."""
    price = Money(minor=3890, currency="EUR")
    line = OrderLine(id="1", title="Teapot", quantity=1, unit_price=price, total=price)
    placed_at = datetime(2026, 11, 25, 12, tzinfo=UTC)
    return Order(
        id="1",
        number="1",
        placed_at=placed_at,
        paid_at=placed_at,
        currency="EUR",
        total=price,
        lines=(line,),
    )


if __name__ == "__main__":
    for program in (small(), large()):
        earned = preview(teapot(), program)
        parts = " + ".join(f"{part.points} {part.rule or part.source}" for part in earned.parts)
        print(f"{earned.points} {program.unit}: {parts}")
