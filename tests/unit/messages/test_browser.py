"""E-mails as a telephone shows them: laid out by headless Chromium, 360 pixels wide.

One start of the browser lays out all of them, each in a frame of its own. The picture can be kept:
``RETENTION_SCREENSHOTS=out pytest tests/unit/messages/test_browser.py``. Without Chromium the tests
are skipped, unless ``CI`` says that nothing may be left out.
"""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from retention_sdk.l10n import strip_isolates
from retention_sdk.messages import (
    birthday_candidates,
    points_notice_candidates,
    render_html,
)

pytestmark = pytest.mark.real_server

WIDTH, HEIGHT = 360, 1400
LOCALES = "en de el ru hy fa ar he ja ko zh-Hans hi th".split()
OTHERS = "de fa ja".split()
OCCASIONS = {"birthday": birthday_candidates, "points": points_notice_candidates}
LOYALTY = [("reward", "fa"), ("tier_at_risk", "de"), ("points_expiring", "ja"), ("tier_up", "ar")]
RTL = {"fa", "ar", "he"}
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = """
--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
--disable-component-update --disable-sync --disable-dev-shm-usage --hide-scrollbars
--force-device-scale-factor=1
""".split()
MEASURE = """
const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
const luminance = (colour) => channels(colour).slice(0, 3)
  .map((c) => c / 255).map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
  .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
const behind = (element) => {
  const colour = getComputedStyle(element).backgroundColor;
  const isClear = channels(colour)[3] === 0;
  return isClear && element.parentElement ? behind(element.parentElement) : colour;
};
const contrast = (element) => {
  const pair = [getComputedStyle(element).color, behind(element)].map(luminance);
  return (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
};
const speaks = (element) => element.checkVisibility()
  && [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
addEventListener("load", () => {
  const seen = [...document.querySelectorAll("iframe")].map((frame) => {
    const page = frame.contentDocument, root = page.documentElement;
    const right = [...page.body.querySelectorAll("*")].map((e) => e.getBoundingClientRect().right);
    const left = [...page.body.querySelectorAll("*")].map((e) => e.getBoundingClientRect().left);
    const style = getComputedStyle(page.querySelector("h1"));
    return {
      width: root.clientWidth, scroll: root.scrollWidth, height: root.scrollHeight,
      left: Math.min(...left), right: Math.max(...right), lang: root.lang,
      contrast: Math.min(...[...page.body.querySelectorAll("*")].filter(speaks).map(contrast)),
      ground: luminance(getComputedStyle(page.body).backgroundColor), direction: style.direction, align: style.textAlign, text: page.body.innerText,
    };
  });
  document.getElementById("seen").textContent = JSON.stringify(seen);
});
"""


def find_browser() -> str:
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found:
        return found
    if os.environ.get("CI") == "true":
        pytest.fail("Chromium is missing: apt-get install chromium")
    pytest.skip("Chromium is missing; apt-get install chromium")


def lay_out(pages: dict[str, str], folder: Path) -> dict[str, dict[str, Any]]:
    """Return what the browser measured of each page, and leave ``mails.png`` in the folder."""
    frames = "".join(
        f'<iframe style="color-scheme:{_scheme(name)}" width="{WIDTH}" height="{HEIGHT}" '
        f'srcdoc="{html.escape(page)}"></iframe>'
        for name, page in pages.items()
    )
    style = "body{margin:0;white-space:nowrap}iframe{border:0;vertical-align:top}"
    sheet = folder / "sheet.html"
    sheet.write_text(
        f'<!DOCTYPE html><meta charset="utf-8"><style>{style}</style><body>{frames}'
        f'<script type="application/json" id="seen"></script><script>{MEASURE}</script>',
        encoding="utf-8",
    )
    command = [
        find_browser(),
        *FLAGS,
        f"--user-data-dir={folder / 'profile'}",
        f"--window-size={WIDTH * len(pages)},{HEIGHT}",
        f"--screenshot={folder / 'mails.png'}",
        "--dump-dom",
        sheet.as_uri(),
    ]
    done = subprocess.run(command, capture_output=True, timeout=300, check=False)
    document = done.stdout.decode()
    found = re.search(r'id="seen">(\[.+?\])</script>', document, re.DOTALL)
    if done.returncode or not found:
        pytest.fail(f"Chromium answered {done.returncode}: {done.stderr.decode()[-2000:]}")
    return dict(zip(pages, json.loads(found[1]), strict=True))


@pytest.fixture(scope="module")
def messages(make_case, make_news, make_message):
    """Thanks in every script, the other messages in those that differ most."""
    links = {
        "unsubscribe_url": "https://soap.example/u/3f9a?locale=en&token=" + "x" * 80,
        "tracking_url": "https://post.example/track?code=RB123456789",
    }
    made = {tag: make_message(make_case(tag), **links) for tag in LOCALES}
    for tag in OTHERS:
        shipped = make_case(tag, event_type="order_fulfilled")
        occasion = make_case(tag, event_type="occasion").model_copy(update={"order": None})
        made[f"{tag} shipped"] = make_message(shipped, **links)
        for name, candidates in OCCASIONS.items():
            made[f"{tag} {name}"] = make_message(occasion, candidates=candidates, **links)
    for name, tag in LOYALTY:
        made[f"{tag} {name}"] = make_message(make_news(name, tag), **links)
    return made | {f"{tag} dark": made[tag] for tag in OTHERS}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("browser")


@pytest.fixture(scope="module")
def measured(messages, folder):
    """All pages, and at the end one that is broken on purpose."""
    pages = {name: render_html(message) for name, message in messages.items()}
    fault = '</h1><p style="width:500px;color:#eee;background:#fff">too wide, too faint</p>'
    measured = lay_out(pages | {"fa broken": pages["fa"].replace("</h1>", fault)}, folder)
    if kept := os.environ.get("RETENTION_SCREENSHOTS"):
        Path(kept).mkdir(parents=True, exist_ok=True)
        shutil.copy(folder / "mails.png", kept)
    return measured


@pytest.fixture(scope="module")
def seen(measured):
    return {name: page for name, page in measured.items() if name != "fa broken"}


def test_a_broken_page_would_be_noticed(measured):
    broken = measured["fa broken"]

    assert WIDTH < broken["scroll"]
    assert 0 > broken["left"]
    assert 2 > broken["contrast"]


def test_nothing_reaches_beyond_the_screen(seen):
    wide = {
        name: (page["left"], page["right"], page["scroll"])
        for name, page in seen.items()
        if page["left"] < 0 or page["right"] > WIDTH or page["scroll"] > WIDTH
    }

    assert {} == wide
    assert {WIDTH} == {page["width"] for page in seen.values()}


def test_every_page_runs_the_way_of_its_script(seen):
    ways = {name: (page["direction"], page["align"]) for name, page in seen.items()}

    assert {
        name: ("rtl", "right") if _tag(name) in RTL else ("ltr", "left") for name in seen
    } == ways
    assert [_tag(name) for name in seen] == [page["lang"] for page in seen.values()]


def test_what_the_message_says_can_be_read(seen, messages):
    """White space is the browser's; isolates stay in the text and are not seen."""
    unread = []
    for name, message in messages.items():
        shown = _squeeze(seen[name]["text"])
        wanted = [message.headline, message.greeting, *message.paragraphs, message.signer]
        if summary := message.summary:
            wanted += [row.title for row in summary.rows] + [f.value for f in summary.totals]
        wanted += [*message.tracking, *message.highlights, *message.points, *message.footer]
        unread += [(name, text) for text in wanted if _squeeze(text) not in shown]

    assert [] == unread


def test_every_text_stands_out_by_day_and_by_night(seen):
    """WCAG 2.2, 1.4.3: 4.5 to 1, as the browser paints it."""
    faint = {name: page["contrast"] for name, page in seen.items() if page["contrast"] < 4.5}

    assert {} == faint
    assert {name for name in seen if name.endswith("dark")} == {
        name for name, page in seen.items() if page["ground"] < 0.05
    }


def test_the_picture_is_not_blank(seen, measured, folder):
    """Ink is what differs from the ground; a telephone's first screen has thousands of it."""
    picture = Image.open(folder / "mails.png").convert("L")
    assert (WIDTH * len(measured), HEIGHT) == picture.size

    for index, name in enumerate(seen):
        screen = picture.crop((WIDTH * index, 0, WIDTH * (index + 1), 640))
        dark = sum(screen.histogram()[:128])
        ink = screen.width * screen.height - dark if name.endswith("dark") else dark
        assert 1500 < ink, name


def _scheme(name: str) -> str:
    """The page in a frame takes the colour scheme of the frame for the reader's wish."""
    return "dark" if name.endswith("dark") else "light"


def _tag(name: str) -> str:
    return name.split(maxsplit=1)[0]


def _squeeze(text: str) -> str:
    return "".join(strip_isolates(text).split())
