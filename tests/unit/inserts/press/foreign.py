"""Drawings that somebody else made, as parts of a document."""

from __future__ import annotations

from pikepdf import Array, Dictionary, Name, Stream
from PIL import ImageCms

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
RED_TO_BLUE = {"FunctionType": 2, "Domain": [0, 1], "C0": [1, 0, 0], "C1": [0, 0, 1], "N": 1}


def spaces(make):
    return lambda pdf: Dictionary(ColorSpace=Dictionary(S=make(pdf)))


def icc(pdf, count, data=SRGB):
    return Array([Name.ICCBased, Stream(pdf, data, N=count)])


WHITE_POINT = Dictionary(WhitePoint=[0.9642, 1, 0.8249])
HALF_OF = {"FunctionType": 2, "Domain": [0, 1], "C0": [1, 1, 1], "C1": [1, 0, 0], "N": 1}


def picture(mode, size, data, **more):
    kinds = {"RGB": Name.DeviceRGB, "L": Name.DeviceGray, "CMYK": Name.DeviceCMYK}

    def build(pdf):
        image = Stream(pdf, data)
        head = {
            "Width": size[0],
            "Height": size[1],
            "BitsPerComponent": 8,
            "ColorSpace": kinds[mode],
        }
        image.stream_dict = Dictionary(Type=Name.XObject, Subtype=Name.Image, **(head | more))
        return Dictionary(XObject=Dictionary(P=pdf.make_indirect(image)))

    return build


def form(content, **more):
    def build(pdf):
        stream = Stream(pdf, content)
        head = {"Type": Name.XObject, "Subtype": Name.Form, "BBox": [0, 0, 9, 9]}
        stream.stream_dict = Dictionary(**(head | more))
        return Dictionary(XObject=Dictionary(F=pdf.make_indirect(stream)))

    return build


def shading(**changes):
    def build(_):
        drawn = {
            "ShadingType": 2, "ColorSpace": Name.DeviceRGB, "Coords": [0, 0, 9, 9],
            "Function": Dictionary(**RED_TO_BLUE),
        }  # fmt: skip
        return Dictionary(Shading=Dictionary(G=Dictionary(**(drawn | changes))))

    return build
