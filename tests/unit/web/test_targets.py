"""Where a card leads."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention_sdk.web.targets import Targets

HOME = "https://soap.example/"
STORY = "https://soap.example/story"
TARGETS = Targets(
    home=HOME,
    story=STORY,
    by_name={
        "thank_you": "https://soap.example/thanks?lang=de#top",
        "thank_you/2": "https://soap.example/second",
        "birthday": "https://soap.example/gift?utm_source=own",
    },
    utm_source="parcel",
    utm_medium="card",
)


@pytest.mark.parametrize(
    ("template", "variant", "expected"),
    [
        ("thank_you", 2, "https://soap.example/second?utm_source=parcel&utm_medium=card&utm_campaign=thank_you&utm_content=v2"),
        ("thank_you", 1, "https://soap.example/thanks?lang=de&utm_source=parcel&utm_medium=card&utm_campaign=thank_you&utm_content=v1#top"),
        ("birthday", 0, "https://soap.example/gift?utm_source=own&utm_medium=card&utm_campaign=birthday&utm_content=v0"),
        ("brand_story", 0, "https://soap.example/story?utm_source=parcel&utm_medium=card&utm_campaign=brand_story&utm_content=v0"),
        ("", 0, "https://soap.example/story?utm_source=parcel&utm_medium=card"),
    ],
)  # fmt: skip
def test_the_narrowest_target_wins_and_is_tagged(template, variant, expected):
    assert expected == TARGETS.choose(template, variant)


def test_without_targets_it_is_the_story_then_home():
    assert STORY == Targets(home=HOME, story=STORY, by_name={}).choose("thank_you", 0)
    assert HOME == Targets(home=HOME, by_name={}).choose("thank_you", 0)


def test_default_comes_before_the_story():
    targets = Targets(home=HOME, story=STORY, by_name={"default": "https://soap.example/d"})

    assert "https://soap.example/d" == targets.choose("thank_you", 0)


@given(template=st.text(), variant=st.integers(0, 255))
def test_no_card_leads_anywhere_else(template, variant):
    """Even a template with a strange name can only change the tags."""
    address = urlsplit(TARGETS.choose(template, variant))

    assert ("https", "soap.example") == (address.scheme, address.netloc)
    assert address.path in {"/thanks", "/second", "/gift", "/story"}
    assert parse_qs(address.query).get("utm_campaign", [""]) == [template] or not template
