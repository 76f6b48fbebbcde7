"""PDF functions of one variable: evaluate them, and write them as tables of samples."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream

from ...errors import PrintError

Function = Callable[[float], tuple[float, ...]]

_SAMPLED, _EXPONENTIAL, _STITCHING = 0, 2, 3
_BYTE_BITS = (8, 16)


def read_function(obj: Any) -> tuple[Function, tuple[float, float]]:
    """Return a function of one variable with its domain. An array holds one for each component.

    Raises:
        PrintError: it has several variables, or is a PostScript program.
    """
    if isinstance(obj, Array):
        parts = [read_function(part) for part in obj.as_list()]
        return (lambda t: tuple(part(t)[0] for part, _ in parts)), parts[0][1]
    domain = numbers(obj.Domain)
    if len(domain) != 2:  # noqa: PLR2004 - a lower and an upper bound: one variable
        raise PrintError("a gradient of several variables cannot be separated: use a picture")
    low, high = domain
    kind = int(obj.FunctionType)
    readers = {_SAMPLED: _sampled, _EXPONENTIAL: _exponential, _STITCHING: _stitching}
    if kind not in readers:
        raise PrintError(
            "a colour is computed by a program inside the drawing, which cannot be separated: "
            "export it with plain gradients and CMYK or spot colours"
        )
    evaluate = readers[kind](obj)
    return (lambda t: evaluate(min(high, max(low, t)))), (low, high)


def numbers(array: Any) -> list[float]:
    """Return an array of PDF numbers."""
    return [float(value) for value in array]


def _exponential(obj: Any) -> Function:
    start, end = numbers(obj.get("/C0", [0])), numbers(obj.get("/C1", [1]))
    exponent = float(obj.N)
    return lambda t: tuple(a + (b - a) * t**exponent for a, b in zip(start, end, strict=True))


def _stitching(obj: Any) -> Function:
    low, high = numbers(obj.Domain)
    parts = [read_function(part)[0] for part in obj.Functions]
    bounds = [low, *numbers(obj.Bounds), high]
    codes = numbers(obj.Encode)

    def evaluate(t: float) -> tuple[float, ...]:
        index = min(bisect_right(bounds, t, 1, len(bounds) - 1), len(parts)) - 1
        start, end = bounds[index], bounds[index + 1]
        first, last = codes[2 * index : 2 * index + 2]
        share = (t - start) / (end - start) if end > start else 0.0
        return parts[index](first + (last - first) * share)

    return evaluate


def _sampled(obj: Any) -> Function:
    bits, (size,) = int(obj.BitsPerSample), (int(n) for n in obj.Size)
    if bits not in _BYTE_BITS:
        raise PrintError("a gradient has samples of odd size: export it again")
    bounds = numbers(obj.Range)
    low, high = numbers(obj.Domain)
    decode = numbers(obj.get("/Decode", obj.Range))
    first, last = numbers(obj.get("/Encode", [0, size - 1]))
    data, width, count = obj.read_bytes(), bits // 8, len(bounds) // 2

    def sample(index: int) -> list[float]:
        start = index * count * width
        codes = (
            int.from_bytes(data[at : at + width]) / (2**bits - 1)
            for at in range(start, start + count * width, width)
        )
        return [a + (b - a) * c for a, b, c in zip(decode[::2], decode[1::2], codes, strict=True)]

    def evaluate(t: float) -> tuple[float, ...]:
        share = (t - low) / (high - low) if high > low else 0.0
        place = min(size - 1.0, max(0.0, first + (last - first) * share))
        index = int(place)
        one, other = sample(index), sample(min(index + 1, size - 1))
        return tuple(a + (b - a) * (place - index) for a, b in zip(one, other, strict=True))

    return evaluate


def write_samples(
    pdf: Pdf, rows: Sequence[Sequence[float]], domain: tuple[float, float]
) -> pikepdf.Object:
    """Return a function that gives these rows at even distances, and what lies between them."""
    codes = bytes(round(min(1.0, max(0.0, value)) * 255) for row in rows for value in row)
    count = len(rows[0])
    table = Stream(pdf, codes)
    table.stream_dict = Dictionary(
        FunctionType=_SAMPLED,
        Domain=Array(list(domain)),
        Range=Array([0, 1] * count),
        Size=Array([len(rows)]),
        BitsPerSample=8,
        Order=1,
    )
    return pdf.make_indirect(table)


def tint_ramp(cmyk: Sequence[float]) -> Dictionary:
    """Return a function from a tint of an ink to the mixture that stands for it."""
    return Dictionary(
        FunctionType=_EXPONENTIAL,
        Domain=Array([0, 1]),
        C0=Array([0, 0, 0, 0]),
        C1=Array(list(cmyk)),
        N=1,
    )


def separation(name: str, cmyk: Sequence[float]) -> Array:
    """Return the colour space of one ink, with a mixture for proofs."""
    return Array([Name.Separation, Name("/" + name), Name.DeviceCMYK, tint_ramp(cmyk)])
