"""What the law of each region says, written by hand from the citations, never from the engine."""

from __future__ import annotations

import pytest

from retention_sdk.consent import decide, explain
from retention_sdk.model import Consent, ConsentChannel, ConsentState, OptInLevel

# region, state, candidate, allowed, basis, first rule, words of its citation
# The buyer paid an order, gave no opt-in and objected to nothing; the shop sits in that country.
TABLE = [
    # GDPR art. 6(1)(b): the contract is basis enough.
    ("DE", "", "transactional", True, "none", "eu.tran.any", "GDPR art. 6(1)(b)"),
    # UWG s. 7(3): a customer, own similar goods, no objection.
    ("DE", "", "marketing", True, "soft_opt_in", "de.mark.email", "UWG s. 7(2) no. 2, 7(3)"),
    # GDPR art. 6(1)(f), recital 47: legitimate interest until somebody objects.
    ("DE", "", "insert", True, "opt_out", "de.mark.parcel_insert.own-personalised", "6(1)(f)"),
    ("GB", "", "transactional", True, "none", "gb.tran.any", ""),
    # PECR reg. 22(3): the soft opt-in.
    ("GB", "", "marketing", True, "soft_opt_in", "gb.mark.email", "PECR 2003 reg. 22(2)-(3)"),
    ("GB", "", "insert", True, "opt_out", "gb.mark.parcel_insert.own-personalised", ""),
    ("US", "California", "transactional", True, "none", "us.tran.any", ""),
    # CAN-SPAM asks for an opt-out only; California adds its own rule to the federal one.
    ("US", "California", "marketing", True, "opt_out", "us.mark.email", "CAN-SPAM 15 USC 7704"),
    ("US", "CA", "insert", True, "none", "us.mark.parcel_insert.own-personalised", ""),
    ("CA", "ON", "transactional", True, "none", "ca.tran.any", ""),
    # CASL s. 10(9)-(10): a purchase within two years implies consent.
    ("CA", "ON", "marketing", True, "soft_opt_in", "ca.mark.email", "CASL ss. 6, 10(1)-(2)"),
    ("CA", "ON", "insert", True, "opt_out", "ca.mark.parcel_insert.own-personalised", ""),
    ("IR", "", "transactional", True, "none", "ir.tran.any", ""),
    # E-Commerce Law art. 55 speaks of opting out, but the row is of low confidence: opt-in.
    ("IR", "", "marketing", False, "opt_in", "ir.mark.email", "art"),
    ("IR", "", "insert", False, "opt_in", "ir.mark.parcel_insert.own-personalised", "58-60"),
    ("AM", "", "transactional", True, "none", "am.tran.any", "HO-49-N"),
    # Law HO-49-N arts 8-9: consent, no exception for customers.
    ("AM", "", "marketing", False, "opt_in", "am.mark.email", "Law HO-49-N"),
    ("AM", "", "insert", False, "opt_in", "am.mark.parcel_insert.own-personalised", "HO-49-N"),
    ("JP", "", "transactional", True, "none", "jp.tran.any", ""),
    # 特定商取引法 art. 12-3: a mail-order shop asks first, whatever art. 3(1) of the e-mail act says.
    ("JP", "", "marketing", False, "opt_in", "jp.mark.email", "特定商取引法 art. 12-3"),
    ("JP", "", "insert", True, "opt_out", "jp.mark.parcel_insert.own-personalised", ""),
    # A country nobody has read the law of.
    ("XX", "", "transactional", True, "none", "*.tran.any", ""),
    ("XX", "", "marketing", False, "opt_in", "*.mark.any", "strictest common denominator"),
    ("XX", "", "insert", False, "opt_in", "*.mark.parcel_insert.own-personalised", ""),
]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: "-".join(row[:3]))
def test_each_region_answers_as_its_law_says(rules, make_context, make_candidate, row):
    country, region, kind, allowed, basis, rule_id, citation = row
    decision = decide(make_candidate(kind), make_context(country, region=region), rules=rules)

    assert allowed is decision.allowed
    assert basis == decision.basis
    assert rule_id == decision.rule_ids[0]
    assert citation in decision.citations[0]
    assert rules.version == decision.rules_version
    assert bool(decision.missing) is not allowed
    assert rule_id in explain(decision)


@pytest.mark.parametrize("country", ["DE", "GB", "US", "CA", "IR", "AM", "JP", "XX", None])
@pytest.mark.parametrize("channel", [ConsentChannel.ANY, ConsentChannel.EMAIL])
def test_an_objection_ends_marketing_and_leaves_service(
    rules, make_context, make_candidate, country, channel
):
    """GDPR art. 21(3): after an objection there is no more direct marketing. Contracts go on."""
    consents = (Consent(channel=channel, state=ConsentState.DENIED),)
    context = make_context(country, seat="DE", consents=consents)

    assert not decide(make_candidate("marketing"), context, rules=rules).allowed
    assert decide(make_candidate("transactional"), context, rules=rules).allowed


@pytest.mark.parametrize("country", ["DE", "GB", "US", "CA", "IR", "AM", "JP", "XX"])
def test_an_objection_ends_generic_advertising_inserts_but_not_plain_thanks(
    rules, make_context, make_candidate, country
):
    """A Werbesperre holds for leaflets that are the same for everybody, too."""
    objected = (Consent(channel=ConsentChannel.ANY, state=ConsentState.DENIED),)
    context = make_context(country, region="ON", consents=objected)
    silent = make_context(country, region="ON")

    assert decide(make_candidate("insert_advert"), silent, rules=rules).allowed
    assert not decide(make_candidate("insert_advert"), context, rules=rules).allowed
    assert not decide(make_candidate("insert"), context, rules=rules).allowed
    assert decide(make_candidate("insert_plain"), context, rules=rules).allowed


def test_an_unsubscribe_from_e_mail_is_not_an_objection_to_inserts(
    rules, make_context, make_candidate
):
    consents = (Consent(channel=ConsentChannel.EMAIL, state=ConsentState.DENIED),)
    context = make_context("DE", consents=consents)

    assert decide(make_candidate("insert"), context, rules=rules).allowed


@pytest.mark.parametrize(
    ("country", "basis"), [("DE", "opt_out"), ("FR", "opt_in"), ("IT", "opt_in"), ("XX", "opt_in")]
)
def test_the_same_third_party_leaflet_for_all_follows_the_row_of_the_country(
    rules, make_context, make_candidate, country, basis
):
    """DE is of medium confidence; FR and the EU baseline are low, so the fallback counts."""
    candidate = make_candidate("insert_third_party")

    assert basis == decide(candidate, make_context(country), rules=rules).basis


def test_a_third_party_leaflet_for_chosen_people_needs_an_opt_in(
    rules, make_context, make_candidate
):
    candidate = make_candidate("insert_third_party", is_personalised=True)
    decision = decide(candidate, make_context("DE"), rules=rules)

    assert not decision.allowed
    assert "opt_in" == decision.basis
    assert (
        "a recorded opt-in for profiling over parcel insert",
        "a recorded opt-in for advertising of others over parcel insert",
    ) == decision.missing


def test_a_single_opt_in_is_no_proof_in_germany(rules, make_context, make_candidate):
    """BGH 10.02.2011 I ZR 164/09: the double opt-in is the proof."""

    def answer(level):
        yes = Consent(channel=ConsentChannel.EMAIL, state=ConsentState.GRANTED, opt_in_level=level)
        context = make_context("DE", consents=(yes,), is_paid=False)
        return decide(make_candidate("marketing"), context, rules=rules)

    assert answer(OptInLevel.CONFIRMED).allowed
    assert not answer(OptInLevel.SINGLE).allowed
    assert "the opt-in was not confirmed (double opt-in)" in answer(OptInLevel.SINGLE).reasons


def test_a_member_without_a_rule_of_its_own_has_the_unions(rules, make_context, make_candidate):
    """Greece has no row for e-mail; directive 2002/58 art. 13 is the baseline."""
    decision = decide(make_candidate("marketing"), make_context("GR"), rules=rules)

    assert ("eu.mark.email",) == decision.rule_ids
    assert decision.allowed


def test_a_member_rule_replaces_the_unions(rules, make_context, make_candidate):
    """Polish law (PKE art. 398) has no exception for customers."""
    decision = decide(make_candidate("marketing"), make_context("PL"), rules=rules)

    assert ("pl.mark.email",) == decision.rule_ids
    assert not decision.allowed


def test_a_state_rule_comes_on_top_of_the_federal_one(rules, make_context, make_candidate):
    candidate = make_candidate("marketing", channel=ConsentChannel.SMS)
    decision = decide(candidate, make_context("US", region="Texas"), rules=rules)

    assert ("us.mark.sms", "us-tx.mark.sms") == decision.rule_ids
    assert ("US-TX", "US") == decision.jurisdictions


@pytest.mark.parametrize("region", ["QC", "CA-QC", "Quebec", "québec", " Québec "])
def test_quebec_is_recognised_however_it_is_written(rules, make_context, make_candidate, region):
    """Law 25: opt-in, also for a personalised insert."""
    decision = decide(make_candidate("insert"), make_context("CA", region=region), rules=rules)

    assert "ca-qc.mark.any" in decision.rule_ids
    assert not decision.allowed


@pytest.mark.parametrize("region", ["", "Ruritania"])
def test_an_unknown_province_counts_as_every_province(rules, make_context, make_candidate, region):
    decision = decide(make_candidate("marketing"), make_context("CA", region=region), rules=rules)

    assert ("ca.mark.email", "ca-qc.mark.any") == decision.rule_ids
    assert not decision.allowed


def test_the_sellers_law_counts_too(rules, make_context, make_candidate):
    """A Polish shop that writes to California is still bound by PKE art. 398."""
    context = make_context("US", region="CA", seat="PL")
    decision = decide(make_candidate("marketing"), context, rules=rules)

    assert ("us.mark.email", "us-ca.mark.email", "pl.mark.email") == decision.rule_ids
    assert not decision.allowed


def test_the_language_is_no_jurisdiction(rules, make_context, make_candidate):
    context = make_context("US", region="NY")
    german = context.model_copy(
        update={"locale": context.locale.model_copy(update={"tag": "de-DE"})}
    )

    answers = [decide(make_candidate("marketing"), c, rules=rules) for c in (context, german)]
    assert answers[0] == answers[1]


def test_a_register_nobody_consulted_leaves_only_a_recorded_yes(
    rules, make_context, make_candidate
):
    """Austria: s. 7 ECG asks senders to look into the RTR list before a soft opt-in."""
    decision = decide(make_candidate("marketing"), make_context("AT"), rules=rules)

    assert "opt_in" == decision.basis
    assert "register: RTR ECG list (for soft opt-in)" in decision.evidence
