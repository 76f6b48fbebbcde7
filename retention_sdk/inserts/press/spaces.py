"""Colour spaces of a PDF: how many numbers a colour has, and which inks they mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf

from ...errors import PrintError
from .functions import numbers, read_function, separation, write_samples
from .icc import Cmyk, is_srgb, to_srgb
from .inks import Ink, Inks

_TINTS = 65
_RGB_COUNT, _CMYK_COUNT = 3, 4

ToInk = Callable[[Sequence[float]], Ink]


@dataclass(frozen=True, slots=True)
class Space:
    """A colour space. Without ``ink`` its colours stay as they are, in ``kept``.

    ``source`` is the ICC file of an RGB space that is not sRGB, for pictures.
    """

    count: int
    initial: tuple[float, ...]
    ink: ToInk | None = None
    kept: Any = None
    is_pattern: bool = False
    is_calibrated: bool = False
    is_lab: bool = False
    source: bytes | None = None


@dataclass
class Job:
    """One document on its way to the press, and what was done with it already."""

    pdf: Pdf
    inks: Inks
    paper: tuple[int, int, int]
    is_flat: bool
    mixtures: Mapping[str, Cmyk] = field(default_factory=dict)
    is_mask: bool = False
    done: set[tuple[int, int]] = field(default_factory=set)
    spots: dict[str, Any] = field(default_factory=dict)

    def is_new(self, obj: Any) -> bool:
        """Tell whether an object was not met before, and remember it. Direct ones are new."""
        key = obj.objgen
        if key == (0, 0):
            return True
        if key in self.done:
            return False
        self.done.add(key)
        return True

    def spot(self, name: str) -> Any:
        """Return the colour space of a spot ink; one for the whole document."""
        if name not in self.spots:
            self.spots[name] = self.pdf.make_indirect(separation(name, self.mixtures[name]))
        return self.spots[name]


def read_space(obj: Any, named: Any, job: Job) -> Space:
    """Return what a colour space means. ``named`` are the spaces of the resources, or nothing.

    Raises:
        PrintError: its colours cannot be separated; the message says what to export instead.
    """
    if isinstance(obj, Name):
        known = _device(str(obj), job)
        if known:
            return known
        if named is None or obj not in named:
            raise PrintError(f"the file names the colour space {obj}, and does not have it")
        return read_space(named[str(obj)], None, job)
    family = str(obj[0])
    if family not in _FAMILIES:
        known = _device(family, job)
        if known and len(obj) == 1:
            return known
        raise PrintError(f"colours of the kind {family[1:]} cannot be separated: convert to CMYK")
    return _FAMILIES[family](obj, named, job)


def _device(name: str, job: Job) -> Space | None:
    if name in {"/DeviceRGB", "/RGB"}:
        return Space(3, (0.0, 0.0, 0.0), lambda values: job.inks.ink(_codes(values)))
    if name in {"/DeviceGray", "/G"}:
        return Space(1, (0.0,), lambda values: job.inks.process((0.0, 0.0, 0.0, 1 - values[0])))
    if name in {"/DeviceCMYK", "/CMYK"}:
        return _process(job)
    if name == "/Pattern":
        return Space(0, (), is_pattern=True)
    return None


def _process(job: Job) -> Space:
    return Space(4, (0.0, 0.0, 0.0, 1.0), lambda values: job.inks.process(_mix(values)))


def _mix(values: Sequence[float]) -> Cmyk:
    cyan, magenta, yellow, black = values
    return cyan, magenta, yellow, black


def _codes(values: Sequence[float]) -> tuple[int, int, int]:
    red, green, blue = (min(255, max(0, round(value * 255))) for value in values)
    return red, green, blue


def _icc_based(obj: Any, _: Any, job: Job) -> Space:
    stream = obj[1]
    count = int(stream.N)
    if count == 1:
        return _calibrated_grey(obj, _, job)
    if count == _CMYK_COUNT:
        return _process(job)
    data = stream.read_bytes()
    if data[16:20] != b"RGB " or is_srgb(data):
        return Space(3, (0.0, 0.0, 0.0), lambda values: job.inks.ink(_codes(values)))

    def ink(values: Sequence[float]) -> Ink:
        red, green, blue = to_srgb(data, bytes(_codes(values)))
        return job.inks.ink((red, green, blue))

    return Space(3, (0.0, 0.0, 0.0), ink, source=data)


def _calibrated_grey(_: Any, __: Any, job: Job) -> Space:
    return Space(1, (0.0,), lambda values: job.inks.grey(values[0]), is_calibrated=True)


def _calibrated_rgb(_: Any, __: Any, job: Job) -> Space:
    return Space(3, (0.0, 0.0, 0.0), lambda values: job.inks.ink(_codes(values)))


def _lab(_: Any, __: Any, job: Job) -> Space:
    return Space(3, (0.0, 0.0, 0.0), job.inks.lab, is_lab=True)


def _indexed(obj: Any, named: Any, job: Job) -> Space:
    base = read_space(obj[1], named, job)
    if base.ink is None:
        return Space(1, (0.0,), kept=obj)
    table = indexed_inks(obj, base)
    return Space(1, (0.0,), lambda values: table[min(len(table) - 1, max(0, int(values[0])))])


def indexed_inks(obj: Any, base: Space) -> list[Ink]:
    """Return the inks of the colours in an Indexed space."""
    data = obj[3].read_bytes() if isinstance(obj[3], pikepdf.Stream) else bytes(obj[3])
    ink = base.ink
    assert ink is not None
    rows = (data[at : at + base.count] for at in range(0, len(data), base.count))
    return [ink([code / 255 for code in row]) for row in rows if len(row) == base.count]


def _spot(obj: Any, named: Any, job: Job) -> Space:
    """Keep an ink of its own. What stands for it in proofs is given in CMYK."""
    if job.is_mask:
        raise PrintError("a soft mask uses a spot colour: export it with greys")
    count = len(obj[1]) if isinstance(obj[1], Array) else 1
    initial = (1.0,) * count
    if str(obj[2]) == "/DeviceCMYK":
        return Space(count, initial, kept=obj)
    alternate = read_space(obj[2], named, job)
    if count != 1 or alternate.ink is None:
        raise PrintError("a mixture of spot colours has no CMYK values: export it with them")
    evaluate, domain = read_function(obj[3])
    steps = [domain[0] + (domain[1] - domain[0]) * n / (_TINTS - 1) for n in range(_TINTS)]
    rows = [alternate.ink(evaluate(step)).cmyk for step in steps]
    kept = Array([obj[0], obj[1], Name.DeviceCMYK, write_samples(job.pdf, rows, domain)])
    return Space(count, initial, kept=job.pdf.make_indirect(kept))


def _pattern(obj: Any, named: Any, job: Job) -> Space:
    """Return the space of uncoloured patterns, whose colour is given with them."""
    if len(obj) == 1:
        return Space(0, (), is_pattern=True)
    base = read_space(obj[1], named, job)
    if base.ink is None:
        kept = job.pdf.make_indirect(Array([Name.Pattern, base.kept]))
        return Space(base.count, (), kept=kept, is_pattern=True)
    kept = job.pdf.make_indirect(Array([Name.Pattern, Name.DeviceCMYK]))
    return Space(base.count, (), base.ink, kept=kept, is_pattern=True)


_FAMILIES: dict[str, Callable[[Any, Any, Job], Space]] = {
    "/ICCBased": _icc_based,
    "/CalGray": _calibrated_grey,
    "/CalRGB": _calibrated_rgb,
    "/Lab": _lab,
    "/Indexed": _indexed,
    "/I": _indexed,
    "/Separation": _spot,
    "/DeviceN": _spot,
    "/Pattern": _pattern,
}


def device_space(job: Job) -> Name:
    """Return the space that colours are written in: CMYK, or grey inside a soft mask."""
    return Name.DeviceGray if job.is_mask else Name.DeviceCMYK


def written(ink: Ink, job: Job) -> list[float]:
    """Return a mixture as numbers of ``device_space``."""
    return [round(1 - ink.cmyk[3], 4)] if job.is_mask else [round(v, 4) for v in ink.cmyk]


def separate_shading(shading: Any, named: Any, job: Job) -> None:
    """Turn a gradient into one of inks: its function, its background, its space.

    Raises:
        PrintError: it is a mesh of single colours, or a function of the place.
    """
    if not job.is_new(shading):
        return
    space = read_space(shading.ColorSpace, named, job)
    if space.ink is None:
        shading.ColorSpace = space.kept
        return
    if "/Function" not in shading:
        raise PrintError("a mesh of colours cannot be separated: use a plain gradient or a picture")
    evaluate, domain = read_function(shading.Function)
    shading.Function = write_samples(job.pdf, _ramp(evaluate, domain, space, job), domain)
    shading.ColorSpace = device_space(job)
    if "/Background" in shading:
        shading.Background = Array(written(space.ink(numbers(shading.Background)), job))


_STEPS = 513
"""Samples along a gradient: a sharp stop of 148 mm is blurred by 0.3 mm."""


def _ramp(evaluate: Any, domain: tuple[float, float], space: Space, job: Job) -> list[list[float]]:
    low, high = domain
    values = [evaluate(low + (high - low) * n / (_STEPS - 1)) for n in range(_STEPS)]
    assert space.ink is not None
    if space.count == _RGB_COUNT and space.source is None and not space.is_lab:
        inks = [Ink(mix) for mix in job.inks.ramp([_codes(value) for value in values])]
    else:
        inks = [space.ink(value) for value in values]
    return [written(ink, job) for ink in inks]


def group_of(obj: Any, job: Job) -> None:
    """Let a transparency group blend in inks; without transparency there is nothing to blend."""
    if "/Group" not in obj:
        return
    if job.is_flat:
        del obj["/Group"]
        return
    group = Dictionary(Type=Name.Group, S=Name.Transparency, CS=device_space(job))
    for key in ("/I", "/K"):
        if key in obj.Group:
            group[key] = obj.Group[key]
    obj.Group = group
