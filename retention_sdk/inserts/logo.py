"""Look a logo over before it is drawn. A logo is a file from somebody's hands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree as ET

from ..errors import ConfigError

_BYTES_MAX = 512 * 1024
_ELEMENTS_MAX = 5000
_DEPTH_MAX = 40
_DECLARATION = re.compile(r"<!(DOCTYPE|ENTITY)|<\?xml-stylesheet", re.IGNORECASE)
_REFERENCE = re.compile(r"url\(\s*['\"]?\s*([^\s'\")]*)|@import", re.IGNORECASE)
_EMBEDDED = re.compile(r"data:image/(png|jpeg);base64,[A-Za-z0-9+/=\s]+")
_REFUSED = {
    "script": "scripts do not print",
    "foreignObject": "foreign content does not print",
    "text": "its faces are not ours: convert text to paths",
    "animate": "paper does not move",
    "animateTransform": "paper does not move",
    "set": "paper does not move",
}


def check_logo(svg: str) -> bytes:
    """Return the bytes of an SVG that is safe to draw: no scripts, entities or outside files.

    Raises:
        ConfigError: it is not such an SVG; the message says what to change.
    """
    if len(svg) > _BYTES_MAX:
        _refuse(f"it is larger than {_BYTES_MAX // 1024} KB", "simplify the drawing")
    if _DECLARATION.search(svg):
        _refuse("it declares entities or style sheets", "export it as plain SVG")
    try:
        root = ET.fromstring(svg)  # noqa: S314 - declarations, the source of bombs, are refused above
    except ET.ParseError as error:
        _refuse(f"it is not well-formed XML ({error})", "export it again")
    if _local(root.tag) != "svg":
        _refuse("its root is not <svg>", "export it as SVG")
    for count, element in enumerate(_walk(root, 0)):
        if count >= _ELEMENTS_MAX:
            _refuse(f"it has more than {_ELEMENTS_MAX} elements", "simplify the drawing")
        _check_element(element)
    return svg.encode()


def _walk(element: ET.Element, depth: int) -> Iterator[ET.Element]:
    if depth > _DEPTH_MAX:
        _refuse(f"it is nested deeper than {_DEPTH_MAX} levels", "simplify the drawing")
    yield element
    for child in element:
        yield from _walk(child, depth + 1)


def _check_element(element: ET.Element) -> None:
    name = _local(element.tag)
    if name in _REFUSED:
        _refuse(f"it contains <{name}>", _REFUSED[name])
    if name == "style" and _refers_outside(element.text or ""):
        _refuse("its style sheet refers to another file", "embed what it refers to")
    for key, value in element.attrib.items():
        attribute = _local(key)
        if attribute.lower().startswith("on"):
            _refuse(f"<{name}> has the handler {attribute}", "remove scripts")
        if attribute == "href" and not value.startswith("#") and not _EMBEDDED.fullmatch(value):
            _refuse(f"<{name}> refers to another file", "embed what it refers to")
        if attribute != "href" and _refers_outside(value):
            _refuse(f"<{name}> refers to another file", "embed what it refers to")


def _refers_outside(style: str) -> bool:
    return any(not (found[1] or "").startswith("#") for found in _REFERENCE.finditer(style))


def _local(name: object) -> str:
    return str(name).rpartition("}")[2]


def _refuse(problem: str, hint: str) -> None:
    raise ConfigError(f"the logo cannot be printed: {problem}", key="brand.logo", hint=hint)
