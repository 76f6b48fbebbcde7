"""Bodies that no platform sends: repeatable, and wrong in every way that is listed."""

import copy
import json
import subprocess
import sys
from hashlib import sha256
from random import Random

from retention_sdk.testing.fuzz import fuzzed

DOCUMENT = {
    "id": 4501,
    "total": "38.90",
    "is_gift": False,
    "lines": [{"title": "Tasse", "quantity": 2}, {"title": "Karte", "quantity": 1}],
    "customer": {"name": "Zoë", "mail": None},
}


def bodies(count=2_000):
    return [fuzzed(DOCUMENT, Random(number)) for number in range(count)]


def read(body):
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def test_document_itself_is_never_changed():
    before = copy.deepcopy(DOCUMENT)
    bodies()

    assert before == DOCUMENT


def test_same_seed_is_the_same_body_in_another_process():
    code = (
        "from hashlib import sha256; from random import Random;"
        "from retention_sdk.testing.fuzz import fuzzed;"
        f"made = [fuzzed({DOCUMENT!r}, Random(number)) for number in range(200)];"
        "print(sha256(repr(made).encode()).hexdigest())"
    )
    environment = {"PYTHONHASHSEED": "7", "PYTHONPATH": ":".join(sys.path)}
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )

    assert sha256(repr(bodies(200)).encode()).hexdigest() == told.stdout.strip()


def test_every_kind_of_mistake_is_made():
    done = " | ".join(what for what, _ in bodies())

    for words in ("dropped", "worse", " as list", " as str", " twice", "cut off", "in UTF-16"):
        assert words in done
    for token in ("1e999990", "NaN", '"\\ud800"', '{"a":{"a":', '"9999-12-31'):
        assert f" = {token}" in done


def test_most_bodies_are_still_json_and_none_is_the_document():
    found = [read(body) for _, body in bodies()]

    assert len([each for each in found if each is not None]) > 1_500
    assert found.count(DOCUMENT) < 20


def test_field_is_said_twice_under_one_name():
    pairs = []
    for _, body in bodies(500):
        try:
            json.loads(body, object_pairs_hook=lambda found: pairs.append([k for k, _ in found]))
        except (ValueError, RecursionError):
            continue

    assert any(len(names) != len(set(names)) for names in pairs)


def test_document_that_is_used_up_is_a_body_still():
    assert all(isinstance(fuzzed({}, Random(number))[1], bytes) for number in range(200))
