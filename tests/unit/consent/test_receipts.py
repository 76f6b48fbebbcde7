"""Receipts: DPV terms that exist, a signature others can check, and links of the chain."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from retention_sdk.consent.receipts import ChainEnd, Signing, person_receipt, shop_receipt
from retention_sdk.consent.receipts_check import check_receipt
from retention_sdk.consent.receipts_proof import (
    canonical,
    multibase,
    proved_by,
    read_multibase,
    with_proof,
)
from retention_sdk.model import (
    Consent,
    ConsentAct,
    ConsentChannel,
    ConsentState,
    OptInLevel,
    Purpose,
    Wording,
)
from retention_sdk.storage import is_signature, open_store
from retention_sdk.testing import a_shop

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SHOP = a_shop(id="shop", email="privacy@soap.example", url="https://soap.example")
YES = Consent(
    channel=ConsentChannel.EMAIL,
    state=ConsentState.GRANTED,
    recorded_at=NOW,
    source="checkout",
    opt_in_level=OptInLevel.CONFIRMED,
    evidence_ref="mail-77",
    wording=Wording(text_sha256="c" * 64, locale="de-DE", version="3"),
    confirmed_at=NOW + timedelta(minutes=5),
    expires_at=NOW + timedelta(days=730),
    platform="shopify",
)

# Read in dpv.csv and pd.csv of DPV 2.3 (w3c/dpv); loc has one term per ISO 3166 code.
DPV = set(
    "Advertising Consent ConsentGiven ConsentNotice ConsentReceipt ConsentRecord ConsentRefused "
    "ConsentWithdrawn Customer CustomerRelationshipManagement DataController DataSubject "
    "DirectMarketing EndlessDuration ExpressedConsent ImpliedConsent Marketing Personalisation "
    "Process Purpose SellDataToThirdParties UntilTimeDuration WithdrawConsent hasConsentControl "
    "hasConsentStatus hasContact hasDataController hasDataSubject hasDuration "
    "hasIndicationMethod hasJurisdiction hasLegalBasis hasName hasNotice hasPersonalData "
    "hasProcess hasPurpose hasRecordOfActivity isIndicatedAtTime isIndicatedBy".split()
)
PD = {"Contact", "DeviceBased", "EmailAddress", "PhysicalAddress", "TelephoneNumber"}
# DCMI Metadata Terms.
DCT = set("conformsTo created description hasVersion identifier language publisher source".split())


@pytest.fixture
def store(tmp_path):
    with open_store(f"sqlite:///{tmp_path}/shop.db", key=bytes(range(32))) as opened:
        yield opened


@pytest.fixture
def people(store):
    """Two people with three answers each, the first merged with a third account."""
    no = YES.model_copy(
        update={"state": ConsentState.DENIED, "recorded_at": NOW + timedelta(days=1)}
    )
    bought = Consent(
        channel=ConsentChannel.POST,
        state=ConsentState.GRANTED,
        act=ConsentAct.IMPLIED_BY_PURCHASE,
        purpose=Purpose.OFFERS,
    )
    never = Consent(channel=ConsentChannel.SMS, state=ConsentState.DENIED)
    with store.begin() as connection:
        one, two, three = (
            store.subjects.subject_for(connection, "shop", f"id:{n}", now=NOW) for n in (1, 2, 3)
        )
        for number, owner in enumerate((one, two)):
            for place, each in enumerate((YES, no, bought)):
                event_id, later = f"e{number}{place}", NOW + timedelta(days=2)
                store.consents.record(connection, owner, [each], event_id=event_id, now=later)
        store.consents.record(connection, three, [never], event_id="third", now=NOW)
        store.consents.merge(connection, one, three, at=NOW, now=NOW)
    return one, two


def exported(store, person=None, *, now=NOW):
    signing = Signing(store.signer.public_key, store.signer.sign)
    with store.reading() as connection:
        end = ChainEnd(*store.consents.end(connection, "shop"))
        if person:
            entries = store.consents.entries(connection, person)
            return person_receipt(entries, shop=SHOP, end=end, signing=signing, now=now)
        entries = tuple(store.consents.ledger(connection, "shop"))
        return shop_receipt(entries, shop=SHOP, end=end, signing=signing, now=now)


def checked(store, data):
    return check_receipt(data, trusted=store.signer.public_keys, is_signature=is_signature)


def terms(node):
    """Yield every compact IRI in a document: as name, as value, as type."""
    if isinstance(node, dict):
        for name, value in node.items():
            if name != "@context":
                yield name
                yield from terms(value)
    elif isinstance(node, list):
        for each in node:
            yield from terms(each)
    elif isinstance(node, str):
        yield node


def test_every_term_exists_in_its_vocabulary(store, people):
    found = set(terms(json.loads(exported(store))))

    def used(prefix):
        return {each.removeprefix(prefix) for each in found if each.startswith(prefix)}

    assert set() == used("dpv:") - DPV
    assert set() == used("pd:") - PD
    assert set() == used("dct:") - DCT
    assert {"value"} == used("rdf:")
    assert {"broader"} == used("skos:")
    assert {SHOP.country} == used("loc:")


def test_every_purpose_channel_and_act_can_be_told(store):
    wanted = [
        Consent(channel=channel, state=ConsentState.DENIED, purpose=purpose, act=act)
        for channel in ConsentChannel
        for purpose in Purpose
        for act in ConsentAct
    ]
    with store.begin() as connection:
        person = store.subjects.subject_for(connection, "shop", "id:1", now=NOW)
        news = store.consents.record(connection, person, wanted, event_id="all", now=NOW)

    report = checked(store, exported(store, person))
    assert () == report.findings
    assert set(range(1, news + 1)) == set(report.hashes)
    assert (
        set()
        == {
            each.removeprefix("dpv:")
            for each in terms(json.loads(exported(store, person)))
            if each.startswith("dpv:")
        }
        - DPV
    )


def test_a_receipt_tells_who_when_how_and_under_which_words(store, people):
    document = json.loads(exported(store, people[1]))
    given_yes, withdrawn, implied = document["dpv:hasRecordOfActivity"]

    assert "dpv:ConsentReceipt" == document["@type"]
    assert "https://w3id.org/dpv/schema/dpv-27560#receipt" == document["dct:conformsTo"]
    assert {
        "@type": "dpv:ConsentGiven",
        "dpv:isIndicatedBy": "dpv:DataSubject",
        "dpv:isIndicatedAtTime": "2026-03-01T12:00:00.000000Z",
        "dpv:hasIndicationMethod": ["express", "checkout"],
        "dpv:hasDuration": {
            "@type": "dpv:UntilTimeDuration",
            "rdf:value": "2028-02-29T12:00:00.000000Z",
        },
        "ledger:confirmedAt": "2026-03-01T12:05:00.000000Z",
        "ledger:hasOwnTime": True,
        "ledger:optInLevel": "confirmed",
    } == given_yes["dpv:hasConsentStatus"]
    assert {
        "@type": "dpv:ConsentNotice",
        "dct:identifier": f"urn:sha256:{'c' * 64}",
        "dct:language": "de-DE",
        "dct:hasVersion": "3",
    } == given_yes["dpv:hasNotice"]
    assert ["platform:shopify", "evidence:mail-77"] == given_yes["dct:source"]
    assert "dpv:ConsentWithdrawn" == withdrawn["dpv:hasConsentStatus"]["@type"]
    assert "dpv:ImpliedConsent" == implied["dpv:hasProcess"]["dpv:hasLegalBasis"]


def test_a_no_without_a_yes_before_it_is_a_refusal(store, people):
    records = json.loads(exported(store, people[0]))["dpv:hasRecordOfActivity"]
    sms = [each for each in records if each.get("ledger:channel") == "sms"]

    assert {"dpv:ConsentRefused"} == {each["dpv:hasConsentStatus"]["@type"] for each in sms}


def test_the_same_ledger_at_the_same_moment_gives_the_same_bytes(store, people):
    assert exported(store) == exported(store)
    assert exported(store, people[0]) != exported(store, people[0], now=NOW + timedelta(1))


@pytest.mark.parametrize("who", [None, 0, 1])
def test_an_untouched_file_is_good(store, people, who):
    report = checked(store, exported(store, None if who is None else people[who]))

    assert ((), store.signer.public_key.hex()) == (report.findings, report.public_key)
    assert 9 in report.hashes


def test_any_changed_byte_of_a_file_is_found(store, people):
    data = exported(store, people[1])
    for place in range(0, len(data), 7):
        changed = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        assert checked(store, changed).findings, place


def test_a_changed_record_in_a_file_is_named(store, people):
    document = json.loads(exported(store))
    document["dpv:hasRecordOfActivity"][3]["ledger:state"] = "denied"

    found = [each.seq for each in checked(store, canonical(document)).findings]
    assert [0, 4] == found


def test_a_record_taken_out_of_a_file_is_named_even_if_it_is_signed_anew(store, people):
    document = json.loads(exported(store))
    del document["dpv:hasRecordOfActivity"][3], document["proof"]
    again = with_proof(
        document,
        created="2026-03-01T12:00:00Z",
        public_key=store.signer.public_key,
        sign=store.signer.sign,
    )

    first = checked(store, canonical(again)).findings[0]
    assert (4, "the record is missing in the file") == (first.seq, first.what)


def test_a_file_signed_by_somebody_else_is_told_apart(store, people, tmp_path):
    with open_store(f"sqlite:///{tmp_path}/other.db", key=bytes(32)) as other:
        report = check_receipt(
            exported(store), trusted=other.signer.public_keys, is_signature=is_signature
        )

    assert ["the file was not signed by this shop"] == [each.what for each in report.findings]


def test_after_a_rotation_old_files_are_still_good_while_the_old_key_is_there(
    store, people, tmp_path
):
    data, new = exported(store), bytes(32)
    path = f"sqlite:///{tmp_path}/rotated.db"
    with open_store(path, key=new, previous_keys=(bytes(range(32)),)) as rotated:
        assert () == checked(rotated, data).findings
        assert store.signer.public_key != rotated.signer.public_key


def test_of_the_erased_a_file_has_only_links_and_still_hangs_together(store, people):
    with store.begin() as connection:
        store.subjects.erase(connection, people[1], now=NOW)

    document = json.loads(exported(store))
    assert [4, 5, 6] == [each["ledger:seq"] for each in document["ledger:omitted"]]
    assert {"ledger:seq", "ledger:hash", "ledger:previousHash"} == {
        name for each in document["ledger:omitted"] for name in each
    }
    assert people[1] not in exported(store).decode()
    assert () == checked(store, exported(store)).findings


@pytest.mark.parametrize(
    "data", [b"", b"\xff", b"[]", b"{}", b'{"@type": "dpv:ConsentReceipt"}', b"[" * 100_000]
)
def test_what_is_no_receipt_is_said_so(store, data):
    assert checked(store, data).findings


# Proofs --------------------------------------------------------------------------------------


def test_the_published_vector_of_the_standard_is_good():
    """W3C Data Integrity EdDSA Cryptosuites v1.0, appendix B: eddsa-jcs-2022."""
    key = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
    context = [
        "https://www.w3.org/ns/credentials/v2",
        "https://www.w3.org/ns/credentials/examples/v2",
    ]
    document = {
        "@context": context,
        "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
        "type": ["VerifiableCredential", "AlumniCredential"],
        "name": "Alumni Credential",
        "description": "A minimum viable example of an Alumni Credential.",
        "issuer": "https://vc.example/issuers/5678",
        "validFrom": "2023-01-01T00:00:00Z",
        "credentialSubject": {"id": "did:example:abcdefgh", "alumniOf": "The School of Examples"},
        "proof": {
            "type": "DataIntegrityProof",
            "cryptosuite": "eddsa-jcs-2022",
            "created": "2023-02-24T23:36:38Z",
            "verificationMethod": f"did:key:{key}#{key}",
            "proofPurpose": "assertionMethod",
            "@context": context,
            "proofValue": "z2HnFSSPPBzR36zdDgK8PbEHeXbR56YF24jwMpt3R1eHXQzJDMWS93FCzpvJpwTWd3GAVFuUfjoJ"
            "dcnTMuVor51aX",
        },
    }

    assert read_multibase(key)[2:] == proved_by(document, is_signature)
    assert proved_by({**document, "name": "Alumni credential"}, is_signature) is None


@pytest.mark.parametrize("data", [b"", b"\0", b"\0\0\x01", b"\xff" * 34, bytes(64)])
def test_multibase_gives_back_what_went_in(data):
    assert data == read_multibase(multibase(data))
