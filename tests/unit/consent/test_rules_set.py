"""Whole sets of rules: their version, their dates, what added rules and signatures change."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retention_sdk.consent import Basis, Rule, RuleSet, SignOff, decide, load_rules, read_rules
from retention_sdk.consent.quiet import read_quiet_hours
from retention_sdk.consent.rules_at import counts_as, rules_at
from retention_sdk.errors import ConfigError
from retention_sdk.model import Consent, ConsentChannel, ConsentState, OptInLevel

SHIPPED = load_rules()
# Enough for every kind of place, and quick to build again.
SOME = RuleSet.of(
    rule for rule in SHIPPED.rules if rule.region in {"*", "EU", "DE", "US", "US-CA", "CA-QC", "JP"}
)
TODAY = date(2026, 11, 18)
LOW = "eu.mark.parcel_insert.third-party"
EMAIL = ("marketing", "email", "")
INSERT = ("marketing", "parcel_insert", "own_personalised")
STORED = Path(__file__).parents[2] / "golden" / "consent" / "rule-set-format-1.json"


def rule_of(rules, rule_id):
    return next(rule for rule in (*rules.rules, *rules.added) if rule.rule_id == rule_id)


def changed(name, /, **columns):
    """A shipped rule with other columns, built as strictly as one that was read."""
    rule = rule_of(SHIPPED, name)
    return Rule.model_validate(
        {**{column: getattr(rule, column) for column in rule.model_fields_set}} | columns
    )


def signed(rule, **changes):
    values = {"rule_id": rule.rule_id, "by": "A. Counsel", "on": TODAY, "version": rule.version}
    return SignOff.model_validate({**values, **changes})


# Versions --------------------------------------------------------------------------------------


def test_a_rule_set_can_be_read_again_from_its_text():
    own = changed("de.mark.email", rule_id="own.de", basis_code=Basis.OPT_IN)
    rules = SHIPPED.plus([own], [signed(rule_of(SHIPPED, LOW), note="read again in spring")])
    again = RuleSet.parse(rules.dump())

    assert rules.version == again.version
    assert rules == again
    assert rules.dump() == again.dump()
    assert again.is_signed(rule_of(again, LOW))


def test_the_text_of_a_set_is_the_same_in_another_process():
    code = "from retention_sdk.consent import load_rules; print(load_rules().dump())"
    told = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", code], capture_output=True, check=True, text=True
    )

    assert SHIPPED.dump() == told.stdout.rstrip("\n")


def test_the_order_of_rules_and_signatures_means_nothing():
    backwards = RuleSet.of(reversed(SHIPPED.rules))

    assert SHIPPED == backwards


def test_a_column_that_a_later_release_adds_leaves_old_versions_alone():
    """Columns at their default are not part of what is hashed."""
    stored = json.loads(SHIPPED.dump())["rules"]
    rule = next(each for each in stored if each["rule_id"] == "de.mark.sms")

    assert "replaces" in Rule.model_fields
    assert not {"replaces", "effective_until", "reviewer", "soft_opt_in_months"} & set(rule)


def test_the_version_of_a_rule_is_its_own():
    rule = rule_of(SHIPPED, "de.mark.email")
    assert 12 == len(rule.version)
    assert rule.version != changed("de.mark.email", note="read twice").version
    assert rule.version == changed("de.mark.email", reviewer="A. Counsel").version
    assert len(SHIPPED.rules) == len({each.version for each in SHIPPED.rules})


def test_a_signature_is_part_of_the_version_of_the_set():
    rule = rule_of(SHIPPED, LOW)
    one, other = (SHIPPED.plus([], [signed(rule, by=name)]) for name in ("A", "B"))

    assert 3 == len({SHIPPED.version, one.version, other.version})


def replaced(text, old, new):
    assert old in text
    return text.replace(old, new, 1)


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda text: text[:-2], "rule set"),
        (lambda text: replaced(text, "HO-49-N", "HO-49"), "the rules are those of sha256:"),
        (lambda text: replaced(text, '"format":1', '"format":2'), "rule set format"),
        (lambda text: replaced(text, '"confidence":"high"', '"confidence":"sure"'), "rules.0"),
        (lambda text: replaced(text, SHIPPED.version, "sha256:0"), "sha256:0: the rules are"),
    ],
)
def test_a_damaged_set_is_refused(damage, words):
    with pytest.raises(ConfigError, match=words):
        RuleSet.parse(damage(SHIPPED.dump()))


def test_a_set_that_an_older_release_stored_is_read_as_it_was():
    """The file is not made again: a change that breaks this test breaks replay in real shops."""
    text = STORED.read_text("utf-8").rstrip("\n")
    rules = RuleSet.parse(text)
    (own,) = rules.added

    assert "sha256:fd2e62bbcd95e782f2a4f998" == rules.version
    assert "40686e8b089e" == own.version
    assert text == rules.dump()
    assert rules.is_signed(own)
    assert own == rules.find(("FR", "EU", "*"), INSERT, day=date(2030, 12, 31))
    assert own.replaces == rules.find(("FR", "EU", "*"), INSERT, day=date(2031, 1, 1)).rule_id


def test_versions_can_be_worked_out_without_this_package():
    """SHA-256 over JSON with sorted keys and no spaces: ``sha256sum`` would do."""
    stored = json.loads(STORED.read_text("utf-8"))
    own = {name: value for name, value in stored["added"][0].items() if name != "reviewer"}
    version = stored.pop("version")

    assert stored["sign_offs"][1]["version"] == digest(own)[:12]
    assert version == f"sha256:{digest(stored)[:24]}"


def digest(document):
    text = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


# Dates -----------------------------------------------------------------------------------------


def test_one_rule_may_follow_another():
    last = date(2027, 1, 31)
    old = changed("us.mark.sms", effective_until=last, in_force_from=None)
    new = changed("us.mark.sms", rule_id="us.mark.sms.2027", in_force_from=last + timedelta(1))
    rules = RuleSet.of([old, new])
    wanted = ("marketing", "sms", "")

    assert old == rules.find(("US",), wanted, day=last)
    assert new == rules.find(("US",), wanted, day=last + timedelta(1))


def test_two_rules_for_one_day_are_refused():
    last = date(2027, 1, 31)
    old = changed("us.mark.sms", effective_until=last)
    new = changed("us.mark.sms", rule_id="us.mark.sms.2027", in_force_from=last)

    with pytest.raises(ConfigError, match=r"us\.mark\.sms and us\.mark\.sms\.2027"):
        RuleSet.of([old, new])


def test_where_a_rule_ended_the_baseline_takes_its_place():
    ended = changed("de.mark.email", effective_until=TODAY - timedelta(1))
    rules = RuleSet.of([ended, rule_of(SHIPPED, "eu.mark.email")])
    found = rules.find(("DE", "EU", "*"), EMAIL, day=TODAY)

    assert found is not None
    assert "eu.mark.email" == found.rule_id


def test_a_rule_cannot_end_before_it_begins():
    with pytest.raises(ValueError, match="before in_force_from"):
        changed("fr.mark.phone", effective_until=date(2026, 8, 10))


# Signatures and replacements -------------------------------------------------------------------


def test_a_signature_counts_for_the_version_that_was_read():
    rule = rule_of(SHIPPED, LOW)
    fresh = SHIPPED.plus([], [signed(rule)])
    stale = SHIPPED.plus([], [signed(rule, version="0" * 12)])

    assert not SHIPPED.is_signed(rule)
    assert fresh.is_signed(rule)
    assert not fresh.is_signed(rule.model_copy(update={"basis_code": Basis.NONE}))
    assert not stale.is_signed(rule)
    assert ("changed since it was signed off" in stale.warnings()[0]) is True
    assert () == fresh.warnings()


def test_a_signature_for_no_rule_is_told():
    sign_off = SignOff(rule_id="de.mark.fax", by="A", on=TODAY, version="0" * 12)

    assert ("de.mark.fax is signed off, but there is no such rule",) == SHIPPED.plus(
        [], [sign_off]
    ).warnings()


def test_a_rule_is_signed_once():
    sign_off = signed(rule_of(SHIPPED, LOW))

    with pytest.raises(ConfigError, match=r"two signatures for eu\.mark"):
        RuleSet.of(SHIPPED.rules, sign_offs=[sign_off, sign_off])


@pytest.fixture
def looser():
    """Germany without the soft opt-in's conditions: what no unsigned rule may bring about."""
    return changed(
        "de.mark.email", rule_id="own.de", basis_code=Basis.OPT_OUT, replaces="de.mark.email"
    )


def test_a_looser_rule_is_found_beside_the_shipped_one_until_it_is_signed(looser):
    rules = SHIPPED.plus([looser])
    (warning,) = rules.warnings()

    assert "de.mark.email" == rules.find(("DE",), EMAIL, day=TODAY).rule_id
    assert (looser,) == rules.find_added(("DE",), EMAIL, day=TODAY)
    assert warning.startswith("own.de would replace de.mark.email, but nobody signed it off")


@pytest.mark.parametrize(
    ("columns", "is_idle"),
    [
        ({"basis_code": Basis.OPT_OUT}, True),
        ({"basis_code": Basis.SOFT_OPT_IN}, True),
        ({"basis_code": Basis.OPT_IN}, False),
        ({"basis_code": Basis.OPT_OUT, "frequency_cap": "1 per day"}, False),
        ({"basis_code": Basis.OPT_OUT, "confidence": "low"}, False),
        ({"basis_code": Basis.OPT_OUT, "channel": "any"}, False),
        ({"basis_code": Basis.OPT_OUT, "region": "*"}, False),
        ({"basis_code": Basis.OPT_OUT, "region": "IE"}, True),
        ({"basis_code": Basis.OPT_OUT, "region": "US"}, True),
        ({"basis_code": Basis.OPT_IN, "region": "US"}, False),
        ({"basis_code": Basis.OPT_OUT, "region": "US-NV"}, True),
    ],
)
def test_a_rule_that_asks_for_less_is_told_to_name_what_it_replaces(columns, is_idle):
    plain = {"rule_id": "own", "region": "DE", "message_class": "marketing", "channel": "email"}
    plain |= {"jurisdiction": "own", "basis": "own", "citation": "own", "source_read": "derived"}
    rules = SHIPPED.plus([Rule.model_validate({**plain, "confidence": "high", **columns})])

    assert is_idle == any("so it changes nothing" in warning for warning in rules.warnings())


def test_a_signed_rule_stands_for_the_one_it_replaces(looser):
    rules = SHIPPED.plus([looser], [signed(looser)])

    assert looser == rules.find(("DE", "EU", "*"), EMAIL, day=TODAY)
    assert () == rules.warnings()


def test_a_signed_rule_that_has_not_begun_replaces_nothing_yet():
    later = changed(
        "de.mark.email",
        rule_id="own.de",
        replaces="de.mark.email",
        basis_code=Basis.NONE,
        in_force_from=TODAY + timedelta(1),
    )
    rules = SHIPPED.plus([later], [signed(later)])

    assert "de.mark.email" == rules.find(("DE",), EMAIL, day=TODAY).rule_id
    assert "own.de" == rules.find(("DE",), EMAIL, day=TODAY + timedelta(1)).rule_id


def test_a_country_may_have_a_rule_in_place_of_the_baseline():
    push = changed(
        "eu.mark.push", rule_id="own.de.push", region="DE", replaces="eu.mark.push",
        basis_code=Basis.SOFT_OPT_IN,
    )  # fmt: skip
    rules = SHIPPED.plus([push], [signed(push)])
    wanted = ("marketing", "push", "")

    assert push == rules.find(("DE", "EU", "*"), wanted, day=TODAY)
    assert "eu.mark.push" == rules.find(("FR", "EU", "*"), wanted, day=TODAY).rule_id


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"replaces": "de.mark.fax"}, "own.replaces: there is no shipped rule de.mark.fax"),
        ({"replaces": "fr.mark.email"}, "fr.mark.email is about FR, not about DE"),
        ({"replaces": "de.mark.sms"}, "is about another class, channel or kind of insert"),
        ({"replaces": "de.mark.email", "region": "EU"}, "is about DE, not about EU"),
        ({"replaces": "us.mark.email", "region": "US-NV"}, "is about US, not about US-NV"),
    ],
)
def test_a_rule_cannot_replace_what_is_not_its_field(columns, words):
    with pytest.raises(ConfigError, match=words):
        SHIPPED.plus([changed("de.mark.email", rule_id="own", **columns)])


def test_an_own_rule_needs_an_id_of_its_own():
    with pytest.raises(ConfigError, match=r"two consent rules for de\.mark\.email"):
        SHIPPED.plus([rule_of(SHIPPED, "de.mark.email")])


# What people read ------------------------------------------------------------------------------


def test_a_country_has_its_own_rules_first_then_the_baseline_then_the_fallback():
    found = rules_at(SHIPPED, "FR", day=TODAY)
    regions = [rule.region for rule in found]

    assert ["FR", "EU"] == list(dict.fromkeys(regions))
    assert ["*"] == list(dict.fromkeys(rule.region for rule in rules_at(SHIPPED, "KE", day=TODAY)))


def test_a_rule_that_has_not_begun_is_not_listed():
    ids = [rule.rule_id for rule in rules_at(SHIPPED, "FR", day=date(2026, 8, 10))]

    assert "fr.mark.phone" not in ids
    assert "eu.mark.phone" in ids


def test_a_state_comes_on_top_of_its_country():
    texas = [r.rule_id for r in rules_at(SHIPPED, "US", subdivision="US-TX", day=TODAY)]
    nowhere = [r.rule_id for r in rules_at(SHIPPED, "US", channel="sms", day=TODAY)]

    assert {"us.mark.sms", "us-tx.mark.sms", "us-uoom.priv.any"} <= set(texas)
    assert "us-fl.mark.sms" not in texas
    assert ["us.mark.sms", "us-ct.mark.sms", "us-fl.mark.sms"] == nowhere[1:4]


def test_a_low_rule_counts_as_the_fallback_until_it_is_signed():
    rule = rule_of(SHIPPED, LOW)
    rules = SHIPPED.plus([], [signed(rule)])

    assert Basis.OPT_OUT is rule.basis_code
    assert Basis.OPT_IN is counts_as(rule, SHIPPED, day=TODAY)
    assert Basis.OPT_OUT is counts_as(rule, rules, day=TODAY)


# Properties ------------------------------------------------------------------------------------

KINDS = ("transactional", "marketing", "insert_personal", "insert_plain", "insert_advert",
         "insert_third_party")  # fmt: skip
PLACES = ("DE", "FR", "GB", "US", "CA", "JP", "KE", None)
REGIONS = ("*", "EU", "DE", "FR", "GB", "US", "US-CA", "US-NV", "CA", "CA-QC", "JP", "KE")


@st.composite
def own_rules(draw):
    """One rule that somebody could write: about anything, as loose or strict as can be."""
    hours = draw(st.sampled_from(["", "09:00-20:00", "10:00-12:00 Mon-Fri", "00:00-23:59"]))
    channel = draw(
        st.sampled_from(["any", "email", "sms", "phone", "postal_mail", "parcel_insert"])
    )
    kinds = ["", "own_generic", "own_personalised", "third_party"]
    months = st.none() | st.integers(1, 48)
    return Rule(
        rule_id="own",
        jurisdiction="own",
        region=draw(st.sampled_from(REGIONS)),
        message_class=draw(st.sampled_from(["transactional", "marketing"])),
        channel=channel,
        insert_type=draw(st.sampled_from(kinds)) if channel == "parcel_insert" else "",
        basis_code=draw(st.sampled_from(list(Basis))),
        basis="own",
        quiet_hours=read_quiet_hours(hours, ""),
        registry_check=draw(st.sampled_from(["", "a list", "a list (voluntary)"])),
        consent_age=draw(st.none() | st.integers(13, 18)),
        in_force_from=draw(st.none() | st.dates(date(2026, 1, 1), date(2027, 12, 31))),
        citation="own",
        source_read="derived",
        confidence=draw(st.sampled_from(["high", "medium", "low"])),
        opt_in_proof=draw(st.sampled_from(["", "confirmed"])),
        opt_in_months=draw(months),
        soft_opt_in_months=draw(months),
    )


@st.composite
def unsigned_replacements(draw):
    """A shipped rule made as loose as can be, that says it replaces the shipped one."""
    rule = draw(st.sampled_from(SOME.rules))
    loose = {"basis_code": Basis.NONE, "quiet_hours": None, "opt_in_proof": ""}
    return rule.model_copy(
        update={**loose, "rule_id": "own", "replaces": rule.rule_id, "confidence": "high"}
    )


@pytest.fixture(scope="session")
def situations(make_candidate, make_context):
    """Build a candidate and a context from what was drawn."""

    def make(kind, channel, country, answer, hour):
        now = datetime(2026, 11, 18, hour, 0, tzinfo=UTC)
        consents = ()
        if answer:
            state, level = answer
            given = {"recorded_at": now - timedelta(days=40), "opt_in_level": level}
            consents = (Consent(channel=ConsentChannel.ANY, state=state, **given),)
        changes = {"channel": channel} if kind in {"transactional", "marketing"} else {}
        context = make_context(country, consents=consents, now=now, seat="DE")
        return make_candidate(kind, **changes), context

    return make


ANSWERS = st.sampled_from(
    [
        None,
        (ConsentState.GRANTED, OptInLevel.SINGLE),
        (ConsentState.GRANTED, OptInLevel.CONFIRMED),
        (ConsentState.DENIED, OptInLevel.UNKNOWN),
    ]
)


@settings(deadline=None, max_examples=200)
@given(
    own=own_rules() | unsigned_replacements(),
    situation=st.tuples(
        st.sampled_from(KINDS),
        st.sampled_from(sorted(set(ConsentChannel) - {ConsentChannel.ANY})),
        st.sampled_from(PLACES),
        ANSWERS,
        st.integers(0, 23),
    ),
)
def test_an_added_rule_never_loosens(situations, own, situation):
    candidate, context = situations(*situation)
    before = decide(candidate, context, rules=SOME)
    after = decide(candidate, context, rules=SOME.plus([own]))

    assert Basis(before.basis).strictness <= Basis(after.basis).strictness
    assert before.allowed or not after.allowed
    if after.allowed:
        earliest = [each.earliest_send_at or context.now for each in (before, after)]
        assert earliest[0] <= earliest[1]


LOOSE = [
    rule for rule in SHIPPED.rules
    if counts_as(rule, SHIPPED, day=TODAY) is not rule.basis_code
]  # fmt: skip


@settings(deadline=None, max_examples=50)
@given(rule=st.sampled_from(LOOSE), others=st.sets(st.sampled_from(SOME.rules), max_size=5))
def test_a_low_rule_decides_by_its_own_words_only_when_it_is_signed_itself(rule, others):
    rules = RuleSet.of({*SOME.rules, rule})
    others = [signed(other) for other in others if other.rule_id != rule.rule_id]
    stale = signed(rule, version="f" * 12)
    day = rule.in_force_from or TODAY

    assert Basis.OPT_IN is counts_as(rule, rules.plus([], [*others, stale]), day=day)
    assert rule.basis_code is counts_as(rule, rules.plus([], [*others, signed(rule)]), day=day)


def test_there_are_low_rules_to_try_that_with():
    assert 41 == len(LOOSE)


@settings(deadline=None, max_examples=50)
@given(
    own=st.lists(own_rules() | unsigned_replacements(), max_size=3),
    with_signature=st.sets(st.sampled_from(SOME.rules), max_size=3),
)
def test_every_set_comes_back_from_its_text(own, with_signature):
    named = [rule.model_copy(update={"rule_id": f"own.{n}"}) for n, rule in enumerate(own)]
    rules = SOME.plus(named, [signed(rule) for rule in with_signature])
    again = RuleSet.parse(rules.dump())

    assert rules.version == again.version
    assert rules.dump() == again.dump()
    assert rules == again


CANDIDATES = {
    "own_generic": "insert_advert",
    "own_personalised": "insert_personal",
    "third_party": "insert_third_party",
}


@pytest.mark.parametrize(
    "rule",
    [rule for rule in SHIPPED.rules if rule.is_in_force(TODAY) and rule.region not in {"*", "EU"}
     and rule.message_class != "privacy_right"],
    ids=lambda rule: rule.rule_id,
)  # fmt: skip
def test_a_decision_asks_at_least_for_what_the_list_says(rule, make_candidate, make_context):
    channel = {"postal_mail": "post", "any": "email"}.get(rule.channel, rule.channel)
    kind = CANDIDATES.get(rule.insert_type, rule.message_class)
    country, _, state = rule.region.partition("-")
    context = make_context(country, region=state)
    candidate = make_candidate(kind, channel=ConsentChannel(channel))
    decision = decide(candidate, context, rules=SHIPPED)

    assert rule.rule_id in decision.rule_ids
    effect = counts_as(rule, SHIPPED, day=TODAY)
    assert effect.strictness <= Basis(decision.basis).strictness


def test_signing_off_lets_a_low_rule_decide(make_candidate, make_context):
    """Armenia's personalised insert is low and asks for opt-in; France's is low and opt-out."""
    rule = rule_of(SHIPPED, "fr.mark.parcel_insert.own-personalised")
    rules = SHIPPED.plus([], [signed(rule)])
    candidate = make_candidate("insert_personal")
    context = make_context("FR")

    assert "opt_in" == decide(candidate, context, rules=SHIPPED).basis
    assert "opt_out" == decide(candidate, context, rules=rules).basis
    assert decide(candidate, context, rules=rules).rules_version == rules.version


def test_a_signed_replacement_loosens_a_decision(make_candidate, make_context, looser):
    candidate, context = make_candidate("marketing"), make_context("DE", is_paid=False)
    rules = SHIPPED.plus([looser], [signed(looser)])

    assert not decide(candidate, context, rules=SHIPPED).allowed
    assert not decide(candidate, context, rules=SHIPPED.plus([looser])).allowed
    assert decide(candidate, context, rules=rules).allowed
    assert ("own.de",) == decide(candidate, context, rules=rules).rule_ids


def test_the_shipped_text_and_the_shipped_set_are_the_same():
    text = "rule_id,jurisdiction,region,message_class,channel,basis_code,basis,citation,"
    text += "source_read,confidence\n"
    row = "x,Germany,DE,marketing,email,opt_in,opt_in,a statute,derived,low\n"
    (rule,) = read_rules(text + row)

    assert ("x", "DE", Basis.OPT_IN, None) == (
        rule.rule_id, rule.region, rule.basis_code, rule.consent_age
    )  # fmt: skip
