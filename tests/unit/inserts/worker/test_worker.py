"""Templates of strangers, for real: each of these would take the shop down with it."""

from __future__ import annotations

import io
import socket
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from retention_sdk.errors import MissingGlyph, PrintError, TextOverflow
from retention_sdk.inserts import CardTemplate, render_card
from retention_sdk.inserts.worker import (
    Limits,
    TemplateWorker,
    read_template_folder,
    render_untrusted,
)
from retention_sdk.inserts.worker.protocol import ProtocolError, read_message, write_message

CREATED_AT = datetime(2026, 11, 14, 9, tzinfo=UTC)
ENTRY = "card.typ"


def a_template(body: str, name: str = "strange") -> CardTemplate:
    """Return a template whose pages show a body. Both entry points that a card may use are set."""
    source = f"""
#let draw(given) = {{
  set document(title: "Card", author: "Shop")
  set page(width: 105mm, height: 148mm, bleed: 3mm)
  set text(font: "EB Garamond")
  {body}
  pagebreak()
  [back]
}}
#let card(given, ..rest) = draw(given)
#let cards(data, ..rest) = for each in data.cards {{ draw(each) }}
"""
    return CardTemplate(name=name, sources={ENTRY: source.encode()})


@pytest.fixture
def card(a_card):
    return a_card("en", code=None)


@pytest.fixture(scope="module")
def worker():
    with TemplateWorker(Limits(cpu_s=3, wall_s=90)) as process:
        yield process


def draw(worker, card, body, **options):
    return worker.render(card, a_template(body), created_at=CREATED_AT, **options)


def words(pdf: bytes, page_text) -> str:
    return "".join(char for char, _ in page_text(pdf, 0))


def test_good_template_is_drawn_as_it_is_in_the_shop(worker, card):
    template = a_template("[Good day]")
    strange = worker.render(card, template, created_at=CREATED_AT)
    trusted = render_card(card, created_at=CREATED_AT, template=template)

    assert trusted == strange


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("for i in range(100000) { for j in range(100000) { let k = i * j } }", "processor time"),
        ('let s = "x"; for i in range(60) { s = s + s }; [#s.len()]', "memory|processor time"),
        ("[#range(1000000000).len()]", "memory"),
        ("set page(width: 60000pt, height: 60000pt); [wide]", "memory"),
    ],
    ids=["endless-loop", "doubled-string", "long-list", "huge-page"],
)
def test_what_eats_the_machine_ends_the_worker_and_not_the_shop(body, reason, card):
    with TemplateWorker(Limits(memory_mb=700, cpu_s=2, wall_s=90)) as worker:
        with pytest.raises(PrintError, match=f"template strange: it .*{reason}.* was stopped"):
            draw(worker, card, body, preview_ppi=300)

        assert draw(worker, card, "[next]").pdf.data.startswith(b"%PDF")


def test_clock_ends_what_waits(card):
    with pytest.raises(PrintError, match=r"template strange: it took longer than 0\.05 s"):
        render_untrusted(
            card, a_template("[slow]"), created_at=CREATED_AT, limits=Limits(wall_s=0.05)
        )


def test_endless_recursion_and_while_are_errors_of_the_template(worker, card):
    for body in ("let f(n) = f(n + 1); [#f(0)]", "while true { }"):
        with pytest.raises(PrintError, match="template strange: it cannot be typeset"):
            draw(worker, card, body)


@pytest.mark.parametrize(
    "path", ["/etc/hostname", "../../../../etc/hostname", "/proc/self/environ", "render.py"]
)
def test_files_of_the_machine_cannot_be_read(path, worker, card):
    with pytest.raises(PrintError, match=r"not found|escape|access denied"):
        draw(worker, card, f'[#read("{path}")]', quote_errors=True)


def test_link_in_the_working_folder_leads_nowhere(card):
    with TemplateWorker() as worker:
        draw(worker, card, "[first]")
        (Path(worker._folder.name) / "link.txt").symlink_to("/etc/hostname")

        with pytest.raises(PrintError, match="not found"):
            draw(worker, card, '[#read("link.txt")]', quote_errors=True)


@pytest.mark.parametrize(
    "source",
    [
        b'#import "@preview/cetz:0.3.0": canvas',
        b'#import("@preview/cetz:0.3.0")',
        b'#let name = "@preview/cetz:0.3.0"\n#import name: canvas',
        b'#include "@local/mine:1.0.0"',
    ],
)
def test_written_package_is_refused_before_anything_runs(source, card):
    with pytest.raises(ValueError, match=r"card\.typ imports a package; templates stand alone"):
        render_untrusted(
            card,
            CardTemplate(name="strange", sources={ENTRY: source}),
            created_at=CREATED_AT,
        )


def test_composed_package_fails_without_a_network(worker, card):
    with pytest.raises(PrintError, match=r"failed to download package|failed to load"):
        draw(
            worker,
            card,
            'let name = "@pre" + "view/cetz:0.3.0"; import name as cetz; [#cetz]',
            quote_errors=True,
        )


def in_confinement(code: str) -> str:
    """Return what a process prints that has taken on the worker's limits."""
    start = (
        "import json, sys\n"
        "from retention_sdk.inserts.worker.child import confine\n"
        "confine({'memory_mb': 1024, 'files': 64})\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", start + code], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="namespaces are Linux")
def test_worker_cannot_reach_a_server_on_this_machine():
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        port = server.getsockname()[1]
        code = (
            "import socket\n"
            "try:\n"
            f"    socket.create_connection(('127.0.0.1', {port}), 2); print('reached')\n"
            "except OSError as error:\n"
            "    print('no network')\n"
        )
        if (
            in_confinement(
                "from retention_sdk.inserts.worker.child import leave_network\n"
                "print(leave_network())"
            )
            == "False"
        ):
            pytest.skip("this kernel gives no namespaces to ordinary processes")

        assert "no network" == in_confinement(code)
        with pytest.raises(TimeoutError):
            server.accept()


def test_worker_can_write_no_file(tmp_path):
    target = tmp_path / "written"
    code = (
        "try:\n"
        f"    with open({str(target)!r}, 'w') as file:\n"
        "        file.write('x' * 9)\n"
        "except OSError as error:\n"
        "    print(error.strerror)\n"
    )

    assert "File too large" == in_confinement(code)
    assert not target.exists() or 0 == target.stat().st_size


def test_worker_has_nothing_of_our_environment(card, monkeypatch):
    monkeypatch.setenv("RETENTION_SECRET", "hidden")
    with TemplateWorker() as worker:
        draw(worker, card, "[first]")
        process = Path(f"/proc/{worker._process.pid}")
        if not process.exists():
            pytest.skip("no /proc to look into")
        environment = (process / "environ").read_bytes()

        assert b"hidden" not in environment
        assert b"HOME=" not in environment
        assert worker._folder.name == str((process / "cwd").readlink())
        assert [] == list(Path(worker._folder.name).iterdir())


def test_worker_ends_with_its_owner_and_leaves_nothing(card):
    with TemplateWorker() as worker:
        draw(worker, card, "[first]")
        process, folder = worker._process, Path(worker._folder.name)

    assert process.returncode is not None
    assert not folder.exists()


def test_one_process_serves_card_after_card(worker, card):
    draw(worker, card, "[one]")
    first = worker._process.pid
    draw(worker, card, "[two]")

    assert first == worker._process.pid


def test_error_of_a_template_does_not_end_the_worker(worker, card):
    draw(worker, card, "[one]")
    first = worker._process.pid
    with pytest.raises(PrintError, match="cannot be typeset"):
        draw(worker, card, 'panic("no")')
    draw(worker, card, "[two]")

    assert first == worker._process.pid


HOSTILE = '#read("/etc/passwd") *b* $x$ #panic("a") <b> ${7*7} {{7*7}} \\u{41} // /*'


def test_customer_text_is_never_evaluated(worker, a_card, page_text):
    card = a_card("en", headline=HOSTILE, code=None)
    find = 'let found = json.encode(given); let at = found.find(regex("#read[^}]*7.7")); [#at]'
    shown = words(draw(worker, card, find).pdf.data, page_text)

    assert '#read(\\"/etc/passwd\\") *b* $x$ #panic(' in shown.replace("\r\n", " ").replace(
        "”", '"'
    )


def test_message_never_quotes_what_a_template_says(worker, a_card):
    card = a_card("en", salutation="Dear Anahit Example,", code=None)
    body = "panic(json.encode(given))"
    with pytest.raises(PrintError) as caught:
        draw(worker, card, body)
    assert "template strange: it cannot be typeset; draw a sample card to see why" == str(
        caught.value
    )
    with pytest.raises(TextOverflow) as caught:
        draw(worker, card, 'panic("overflow:anahit")')
    assert "anahit" not in str(caught.value)

    with pytest.raises(PrintError, match="panicked with"):
        draw(worker, card, body, quote_errors=True)


def test_errors_come_back_as_what_they_are(worker, a_card):
    with pytest.raises(MissingGlyph, match=r"template strange: headline: .* U\+13080"):
        draw(worker, a_card("en", headline="Thanks \U00013080", code=None), "[x]")
    with pytest.raises(PrintError, match="template strange: "):
        draw(worker, a_card("en", code=None), "[x]", format="a0")


def test_flood_of_output_is_cut_off(card):
    with (
        TemplateWorker(Limits(output_mb=0)) as worker,
        pytest.raises(PrintError, match="answered with more than 0 MB, or with nonsense"),
    ):
        draw(worker, card, "[more than nothing]")


def test_system_without_limits_is_refused(card, monkeypatch):
    monkeypatch.setitem(sys.modules, "resource", None)
    with pytest.raises(PrintError, match="use Linux or macOS, or a template that you have read"):
        render_untrusted(card, a_template("[x]"), created_at=CREATED_AT)


def test_large_source_is_refused(card):
    template = CardTemplate(name="strange", sources={ENTRY: b" " * (256 * 1024 + 1)})
    with pytest.raises(PrintError, match=r"template strange: card.typ is larger than 256 KB"):
        render_untrusted(card, template, created_at=CREATED_AT)


def test_folder_of_a_stranger_is_plain_files(tmp_path):
    folder = tmp_path / "theirs"
    folder.mkdir()
    (folder / ENTRY).write_text("#let card(raw) = []")

    assert {ENTRY: b"#let card(raw) = []"} == read_template_folder(folder)
    (folder / "evil.typ").write_text("")
    with pytest.raises(PrintError, match=r"evil.typ is not one of"):
        read_template_folder(folder)
    (folder / "evil.typ").unlink()
    (folder / ENTRY).unlink()
    (folder / ENTRY).symlink_to("/etc/hostname")
    with pytest.raises(PrintError, match=r"card.typ is a link or a folder"):
        read_template_folder(folder)
    (tmp_path / "link").symlink_to(folder)
    with pytest.raises(PrintError, match="links are not followed"):
        read_template_folder(tmp_path / "link")


def test_root_of_the_typesetter_holds_no_links():
    import retention_sdk.inserts.render as module

    root = Path(module.__file__).with_name("templates")
    assert [] == [path for path in root.rglob("*") if path.is_symlink()]
    assert {".typ", ".toml"} >= {path.suffix for path in root.rglob("*") if path.is_file()}


def frame(header: object, parts: list[bytes]) -> bytes:
    stream = io.BytesIO()
    write_message(stream, header, parts)
    return stream.getvalue()


def test_messages_are_read_as_they_were_written():
    parts = [b"\x00\xff", b"", b"bytes"]

    assert ({"a": "ä"}, parts) == read_message(io.BytesIO(frame({"a": "ä"}, parts)), bytes_max=7)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00\x00",
        b"\xff\xff\xff\xff",
        b"\x00\x00\x00\x02[]",
        b"\x00\x00\x00\x02{}",
        b'\x00\x00\x00\x0f{"lengths":[-1]}',
        frame({}, [b"12345678"]),
        frame({}, [b"1234"])[:-1],
    ],
)
def test_what_is_no_message_is_an_error(data):
    with pytest.raises(ProtocolError):
        read_message(io.BytesIO(data), bytes_max=7)
