"""Whole e-mails, byte for byte. Read them before committing a change.

``RETENTION_UPDATE_GOLDEN=1 pytest tests/unit/messages/test_golden.py`` writes them anew.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from retention_sdk.messages import render_email
from retention_sdk.model import ConsentState
from retention_sdk.testing.builders import (
    a_brand,
    a_customer,
    a_line,
    a_shop,
    an_address,
    an_order,
    money,
)

GOLDEN = Path(__file__).parents[2] / "golden" / "mails"
DATE = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)

# locale: country, currency of the order, buyer, product, brand, signer. All invented.
CASES = {
    "en": ("GB", "24.50 GBP", ("Emma", "Clarke"), "Fig candle", "Ardent Provisions", "Rosa Lind"),
    "de": ("DE", "24.50 EUR", ("Anna", "Müller"), "Leinentuch „Möwe“", "Seifenwerk", "Jörg Weiß"),
    "fa": ("IR", "2400000 IRR", ("مریم", "رضایی"), "شمع Linen No. 5", "خانه‌ی چای", "نگار کریمی"),
    "ar": ("AE", "240.00 AED", ("فاطمة", "الهاشمي"), "شمعة Linen No. 5", "دار الشموع", "ليلى"),
    "he": ("IL", "99.00 ILS", ("נועה", "לוי"), "נר Linen No. 5", "בית הנרות", "דנה כהן"),
    "ja": ("JP", "4850 JPY", ("花子", "山田"), "手作りキャンドル", "茶の間商店", "佐藤 結衣"),
    "hy": ("AM", "9800 AMD", ("Անի", "Հակոբյան"), "Ձեռագործ մոմ", "Մոմերի տուն", "Նարե"),
    "ru": ("RU", "2400.00 RUB", ("Иван", "Петров"), "Свеча «Инжир»", "Дом свечей", "Мария"),
}


@pytest.mark.parametrize("event", ["order_paid", "order_delivered"])
@pytest.mark.parametrize("locale", CASES)
def test_an_e_mail_is_what_it_was(make_context, make_message, locale, event):
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
        shipping_address=an_address(country=country),
    )
    context = make_context(
        event_type=event,
        points=68,
        customer=customer,
        order=order,
        locale=locale,
        shop=a_shop(country=country, currency=money(price).currency, time_zone="UTC"),
        brand=a_brand(
            name=brand, sender={"name": signer}, legal_footer={"en": f"{brand}\nReg. 1234567"}
        ),
    )
    message = make_message(context, unsubscribe_url="https://soap.example/u/3f9a")
    artifact = render_email(message, message_id="<3f9a@soap.example>", date=DATE)
    file = GOLDEN / artifact.name
    if os.environ.get("RETENTION_UPDATE_GOLDEN"):
        file.write_bytes(artifact.data)

    assert file.read_bytes() == artifact.data
