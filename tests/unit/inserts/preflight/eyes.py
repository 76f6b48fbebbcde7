"""A reader of printed pages: looks at the picture only, letter by letter, from left to right.

Letters that do not join stand apart on paper. Each stretch of ink between two gaps is compared
with pictures of the letters it may be, set alone in the same face; what is none of them is
written as a question mark.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont, ImageStat

_SIDE = 24
_FINE = 4  # how much finer than the page the known letters are drawn
_INK = 130
_DIFFERENCE_MAX = 42
_SHAPE_MAX = 0.5
_SMALL = 0.2


class Eyes:
    """Knows the letters of one face at one size, in pixels of an em."""

    def __init__(self, face: Path, em: float, letters: str, *, weight: int | None = None) -> None:
        size = round(em * _FINE)
        font = ImageFont.truetype(str(face), size, layout_engine=ImageFont.Layout.BASIC)
        if weight is not None:
            font.set_variation_by_axes([weight])
        self._em = em
        self._known = {
            letter: (shape, ratio, tall / _FINE)
            for letter in letters
            for shape, ratio, tall in [self._seen(_alone(font, letter, size))]
        }

    def lines(self, page: Image.Image) -> Iterator[str]:
        """Yield what each line of a page says, from left to right, without spaces."""
        ink = page.convert("L").point(lambda value: 255 if value < _INK else 0)
        for top, bottom in _stretches(_rows(_solid(ink))):
            if bottom - top > self._em / 8:
                yield self._line(ink.crop((0, top, ink.width, bottom)))

    def _line(self, band: Image.Image) -> str:
        columns = _rows(_solid(band).transpose(Image.Transpose.TRANSPOSE))
        pieces = (band.crop((a, 0, b, band.height)) for a, b in _stretches(columns))
        return "".join(self._letter(piece) for piece in pieces)

    def _letter(self, piece: Image.Image) -> str:
        shape, ratio, size = self._seen(piece)
        distances = {
            letter: _difference(shape, known)
            for letter, (known, other, tall) in self._known.items()
            if abs(ratio - other) < _SHAPE_MAX * max(ratio, other) and abs(size - tall) < 0.16
        }
        best = min(distances, key=distances.__getitem__, default="?")
        # A point or a hyphen is a few pixels high; that it is solid and so small says enough.
        limit = _DIFFERENCE_MAX * (2 if size < _SMALL else 1)
        return best if distances.get(best, 255) < limit else "?"

    def _seen(self, piece: Image.Image) -> tuple[Image.Image, float, float]:
        """The ink itself, in a square; how wide it is for its height; its height in ems."""
        ink = piece.crop(_solid(piece).getbbox())
        square = ink.resize((_SIDE, _SIDE), Image.Resampling.BOX).filter(
            ImageFilter.GaussianBlur(1)
        )
        return square, ink.width / ink.height, ink.height / self._em


def _alone(font: ImageFont.FreeTypeFont, letter: str, em: int) -> Image.Image:
    picture = Image.new("L", (em * 3, em * 3), 0)
    ImageDraw.Draw(picture).text((em, em), letter, font=font, fill=255)
    return picture


def _solid(picture: Image.Image) -> Image.Image:
    return picture.point(lambda value: 255 if value > _INK else 0)


def _rows(picture: Image.Image) -> list[bool]:
    data, width = picture.tobytes(), picture.width
    return [any(data[at : at + width]) for at in range(0, len(data), width)]


def _stretches(is_inked: Sequence[bool]) -> Iterator[tuple[int, int]]:
    at = 0
    for inked, run in groupby(is_inked):
        length = len(list(run))
        if inked:
            yield at, at + length
        at += length


def _difference(one: Image.Image, other: Image.Image) -> float:
    return ImageStat.Stat(ImageChops.difference(one, other)).mean[0]
