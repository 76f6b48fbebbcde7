"""Who is who, what speaks against a reward, and when one is due (R1 to R3)."""

import random
import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention_sdk.errors import LedgerError
from retention_sdk.l10n.phones import to_e164
from retention_sdk.loyalty.referrals import (
    Circumstances,
    Identity,
    Referral,
    ReferralRule,
    State,
    approve,
    assess,
    claim,
    email_key,
    give_back,
    household_key,
    identity_of,
    is_disposable,
    judge,
    new_code,
    order,
    read_code,
    reject,
    reward,
)
from retention_sdk.model import Address

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
RULE = ReferralRule()
NOBODY = Identity()


@pytest.mark.parametrize(
    "spelling",
    [
        "j.doe@gmail.com",
        "jdoe@gmail.com",
        "J.D.O.E@GoogleMail.com",
        " jdoe+shop@gmail.com ",
        "jdoe+a+b@GMAIL.COM",
        "ｊｄｏｅ@gmail.com",
    ],
)
def test_all_spellings_of_a_mailbox_at_google_have_one_key(spelling):
    assert "mailbox:jdoe@gmail.com" == email_key(spelling)


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("j.doe@mail.example", "jdoe@mail.example", False),
        ("jdoe+x@mail.example", "jdoe@mail.example", True),
        ("Jdoe@mail.example", "jdoe@MAIL.example", True),
        ("anna@müller.example", "anna@xn--mller-kva.example", True),
        ("anna@straße.example", "anna@strasse.example", False),
        ("jdoe@mail.example", "jdoe@mail2.example", False),
        ("+tag@mail.example", "+other@mail.example", False),
    ],
)
def test_mailboxes_are_told_apart_and_together(one, other, is_same):
    assert is_same == (email_key(one) == email_key(other))


@pytest.mark.parametrize("text", ["", "nobody", "a@", "@b.example", "a b@c.example"])
def test_what_is_no_address_has_no_key(text):
    assert "" == email_key(text)
    assert frozenset() == identity_of(read_phone=to_e164, email=text).person


def test_a_door_is_the_same_for_all_who_live_behind_it():
    one = Address(name="Ada", street=("Haupt-Str. 1",), postcode="10115", country="DE")
    other = Address(name="Bob", street=("haupt str 1",), postcode="10 115", country="DE")
    next_door = Address(name="Bob", street=("Haupt-Str. 2",), postcode="10115", country="DE")

    assert household_key(one) == household_key(other) != household_key(next_door)
    assert "" == household_key(Address(name="Ada", street=("Haupt-Str. 1",)))


def test_a_telephone_is_the_same_however_it_was_typed():
    home = Address(country="DE")
    one = identity_of(read_phone=to_e164, phone="030 23125 123", address=home)
    other = identity_of(read_phone=to_e164, phone="+49 (30) 23125-123")

    assert {"phone:+493023125123"} == one.person == other.person


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("a@mailinator.com", True),
        ("a@sub.Mailinator.com", True),
        ("a@notmailinator.com", False),
        ("a@mail.example", False),
        ("a@own.example", True),
        ("", False),
    ],
)
def test_mailboxes_to_throw_away_are_known_by_their_domain(address, expected):
    assert expected == is_disposable(address, also=frozenset({"own.example"}))


def claims(*hours):
    return tuple(NOW - timedelta(hours=each) for each in hours)


@pytest.mark.parametrize(
    ("referrer", "friend", "more", "expected"),
    [
        ({}, {}, {}, (0, "clean", [])),
        ({"person": "m"}, {"person": "m"}, {}, (100, "fraud", ["same_person"])),
        ({}, {}, {"friend_orders": 1}, (100, "fraud", ["not_new"])),
        ({"household": "d"}, {"household": "d"}, {}, (40, "review", ["same_household"])),
        ({"devices": "x"}, {"devices": "x"}, {}, (60, "review", ["same_device"])),
        ({}, {}, {"is_disposable": True}, (30, "clean", ["disposable_mailbox"])),
        ({}, {}, {"claims": claims(0, 1, 2, 3)}, (0, "clean", [])),
        ({}, {}, {"claims": claims(0, 1, 2, 3, 23)}, (40, "review", ["burst"])),
        ({}, {}, {"claims": claims(0, 1, 2, 3, 24)}, (0, "clean", [])),
        (
            {"household": "d", "devices": "x"},
            {"household": "d", "devices": "x"},
            {},
            (100, "fraud", ["same_device", "same_household"]),
        ),
    ],
)
def test_what_speaks_against_a_reward_is_summed_and_told(referrer, friend, more, expected):
    who, whom = (
        Identity(**{k: frozenset(v) for k, v in each.items()}) for each in (referrer, friend)
    )
    found = assess(who, whom, Circumstances(at=NOW, **more), RULE)

    assert expected == (found.score, found.verdict, [signal.kind for signal in found.signals])
    assert len(found.signals) == len([reason for reason in found.reasons if reason])


KEYS = st.frozensets(st.sampled_from("abc"), max_size=2)
WHO = st.builds(Identity, person=KEYS, household=KEYS, devices=KEYS)
RULES = st.builds(
    ReferralRule,
    review_at=st.integers(1, 300),
    reject_at=st.integers(1, 300),
    same_device=st.integers(0, 100),
    same_household=st.integers(0, 100),
)


@given(WHO, WHO, RULES)
def test_nobody_refers_themselves_whatever_a_shop_sets(referrer, friend, rule):
    found = assess(referrer, friend, Circumstances(at=NOW), rule)

    assert not referrer.person & friend.person or found.verdict == "fraud"
    assert found.verdict == "clean" or found.reasons


@given(
    st.lists(st.sampled_from(["", "+a", "+b+c"]), min_size=2, max_size=2),
    st.lists(st.lists(st.booleans(), min_size=7, max_size=7), min_size=2, max_size=2),
    st.lists(st.sampled_from(["gmail.com", "GoogleMail.com"]), min_size=2, max_size=2),
)
def test_dots_tags_and_case_make_nobody_a_friend_of_themselves(tags, dots, domains):
    def spelled(n):
        name = "".join(
            c + "." * dot for c, dot in zip("zenobia", [*dots[n][:6], False], strict=True)
        )
        return identity_of(read_phone=to_e164, email=f"{name}{tags[n]}@{domains[n]}")

    found = assess(spelled(0), spelled(1), Circumstances(at=NOW), RULE)

    assert ("fraud", 100) == (found.verdict, found.score)


CLEAN = assess(NOBODY, NOBODY, Circumstances(at=NOW), RULE)
FRAUD = assess(NOBODY, NOBODY, Circumstances(at=NOW, friend_orders=1), RULE)
DOUBT = assess(NOBODY, NOBODY, Circumstances(at=NOW, claims=claims(1, 2, 3, 4, 5)), RULE)


def ordered():
    claimed = claim(Referral(changed_at=NOW), at=NOW)
    return order(claimed, "1", at=NOW, rule=RULE)


def test_a_reward_waits_for_the_return_window():
    pending = judge(ordered(), CLEAN, at=NOW)
    window = NOW + timedelta(days=30)

    assert State.PENDING is reward(pending, at=window - timedelta(microseconds=1)).state
    assert State.REWARDED is reward(pending, at=window).state


@pytest.mark.parametrize("early", [Referral(changed_at=NOW), claim(Referral(changed_at=NOW), at=NOW), ordered()])  # fmt: skip
def test_nothing_is_rewarded_before_it_was_judged(early):
    assert early == reward(early, at=NOW + timedelta(days=999))


def test_fraud_is_rejected_with_its_reasons_and_doubt_waits_for_a_person():
    rejected, waiting = judge(ordered(), FRAUD, at=NOW), judge(ordered(), DOUBT, at=NOW)
    approved = approve(waiting, "met them at the fair", at=NOW)

    assert (State.REJECTED, ("the friend has bought before",)) == (rejected.state, rejected.reasons)
    assert (State.ORDERED, 40) == (waiting.state, waiting.score)
    assert State.PENDING is approved.state
    assert (*waiting.reasons, "met them at the fair") == approved.reasons


def test_a_refund_rejects_before_the_reward_and_claws_after_it():
    pending = judge(ordered(), CLEAN, at=NOW)
    rewarded = reward(pending, at=NOW + timedelta(days=30))
    why = ("the friend's order was given back",)

    for open_one in (ordered(), pending):
        gone = give_back(open_one, "1", at=NOW)
        assert (State.REJECTED, why) == (gone.state, gone.reasons)
        assert gone == reward(gone, at=NOW + timedelta(days=999))
    clawed = give_back(rewarded, "1", at=NOW)
    assert (State.CLAWED, why) == (clawed.state, clawed.reasons)
    assert rewarded == give_back(rewarded, "another order", at=NOW)


@pytest.mark.parametrize(
    "step",
    [
        lambda it: order(it, "1", at=NOW, rule=RULE),
        lambda it: judge(it, CLEAN, at=NOW),
        lambda it: approve(it, "why not", at=NOW),
    ],
)
def test_a_step_that_comes_too_early_is_refused(step):
    with pytest.raises(LedgerError, match="linked"):
        step(Referral(changed_at=NOW))


def test_there_is_no_no_without_a_reason():
    for reasons in ((), ("",)):
        with pytest.raises(LedgerError, match="reason"):
            reject(ordered(), reasons, at=NOW)
    with pytest.raises(ValueError, match="reason"):
        Referral(changed_at=NOW, state=State.REJECTED)


def test_a_referral_belongs_to_one_order_and_a_reward_is_not_rejected_away():
    rewarded = reward(judge(ordered(), CLEAN, at=NOW), at=NOW + timedelta(days=30))

    with pytest.raises(LedgerError, match="order '1' already"):
        order(rewarded, "2", at=NOW, rule=RULE)
    with pytest.raises(LedgerError, match="rewarded"):
        reject(rewarded, ("late",), at=NOW)


STEPS = {
    "claim": lambda it, at: claim(it, at=at),
    "order": lambda it, at: order(it, "1", at=at, rule=RULE),
    "clean": lambda it, at: judge(it, CLEAN, at=at),
    "fraud": lambda it, at: judge(it, FRAUD, at=at),
    "approve": lambda it, at: approve(it, "looked at", at=at),
    "reject": lambda it, at: reject(it, ("looked at",), at=at),
    "reward": lambda it, at: reward(it, at=at),
    "refund": lambda it, at: give_back(it, "1", at=at),
}


@given(st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.integers(0, 40)), max_size=12))
def test_whatever_happens_rewards_come_late_once_and_noes_tell_why(steps):
    referral, at, seen, window = Referral(changed_at=NOW), NOW, [], None
    for name, days in steps:
        at += timedelta(days=days)
        try:
            after = STEPS[name](referral, at)
        except LedgerError:
            continue
        assert after == STEPS[name](after, at)
        if after.state is State.ORDERED and window is None:
            window = at + timedelta(days=30)
        if after.state is not referral.state:
            seen.append(after.state)
        if after.state is State.REWARDED and referral.state is not State.REWARDED:
            assert at >= window
        if after.state in (State.REJECTED, State.CLAWED):
            assert after.reasons
            assert all(after.reasons)
        referral = after

    assert len(set(seen)) == len(seen)
    assert not (State.REJECTED in seen and State.REWARDED in seen)


def test_codes_are_drawn_from_all_their_bytes_and_read_as_people_type_them():
    chance = random.Random(1)
    codes = {new_code(chance.randbytes) for _ in range(1000)}
    code = new_code(lambda count: bytes(range(count)))

    assert 1000 == len(codes)
    assert all(re.fullmatch(r"(?:[A-Z2-7]{4}-){3}[A-Z2-7]{4}", each) for each in codes)
    assert "AAAQ-EAYE-AUDA-OCAJ" == code == read_code(" aaaqeaye auda 0caj ")
    assert [None, None] == [read_code("AAAQ"), read_code("AAAQ-EAYE-AUDA-OCA!")]
