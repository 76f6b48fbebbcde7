"""ZPL: what a printer reads out of it is the picture that went in, bit by bit."""

from __future__ import annotations

import base64
import binascii
import re
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention_sdk.errors import PrintError
from retention_sdk.inserts.media.dots import Dots
from retention_sdk.inserts.media.zpl import encode_zpl

GRAPHIC = re.compile(r"\^FO0,0\^GFA,(\d+),(\d+),(\d+),([^^]*)\^FS")


def read_graphics(zpl: bytes) -> list[tuple[int, bytes]]:
    """Return row length and bits of each picture, read as the programming guide describes."""
    return [
        (int(row), read_z64(data) if data.startswith(":Z64:") else read_ascii(data, int(row)))
        for _, _, row, data in GRAPHIC.findall(zpl.decode("ascii"))
    ]


def read_z64(data: str) -> bytes:
    _, _, text, checksum = data.split(":")
    crc = 0
    for byte in text.encode():
        crc ^= byte << 8
        for _ in range(8):
            crc = ((crc << 1) ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF

    assert f"{crc:04X}" == checksum
    return zlib.decompress(base64.b64decode(text))


def read_ascii(data: str, row_bytes: int) -> bytes:
    rows, row, repeat = [], "", 0
    for char in data:
        if char == ":":
            rows.append(rows[-1])
        elif char in ",!":
            rows.append(row.ljust(2 * row_bytes, "0" if char == "," else "F"))
            row = ""
        elif "G" <= char <= "Y":
            repeat += ord(char) - ord("G") + 1
        elif "g" <= char <= "z":
            repeat += 20 * (ord(char) - ord("g") + 1)
        else:
            row += char * (repeat or 1)
            repeat = 0
            if len(row) == 2 * row_bytes:
                rows.append(row)
                row = ""
    assert not row
    return bytes.fromhex("".join(rows))


@st.composite
def pictures(draw):
    width, height = draw(st.integers(1, 1300)), draw(st.integers(1, 6))
    row_bytes = -(-width // 8)
    row = st.one_of(
        st.binary(min_size=row_bytes, max_size=row_bytes),
        st.sampled_from([b"\0", b"\xff", b"\xf0", b"\x0f"]).map(lambda byte: byte * row_bytes),
    )
    rows = draw(st.lists(row, min_size=height, max_size=height))
    return Dots(width, height, 203, b"".join(rows))


@pytest.mark.parametrize("encoding", ["z64", "ascii"])
@given(st.data())
def test_printer_reads_the_bits_that_went_in(encoding, data):
    pages = data.draw(st.lists(pictures(), min_size=1, max_size=3))
    zpl = encode_zpl(pages, encoding=encoding)

    assert [(page.row_bytes, page.data) for page in pages] == read_graphics(zpl)


def test_run_lengths_are_those_of_the_programming_guide():
    """The guide writes 327 times B as ``vMB``; a row like the one before is a colon."""
    rows = bytes.fromhex("B" * 327 + "1") * 2
    (line,) = encode_zpl([Dots(1312, 2, 203, rows)], encoding="ascii").decode().splitlines()

    assert "^GFA,328,328,164,vMB1:^FS" in line


def test_checksum_is_the_one_a_zebra_driver_writes():
    """The picture and its checksum are from a label that Zebra's own software made."""
    text = b"eJxjYKAnOADEDxgYGD8AMZBmBvKZgULsQMxEV4fAAQBLYQRC"

    assert 0x3CC2 == binascii.crc_hqx(text, 0)
    assert 256 == len(read_z64(f":Z64:{text.decode()}:3CC2"))


def test_label_names_its_width_its_length_and_how_often_it_is_printed():
    page = Dots(812, 1218, 203, bytes(102 * 1218))
    zpl = encode_zpl([page, page], copies=3, is_flipped=True).decode()

    assert 2 == zpl.count("^XA^PW812^LL1218^LH0,0^LS0^POI^FO0,0^GFA,124236,124236,102,:Z64:")
    assert 2 == zpl.count("^FS^PQ3^XZ\n")


@pytest.mark.parametrize("arguments", [{"pages": ()}, {"copies": 0}])
def test_nothing_to_print_is_refused(arguments):
    page = Dots(8, 1, 203, b"\0")
    with pytest.raises(PrintError, match="at least one page and one copy"):
        encode_zpl(**{"pages": (page,), **arguments})
