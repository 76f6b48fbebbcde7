"""``retention consent link``: a link for somebody who asks how to change what they get."""

from __future__ import annotations

from typing import Annotated

import typer

from ..app import Retention
from ..errors import ConfigError
from .choices import refuse
from .output import DEFAULT_CONFIG, ConfigFile, Json, emit

_HINT = 'write [consent] and below it base_url = "https://shop.example/privacy/"'
_NOBODY = "nobody is on record under this number or address; nothing is sent to them"


def command(
    customer: Annotated[
        str, typer.Option(help="The customer's number at the shop, or an e-mail address.")
    ],
    locale: Annotated[str, typer.Option(help="The language of the page, BCP 47.")] = "",
    config: ConfigFile = DEFAULT_CONFIG,
    json: Json = False,
) -> int:
    """Print the link to a customer's own preferences page.

    Whoever has it can see and change what the customer gets: send it to the customer only, to an
    address that is on record.
    """
    is_address = "@" in customer
    reference = f"email:{customer.casefold()}" if is_address else f"id:{customer}"
    with Retention.from_file(config) as shop:
        if shop.links is None:
            raise ConfigError(
                "the pages are served nowhere",
                file=shop.config.file,
                key="consent.base_url",
                hint=_HINT,
            )
        with shop.store.reading() as connection:
            subject_id = shop.store.subjects.find(connection, shop.config.shop.id, reference)
        if subject_id is None:
            refuse("--customer", _NOBODY)
        now = shop.clock()
        url = shop.links.preferences_url(subject_id, now=now, locale=locale)
        ends_at = now + shop.links.valid_for
    answer = {"url": url, "valid_until": f"{ends_at:%Y-%m-%d}"}
    emit(answer, as_json=json, human=lambda: print(url))
    return 0
