"""From a context to a composed e-mail, the way the pipeline goes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from retention_sdk.consent import decide, first_allowed, load_rules
from retention_sdk.l10n import localizer
from retention_sdk.messages import Expiring, Message, compose_email, message_candidates
from retention_sdk.model import (
    Block,
    Candidate,
    ConsentState,
    Context,
    Fulfilment,
    FulfilmentLine,
    FulfilmentStatus,
    LoyaltyState,
    OptInLevel,
    Parcel,
)
from retention_sdk.testing.builders import (
    a_brand,
    a_consent,
    a_context,
    a_customer,
    a_line,
    a_shop,
    an_address,
    an_order,
    money,
)
from tests.unit.messages.loyalty_cases import LOYALTY, NEWS

NOW = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)

# locale: country, currency of the order, buyer, product, brand, signer. All invented.
CASES = {
    "en": ("GB", "24.50 GBP", ("Emma", "Clarke"), "Fig candle", "Ardent Provisions", "Rosa Lind"),
    "de": ("DE", "24.50 EUR", ("Anna", "Müller"), "Leinentuch „Möwe“", "Seifenwerk", "Jörg Weiß"),
    "el": ("GR", "24.50 EUR", ("Ελένη", "Παππά"), "Κερί σύκου", "Το Σαπωνοποιείο", "Νίκος"),
    "ru": ("RU", "2400.00 RUB", ("Иван", "Петров"), "Свеча «Инжир»", "Дом свечей", "Мария"),
    "hy": ("AM", "9800 AMD", ("Անի", "Հակոբյան"), "Ձեռագործ մոմ", "Մոմերի տուն", "Նարե"),
    "fa": ("IR", "2400000 IRR", ("مریم", "رضایی"), "شمع Linen No. 5", "خانه‌ی چای", "نگار کریمی"),
    "ar": ("AE", "240.00 AED", ("فاطمة", "الهاشمي"), "شمعة Linen No. 5", "دار الشموع", "ليلى"),
    "he": ("IL", "99.00 ILS", ("נועה", "לוי"), "נר Linen No. 5", "בית הנרות", "דנה כהן"),
    "ja": ("JP", "4850 JPY", ("花子", "山田"), "手作りキャンドル", "茶の間商店", "佐藤 結衣"),
    "ko": ("KR", "38000 KRW", ("서연", "김"), "무화과 캔들", "달빛 상점", "이하늘"),
    "zh-Hans": ("CN", "168.00 CNY", ("小雨", "李"), "无花果香薰蜡烛", "竹里小铺", "陈静"),
    "hi": ("IN", "1450.00 INR", ("आशा", "शर्मा"), "चंदन की मोमबत्ती", "दीप भंडार", "मीरा"),
    "th": ("TH", "690.00 THB", ("มาลี", "ใจดี"), "เทียนหอมมะลิ", "ร้านเทียนไทย", "สมใจ"),
}

PARCEL = Fulfilment(
    id="f1",
    status=FulfilmentStatus.SHIPPED,
    lines=(FulfilmentLine(line_id="l1", quantity=1),),
    parcels=(
        Parcel(
            id="p1",
            carrier="Example Post",
            tracking_number="RB 123 456 789",
        ),
    ),
)
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
def make_case(make_context) -> Callable[..., Context]:
    """Return a function that builds an order of a buyer who reads that language."""

    def make(locale: str, **changes: Any) -> Context:
        country, price, (given, family), title, brand, signer = CASES[locale]
        customer = a_customer(
            given_name=given,
            family_name=family,
            address=an_address(country=country),
            consents=make_context(state=ConsentState.GRANTED).customer.consents,
        )
        order = an_order(
            price,
            id="A-1024",
            customer=customer,
            lines=(a_line(price, title=title),),
            fulfilments=(PARCEL,),
            shipping_address=an_address(country=country),
        )
        values: dict[str, Any] = {
            "points": 68,
            "customer": customer,
            "order": order,
            "locale": locale,
            "shop": a_shop(country=country, currency=money(price).currency, time_zone="UTC"),
            "brand": a_brand(
                name=brand, sender={"name": signer}, legal_footer={"en": f"{brand}\nReg. 1234567"}
            ),
        }
        return make_context(**{**values, **changes})

    return make


@pytest.fixture(scope="session")
def make_message(make_context) -> Callable[..., Message]:
    rules = load_rules()

    def make(
        context: Context | None = None,
        *,
        blocks: tuple[Block, ...] = (),
        unsubscribe_url: str | None = None,
        tracking_url: str | None = None,
        expiring: Expiring | None = None,
        candidates: Callable[..., tuple[Candidate, ...]] = message_candidates,
        **changes: Any,
    ) -> Message:
        context = context or make_context(**changes)
        choice = first_allowed(
            candidates(context, blocks=blocks) if blocks else candidates(context),
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
            tracking_url=tracking_url,
            expiring=expiring,
        )

    return make


@pytest.fixture(scope="session")
def make_news(make_case) -> Callable[..., Context]:
    """Return a function that builds what an event of the programme brings, in a language."""

    def make(template: str, locale: str = "en", **changes: Any) -> Context:
        event_type, news = NEWS[template]
        values = {"event_type": event_type, "loyalty": LOYALTY, "news": news, **changes}
        context = make_case(locale, now=NOW, **values)
        return context.model_copy(update={"order": None})

    return make
