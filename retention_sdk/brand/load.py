"""Read ``brand.toml`` and the drawings it names."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path
from typing import Any

from ..errors import ConfigError
from ..model import Brand
from ..settings_file import read_toml, validate

_DRAWING_BYTES_MAX = 512 * 1024
_PDF_BYTES_MAX = 256 * 1024
_HINT = "[brand] in retention.toml names it; `retention init` elsewhere shows one"
_RASTER = {".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg"}


def load_brand(file: str | Path) -> Brand:
    """Read a brand; drawings are files beside it.

    ``logo`` names an SVG, PNG or JPEG, ``logo_pdf`` a PDF for the press, ``sender.signature`` an
    SVG.

    Raises:
        ConfigError: a file is missing or too large, or a value is wrong.
    """
    path = Path(file)
    values: dict[str, Any] = dict(read_toml(path, hint=_HINT))
    if logo := values.pop("logo", None):
        values["logo"] = _drawing(path.parent / str(logo), path, "logo")
    if logo := values.pop("logo_pdf", None):
        values["logo_pdf"] = _pdf(path.parent / str(logo), path)
    sender = values.get("sender")
    if isinstance(sender, dict) and (signature := sender.get("signature")):
        drawing = _drawing(path.parent / str(signature), path, "sender.signature")
        values["sender"] = {**sender, "signature": drawing}
    return validate(Brand, values, path)


def _drawing(drawing: Path, brand_file: Path, key: str) -> str:
    where = {"file": str(brand_file), "key": key}
    data = _read(drawing, brand_file, key, _DRAWING_BYTES_MAX)
    if kind := _RASTER.get(drawing.suffix.lower()):
        from ..inserts.raster import wrap_picture

        try:
            return wrap_picture(data, kind)
        except ValueError as error:
            raise ConfigError(f"{drawing.name}: {error}", **where) from None
    try:
        return data.decode()
    except UnicodeDecodeError:
        hint = "save it as SVG, PNG or JPEG"
        raise ConfigError(f"{drawing.name} is not SVG text in UTF-8", hint=hint, **where) from None


def _pdf(drawing: Path, brand_file: Path) -> str:
    data = _read(drawing, brand_file, "logo_pdf", _PDF_BYTES_MAX)
    if not data.startswith(b"%PDF-"):
        raise ConfigError(f"{drawing.name} is not a PDF", file=str(brand_file), key="logo_pdf")
    return b64encode(data).decode()


def _read(drawing: Path, brand_file: Path, key: str, limit: int) -> bytes:
    where = {"file": str(brand_file), "key": key}
    try:
        data = drawing.read_bytes()
    except OSError:
        hint = "name a file beside the brand file, or leave the key out"
        raise ConfigError(f"{drawing.name} cannot be read", hint=hint, **where) from None
    if len(data) > limit:
        message = f"{drawing.name} is over {limit // 1024} KiB"
        raise ConfigError(message, hint="simplify the drawing", **where)
    return data
