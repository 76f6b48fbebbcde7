"""Colour management: littleCMS between sRGB and the inks of a press."""

from __future__ import annotations

import io
import struct
from bisect import bisect_left
from collections.abc import Sequence
from functools import cache, cached_property, lru_cache
from itertools import product
from math import dist
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...errors import PrintError
from ..profiles import PdfX, PressProfile
from .cielab import Rgb, lightness

if TYPE_CHECKING:
    from PIL import Image

Cmyk = tuple[float, float, float, float]
"""Cyan, magenta, yellow and black, from 0 to 1."""

_HEADER_BYTES = 128
_BYTES_MAX = 16 * 1024 * 1024
_DARKEST_STEP = 51
_SRGB_TOLERANCE = 2
_NEAR_PERCENT = 3


def own_profile(
    data: bytes,
    *,
    condition: str,
    name: str = "own",
    title: str = "",
    ink_max: int | None = None,
    pdfx: tuple[PdfX, ...] = ("x-4", "x-1a"),
) -> PressProfile:
    """Return a printing condition for the ICC file that a printer gave.

    ``condition`` is what the printer calls it, best the name in the registry of
    characterizations (``FOGRA51``). Without ``ink_max`` (percent) it is the most ink that the
    profile itself asks for.

    Raises:
        PrintError: it is not an ICC output profile for CMYK, or it does not work.
    """
    _check_header(data)
    reach = PressColours(data, 400)
    reach.black_for(0)  # a profile without the way back cannot be used either
    described = title or condition
    return PressProfile(
        name=name,
        title=described,
        colour="cmyk",
        condition=condition,
        info=described,
        ink_max=ink_max or reach.ink_reached,
        pdfx=pdfx,
        icc_data=data,
    )


def _check_header(data: bytes) -> None:
    """Read what ICC.1 says at fixed places: size, class, colour space, signature."""
    if not _HEADER_BYTES < len(data) <= _BYTES_MAX or data[36:40] != b"acsp":
        raise PrintError("the colour profile is not an ICC file (.icc or .icm)")
    if struct.unpack(">I", data[:4])[0] != len(data):
        raise PrintError("the colour profile is cut off: copy the file again")
    if data[12:16] != b"prtr" or data[16:20] != b"CMYK":
        raise PrintError(
            "the colour profile is not an output profile for CMYK: ask the printer for that"
        )


def profile_data(profile: PressProfile) -> bytes:
    """Return the ICC file of a printing condition: the printer's own, or our open build.

    Raises:
        PrintError: the condition has none.
    """
    if profile.icc_data:
        return profile.icc_data
    if not profile.icc:
        raise PrintError(f"the press profile {profile.name} has no colour profile")
    return _shipped(profile.icc)


@cache
def _shipped(name: str) -> bytes:
    return Path(__file__).with_name("profiles").joinpath(name).read_bytes()


@lru_cache(maxsize=8)
def colours_for(profile: PressProfile) -> PressColours:
    """Return the conversion of a printing condition; it is built once.

    Raises:
        PrintError: the colour profile does not work.
    """
    return PressColours(profile_data(profile), profile.ink_max)


class PressColours:
    """Mixes inks: relative colorimetric with black-point compensation, within the ink limit.

    Conversions are built when they are first needed.
    """

    def __init__(self, data: bytes, ink_max: int) -> None:
        self.ink_max = ink_max
        self._profile = _opened(data)
        self._sources: dict[bytes | None, Any] = {}

    @cached_property
    def _from_rgb(self) -> Any:
        from PIL import ImageCms

        return self._transform(ImageCms.createProfile("sRGB"), self._profile, "RGB", "CMYK")

    @cached_property
    def _to_rgb(self) -> Any:
        from PIL import ImageCms

        return self._transform(self._profile, ImageCms.createProfile("sRGB"), "CMYK", "RGB")

    @cached_property
    def _from_lab(self) -> Any:
        from PIL import ImageCms

        return self._transform(ImageCms.createProfile("LAB"), self._profile, "LAB", "CMYK")

    @cached_property
    def _lightness_of_black(self) -> list[float]:
        """The L* of tints of black on paper, the solid first."""
        tints = [(0.0, 0.0, 0.0, tint / 255) for tint in range(255, -1, -1)]
        return sorted(lightness(rgb) for rgb in self._seen(tints))

    @staticmethod
    def _transform(source: Any, target: Any, from_mode: str, to_mode: str) -> Any:
        from PIL import ImageCms

        intent = ImageCms.Intent.RELATIVE_COLORIMETRIC
        flags = ImageCms.Flags.BLACKPOINTCOMPENSATION
        try:
            return ImageCms.buildTransform(source, target, from_mode, to_mode, intent, flags)
        except ImageCms.PyCMSError as error:
            raise PrintError(f"a colour profile does not work: {error}") from None

    def _seen(self, mixes: Sequence[Cmyk]) -> list[Rgb]:
        """Return how mixtures look on paper, in sRGB."""
        from PIL import Image, ImageCms

        codes = bytes(round(value * 255) for mix in mixes for value in mix)
        strip = Image.frombytes("CMYK", (len(mixes), 1), codes)
        seen = iter(_applied(ImageCms, strip, self._to_rgb).tobytes())
        return list(zip(seen, seen, seen, strict=True))

    @property
    def ink_reached(self) -> int:
        """The most ink that the profile itself asks for, in percent, rounded up."""
        steps = range(0, 256, _DARKEST_STEP)
        mixes = self.mixes([(r, g, b) for r in steps for g in steps for b in steps])
        return int(max(sum(mix) for mix in mixes) * 100 + 0.999)

    def mix(self, rgb: Rgb) -> Cmyk:
        """Return how a flat colour is printed, in whole percents.

        The table of a profile is coarse: in light tints a percent is a visible cast. Of the
        mixtures nearby, that is taken which looks most like the colour.
        """
        (rough,) = self.mixes([rgb])
        cyan, magenta, yellow, black = (round(value, 2) for value in rough)
        steps = product(*(_around(value) for value in (cyan, magenta, yellow)))
        near = [mix for c, m, y in steps if (mix := (c, m, y, black)) == self.limited(mix)]
        start = self.limited((cyan, magenta, yellow, black))
        candidates = [start, *near]
        looks = zip(self._seen(candidates), candidates, strict=True)
        return min(looks, key=lambda look: (dist(look[0], rgb), dist(look[1], start)))[1]

    def mixes(self, colours: Sequence[Rgb]) -> list[Cmyk]:
        """Return how sRGB colours are printed."""
        from PIL import Image

        strip = Image.frombytes("RGB", (len(colours), 1), bytes(v for rgb in colours for v in rgb))
        return [self.limited(mix) for mix in self._mixes(strip, self._from_rgb)]

    def mix_of_lab(self, values: Sequence[float]) -> Cmyk:
        """Return how a colour of CIE L*a*b* (D50) is printed."""
        from PIL import Image

        light, a, b = values
        codes = (round(light * 2.55), round(a) & 255, round(b) & 255)
        dot = Image.frombytes("LAB", (1, 1), bytes(min(255, max(0, code)) for code in codes))
        (mix,) = self._mixes(dot, self._from_lab)
        return self.limited(mix)

    def _mixes(self, strip: Image.Image, transform: Any) -> list[Cmyk]:
        from PIL import ImageCms

        data = _applied(ImageCms, strip, transform).tobytes()
        codes = iter(value / 255 for value in data)
        return list(zip(codes, codes, codes, codes, strict=True))

    def limited(self, mix: Cmyk) -> Cmyk:
        """Return a mixture with less cyan, magenta and yellow where there is too much ink."""
        cyan, magenta, yellow, black = mix
        coloured, room = cyan + magenta + yellow, self.ink_max / 100 - black
        if coloured <= room:
            return mix
        share = room / coloured
        return cyan * share, magenta * share, yellow * share, black

    def black_for(self, light: float) -> float:
        """Return the tint of black ink, from 0 to 1, for a lightness from 0 (solid) to 100."""
        ramp = self._lightness_of_black
        wanted = ramp[0] + (ramp[-1] - ramp[0]) * min(1.0, max(0.0, light / 100))
        return 1 - min(bisect_left(ramp, wanted), 255) / 255

    def picture(self, image: Image.Image, source: bytes | None) -> Image.Image:
        """Return an RGB picture in CMYK, within the ink limit. ``source`` is its ICC file.

        Raises:
            PrintError: the picture's own profile does not work.
        """
        from PIL import ImageCms

        if source not in self._sources:
            opened = ImageCms.createProfile("sRGB") if source is None else _opened(source)
            self._sources[source] = self._transform(opened, self._profile, "RGB", "CMYK")
        return limited_picture(_applied(ImageCms, image, self._sources[source]), self.ink_max)


def _around(value: float) -> list[float]:
    """Return tints of one ink near a tint, in steps of a percent."""
    percent = round(value * 100)
    first, last = max(0, percent - _NEAR_PERCENT), min(100, percent + _NEAR_PERCENT)
    return [near / 100 for near in range(first, last + 1)]


def _applied(cms: Any, image: Image.Image, transform: Any) -> Image.Image:
    result: Image.Image = cms.applyTransform(image, transform)
    return result


def limited_picture(image: Image.Image, ink_max: int) -> Image.Image:
    """Return a CMYK picture with less cyan, magenta and yellow where there is too much ink."""
    from PIL import Image, ImageMath

    limit = ink_max * 255 // 100
    bands = dict(zip("cmyk", image.split(), strict=True))
    ink = ImageMath.lambda_eval(lambda of: of["c"] + of["m"] + of["y"] + of["k"], **bands)
    if _most(ink) <= limit:
        return image

    def less(name: str) -> Image.Image:
        band: Image.Image = ImageMath.lambda_eval(
            lambda of: of["convert"](
                of["min"](
                    of[name], of[name] * (limit - of["k"]) / of["max"](of["ink"] - of["k"], 1)
                ),
                "L",
            ),
            ink=ink,
            **bands,
        )
        return band

    return Image.merge("CMYK", (*(less(name) for name in "cmy"), bands["k"]))


def _most(ink: Image.Image) -> float:
    highest = ink.getextrema()[1]
    return highest if isinstance(highest, int | float) else highest[1]


def _opened(data: bytes) -> Any:
    from PIL import ImageCms

    try:
        return ImageCms.getOpenProfile(io.BytesIO(data))
    except (ImageCms.PyCMSError, OSError) as error:
        raise PrintError(f"the colour profile cannot be read: {error}") from None


@lru_cache(maxsize=32)
def is_srgb(data: bytes) -> bool:
    """Tell whether an RGB profile gives the numbers that sRGB gives.

    Raises:
        PrintError: the profile does not work.
    """
    steps = range(0, 256, _DARKEST_STEP)
    codes = bytes(v for r in steps for g in steps for b in steps for v in (r, g, b))
    return all(
        abs(one - other) <= _SRGB_TOLERANCE
        for one, other in zip(codes, to_srgb(data, codes), strict=True)
    )


@lru_cache(maxsize=1024)
def to_srgb(data: bytes, codes: bytes) -> bytes:
    """Return RGB triples of another profile as sRGB.

    Raises:
        PrintError: the profile does not work.
    """
    from PIL import Image, ImageCms

    strip = Image.frombytes("RGB", (len(codes) // 3, 1), codes)
    try:
        transform = ImageCms.buildTransform(
            _opened(data), ImageCms.createProfile("sRGB"), "RGB", "RGB"
        )
    except ImageCms.PyCMSError as error:
        raise PrintError(f"an RGB colour profile does not work: {error}") from None
    return _applied(ImageCms, strip, transform).tobytes()
