"""``retention whatsapp``: the texts to have approved before WhatsApp messages can be sent."""

from __future__ import annotations

from typing import Annotated

import typer

from ..config import load_config
from ..l10n import available_locales
from ..messages import WHATSAPP_TEMPLATES, template_text
from ..model import Brand
from ..pipeline.locale import asked_locale, localizer_for
from .output import DEFAULT_CONFIG, ConfigFile, Json, console, emit


def command(
    locale: Annotated[
        list[str], typer.Option(help="A language, as fa or pt-BR; again for more.")
    ] = [],  # noqa: B006 - typer reads it
    config: ConfigFile = DEFAULT_CONFIG,
    json: Json = False,
) -> None:
    """Print the texts of a shop for WhatsApp's approval, in its tone; all languages without one.

    What stands in braces is filled for each order. Submit them unchanged, as utility templates.
    """
    settings = load_config(config)
    rows = []
    for tag in locale or available_locales():
        choice = asked_locale(tag, settings.brand)
        words = localizer_for(choice, settings.locales)
        rows += [
            {
                "template": f"{template}.{words.tag}",
                "category": "utility",
                "text": template_text(
                    template, words, brand=settings.brand.name, formality=choice.formality
                ),
            }
            for template in WHATSAPP_TEMPLATES
        ]
    emit(rows, as_json=json, human=lambda: _show(rows, settings.brand))


def _show(rows: list[dict[str, str]], brand: Brand) -> None:
    out = console()
    out.print(f"Texts of {brand.name} to have approved, category utility:", style="bold")
    for row in rows:
        out.print(f"\n{row['template']}", style="cyan")
        out.print(f"  {row['text']}", soft_wrap=True)
