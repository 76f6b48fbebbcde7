"""Webhooks per second: verified, durable and acknowledged, beside a bare echo; and past orders.

Run with `python tests/benchmarks/ingest.py`. The server runs in a process of its own, the sender in
this one, over loopback, with 64 connections that each wait for their answer, then with 512; every
delivery is a signed WooCommerce order of its own. The echo is a Starlette app on the same uvicorn
that reads the body and answers 202. Three kinds of service are measured: one that makes deliveries
durable and leaves the work to another process, as `retention serve --no-work` does; one that works
meanwhile, in the same process; and how long it then takes to read what waits. PostgreSQL runs with
the durability it is shipped with. CPU is what the server's process used, whoever else was busy.

Past orders are rows of a CSV, two thirds of them first orders of new people, taken in as `retention
import --history` does: the orders are read, their events sealed and stored, each with its snapshot,
points and plans. Their rates are of processor time; `python tests/benchmarks/ingest.py past` runs
these alone.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import os
import platform
import resource
import socket
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from hashlib import sha256
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import cast

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from retention_sdk import Brand, Config, Retention, Sender
from retention_sdk.config import StoreConfig
from retention_sdk.demo.derive import DATA, DEMO_SECRET
from retention_sdk.loyalty import Program, Rate
from retention_sdk.testing import a_shop
from retention_sdk.web import create_app

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.postgres import is_installed, running_cluster

DELIVERIES, CONNECTIONS, ROUNDS, ROWS = 3_000, (64, 512), 3, 6_000
KEY = "42" * 32
RECORDED = DATA / "deliveries"
HEAD = "order_id,placed_at,paid_at,currency,total,title,quantity,unit_price,ship_country,email\n"
WAYS = {
    "read": "read and checked",
    "stored": "stored as news, not worked on",
    "past": "taken in as the past",
    "points": "taken in as the past, with points",
}


def shop_on(url: str, program: Program | None = None) -> Retention:
    platforms = {"woocommerce": {"webhook_secrets": [DEMO_SECRET]}}
    fields = {
        "shop": a_shop(),
        "brand": Brand(name="Soap", sender=Sender(name="Mary")),
        "store": StoreConfig(url=url, key=KEY),
        "platforms": platforms,
        "loyalty": program,
    }
    return Retention(Config.model_validate(fields), environ={})


def serve(url: str, port: int, *, works: bool) -> None:
    """Serve the shop, or the echo if there is no address of a store; run in a process of its own."""

    async def echo(request: Request) -> PlainTextResponse:
        await request.body()
        return PlainTextResponse("", status_code=202)

    bare = Starlette(routes=[Route("/hooks/{platform}", echo, methods=["POST"])])
    app = create_app(shop_on(url), works=works) if url else bare
    os.chdir(tempfile.mkdtemp())  # cards go to a folder
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


class Connection(asyncio.Protocol):
    """One connection: sends, waits for the answer, sends the next. Anything but 202 ends it."""

    def __init__(self, waiting: list[bytes], taken: list[float], done: Callable[[], None]) -> None:
        self._waiting, self._taken, self._done = waiting, taken, done

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._send()

    def data_received(self, data: bytes) -> None:
        if not (data.startswith(b"HTTP/1.1 202") and data.endswith(b"\r\n\r\n")):
            raise SystemExit(data.decode())
        self._taken.append(time.perf_counter() - self._begun)
        self._send()

    def _send(self) -> None:
        self._begun = time.perf_counter()
        if self._waiting:
            self._transport.write(self._waiting.pop())
        else:
            self._transport.close()
            self._done()


async def send(port: int, waiting: list[bytes], connections: int) -> list[float]:
    """Send all over some connections; return how long each delivery took."""
    taken: list[float] = []
    loop, left, end = asyncio.get_running_loop(), connections, asyncio.Event()

    def done() -> None:
        nonlocal left
        left -= 1
        if not left:
            end.set()

    for _ in range(connections):
        await loop.create_connection(lambda: Connection(waiting, taken, done), "127.0.0.1", port)
    await end.wait()
    return taken


@dataclass(frozen=True)
class Measured:
    """The best of some rounds: deliveries a second, percentiles in ms, microseconds of CPU."""

    rate: float
    middle_ms: float
    slow_ms: float
    cpu_us: float

    def line(self, name: str, echo: float) -> str:
        times = f"p50 {self.middle_ms:6.0f} ms  p99 {self.slow_ms:6.0f} ms"
        return f"{name:38}{self.rate:8,.0f} /s  {times}  {self.cpu_us:5.0f} us CPU  1 : {echo / self.rate:.1f}"


def measure(url: str, connections: int, *, works: bool = False) -> Measured:
    """Return the best round of a server that is started for it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    how = "work" if works else "keep"
    server = subprocess.Popen([sys.executable, __file__, "serve", url, str(port), how])
    rounds = []
    try:
        _wait_for(port)
        first = _count(url) if url else 0
        for number in range(ROUNDS):
            waiting = requests(1 + first + number * DELIVERIES)
            cpu, begun = _cpu_s(server.pid), time.perf_counter()
            taken = sorted(asyncio.run(send(port, waiting, connections)))
            rate = DELIVERIES / (time.perf_counter() - begun)
            used = (_cpu_s(server.pid) - cpu) / DELIVERIES * 1e6
            middle, slow = (taken[len(taken) * part // 100] * 1000 for part in (50, 99))
            rounds.append(Measured(rate, middle, slow, used))
    finally:
        server.kill() if works else server.terminate()
        server.wait()
    if url and _count(url) != first + ROUNDS * DELIVERIES:
        raise SystemExit("what was acknowledged is not what is stored")
    return max(rounds, key=lambda each: each.rate)


def _cpu_s(pid: int) -> float:
    """Return the processor time of a process, of all its threads (proc(5), fields 14 and 15)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


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


def _count(url: str) -> int:
    """Return how many orders are in the store, read or not."""
    with shop_on(url) as shop, shop.store.reading() as connection:
        read = "SELECT count(*) FROM event WHERE type = 'order_paid'"
        found = connection.exec_driver_sql(read).scalar() or 0
        return int(found) + shop.store.arrivals.backlog(connection).waiting


def read_what_waits(url: str) -> float:
    """Return how many deliveries a second are read and made events."""
    with shop_on(url) as shop:
        with shop.store.reading() as connection:
            count = shop.store.arrivals.backlog(connection).waiting
        begun = time.perf_counter()
        for _ in islice(shop.intake.news(), 1_000):
            pass
        with shop.store.reading() as connection:
            count -= shop.store.arrivals.backlog(connection).waiting
        return count / (time.perf_counter() - begun)


def read_rows(file: str, way: str) -> None:
    """Read a file of orders, and store them; print rates and memory. A process of its own."""
    points = Program(rates={"EUR": Rate(points=1, per_minor=100)}) if way == "points" else None
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        shop = stack.enter_context(shop_on(f"sqlite:///{folder}/shop.db", points))
        take = {"read": len, "stored": shop.accept}.get(way, shop.remember)
        take(())  # opens the store
        adapter = shop.adapter_with("file", {"path": file})
        begun, clock = time.process_time(), time.perf_counter()
        for page in adapter.order_pages():
            take([each for order in page.items for each in adapter.order_events(order)])
        used, taken = time.process_time() - begun, time.perf_counter() - clock
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rates = f"{ROWS / used:8,.0f} /s of CPU {ROWS / taken:8,.0f} /s of the clock"
    print(f"{WAYS[way]:38}{rates} {memory:6,.0f} MiB", flush=True)


def write_rows(file: Path) -> None:
    moment = "2026-11-20T10:00:00+01:00"
    rows = (
        f"{number},{moment},{moment},EUR,5.00,Bowl,1,5.00,DE,{number * 2 // 3}@mail.example\n"
        for number in range(ROWS)
    )
    file.write_text(HEAD + "".join(rows))


def _http() -> str:
    """Name what parses HTTP and runs the loop: uvicorn takes the fast ones if they are there."""
    fast = [name for name in ("httptools", "uvloop") if find_spec(name)]
    return " and ".join(fast) or "h11 and asyncio"


def main() -> None:
    print(
        f"Python {platform.python_version()}, {_http()}, best of {ROUNDS} rounds of {DELIVERIES:,}"
    )
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        urls = {"SQLite": f"sqlite:///{folder}/shop.db"}
        if is_installed():
            cluster = stack.enter_context(running_cluster(settings=()))
            urls["PostgreSQL"] = cluster.database(bytes.fromhex(KEY))
        echo = {count: measure("", count) for count in CONNECTIONS}
        for count, measured in echo.items():
            print(measured.line(f"bare echo, {count} connections", measured.rate))
        for name, url in urls.items():
            for count in CONNECTIONS:
                measured = measure(url, count)
                print(measured.line(f"{name}, {count} connections", echo[count].rate))
            print(f"{name + ', read afterwards':38}{read_what_waits(url):8,.0f} /s")
            measured = measure(url, CONNECTIONS[0], works=True)
            line = measured.line(f"{name}, working meanwhile", echo[CONNECTIONS[0]].rate)
            print(line, flush=True)
    past()


def past() -> None:
    """Take a file of orders in, in every way."""
    print(f"SQLite, {ROWS:,} orders of a file", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "orders.csv"
        write_rows(file)
        for way in WAYS:
            subprocess.run([sys.executable, __file__, "read", str(file), way], check=True)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["serve", url, port, how]:
            serve(url, int(port), works=how == "work")
        case ["read", file, way]:
            read_rows(file, way)
        case ["past"]:
            past()
        case _:
            main()
