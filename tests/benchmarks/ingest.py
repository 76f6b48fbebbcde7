"""Webhooks per second: verified, durable and acknowledged, beside a bare echo; and rows of CSV.

Run with `python tests/benchmarks/ingest.py`. The server runs in a process of its own, the sender in
this one, over loopback, with 64 connections; every delivery is a signed WooCommerce order of its
own. What follows from an order (cards, points) is left to another process, as with a
`retention resume` beside the server. The echo is a Starlette app on the same uvicorn that reads the
body and answers 202. PostgreSQL runs with the durability it is shipped with.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import platform
import resource
import socket
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Sequence
from contextlib import ExitStack
from hashlib import sha256
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from retention_sdk import Brand, Config, Retention, Sender
from retention_sdk.config import StoreConfig
from retention_sdk.demo.derive import DATA, DEMO_SECRET
from retention_sdk.model import ShopEvent
from retention_sdk.pipeline import Outcome
from retention_sdk.testing import a_shop
from retention_sdk.web import create_app

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.postgres import is_installed, running_cluster

DELIVERIES, CONNECTIONS, ROUNDS, ROWS = 3_000, 64, 3, 20_000
KEY = "42" * 32
RECORDED = DATA / "deliveries"
HEAD = "order_id,placed_at,paid_at,currency,total,title,quantity,unit_price,ship_country,email\n"


class Receiver(Retention):
    """A shop that takes deliveries and leaves the work to somebody else."""

    def ingest(self, events: Sequence[ShopEvent]) -> tuple[Outcome, ...]:
        """Leave it."""
        del events
        return ()


def shop_on(url: str, kind: type[Retention] = Retention) -> Retention:
    platforms = {"woocommerce": {"webhook_secrets": [DEMO_SECRET]}}
    fields = {
        "shop": a_shop(),
        "brand": Brand(name="Soap", sender=Sender(name="Mary")),
        "store": StoreConfig(url=url, key=KEY),
        "platforms": platforms,
    }
    return kind(Config.model_validate(fields), environ={})


def serve(url: str, port: int) -> None:
    """Serve the shop, or the echo if there is no address of a store; run in a process of its own."""

    async def echo(request: Request) -> PlainTextResponse:
        await request.body()
        return PlainTextResponse("", status_code=202)

    bare = Starlette(routes=[Route("/hooks/{platform}", echo, methods=["POST"])])
    app = create_app(shop_on(url, Receiver)) if url else bare
    uvicorn.run(app, port=port, log_level="error", access_log=False, ws="none")


def requests(first: int) -> list[bytes]:
    """Return whole signed requests, each an order of its own."""
    order = json.loads((RECORDED / "woocommerce-1003.raw").read_bytes())
    recorded = json.loads((RECORDED / "woocommerce-1003.headers.json").read_bytes())
    dropped = {"content-length", "host", "connection"}
    kept = {k: v for k, v in recorded.items() if k.lower() not in dropped}
    made = []
    for number in range(first, first + DELIVERIES):
        body = json.dumps({**order, "id": number, "number": str(number)}).encode()
        digest = hmac.digest(DEMO_SECRET.encode(), body, sha256)
        signed = {**kept, "X-WC-Webhook-Signature": b64encode(digest).decode()}
        signed |= {"Host": "127.0.0.1", "Content-Length": str(len(body))}
        head = "".join(f"{name}: {value}\r\n" for name, value in signed.items())
        made.append(b"POST /hooks/woocommerce HTTP/1.1\r\n" + head.encode() + b"\r\n" + body)
    return made


async def send(port: int, waiting: list[bytes]) -> list[float]:
    """Send all over 64 connections; return how long each took. Anything but 202 ends it."""
    taken: list[float] = []

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while waiting:
            begun = time.perf_counter()
            writer.write(waiting.pop())
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 202"):
                raise SystemExit(head.decode())
            taken.append(time.perf_counter() - begun)
        writer.close()

    await asyncio.gather(*(one() for _ in range(CONNECTIONS)))
    return taken


def measure(url: str) -> tuple[float, float]:
    """Return deliveries per second in the best of some rounds, and its 99th percentile in ms."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    server = subprocess.Popen([sys.executable, __file__, "serve", url, str(port)])
    try:
        _wait_for(port)
        best = (0.0, 0.0)
        for number in range(ROUNDS):
            waiting, begun = requests(1 + number * DELIVERIES), time.perf_counter()
            taken = sorted(asyncio.run(send(port, waiting)))
            rate = DELIVERIES / (time.perf_counter() - begun)
            best = max(best, (rate, taken[len(taken) * 99 // 100] * 1000))
    finally:
        server.terminate()
        server.wait()
    if url:
        _check_stored(url)
    return best


def _wait_for(port: int) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit("the server did not start")


def _check_stored(url: str) -> None:
    with shop_on(url) as shop, shop.store.reading() as connection:
        query = "SELECT count(*) FROM event WHERE type = 'order_paid'"
        count = connection.exec_driver_sql(query).scalar()
    if count != ROUNDS * DELIVERIES:
        raise SystemExit(f"{count} of {ROUNDS * DELIVERIES} acknowledged orders are stored")


def read_rows(file: str) -> None:
    """Read and store a file of orders; print rows per second and memory. A process of its own."""
    with tempfile.TemporaryDirectory() as folder, shop_on(f"sqlite:///{folder}/shop.db") as shop:
        adapter, begun = shop.adapter_with("file", {"path": file}), time.perf_counter()
        orders = list(adapter.fetch_orders())
        read = time.perf_counter() - begun
        for start in range(0, len(orders), 500):
            batch = orders[start : start + 500]
            shop.accept([event for order in batch for event in adapter.order_events(order)])
        whole = time.perf_counter() - begun
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{'CSV read and checked':44}{len(orders) / read:10,.0f} rows/s")
    print(f"{'CSV read and stored (SQLite, 500 a commit)':44}{len(orders) / whole:10,.0f} rows/s")
    print(f"{'memory of that process at its peak':44}{memory:10,.0f} MiB for {len(orders):,} rows")


def write_rows(file: Path) -> None:
    moment = "2026-11-20T10:00:00+01:00"
    rows = (
        f"{number},{moment},{moment},EUR,5.00,Bowl,1,5.00,DE,{number}@mail.example\n"
        for number in range(ROWS)
    )
    file.write_text(HEAD + "".join(rows))


def main() -> None:
    print(f"Python {platform.python_version()}, {CONNECTIONS} connections, best of {ROUNDS} rounds")
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        urls = {"bare Starlette echo": "", "SQLite": f"sqlite:///{folder}/shop.db"}
        if is_installed():
            cluster = stack.enter_context(running_cluster(settings=()))
            urls["PostgreSQL"] = cluster.database(bytes.fromhex(KEY))
        echo = 0.0
        for name, url in urls.items():
            rate, slow_ms = measure(url)
            echo = echo or rate
            print(f"{name:24}{rate:10,.0f} /s   p99 {slow_ms:7.1f} ms   1 : {echo / rate:.1f}")
        file = Path(folder) / "orders.csv"
        write_rows(file)
        sys.stdout.flush()
        subprocess.run([sys.executable, __file__, "read", str(file)], check=True)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["serve", url, port]:
            serve(url, int(port))
        case ["read", file]:
            read_rows(file)
        case _:
            main()
