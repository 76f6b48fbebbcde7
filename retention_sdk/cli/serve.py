"""``retention serve``: the web app of a shop, on one machine."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from ..app import Retention
from ..errors import ConfigError
from .output import DEFAULT_CONFIG, ConfigFile, Json, console, emit

if TYPE_CHECKING:
    from ..config import Config

_MISSING = "the web server is not installed"
_INSTALL = "pip install 'retention-sdk[web]'"
_GRACE_S = 10
_NOTHING = (
    "retention: warning: there is nothing to serve but /health; set codes.base_url for the codes "
    "of cards, consent.base_url for the privacy pages, or a table [platforms.…] for webhooks"
)


def command(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8080,
    proxies: Annotated[
        str, typer.Option(help="Whose X-Forwarded-For is believed: addresses, with commas.")
    ] = "127.0.0.1",
    metrics: Annotated[
        bool, typer.Option("--metrics", help="Also serve /metrics; keep it from the public.")
    ] = False,
    no_work: Annotated[
        bool, typer.Option("--no-work", help="Only keep webhooks; `retention resume` works.")
    ] = False,
    config: ConfigFile = DEFAULT_CONFIG,
    json: Json = False,
) -> int:
    """Serve the codes of cards, webhooks, privacy pages and /health until it is stopped.

    Put it behind a server that speaks TLS. No address is logged or kept.
    """
    try:
        import uvicorn

        from ..web import create_app
    except ModuleNotFoundError as error:
        raise ConfigError(f"{_MISSING} ({error.name})", key="serve", hint=_INSTALL) from None
    with Retention.from_file(config) as shop:
        app = create_app(shop, has_metrics=metrics, works=not no_work)
        answer = {
            "codes": bool(shop.config.codes.base_url),
            "hooks": sorted(shop.config.platforms),
            "privacy": bool(shop.config.consent.base_url),
        }
        emit(answer, as_json=json, human=lambda: _tell(answer, shop.config))
        if not any(answer.values()):
            print(_NOTHING, file=sys.stderr, flush=True)
        # An access log would keep address and token of every visitor.
        settings = uvicorn.Config(
            app,
            host=host,
            port=port,
            access_log=False,
            server_header=False,
            ws="none",
            forwarded_allow_ips=proxies,
            timeout_graceful_shutdown=_GRACE_S,
        )
        uvicorn.Server(settings).run()
    return 0


def _tell(answer: dict[str, object], config: Config) -> None:
    base_url, pages_url = config.codes.base_url, config.consent.base_url
    codes = f"{base_url}… at /t/" if base_url else "none; set codes.base_url"
    path = urlsplit(pages_url).path
    privacy = f"{pages_url}… at {path}u/, {path}p/, {path}c/"
    out = console()
    out.print(f"codes     {codes}")
    out.print(f"privacy   {privacy if pages_url else 'none; set consent.base_url'}")
    out.print(f"webhooks  {', '.join(map(str, answer['hooks'])) or 'none'}")  # type: ignore[call-overload] # a list
