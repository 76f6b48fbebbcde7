"""Ways to spoil a press file, one at a time."""

from __future__ import annotations

import io
import zlib

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream, String
from PIL import Image, ImageCms

from .press_card import MM, face, icc

# What is written into the document after it was made -------------------------------------------


def page(pdf: pikepdf.Pdf) -> pikepdf.Object:
    return pdf.pages[0].obj


def annotation(subtype: str):
    def edit(pdf):
        note = Dictionary(Type=Name.Annot, Subtype=Name(subtype), Rect=Array([60, 60, 160, 90]))
        page(pdf).Annots = Array([pdf.make_indirect(note)])

    return edit


def at_root(**entries):
    def edit(pdf):
        for key, value in entries.items():
            pdf.Root[f"/{key}"] = value

    return edit


def at_page(**entries):
    def edit(pdf):
        for key, value in entries.items():
            page(pdf)[f"/{key}"] = value

    return edit


def without(*keys):
    def edit(pdf):
        for key in keys:
            for each in pdf.pages:
                if key in each.obj:
                    del each.obj[key]

    return edit


def in_info(key, value=None):
    def edit(pdf):
        if value is None:
            del pdf.docinfo[key]
        else:
            pdf.docinfo[key] = value

    return edit


def in_intent(**entries):
    def edit(pdf):
        for key, value in entries.items():
            if value is None:
                del pdf.Root.OutputIntents[0][f"/{key}"]
            else:
                pdf.Root.OutputIntents[0][f"/{key}"] = value(pdf) if callable(value) else value

    return edit


def javascript(pdf):
    script = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))
    tree = Dictionary(Names=Array([String("a"), pdf.make_indirect(script)]))
    pdf.Root.Names = Dictionary(JavaScript=tree)


def attachment(pdf):
    pdf.attachments["note.txt"] = pikepdf.AttachedFileSpec(pdf, b"hello")


def layer(pdf):
    group = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("Proof")))
    pdf.Root.OCProperties = Dictionary(OCGs=Array([group]), D=Dictionary(ON=Array([group])))


def two_intents(pdf):
    pdf.Root.OutputIntents.append(pdf.Root.OutputIntents[0])


def unembedded(pdf):
    page(pdf).Resources.Font.F.DescendantFonts[0].FontDescriptor = Dictionary(
        Type=Name.FontDescriptor, FontName=Name.Helvetica, Flags=4
    )


def rgb_printer(pdf):
    return pdf.make_stream(icc(space=b"RGB "), N=3)


def empty_letter(pdf):
    """Let the file say that the glyph of the space is the letter A."""
    letters = page(pdf).Resources.Font.F.ToUnicode
    code = f"<{GLYPHS[' ']:04x}>".encode()
    letters.write(letters.read_bytes().replace(code + b" <0020>", code + b" <0041>"))


def profile_stream(**options):
    return lambda pdf: pdf.make_stream(icc(**options), N=4)


# What is drawn ---------------------------------------------------------------------------------


def rectangle(colour: str, *, x: float = 20, y: float = 110, width: float = 20, height: float = 10):
    return f"q {colour} {x * MM} {y * MM} {width * MM} {height * MM} re f Q"


def line(colour: str, width: float) -> str:
    return f"q {colour} {width} w {20 * MM} {120 * MM} m {60 * MM} {120 * MM} l S Q"


def picture(pixels: int, *, mode: str = "CMYK", mm: float = 20) -> dict:
    space = {"CMYK": "DeviceCMYK", "RGB": "DeviceRGB", "L": "DeviceGray", "1": "DeviceGray"}[mode]
    drawn = Image.linear_gradient("L").resize((pixels, pixels)).convert("RGB").convert(mode)
    data = drawn.tobytes()
    bits = 1 if mode == "1" else 8

    def make(pdf):
        return Stream(
            pdf, zlib.compress(data), Type=Name.XObject, Subtype=Name.Image, Width=pixels,
            Height=pixels, ColorSpace=Name(f"/{space}"), BitsPerComponent=bits,
            Filter=Name.FlateDecode,
        )  # fmt: skip

    content = f"q {mm * MM} 0 0 {mm * MM} {20 * MM} {90 * MM} cm /Pic Do Q"
    return {"front": content, "resources": {"XObject/Pic": make}}


def in_space(colour: str, space, **more) -> dict:
    return {
        "front": rectangle(f"/Odd cs {colour} scn"),
        "resources": {"ColorSpace/Odd": space},
        **more,
    }


def with_state(*, content: str = "0 0.5 0 0 k", **entries) -> dict:
    return {
        "front": rectangle(f"/Odd gs {content}"),
        "resources": {"ExtGState/Odd": Dictionary(**entries)},
    }


def profiled(space: bytes, channels: int):
    data = {
        b"RGB ": ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
        b"CMYK": icc(),
    }[space]
    return lambda pdf: Array([Name.ICCBased, pdf.make_stream(data, N=channels)])


def separation(name: str, alternate: str = "/DeviceCMYK", tint: str = "{0 exch dup 0 exch 0}"):
    def make(pdf):
        shares = pdf.make_stream(tint.encode(), FunctionType=4)
        shares.Domain, shares.Range = Array([0, 1]), Array([0, 1] * 4)
        return Array([Name.Separation, Name(f"/{name}"), Name(alternate), shares])

    return make


def soft_mask(pdf):
    group = pdf.make_stream(b"1 g 0 0 50 50 re f", Type=Name.XObject, Subtype=Name.Form)
    group.BBox = Array([0, 0, 500, 500])
    group.Group = Dictionary(S=Name.Transparency, CS=Name.DeviceGray)
    return Dictionary(SMask=Dictionary(S=Name.Luminosity, G=group))


def form(*, group: bool = False, content: bytes = b"0 1 0 0 k 60 300 40 40 re f", resources=None):
    def make(pdf):
        made = pdf.make_stream(content, Type=Name.XObject, Subtype=Name.Form)
        made.BBox = Array([0, 0, 500, 500])
        made.Resources = resources or Dictionary()
        if group:
            made.Group = Dictionary(S=Name.Transparency)
        return made

    return {"front": "/Form Do", "resources": {"XObject/Form": make}}


def gradient_pattern(space: str) -> dict:
    def make(pdf):
        drawn = shading(space, [1, 0, 0], [0, 0, 1])["resources"]["Shading/Fade"](pdf)
        return Dictionary(Type=Name.Pattern, PatternType=2, Shading=drawn)

    return {"front": rectangle("/Pattern cs /Fade scn"), "resources": {"Pattern/Fade": make}}


def with_resources(pdf, **resources):
    for key, value in resources.items():
        page(pdf).Resources[f"/{key}"] = value


def tiling(content: bytes, *, paint_type: int = 1) -> dict:
    def make(pdf):
        made = pdf.make_stream(content, Type=Name.Pattern, PatternType=1, PaintType=paint_type)
        made.TilingType, made.XStep, made.YStep = 1, 10, 10
        made.BBox, made.Resources = Array([0, 0, 10, 10]), Dictionary()
        return made

    return {
        "front": rectangle("/Pattern cs /Tile scn"),
        "resources": {"Pattern/Tile": make},
    }


def shading(space: str, start, end) -> dict:
    def make(pdf):
        function = Dictionary(
            FunctionType=2, Domain=Array([0, 1]), C0=Array(start), C1=Array(end), N=1
        )
        return Dictionary(
            ShadingType=2, ColorSpace=Name(space), Coords=Array([0, 0, 100, 0]), Function=function
        )

    clip = f"{20 * MM} {110 * MM} {20 * MM} {10 * MM} re W n"
    return {"front": f"q {clip} /Fade sh Q", "resources": {"Shading/Fade": make}}


def type3(pdf):
    glyph = pdf.make_stream(b"500 0 0 0 500 500 d1 0 0 500 500 re f")
    return Dictionary(
        Type=Name.Font, Subtype=Name.Type3, FontBBox=Array([0, 0, 500, 500]),
        FontMatrix=Array([0.001, 0, 0, 0.001, 0, 0]), FirstChar=65, LastChar=65,
        Widths=Array([500]), CharProcs=Dictionary(A=glyph),
        Encoding=Dictionary(Differences=Array([65, Name.A])),
    )  # fmt: skip


def jpeg2000() -> dict:
    out = io.BytesIO()
    Image.linear_gradient("L").resize((300, 300)).save(out, "JPEG2000")

    def make(pdf):
        return Stream(
            pdf, out.getvalue(), Type=Name.XObject, Subtype=Name.Image, Width=300, Height=300,
            ColorSpace=Name.DeviceGray, BitsPerComponent=8, Filter=Name.JPXDecode,
        )  # fmt: skip

    content = f"q {20 * MM} 0 0 {20 * MM} {20 * MM} {90 * MM} cm /Pic Do Q"
    return {"front": content, "resources": {"XObject/Pic": make}}


_, GLYPHS, _ = face()
TEE = f"<{GLYPHS['T']:04x}>"


def lines_of_text(last: str) -> str:
    """Move down by every operator there is, until a line stands at the cut."""
    start = f"BT /over gs 0 0 0 1 k /F 12 Tf 40 TL 1 0 0 1 {30 * MM} 122 Tm"
    return f"{start} {TEE} ' 0 -40 TD {TEE} Tj 2 0 {TEE} \" {last} ET"


def spaced_text() -> str:
    """Spread letters until the last one stands at the cut."""
    start = f"BT /over gs 0 0 0 1 k /F 12 Tf 30 Tc 150 Tz 2 Ts {70 * MM} 300 Td"
    return f"{start} [{TEE} -2000 {TEE}] TJ ET"


WHITE_TEXT = {"ground": "0.6 0.6 0 0 k", "text_colour": "0 0 0 0 k"}
RGB_TEXT = b"BT 1 0 0 rg /F 12 Tf 60 300 Td <0001> Tj ET"
