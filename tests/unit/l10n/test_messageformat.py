from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention_sdk.errors import MessageError
from retention_sdk.l10n.messageformat import arguments_of, parse, texts_of, walk


def test_a_message_becomes_a_tree_that_json_can_hold():
    """Text, argument, typed argument, plural with exact case and number sign, select."""
    text = (
        "Hi {name}, {n, plural, offset:1 =0 {none} one {# of {total, number}} other {#}} "
        "{day, date, long} {who, select, shop {us} other {you}}"
    )
    nodes = parse(text)

    assert [
        "Hi ",
        ["arg", "name", "", ""],
        ", ",
        [
            "plural",
            "n",
            1,
            {
                "=0": ["none"],
                "one": [["hash", "n", 1], " of ", ["arg", "total", "number", ""]],
                "other": [["hash", "n", 1]],
            },
        ],
        " ",
        ["arg", "day", "date", "long"],
        " ",
        ["select", "who", 0, {"shop": ["us"], "other": ["you"]}],
    ] == nodes
    assert nodes == json.loads(json.dumps(nodes))
    assert {"name", "n", "total", "day", "who"} == arguments_of(nodes)
    assert 3 * 2 == len(list(texts_of(nodes)))
    assert ["hash", "n", 1] in list(walk(nodes))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("it''s", ["it's"]),
        ("l'ami", ["l'ami"]),
        ("'{x}'", ["{x}"]),
        ("a # b", ["a # b"]),
        ("{n, plural, other {'#'}}", [["plural", "n", 0, {"other": ["#"]}]]),
        ("", []),
        (
            "{ n , plural , other { # } }",
            [["plural", "n", 0, {"other": [" ", ["hash", "n", 0], " "]}]],
        ),
    ],
)
def test_quoting_follows_icu(text, expected):
    """An apostrophe quotes only before syntax; two are one."""
    assert expected == parse(text)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{", "name"),
        ("{n", "comma"),
        ("a}", "stray"),
        ("{n, plural, one {x}}", "no case 'other'"),
        ("{n, plural, other {x} other {y}}", "twice"),
        ("{n, plural, other {x}", "end of the cases"),
        ("{n, plural, other {x", "not closed"),
        ("{n, plural}", "expected the cases"),
        ("{n, spellout}", "spellout"),
        ("{n, date, long!}", "style"),
        ("'{x", "unclosed quote"),
        ("{1n}", "name"),
    ],
)
def test_wrong_syntax_is_refused_with_its_place(text, fault):
    """A translator must find it."""
    with pytest.raises(MessageError, match=fault):
        parse(text)


@given(st.text(alphabet="{}#',n plural other=1", max_size=60))
def test_any_text_is_read_or_refused(text):
    """Nothing but MessageError, and it always ends."""
    try:
        nodes = parse(text)
    except MessageError:
        return
    assert isinstance(nodes, list)
