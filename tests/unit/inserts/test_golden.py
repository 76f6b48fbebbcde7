"""What the cards look like. Each picture was looked at by a person before it was committed.

``RETENTION_UPDATE_GOLDEN=1`` writes the pictures anew; look at them before committing.
"""

from __future__ import annotations

import os

import pytest
from PIL import Image, ImageChops, ImageStat

LANGUAGES = ("fa", "ar", "he", "hy", "ja", "ru", "de", "en")
PPI = 144
MEAN_MAX = 0.6  # of 255: antialiasing differs between machines, words do not
TILE_PX = 4
TILE_MAX = 20.0  # one changed letter makes 50, other antialiasing 4


def reduced(image: Image.Image) -> Image.Image:
    return image.convert("L").reduce(2)


def difference(one: Image.Image, other: Image.Image) -> tuple[float, float]:
    """Return the mean difference, and the largest mean difference of a small tile."""
    delta = ImageChops.difference(one, other)
    tiles = delta.reduce(TILE_PX)
    return ImageStat.Stat(delta).mean[0], float(tiles.getextrema()[1])


def is_same(one: Image.Image, other: Image.Image) -> bool:
    mean, tile = difference(one, other)
    return one.size == other.size and mean <= MEAN_MAX and tile <= TILE_MAX


@pytest.mark.parametrize("tag", LANGUAGES)
def test_card_looks_as_it_did_when_somebody_looked(tag, samples, draw, picture, golden_folder):
    card = draw(samples[tag], preview_ppi=PPI)
    for side, artifact in (("front", card.front_png), ("back", card.back_png)):
        now = reduced(picture(artifact.data))
        path = golden_folder / f"{tag}-{side}.png"
        if os.environ.get("RETENTION_UPDATE_GOLDEN"):
            now.save(path, optimize=True)
        then = Image.open(path)

        assert is_same(now, then), f"{path.name}: {difference(now, then)}"


def test_comparison_notices_one_changed_letter(a_card, draw, picture):
    before = a_card("en")
    after = a_card("en", body=(before.body[0].replace("shelves", "shelver"), *before.body[1:]))
    one, other = (
        reduced(picture(draw(card, preview_ppi=PPI).front_png.data)) for card in (before, after)
    )

    assert not is_same(one, other)


def test_comparison_notices_a_reversed_order_number(a_card, draw, picture):
    wrong = a_card("fa", order_number="سفارش \u20667-1042\u2069")
    one, other = (
        reduced(picture(draw(card, preview_ppi=PPI).back_png.data))
        for card in (a_card("fa"), wrong)
    )

    assert not is_same(one, other)
