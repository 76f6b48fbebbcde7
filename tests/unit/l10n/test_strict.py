"""A shop may refuse to say what no native reader has approved."""

from __future__ import annotations

import pytest

from retention_sdk.errors import MessageError
from retention_sdk.l10n import available_locales, locales_in_state, localizer
from retention_sdk.l10n.catalogue import contexts_below, find_nodes
from retention_sdk.l10n.po import STATES


def test_a_strict_localizer_refuses_a_text_of_a_lower_state():
    """The error names text, locale, state and the way out."""
    strict = localizer("de", strict="native_reviewed")

    with pytest.raises(MessageError, match=r"label\.total in de is not native_reviewed"):
        strict.message("label.total")
    assert "Gesamt" == localizer("de", strict="drafted").message("label.total")
    assert "Gesamt" == localizer("de").message("label.total")


def test_numbers_and_dates_need_no_review():
    """They come from CLDR, not from our catalogues."""
    assert "1.234" == localizer("de", strict="native_reviewed").number(1234)


def test_a_region_is_as_strict_as_its_language():
    with pytest.raises(MessageError, match="in de is not machine_checked"):
        localizer("de-AT", strict="machine_checked").message("label.total")


def test_every_text_is_at_least_drafted():
    assert available_locales() == locales_in_state(STATES[0])
    assert all(not contexts_below(tag, "drafted") for tag in available_locales())


def test_no_locale_claims_a_native_reader():
    """Nobody has read them yet, so a strict shop has nothing to choose from."""
    assert () == locales_in_state("native_reviewed")


def test_the_nearest_text_decides():
    """A reviewed base text does not stand in for a variant that is not: the manner would change."""
    chain, contexts = ("de",), ("email.summary.title|warm", "email.summary.title")

    assert find_nodes(chain, contexts) == find_nodes(chain, contexts, strict="drafted")
    with pytest.raises(MessageError, match=r"title\|warm in de"):
        find_nodes(chain, contexts, strict="machine_checked")
