"""The pages as people see them: laid out by headless Chromium, from 320 pixels to a desk.

One start of the browser lays out all of them, each in a frame of its own that may not run scripts.
The pictures can be kept: ``RETENTION_SCREENSHOTS=out pytest tests/unit/web/privacy``. Without
Chromium the tests are skipped, unless ``CI`` says that nothing may be left out.
"""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import Image

from retention_sdk import Brand, Config, Sender
from retention_sdk.l10n import strip_isolates
from retention_sdk.model import Consent, ConsentChannel, ConsentState, Palette
from retention_sdk.testing import NOON, a_shop
from retention_sdk.web.privacy import pages
from retention_sdk.web.privacy.html import render_page
from retention_sdk.web.privacy.speech import choose_speech, spoken_locales

pytestmark = pytest.mark.real_server

HEIGHT = 1500
WIDTHS = (320, 375, 1280)
LOCALES = ("en", "de", "fa", "ar")
RTL = {"fa", "ar"}
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = """
--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
--disable-component-update --disable-sync --disable-dev-shm-usage --hide-scrollbars
--force-device-scale-factor=1
""".split()
LOGO = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 50">'
    '<circle cx="25" cy="25" r="20" fill="#7a2e2e"/><rect x="55" y="20" width="140" height="10"/></svg>'
)
# The house colours, and a brand that nobody could read without help.
PALETTES = {
    "house": Palette(),
    "pale": Palette(paper="#ffffff", ink="#bbbbbb", primary="#ffe14d", accent="#fff2a8"),
}
MEASURE = """
const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
const luminance = (colour) => channels(colour).slice(0, 3)
  .map((c) => c / 255).map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
  .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
const view = (element) => element.ownerDocument.defaultView;
const style = (element) => view(element).getComputedStyle(element);
const behind = (element) => {
  const colour = style(element).backgroundColor;
  const isClear = channels(colour)[3] === 0;
  return isClear && element.parentElement ? behind(element.parentElement) : colour;
};
const ratio = (one, two) => {
  const pair = [one, two].map(luminance);
  return (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
};
const speaks = (element) => element.checkVisibility()
  && [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
const nameOf = (element) => (element.labels && element.labels.length
  ? element.labels[0].innerText : element.innerText || element.alt || "").trim();
addEventListener("load", () => {
  const seen = [...document.querySelectorAll("iframe")].map((frame) => {
    const page = frame.contentDocument, root = page.documentElement;
    const all = [...page.body.querySelectorAll("*")].filter((e) => e.checkVisibility());
    const boxes = all.map((e) => e.getBoundingClientRect());
    const pressed = [...page.querySelectorAll("a,button,input:not([type=hidden]),summary")]
      .filter((e) => e.checkVisibility());
    const edges = [...page.querySelectorAll("button")].map((b) => Math.max(
      ratio(style(b).borderTopColor, behind(b.parentElement)), ratio(behind(b), behind(b.parentElement))));
    const heading = page.querySelector("h1");
    const focused = pressed.filter((e) => !e.disabled).map((e) => { e.focus(); return style(e).outlineStyle; });
    const ids = [...page.querySelectorAll("[id]")].map((e) => e.id);
    return {
      width: root.clientWidth, scroll: root.scrollWidth,
      left: Math.min(...boxes.map((b) => b.left)), right: Math.max(...boxes.map((b) => b.right)),
      lang: root.lang, dir: root.dir, direction: style(heading).direction,
      align: style(heading).textAlign,
      start: Math.round(root.dir === "rtl"
        ? root.clientWidth - heading.getBoundingClientRect().right : heading.getBoundingClientRect().left),
      contrast: Math.min(...all.filter(speaks).map((e) => ratio(style(e).color, behind(e)))),
      edges: Math.min(99, ...edges), ground: luminance(style(root).backgroundColor),
      headings: [...page.querySelectorAll("h1,h2,h3,h4")].map((h) => h.tagName),
      landmarks: ["header", "main", "footer"].map((n) => page.querySelectorAll(n).length),
      names: pressed.map(nameOf), tabs: pressed.filter((e) => e.tabIndex !== 0).length,
      order: pressed.map((e) => e.getBoundingClientRect().top),
      small: pressed.filter((e) => e.tagName !== "A" || e.closest("li")).map((e) =>
        (e.closest("label") || e).getBoundingClientRect().height),
      legends: [...page.querySelectorAll("fieldset")].map((f) => f.firstElementChild.tagName),
      focused: [...new Set(focused)], ids: ids.length - new Set(ids).size,
      scripts: page.querySelectorAll("script,[onclick],[onload],link,iframe,object").length,
      title: page.title, text: page.body.innerText,
      posts: [...page.forms].map((f) => [f.method, new URLSearchParams(new FormData(f)).toString()]),
      alts: [...page.images].map((i) => [i.alt, i.naturalWidth > 0]),
    };
  });
  document.getElementById("seen").textContent = JSON.stringify(seen);
});
"""


def find_browser():
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found:
        return found
    if os.environ.get("CI") == "true":
        pytest.fail("Chromium is missing: apt-get install chromium")
    pytest.skip("Chromium is missing; apt-get install chromium")


def lay_out(documents, folder):
    """Return what the browser measured of each document, and leave ``pages.png`` in the folder."""
    frames = "".join(
        f'<iframe sandbox="allow-same-origin" style="color-scheme:{each.scheme}" '
        f'width="{each.width}" height="{HEIGHT}" srcdoc="{html.escape(each.html)}"></iframe>'
        for each in documents.values()
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
        f"--window-size={sum(each.width for each in documents.values())},{HEIGHT}",
        f"--screenshot={folder / 'pages.png'}",
        "--dump-dom",
        sheet.as_uri(),
    ]
    done = subprocess.run(command, capture_output=True, timeout=300, check=False)
    found = re.search(r'id="seen">(\[.+?\])</script>', done.stdout.decode(), re.DOTALL)
    if done.returncode or not found:
        pytest.fail(f"Chromium answered {done.returncode}: {done.stderr.decode()[-2000:]}")
    return dict(zip(documents, json.loads(found[1]), strict=True))


def pages_in(speech):
    """Every page there is, with somebody's answers."""
    email, yes = ConsentChannel.EMAIL, ConsentState.GRANTED
    current = (
        Consent(channel=email, state=yes, recorded_at=NOON - timedelta(days=1)),
        Consent(channel=ConsentChannel.SMS, state=ConsentState.DENIED, recorded_at=NOON),
    )
    saved = (speech.say("privacy.saved.title"), speech.say("privacy.saved.body"))
    facts = {"at": NOON, "has_points": True}
    return {
        "unsubscribe": pages.unsubscribe_page(speech, email, preferences="../p/x"),
        "unsubscribed": pages.unsubscribed_page(speech, email, preferences="../p/x", undo="u"),
        "preferences": pages.preferences_page(speech, current, has_signal=False, **facts),
        "saved": pages.preferences_page(speech, current, has_signal=True, news=saved, **facts),
        "confirm": pages.confirm_page(speech, email),
        "invalid": pages.invalid_page(speech),
    }


@pytest.fixture(scope="module")
def documents():
    """All pages at one width, the longest at every width, by night, and in colours nobody chose."""
    made = {}
    for locale in LOCALES:
        for palette_name, palette in PALETTES.items():
            brand = Brand(
                name="Soap & Sons",
                logo=LOGO if locale in {"de", "ar"} else None,
                sender=Sender(name="Mary"),
                palette=palette,
                legal_footer={"en": "Soap & Sons GmbH · Hauptstr. 1, 10115 Berlin"},
            )
            config = Config(shop=a_shop(), brand=brand)
            speech = choose_speech(config, (locale,))
            for name, page in pages_in(speech).items():
                drawn = render_page(page, speech, brand=brand, languages=spoken_locales(None)).html
                widths = WIDTHS if name == "saved" and palette_name == "house" else (375,)
                if palette_name == "pale" and name != "saved":
                    continue
                for width in widths:
                    for scheme in ("light", "dark") if name == "saved" else ("light",):
                        key = f"{locale} {name} {palette_name} {width} {scheme}"
                        made[key] = SimpleNamespace(html=drawn, width=width, scheme=scheme, page=page)  # fmt: skip
    return made


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("browser")


@pytest.fixture(scope="module")
def measured(documents, folder):
    """All documents, and at the end one that is broken on purpose."""
    first = next(iter(documents.values()))
    fault = '</h1><p style="width:500px;color:#eee;background:#fff">too wide</p><button></button>'
    broken = first.html.replace("</h1>", fault).replace("<style>", "<style>h1{}", 1)
    spoilt = SimpleNamespace(html=broken, width=first.width, scheme="light")
    found = lay_out(documents | {"broken": spoilt}, folder)
    if kept := os.environ.get("RETENTION_SCREENSHOTS"):
        Path(kept).mkdir(parents=True, exist_ok=True)
        shutil.copy(folder / "pages.png", kept)
    return found


@pytest.fixture(scope="module")
def seen(measured):
    return {name: page for name, page in measured.items() if name != "broken"}


def wrong(seen, is_right):
    return {name: page for name, page in seen.items() if not is_right(page)}


def test_a_broken_page_would_be_noticed(measured):
    broken = measured["broken"]

    assert broken["width"] < broken["scroll"]
    assert 2 > broken["contrast"]
    assert "" in broken["names"]


def test_nothing_reaches_beyond_the_screen(seen, documents):
    assert {name: each.width for name, each in documents.items()} == {
        name: page["width"] for name, page in seen.items()
    }
    assert {} == wrong(seen, lambda page: page["scroll"] <= page["width"])
    assert {} == wrong(seen, lambda page: 0 <= page["left"] <= page["right"] <= page["width"])


def test_every_page_runs_the_way_of_its_script(seen):
    for name, page in seen.items():
        locale = name.split()[0]
        wanted = "rtl" if locale in RTL else "ltr"
        assert (locale, wanted, wanted, "start") == (
            page["lang"],
            page["dir"],
            page["direction"],
            page["align"],
        )
        assert 0 < page["start"] < page["width"] / 2


def test_every_text_and_every_button_stands_out_by_day_and_by_night(seen):
    """WCAG 2.2, 1.4.3: 4.5 to 1 for text; 1.4.11: 3 to 1 for what is pressed."""
    assert {} == wrong(seen, lambda page: page["contrast"] >= 4.5)
    assert {} == wrong(seen, lambda page: page["edges"] >= 3)
    dark = {name for name, page in seen.items() if page["ground"] < 0.05}
    assert {name for name in seen if name.endswith("dark")} == dark


def test_everything_that_can_be_pressed_has_a_name_a_size_and_a_place_in_the_row(seen):
    """WCAG 2.2: 4.1.2, 2.5.8 (24 pixels), 2.4.3, 2.4.7."""
    for name, page in seen.items():
        assert "" not in page["names"], name
        assert 0 == page["tabs"], name
        assert page["order"] == sorted(page["order"]), name
        assert 24 <= min(page["small"]), name
        assert "none" not in page["focused"], name


def test_pages_are_built_as_a_reader_of_screens_expects(seen):
    """WCAG 2.2: 1.3.1, 2.4.2, 4.1.1."""
    for name, page in seen.items():
        is_long = " preferences " in name or " saved " in name
        assert ["H1", "H2"] if is_long else ["H1"] == page["headings"], name
        assert [1, 1, 1] == page["landmarks"], name
        assert {"LEGEND"} >= {*page["legends"]}, name
        assert 0 == page["ids"], name
        assert page["title"].endswith(" · Soap & Sons"), name


def test_no_page_needs_or_holds_a_script(seen):
    """They were laid out in a sandbox that runs none, and their forms are complete."""
    for name, page in seen.items():
        assert 0 == page["scripts"], name
    ((method, fields),) = seen["en preferences house 375 light"]["posts"]
    assert "post" == method
    assert (
        "email=1&shown=email&shown=sms&shown=parcel_insert&offers=1&shown=offers&reviews=1"
        "&shown=reviews&surveys=1&shown=surveys&loyalty=1&shown=loyalty&shown=profiling"
        "&shown=third_party&shown=sale_or_sharing"
    ) == fields


def test_what_a_browser_sends_without_scripts_is_what_the_app_reads(seen, client, person):
    """The fields as Chromium puts them together, with the button that was pressed."""
    ((_, fields),) = seen["en preferences house 375 light"]["posts"]
    form = {"content-type": "application/x-www-form-urlencoded"}
    client.post(person.preferences_path(), content=f"{fields}&do=save", headers=form)

    answers = {
        (each.channel.value, each.purpose.value): each.state.value for each in person.current
    }
    assert {
        ("any", "profiling"): "denied",
        ("any", "third_party"): "denied",
        ("any", "sale_or_sharing"): "denied",
        ("email", "marketing"): "granted",
        ("sms", "marketing"): "denied",
        ("parcel_insert", "marketing"): "denied",
    } == answers


def test_what_the_page_says_can_be_read(seen, documents):
    for name, each in documents.items():
        page = each.page
        shown = _squeeze(seen[name]["text"])
        wanted = [page.title, *page.news, *page.paragraphs]
        wanted += [text for group in page.groups for text in (group.legend, *[b.label for b in group.boxes])]  # fmt: skip
        assert [] == [text for text in wanted if _squeeze(text) not in shown], name


def test_logo_is_a_picture_with_the_name_of_the_shop(seen):
    for name, page in seen.items():
        has_logo = name.split()[0] in {"de", "ar"}
        assert ([["Soap & Sons", True]] if has_logo else []) == page["alts"], name


def test_the_picture_is_not_blank(seen, measured, documents, folder):
    picture = Image.open(folder / "pages.png").convert("L")
    left = 0
    for name, each in documents.items():
        screen = picture.crop((left, 0, left + each.width, 600))
        left += each.width
        dark = sum(screen.histogram()[:128])
        ink = screen.width * screen.height - dark if each.scheme == "dark" else dark
        assert 1000 < ink, name


def _squeeze(text):
    return "".join(strip_isolates(text).split())
