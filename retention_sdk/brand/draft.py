"""Draft a brand file from what a platform knows of a shop."""

from __future__ import annotations

import json

from ..model import Brand, Shop

_INTRODUCTION = """\
# How the shop looks and sounds. What is not named here has a sensible default;
# `retention brand check` looks everything over.
"""


def draft_brand(shop: Shop, *, sender: str = "") -> str:
    """Return the text of a ``brand.toml``: what the platform told, and lines to fill in.

    Nothing is invented: what a platform does not know, such as a story, stands there as a comment.
    """
    language = shop.language.replace("_", "-")
    lines = [
        _INTRODUCTION,
        f"name = {_quoted(shop.name)}",
        _or_comment("contact_email", shop.email),
        _or_comment("contact_url", shop.url),
        '# logo = "logo.svg"            # SVG; or PNG, at least 190 pixels high',
        '# style = "classic"            # classic, handwritten or editorial',
        "",
        "[sender]                       # who signs",
        f"name = {_quoted(sender or shop.name)}",
        '# role = "Founder"',
        "",
        "[palette]                      # sRGB",
        *(f"{role} = {_quoted(colour)}" for role, colour in _palette().items()),
        "",
        "# [palette.inks]               # how a press mixes them: C, M, Y, K in percent",
        '# "#7a2e2e" = { cmyk = [30, 90, 80, 35], spot = "PANTONE 7623 C" }',
        "",
        "[tagline]",
        f'# {language} = "…"',
        "",
        "[legal_footer]                 # who sells, as the law of the shop's country asks",
        f"# {language} = {_quoted(', '.join(filter(None, (shop.name, shop.country))))}",
        "",
    ]
    return "\n".join(lines)


def _palette() -> dict[str, str]:
    return Brand.model_fields["palette"].default.model_dump(exclude={"inks"})  # type: ignore[no-any-return] # four strings


def _or_comment(key: str, value: str) -> str:
    return f"{key} = {_quoted(value)}" if value else f'# {key} = "…"'


def _quoted(text: str) -> str:
    """Return a TOML basic string; JSON's escapes are among TOML's."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
