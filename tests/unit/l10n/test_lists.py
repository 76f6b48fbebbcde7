from __future__ import annotations

import pytest

from retention_sdk.l10n import isolate, localizer
from retention_sdk.l10n.lists import join_list
from retention_sdk.l10n.resources import cldr_locale
from retention_sdk.l10n.tags import parse

# CLDR 48.2 dropped the English words that 48.0 had inherited for Sorani.
KNOWN_DIFFERENCES = {"ckb-IQ"}


def test_every_list_reads_as_icu_joins_it_but_for_known_changes_of_cldr(oracle, cldr_tag):
    """412 lists in 103 locales; only Sorani differs."""
    differing = {
        tag
        for tag, count, expected in oracle("lists")
        if expected
        != join_list("ABCD"[:count], cldr_locale(cldr_tag(tag))["list"], parse(tag).language)
    }

    assert KNOWN_DIFFERENCES == differing


@pytest.mark.parametrize(
    ("tag", "items", "expected"),
    [
        ("en", [], ""),
        ("en", ["tea"], "tea"),
        ("en", ["{0}", "{1}", "x{0}"], "{0}, {1}, and x{0}"),
        ("de", ["Tee", "Kaffee", "Honig"], "Tee, Kaffee und Honig"),
        ("es", ["té", "infusión"], "té e infusión"),
        ("es", ["agua", "hielo"], "agua y hielo"),
        ("he", ["תה", "קפה"], "תה וקפה"),
        ("he", ["תה", isolate("Matcha")], f"תה ו-{isolate('Matcha')}"),
        ("ja", ["茶", "花"], "茶、花"),
    ],
)
def test_items_are_joined_as_the_language_joins_them(tag, items, expected):
    """None, one, braces in a name, and the two languages whose "and" looks at what follows."""
    assert expected == localizer(tag).list(items)
