"""Answers one shop's registration of the app and writes what goes into ``retention.toml``.

    python -m retention_shopware --app RetentionSdk --secret-file app-secret.txt \
        --url https://retention.example/shopware --out shopware.toml

It listens on this machine only, so a web server with a certificate has to pass ``--url`` on to it,
while somebody installs the app. It ends once a shop has confirmed.
"""

from __future__ import annotations

import argparse
import json
import secrets
import sys
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from retention_sdk.errors import AdapterError

from .registration import App, Registered, answer_registration, read_confirmation

_BODY_MAX = 65_536
_SECRET_BYTES = 48


class Desk(HTTPServer):
    """Waits for one shop. ``registered`` is set once it has confirmed."""

    def __init__(self, app: App, *, port: int, shop_secret: str, previous: str = "") -> None:
        super().__init__(("127.0.0.1", port), _Visitor)
        self.app, self.shop_secret, self.previous = app, shop_secret, previous
        self.registered: Registered | None = None

    def wait(self) -> Registered:
        """Answer requests until a shop has confirmed."""
        while self.registered is None:
            self.handle_request()
        return self.registered


class _Visitor(BaseHTTPRequestHandler):
    server: Desk
    timeout = 10

    def do_GET(self) -> None:  # the name is the standard library's
        """Answer the registration."""
        desk, query = self.server, self.path.partition("?")[2]
        self._answer(
            lambda: answer_registration(
                desk.app,
                query=query,
                headers=dict(self.headers),
                shop_secret=desk.shop_secret,
                previous=desk.previous,
            )
        )

    def do_POST(self) -> None:
        """Take the confirmation."""
        desk = self.server
        body = self.rfile.read(min(int(self.headers.get("content-length") or 0), _BODY_MAX))

        def confirm() -> dict[str, str]:
            desk.registered = read_confirmation(
                body=body,
                headers=dict(self.headers),
                shop_secret=desk.shop_secret,
                previous=desk.previous,
            )
            return {}

        self._answer(confirm)

    def _answer(self, work: Callable[[], dict[str, str]]) -> None:
        try:
            status, told = 200, work()
        except AdapterError as error:
            status, told = 401, {"error": str(error)}
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Say nothing: addresses may hold what nobody should read."""


def settings_of(shop: Registered, shop_secret: str, previous: str = "") -> str:
    """Return the table for ``retention.toml``; the secret before stays good for a while."""
    hooks = json.dumps([each for each in (shop_secret, previous) if each])
    return (
        "[platforms.shopware]\n"
        f"url = {json.dumps(shop.shop_url)}\n"
        f"client_id = {json.dumps(shop.client_id)}\n"
        f"client_secret = {json.dumps(shop.client_secret)}\n"
        f"webhook_secrets = {hooks}\n"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Wait for one shop and write its settings to a file that only its owner can read."""
    parser = argparse.ArgumentParser(prog="python -m retention_shopware", description=__doc__)
    parser.add_argument("--app", required=True, help="the name in the manifest")
    parser.add_argument("--secret-file", required=True, type=Path, help="holds the app's secret")
    parser.add_argument("--previous-file", type=Path, help="holds the shop's secret until now")
    parser.add_argument("--url", required=True, help="where this is reached from outside")
    parser.add_argument("--out", required=True, type=Path, help="a new file for the settings")
    parser.add_argument("--port", type=int, default=8765)
    asked = parser.parse_args(arguments)
    if asked.out.exists():
        parser.error(f"{asked.out} is there already; name a new file")
    app = App(asked.app, asked.secret_file.read_text(encoding="utf-8").strip(), asked.url)
    previous = (
        asked.previous_file.read_text(encoding="utf-8").strip() if asked.previous_file else ""
    )
    shop_secret = secrets.token_hex(_SECRET_BYTES)
    # Before anybody is told a secret: a file that cannot be written would lose it.
    asked.out.touch(mode=0o600)
    with Desk(app, port=asked.port, shop_secret=shop_secret, previous=previous) as desk:
        shop = desk.wait()
    asked.out.write_text(settings_of(shop, shop_secret, previous), encoding="utf-8")
    sys.stdout.write(f"{shop.shop_url} is registered; its settings are in {asked.out}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
