"""One card and a batch of cards by us and by five engines, alternated in one run. Prints ratios.

Run with `make bench`. Each measurement is a new process; three rounds, medians. `cold` is the
time from the start of the process to the first card, imports included; modules are compiled, as
they are once installed. `latin` and `mixed` are a card when everything is warm. `batch` is a
of one document, in eight languages; engines that are slow get fewer of them. `press` is such a card
in PDF/X-4, read back and its code decoded. `files` and `press_files` are the same with a file for
each card, as `retention print` makes them. Only ours does the last three.
CPU time counts all threads and child processes, wall time is what somebody waits.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
SAMPLES = HERE.parent / "golden/cards/samples.json"
ROUNDS = int(os.environ.get("ROUNDS", "3"))
REPEATS = 15
COMPILED = str(Path(tempfile.gettempdir()) / "retention-bench-compiled")
BATCH = {"retention_sdk": 1000, "PlutoPrint": 1000, "ReportLab": 200, "Chromium": 200}
BATCH_OTHERS = 60
# Wall ms a card on two idle cores that we want of our own engine.
TARGETS_MS = {"cold": 250, "latin": 8, "mixed": 12, "batch": 6, "press": 25}
OURS_ALONE = {"press": 200, "files": 1000, "press_files": 200}
LATIN, MIXED = ("en", "de"), ("en", "de", "ru", "hy", "he", "ar", "fa", "ja")


def measure(engine: str, kind: str) -> dict[str, float]:
    """Run in a process of its own; see the module."""
    start_cpu, start = cpu(), time.perf_counter()
    sys.path.insert(0, str(HERE))
    from engines import ENGINES

    from retention_sdk.inserts import Card

    cards = {
        name: Card.model_validate_json(json.dumps(card))
        for name, card in json.loads(SAMPLES.read_text()).items()
    }
    drawer = ENGINES[engine]()
    try:
        drawer.draw(cards["en"])
        if kind == "cold":
            return told(1, start_cpu, start)
        if kind in OURS_ALONE:
            return many(getattr(drawer, kind), cards, OURS_ALONE[kind])
        return warm(drawer, cards, kind, BATCH.get(engine, BATCH_OTHERS))
    finally:
        getattr(drawer, "close", lambda: None)()


def warm(drawer, cards, kind, count) -> dict[str, float]:
    if kind == "batch":
        return many(drawer.batch, cards, count)
    names = LATIN if kind == "latin" else MIXED
    for name in names:
        drawer.draw(cards[name])
    start_cpu, start = cpu(), time.perf_counter()
    for n in range(REPEATS):
        for name in names:
            drawer.draw(numbered(cards[name], n))
    return told(REPEATS * len(names), start_cpu, start)


def many(draw, cards, count) -> dict[str, float]:
    chosen = [numbered(cards[MIXED[n % len(MIXED)]], n) for n in range(count)]
    start_cpu, start = cpu(), time.perf_counter()
    draw(chosen)
    return told(count, start_cpu, start)


def numbered(card, number):
    """Two cards are never equal: an engine must not be praised for remembering."""
    code = card.code and card.code.model_copy(update={"url": f"{card.code.url}{number:04d}"})
    salutation = f"{card.salutation} {number}"
    return card.model_copy(update={"salutation": salutation, "code": code})


def cpu() -> float:
    parts = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    own = sum(u.ru_utime + u.ru_stime for u in map(resource.getrusage, parts))
    return own + living_children()


def living_children() -> float:
    """CPU seconds of children that still run, such as a browser and its helpers."""
    total, parents = 0.0, {os.getpid()}
    stats = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        stats.append((int(path.parent.name), int(fields[1]), int(fields[11]) + int(fields[12])))
    for _ in range(4):
        parents |= {pid for pid, parent, _ in stats if parent in parents}
    for pid, _, ticks in stats:
        total += ticks / os.sysconf("SC_CLK_TCK") if pid in parents - {os.getpid()} else 0
    return total


def told(count: int, start_cpu: float, start: float) -> dict[str, float]:
    return {
        "cpu": (cpu() - start_cpu) / count * 1000,
        "wall": (time.perf_counter() - start) / count * 1000,
        "rss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def ask(engine: str, kind: str) -> dict[str, float] | None:
    done = subprocess.run(
        [sys.executable, __file__, engine, kind],
        env=os.environ | {"PYTHONPYCACHEPREFIX": COMPILED, "PYTHONDONTWRITEBYTECODE": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        print(f"{engine} {kind} failed: {done.stderr.strip().splitlines()[-1]}", file=sys.stderr)
        return None
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    names = [*list(BATCH), "WeasyPrint", "fpdf2"]
    load = os.getloadavg()[0]
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores, load {load:.1f} at the start")
    print(f"{ROUNDS} rounds alternated, medians; ms of CPU / wall per card of two pages")
    for name in names:
        ask(name, "cold")  # compiles the modules
    for kind in ("cold", "latin", "mixed", "batch"):
        rounds = [{name: ask(name, kind) for name in names} for _ in range(ROUNDS)]
        report(kind, names, rounds)
    ours = names[:1]
    for kind in OURS_ALONE:
        report(kind, ours, [{ours[0]: ask(ours[0], kind)} for _ in range(ROUNDS)])


def report(kind, names, rounds) -> None:
    print(f"\n{kind:14}{'CPU ms':>10}{'wall ms':>10}{'RSS MB':>9}{'ratio of CPU':>14}")
    base = None
    for name in names:
        answers = [each[name] for each in rounds if each[name]]
        if not answers:
            print(f"{name:14}{'failed':>10}")
            continue
        cpu_ms, wall, rss = (
            statistics.median(answer[key] for answer in answers) for key in ("cpu", "wall", "rss")
        )
        verdict = "" if base else told_target(kind, wall)
        base = base or cpu_ms
        print(f"{name:14}{cpu_ms:10.1f}{wall:10.1f}{rss:9.0f}{cpu_ms / base:13.1f}x{verdict}")


def told_target(kind: str, wall: float) -> str:
    target = TARGETS_MS.get(kind)
    if target is None:
        return ""
    return f"  wall target {target}: {'met' if wall <= target else 'not met'}"


if __name__ == "__main__":
    if len(sys.argv) > 2:
        print(json.dumps(measure(sys.argv[1], sys.argv[2])))
    else:
        main()
