"""Numbers and codes are seen in the order in which they are stored (UAX #9, worked through)."""

from __future__ import annotations

import os
import unicodedata
from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from retention_sdk.l10n import REGISTRY, available_locales, localizer, sms_text
from retention_sdk.l10n.bidi import FSI, LRI, PDI, RLI
from retention_sdk.l10n.pseudo import PSEUDO_LOCALES

EXAMPLES = 3_000 if os.environ.get("RETENTION_SOAK") == "1" else 200
LOCALES = (*available_locales(), *PSEUDO_LOCALES)
DIGITS = "0123456789٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹"
CODES = st.text(
    st.sampled_from(f"{DIGITS}ABZaz-/.:+#_ \u200f\u061c\u202e"), min_size=1, max_size=20
)
CODED = sorted(
    k for k, spec in REGISTRY.items() if spec.is_required and "code" in spec.types.values()
)
COUNTED = sorted(
    k for k, spec in REGISTRY.items() if spec.is_required and "count" in spec.types.values()
)


def visual(text, base):
    """Return one paragraph as it is seen, from left to right. Brackets are plain neutrals."""
    levels, kinds, originals = explicit(text, base)
    for run in isolating_runs(originals):
        resolve(run, levels, kinds)
    seen = [i for i in range(len(text)) if originals[i] not in ("LRI", "RLI", "FSI", "PDI", "BN")]
    for level in range(max(levels, default=0), 0, -1):
        seen = reverse_runs(seen, levels, level)
    return [text[i] for i in seen]


def first_strong(text):
    """Rules P2 and P3, skipping isolates."""
    depth = 0
    for char in text:
        kind = unicodedata.bidirectional(char)
        if kind in ("LRI", "RLI", "FSI"):
            depth += 1
        elif kind == "PDI":
            if not depth:
                break
            depth -= 1
        elif not depth and kind in ("L", "R", "AL"):
            return int(kind != "L")
    return 0


def explicit(text, base):
    """Rules X1 to X8 for isolates only: embeddings and overrides never get this far."""
    stack, levels = [base], []
    originals = [unicodedata.bidirectional(char) or "L" for char in text]
    for i, kind in enumerate(originals):
        if kind in ("LRI", "RLI", "FSI"):
            levels.append(stack[-1])
            is_rtl = kind == "RLI" or (kind == "FSI" and first_strong(text[i + 1 :]))
            now = stack[-1]
            stack.append(now + (1 if now % 2 == 0 else 2) if is_rtl else now + 2 - now % 2)
        elif kind == "PDI":
            if len(stack) > 1:
                stack.pop()
            levels.append(stack[-1])
        else:
            assert kind not in ("LRE", "RLE", "LRO", "RLO", "PDF")
            levels.append(stack[-1])
    return levels, list(originals), originals


def isolating_runs(originals):
    """Rule X10: what an isolate interrupts belongs together."""
    runs, stack = [], [[]]
    for i, kind in enumerate(originals):
        if kind == "PDI" and len(stack) > 1:
            runs.append(stack.pop())
        stack[-1].append(i)
        if kind in ("LRI", "RLI", "FSI"):
            stack.append([])
    return [run for run in (*runs, *stack) if run]


def resolve(run, levels, kinds):
    """Rules W1 to I2 on one isolating run sequence; removed characters take no part (X9)."""
    level = levels[run[0]]
    run = [i for i in run if kinds[i] != "BN"]
    edge = "R" if level % 2 else "L"
    found = neutral(weak([kinds[i] for i in run], edge), edge)
    for i, kind in zip(run, found, strict=True):  # I1, I2
        if level % 2:
            levels[i] = level + (kind != "R")
        else:
            levels[i] = level + {"L": 0, "R": 1}.get(kind, 2)


def weak(k, edge):  # noqa: C901, PLR0912 - the rules of the standard, in its order
    before = edge
    for n, kind in enumerate(k):  # W1
        if kind == "NSM":
            k[n] = "ON" if before in ("LRI", "RLI", "FSI", "PDI") else before
        before = k[n]
    strong = edge
    for n, kind in enumerate(k):  # W2
        if kind in ("L", "R", "AL"):
            strong = kind
        elif kind == "EN" and strong == "AL":
            k[n] = "AN"
    k = ["R" if kind == "AL" else kind for kind in k]  # W3
    for n in range(1, len(k) - 1):  # W4
        if k[n - 1] == k[n + 1] and (
            (k[n] == "ES" and k[n - 1] == "EN") or (k[n] == "CS" and k[n - 1] in ("EN", "AN"))
        ):
            k[n] = k[n - 1]
    for order in (range(len(k)), range(len(k) - 1, -1, -1)):  # W5
        near = ""
        for n in order:
            if k[n] == "ET" and near == "EN":
                k[n] = "EN"
            near = k[n]
    k = ["ON" if kind in ("ES", "CS", "ET") else kind for kind in k]  # W6
    strong = edge
    for n, kind in enumerate(k):  # W7
        if kind in ("L", "R"):
            strong = kind
        elif kind == "EN" and strong == "L":
            k[n] = "L"
    return k


def neutral(k, edge):
    n = 0
    while n < len(k):  # N1, N2
        end = n
        while end < len(k) and k[end] not in ("L", "R", "EN", "AN"):
            end += 1
        left = edge if n == 0 else k[n - 1]
        right = edge if end == len(k) else k[end]
        sides = {"R" if side in ("EN", "AN") else side for side in (left, right)}
        k[n:end] = [sides.pop() if len(sides) == 1 else edge] * (end - n)
        n = end + 1
    return k


def reverse_runs(seen, levels, level):
    """Rule L2, for one level."""
    out, run = [], []
    for i in seen:
        if levels[i] >= level:
            run.append(i)
            continue
        out += [*reversed(run), i]
        run = []
    return out + run[::-1]


@pytest.mark.parametrize(
    ("text", "base", "expected"),
    [
        ("abc", 0, "abc"),
        ("אבג", 1, "גבא"),
        ("אב 12 גד", 1, "דג 12 בא"),
        ("سلام 12-34", 1, "34-12 مالس"),
        ("אב 12-34", 1, "12-34 בא"),
        (f"سلام {LRI}12-34{PDI}", 1, "12-34 مالس"),
        ("٢٠٢٦-١٠٠", 0, "١٠٠-٢٠٢٦"),
        ("a\u200e٢٠٢٦\u200e-\u200e١٠٠", 0, "a\u200e٢٠٢٦\u200e-\u200e١٠٠"),
        (f"he said {RLI}אב!{PDI}.", 0, "he said !בא."),
        (f"x {FSI}אב!{PDI}.", 0, "x !בא."),
    ],
)
def test_the_rules_are_applied_as_the_standard_says(text, base, expected):
    """Worked by hand, so that the tests below stand on something."""
    assert expected == "".join(visual(text, base))


def seen_in(text, locale):
    return visual(text, int(localizer(locale).direction == "rtl"))


def bare(text):
    return [char for char in text if char.isalnum()]


@settings(max_examples=EXAMPLES, deadline=None)
@given(locale=st.sampled_from(LOCALES), key=st.sampled_from(CODED), code=CODES)
@example("fa", "card.order.number", "٢٠٢٦-١٠٠/٧")
@example("ar", "card.order.number", "+٩٨ ٢١ 1234")
@example("he", "card.order.number", "12\u200f-34")
def test_a_code_is_seen_from_left_to_right(locale, key, code):
    """Whatever digits, signs and marks it has, whatever the text around it."""
    values = {"code": code, "text": "", "count": 0, "date": date(2026, 11, 21)}
    params = REGISTRY[key].types
    said = localizer(locale).message(key, **{name: values[kind] for name, kind in params.items()})

    assert "".join(bare(code)) in "".join(bare(seen_in(said, locale)))


@settings(max_examples=EXAMPLES, deadline=None)
@given(
    locale=st.sampled_from(LOCALES),
    key=st.sampled_from(COUNTED),
    count=st.integers(min_value=13, max_value=10**9),
    name=st.text(st.sampled_from("אבجد12٣٤ az-.\u200f\u0301"), max_size=12),
)
def test_a_number_is_seen_from_left_to_right(locale, key, count, name):
    """Beside any name, with any separators."""
    values = {"code": name, "text": name, "count": count, "date": date(2026, 11, 21)}
    params = REGISTRY[key].types
    said = localizer(locale).message(key, **{n: values[kind] for n, kind in params.items()})
    digits = "".join(char for char in localizer(locale).number(count) if char.isdigit())

    assert digits in "".join(bare(seen_in(said, locale)))


@settings(max_examples=EXAMPLES, deadline=None)
@given(locale=st.sampled_from(["fa", "ar", "he"]), code=CODES.filter(str.isprintable))
def test_a_code_in_a_text_message_is_seen_from_left_to_right(locale, code):
    """Without isolates, by the marks that stand in for them."""
    said = sms_text(localizer(locale).message("card.order.number", number=code))

    assert "".join(bare(code)) in "".join(bare(seen_in(said, locale)))
