"""Which codes of a picture count."""

from io import BytesIO

import segno
import zxingcpp
from PIL import Image

from retention_sdk.inserts.preflight.codes import read_codes
from retention_sdk.inserts.preflight.picture import Picture


def drawn(code):
    stream = BytesIO()
    code.save(stream, kind="png", scale=6, border=4)
    return Image.open(stream).convert("L")


def test_a_micro_qr_code_is_nobodys_card():
    """One card in ten thousand held a pattern that a reader takes for Micro QR version M1."""
    picture = drawn(segno.make_micro("2847"))

    assert ["2847"] == [each.text for each in zxingcpp.read_barcodes(picture)]
    assert () == read_codes(Picture(picture, 150, (0, 0)))


def test_a_qr_code_says_how_many_modules_it_has():
    code = segno.make_qr("https://s.example/3KX9", version=2)
    (found,) = read_codes(Picture(drawn(code), 150, (0, 0)))

    assert ("https://s.example/3KX9", 25) == (found.text, found.modules)
    assert 5.5 < found.module < 6.5
