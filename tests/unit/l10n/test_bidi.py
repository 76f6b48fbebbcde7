from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from retention_sdk.l10n import is_balanced, isolate, isolate_ltr, strip_isolates

LRI, FSI, PDI, RLO = "\u2066", "\u2068", "\u2069", "\u202e"
NASTY = st.text(
    st.one_of(
        st.sampled_from(f"{LRI}{FSI}{PDI}{RLO}\u200f\u202a\u202c\n\u2029علی0"), st.characters()
    )
)


def test_text_is_wrapped_so_that_its_own_letters_set_its_direction():
    """FSI for text, LRI for codes."""
    assert f"{FSI}علی{PDI}" == isolate("علی")
    assert f"{LRI}+966 11{PDI}" == isolate_ltr("+966 11")


def test_groups_of_arabic_digits_stay_in_their_order():
    """٢٠٢٦-١٠٠ would be shown as ١٠٠-٢٠٢٦; once marked, nothing is marked again."""
    marked = isolate_ltr("٢٠٢٦-١٠٠ / ٧")

    assert f"{LRI}٢٠٢٦\u200e-\u200e١٠٠\u200e / \u200e٧{PDI}" == marked
    assert marked == isolate_ltr(marked[1:-1])
    assert f"{LRI}2026-100{PDI}" == isolate_ltr("2026\u200f-\u061c100")
    assert f"{LRI}۲۰۲۶-۱۰۰{PDI}" == isolate_ltr("۲۰۲۶-۱۰۰")


def test_an_attempt_to_break_out_is_removed():
    """A name ending in PDI and RLO would turn the rest of the card around."""
    assert f"{FSI}Anna{PDI}" == isolate(f"Anna{PDI}{RLO}")


def test_balanced_isolates_inside_stay():
    """A list of isolated names can be an argument."""
    inner = f"{isolate('א')}, {isolate('b')}"

    assert f"{FSI}{inner}{PDI}" == isolate(inner)


def test_each_paragraph_is_isolated_by_itself():
    """UAX #9 rule BD9: an isolate ends with its paragraph."""
    assert f"{FSI}a{PDI}\n\n{FSI}b{PDI}" == isolate("a\n\nb")


@given(NASTY)
@example(f"{LRI}\n{PDI}")
def test_an_isolated_text_is_always_balanced_and_loses_no_letter(text):
    """Whatever a customer typed: only controls may go."""
    wrapped = isolate(text)

    assert is_balanced(wrapped)
    controls = "\u202a\u202b\u202c\u202d\u202e"
    assert strip_isolates(text).translate(dict.fromkeys(map(ord, controls))) == strip_isolates(
        wrapped
    )
