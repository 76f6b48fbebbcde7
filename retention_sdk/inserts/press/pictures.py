"""Pictures of a PDF: from RGB to inks, with their soft masks flattened where none is allowed."""

from __future__ import annotations

import io
import zlib
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

from ...errors import PrintError
from .icc import PressColours, limited_picture
from .inks import InkTable
from .spaces import Job, Space, device_space, indexed_inks, read_space, written

if TYPE_CHECKING:
    from PIL import Image

_BYTE, _WORD = 8, 16
# A5 with bleed at 900 dpi. More is a mistake, or meant to fill the memory.
_PIXELS_MAX = 50_000_000
_RGB, _CMYK = 3, 4
_MODES = {1: "L", 3: "RGB", 4: "CMYK"}
# High enough that the second lossy coding cannot be seen at the resolution of a press.
_JPEG_QUALITY = 95
_COMPRESSION = 6
_LOSSY = "/DCTDecode"
_PLAIN_MODES = {"L": "L", "LA": "L", "RGB": "RGB", "RGBA": "RGB", "CMYK": "CMYK"}
_DEVICES = {"L": Name.DeviceGray, "RGB": Name.DeviceRGB, "CMYK": Name.DeviceCMYK}
_NO_PRINT = ("/OPI", "/Alternates", "/Metadata", "/StructParent", "/PieceInfo", "/OC")


def separate_picture(picture: Any, named: Any, job: Job) -> None:
    """Turn a picture into one of inks. Stencils have no colour, and greys stay grey.

    Raises:
        PrintError: it is of a kind that cannot be separated; the message says what to do.
    """
    for key in _NO_PRINT:
        if key in picture:
            del picture[key]
    if int(picture.Width) * int(picture.Height) > _PIXELS_MAX:
        raise PrintError("a picture is larger than any press can show: save it with 300 dpi")
    if job.is_flat and "/JBIG2Decode" in _filters(picture):
        raise PrintError("a picture is coded as JBIG2, which PDF/X-1a does not know: print as x-4")
    if not picture.get("/ImageMask", False):
        _make_plain(picture)
        _separate_colours(picture, named, job)
    if "/SMask" in picture:
        _see_to_mask(picture, job)


def _make_plain(picture: Any) -> None:
    """Decode what PDF 1.4 does not know: JPEG 2000, and more than eight bits for a colour."""
    is_new = "/JPXDecode" in _filters(picture)
    if not is_new and int(picture.get("/BitsPerComponent", _BYTE)) <= _BYTE:
        return
    image = _decoded(picture)
    mode = _PLAIN_MODES.get(image.mode)
    if mode is None:
        raise PrintError(f"a picture has pixels of the kind {image.mode}: save it again as PNG")
    space = picture.get("/ColorSpace", _DEVICES[mode])
    _write(picture, _flate(image.convert(mode).tobytes()), space)


def _separate_colours(picture: Any, named: Any, job: Job) -> None:
    if "/ColorSpace" not in picture:
        raise PrintError("a picture says nothing about its colours: save it again as PNG or JPEG")
    space = read_space(picture.ColorSpace, named, job)
    if space.is_lab:
        raise PrintError("a picture is stored in L*a*b*: save it again in RGB or CMYK")
    if space.kept is not None:
        picture.ColorSpace = space.kept
    elif _is_indexed(picture):
        _separate_palette(picture, named, job)
    elif space.count == _RGB or (job.is_mask and space.count == _CMYK):
        _separate_rgb(picture, space, job)
    elif space.count == _CMYK:
        _limit(picture, job)
    else:
        _separate_grey(picture, space, job)


def _is_indexed(picture: Any) -> bool:
    space = picture.get("/ColorSpace")
    return isinstance(space, Array) and str(space[0]) in {"/Indexed", "/I"}


def _separate_palette(picture: Any, named: Any, job: Job) -> None:
    """A picture of few colours keeps its pixels; only the list of colours changes."""
    space = picture.ColorSpace
    inks = indexed_inks(space, read_space(space[1], named, job))
    table = bytes(round(value * 255) for ink in inks for value in written(ink, job))
    picture.ColorSpace = Array(
        [Name.Indexed, device_space(job), len(inks) - 1, pikepdf.String(table)]
    )


def _separate_rgb(picture: Any, space: Space, job: Job) -> None:
    _require_no_key(picture)
    is_lossy = _filters(picture) == [_LOSSY]
    image = _decoded(picture)
    if job.is_mask:
        _write(picture, _flate(image.convert("L").tobytes()), Name.DeviceGray)
        return
    assert isinstance(job.inks, InkTable)
    if job.is_flat and "/SMask" in picture:
        _flatten(picture, space, job)
        return
    pixels = image.convert("RGB").tobytes()
    data = _converted(pixels, image.size, is_lossy, space.source, job.inks.colours)
    _write(picture, data, Name.DeviceCMYK, is_lossy=is_lossy)


@lru_cache(maxsize=8)
def _converted(
    pixels: bytes,
    size: tuple[int, int],
    is_lossy: bool,
    source: bytes | None,
    colours: PressColours,
) -> bytes:
    """Return a picture in inks, coded; a logo is the same on every card of a batch."""
    from PIL import Image

    inked = colours.picture(Image.frombytes("RGB", size, pixels), source)
    return _jpeg(inked) if is_lossy else _flate(inked.tobytes())


def _flatten(picture: Any, space: Space, job: Job) -> None:
    """Lay a half-transparent picture on the paper; where nothing is, nothing is printed."""
    from PIL import Image

    assert isinstance(job.inks, InkTable)
    image = _decoded(picture).convert("RGB")
    alpha = _decoded(picture.SMask).convert("L").resize(image.size)
    laid = Image.composite(image, Image.new("RGB", image.size, job.paper), alpha)
    inked = job.inks.colours.picture(laid, space.source)
    _write(picture, _flate(inked.tobytes()), Name.DeviceCMYK)
    _cut_out(picture, alpha, job)


def _cut_out(picture: Any, alpha: Image.Image, job: Job) -> None:
    """Replace a soft mask by a stencil of what is there at all (ISO 32000-1, 8.9.6.3)."""
    from PIL import Image

    del picture["/SMask"]
    stencil = alpha.point([255] + [0] * 255).convert("1", dither=Image.Dither.NONE)
    mask = Stream(job.pdf, _flate(stencil.tobytes()))
    mask.stream_dict = Dictionary(
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=alpha.width,
        Height=alpha.height,
        ImageMask=True,
        BitsPerComponent=1,
        Decode=Array([0, 1]),
        Filter=Name.FlateDecode,
    )
    picture.Mask = job.pdf.make_indirect(mask)


def _separate_grey(picture: Any, space: Space, job: Job) -> None:
    """Grey is printed with black. A calibrated one gets the tint that looks as light."""
    if job.is_flat and "/SMask" in picture:
        inked = _decoded(picture).convert("L")
        alpha = _decoded(picture.SMask).convert("L").resize(inked.size)
        white = inked.point([255] * 256)
        from PIL import Image

        laid = Image.composite(inked, white, alpha)
        _write(picture, _flate(laid.tobytes()), Name.DeviceGray)
        _cut_out(picture, alpha, job)
    is_toned = space.is_calibrated and int(picture.get("/BitsPerComponent", 1)) >= _BYTE
    if is_toned and not job.is_mask and space.ink is not None:
        ink = space.ink
        tones = [round(255 * (1 - ink((code / 255,)).cmyk[3])) for code in range(256)]
        image = _decoded(picture).convert("L").point(tones)
        _write(picture, _flate(image.tobytes()), Name.DeviceGray)
    picture.ColorSpace = Name.DeviceGray


def _limit(picture: Any, job: Job) -> None:
    """Keep the numbers of a CMYK picture, and only take away what is too much ink."""
    if job.is_flat and "/SMask" in picture:
        raise PrintError("a CMYK picture is transparent in places: save it without, or print x-4")
    picture.ColorSpace = Name.DeviceCMYK
    assert isinstance(job.inks, InkTable)
    before = _decoded(picture)
    after = limited_picture(before, job.inks.colours.ink_max)
    if after is not before:
        _write(picture, _flate(after.tobytes()), Name.DeviceCMYK)


def _see_to_mask(picture: Any, job: Job) -> None:
    if job.is_flat:
        raise PrintError(
            "a picture is transparent in places, which PDF/X-1a does not allow: save it without"
        )
    mask = picture.SMask
    if "/Matte" in mask:
        raise PrintError("a picture is mixed with a matte colour: save it again as PNG")
    mask.ColorSpace = Name.DeviceGray


def _require_no_key(picture: Any) -> None:
    if isinstance(picture.get("/Mask"), Array):
        raise PrintError("a picture leaves out one of its colours: save it as PNG with alpha")


def _decoded(picture: Any) -> Image.Image:
    """Return the pixels of a picture, as its Decode array says."""
    from PIL import Image

    size = (int(picture.Width), int(picture.Height))
    if _filters(picture) in ([_LOSSY], ["/JPXDecode"]):
        image = _opened(picture.read_raw_bytes())
        if image.mode == "CMYK":  # Pillow turns all of them, as Adobe wrote them
            image = image.point([255 - code for code in range(256)] * _CMYK)
    elif int(picture.BitsPerComponent) == 1:
        image = Image.frombytes("1", size, picture.read_bytes()).convert("L")
    else:
        pixels = _pixels(picture)
        image = Image.frombytes(_mode_of(pixels, size), size, pixels)
    return _in_order(image, picture)


def _in_order(image: Image.Image, picture: Any) -> Image.Image:
    """Turn the tones around where the Decode array does."""
    decode = [float(value) for value in picture.get("/Decode", [])]
    if not decode or decode == [0, 1] * (len(decode) // 2):
        return image
    if decode != [1, 0] * (len(decode) // 2):
        raise PrintError("a picture is stored with odd tones: save it again as PNG or JPEG")
    return image.point([255 - code for code in range(256)] * len(image.getbands()))


def _mode_of(pixels: bytes, size: tuple[int, int]) -> str:
    mode = _MODES.get(len(pixels) // max(1, size[0] * size[1]))
    if mode is None:
        raise PrintError("a picture has an odd number of colours: save it again as PNG or JPEG")
    return mode


def _pixels(picture: Any) -> bytes:
    """Return one byte for each component of each pixel."""
    bits = int(picture.BitsPerComponent)
    data: bytes = picture.read_bytes()
    if bits == _WORD:
        return data[::2]
    if bits != _BYTE:
        raise PrintError(f"a picture has {bits} bits a colour: save it again as PNG")
    return data


def _opened(data: bytes) -> Image.Image:
    from PIL import Image, UnidentifiedImageError

    try:
        image = Image.open(io.BytesIO(data))
        image.load()
    except (UnidentifiedImageError, OSError) as error:
        raise PrintError(f"a picture cannot be read: {error}") from None
    return image


def _filters(picture: Any) -> list[str]:
    """Return how a picture is coded, the outermost coding first."""
    filters = picture.get("/Filter", Array())
    return [str(each) for each in filters] if isinstance(filters, Array) else [str(filters)]


def _write(picture: Any, data: bytes, space: Any, *, is_lossy: bool = False) -> None:
    """Put pixels of eight bits into a picture."""
    for key in ("/DecodeParms", "/Decode", "/SMaskInData"):
        if key in picture:
            del picture[key]
    picture.write(data, filter=Name.DCTDecode if is_lossy else Name.FlateDecode)
    picture.ColorSpace = space
    picture.BitsPerComponent = _BYTE
    if is_lossy:
        picture.Decode = Array([1, 0] * _CMYK)


def _jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=_JPEG_QUALITY, subsampling=0)
    return out.getvalue()


def _flate(data: bytes) -> bytes:
    return zlib.compress(data, _COMPRESSION)
