"""A choice among cards with the settings of a test."""

from __future__ import annotations

from datetime import timedelta

from retention_sdk.inserts import InsertSettings, choose_insert
from retention_sdk.model import ConsentChannel, ConsentState
from retention_sdk.testing import builders as b

DAY = timedelta(days=1)
ALL = {"holdout_ratio": 0}
TIERS = {"gold": {"name": {"en": "Gold"}, "benefits": {"en": ["Free shipping"]}}}
CARE = [{"skus": ["SOAP-1"], "steps": {"en": ["Keep it dry"]}, "url": "https://soap.example/care"}]
REFERRAL = {"friend": {"percent": 10}, "own": {"amount": "5.00 EUR"}, "url": "https://a.example"}


def shop_settings(**values):
    return InsertSettings.model_validate(ALL | values)


def chosen(context, **values):
    return choose_insert(context, shop_settings(**values))


def yes_to_inserts(**changes):
    consent = b.a_consent(ConsentState.GRANTED, channel=ConsentChannel.PARCEL_INSERT)
    return b.a_customer(consents=(consent,), **changes)


def rule(template, **when):
    return {"rules": [{"template": template, "when": when}]}


def line(**changes):
    return b.an_order(lines=(b.a_line(**changes),))
