"""Takes the invented orders through the real pipeline and shows what came out."""

from __future__ import annotations

import email
import email.policy
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

from ..app import Retention
from ..config import load_config
from ..consent import explain
from ..errors import ConfigError, PluginError
from ..pipeline import Outcome
from .derive import DEMO_SECRET, SHOP_URL
from .gallery import Entry, gallery

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
_A_YEAR_AGO = datetime(2025, 11, 25, 9, 30, tzinfo=UTC)
_IN_SPRING = datetime(2026, 4, 15, 9, 30, tzinfo=UTC)
_KEY = "5eed" * 16  # the published key of an invented shop
_DATA = files(__package__) / "data"
_SETTINGS = f"""
[platforms.woocommerce]
webhook_secrets = ["{DEMO_SECRET}"]
store_url = "{SHOP_URL}"
consent_meta_key = "marketing_consent"
consent_channel = "any"

[platforms.vendure]
url = "{SHOP_URL}/admin-api"
api_key = "none, nothing is fetched"
consent_field = "emailMarketingConsent"
consent_at_field = "emailMarketingConsentAt"
consent_channel = "any"
language_field = "languageCode"
gift_message_field = "giftMessage"

[channels.folder]
directory = "@out@"
"""
PLATFORMS = {"woocommerce": "WooCommerce", "vendure": "Vendure", "file": "CSV"}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that reaches the shop. ``badge`` says what is special about it."""

    source: str
    platform: str
    file: str
    badge: str = ""
    at: datetime = NOW


@dataclass(frozen=True, slots=True)
class Shown:
    """One event with where it came from and to whom it belongs."""

    step: Step
    who: str
    outcome: Outcome
    files: dict[str, Path]


def steps() -> tuple[Step, ...]:
    """Return what reaches the shop, in order."""
    woo = [
        Step("WooCommerce webhook", "woocommerce", f"woocommerce-{number}")
        for number in range(1001, 1006)
    ]
    return (
        Step("CSV export", "file", "orders-2025-11.csv", "a year ago", _A_YEAR_AGO),
        Step("CSV export", "file", "orders-2026-04.csv", "in spring", _IN_SPRING),
        *woo,
        Step("the same webhook again", "woocommerce", "woocommerce-1001", "seen before"),
        Step("WooCommerce webhook", "woocommerce", "woocommerce-1006", "second order"),
        Step("WooCommerce webhook", "woocommerce", "woocommerce-1007", "objection"),
        Step("WooCommerce webhook", "woocommerce", "woocommerce-1002-refund", "part refund"),
        *(Step("Vendure Admin API", "vendure", f"vendure-{n}") for n in range(2001, 2004)),
        Step("Vendure Admin API", "vendure", "vendure-2004", "gift"),
        Step("Vendure Admin API", "vendure", "vendure-2001-delivered", "delivered"),
        Step("CSV export", "file", "orders.csv"),
        Step("CSV export", "file", "orders-returning.csv", "back again"),
    )


def run_demo(out: Path, *, on_step: Callable[[], None] = lambda: None) -> list[Shown]:
    """Build the gallery in ``out``; return what it shows.

    Raises:
        ConfigError: the folder holds something that is no earlier gallery.
        PluginError: an adapter is not installed; the message names the pip command.
    """
    _clear(out)
    clock = _Clock()
    with (
        tempfile.TemporaryDirectory() as workspace,
        _open_shop(Path(workspace), out, clock) as shop,
    ):
        _check_plugins(shop)
        shown = []
        for step in steps():
            clock.now = step.at
            shown += list(_take(shop, step, out))
            on_step()
        log = [_logged(shop, each) for each in shown]
    _write(out / "log.json", json.dumps(log, ensure_ascii=False, indent=1) + "\n")
    entries = [_entry(each, out) for each in shown if is_worth_showing(each)]
    _write(out / "index.html", gallery(entries, figures=_figures(shown)))
    return shown


def _clear(out: Path) -> None:
    if out.is_dir() and any(out.iterdir()) and not (out / "log.json").exists():
        raise ConfigError("is not empty and no earlier gallery", file=str(out), key="--out")
    for name in ("parcels", "mails"):
        shutil.rmtree(out / name, ignore_errors=True)
    (out / "mails").mkdir(parents=True, exist_ok=True)


class _Clock:
    """The time that the shop reads: when the present step happens."""

    now = NOW

    def __call__(self) -> datetime:
        return self.now


def _open_shop(workspace: Path, out: Path, clock: _Clock) -> Retention:
    for name in ("brand.toml", "logo.svg"):
        (workspace / name).write_bytes((_DATA / name).read_bytes())
    settings = (_DATA / "retention.toml").read_text(encoding="utf-8")
    parcels = json.dumps(str((out / "parcels").resolve()))
    settings += _SETTINGS.replace('"@out@"', parcels)
    _write(workspace / "retention.toml", settings)
    config = load_config(workspace / "retention.toml", environ={})
    return Retention(config, clock=clock, environ={"RETENTION_KEY": _KEY})


def _check_plugins(shop: Retention) -> None:
    missing = [
        f"retention-{name}" for name in PLATFORMS if name not in shop.plugins.shelves.adapters
    ]
    if missing:
        raise PluginError(f"the demonstration needs adapters: pip install {' '.join(missing)}")


def _take(shop: Retention, step: Step, out: Path) -> Iterator[Shown]:
    folder = _DATA / "deliveries"
    if step.platform == "woocommerce":
        headers = json.loads((folder / f"{step.file}.headers.json").read_bytes())
        body = (folder / f"{step.file}.raw").read_bytes()
        outcomes = shop.receive("woocommerce", headers=headers, body=body)
    else:
        outcomes = _ingest(shop, step)
    for outcome in outcomes:
        if outcome.event_type != "order_placed" and (outcome.is_new or step.badge == "seen before"):
            yield Shown(step, _who(shop, outcome), outcome, _files(outcome, out))


def _ingest(shop: Retention, step: Step) -> tuple[Outcome, ...]:
    source = _DATA / "deliveries"
    if step.platform == "file":
        adapter = shop.adapter_with("file", {"path": str(source / step.file)})
        orders = tuple(adapter.fetch_orders())
    else:
        adapter = shop.adapter(step.platform)
        orders = adapter.load_orders((source / f"{step.file}.json").read_bytes())
    return shop.ingest([event for order in orders for event in adapter.order_events(order)])


def _who(shop: Retention, outcome: Outcome) -> str:
    context, _ = shop.pipeline.decisions(outcome.event_id)
    customer = context.customer if context else None
    if customer is None:
        return "nobody in particular"
    return f"{customer.given_name} {customer.family_name}".strip()


def _files(outcome: Outcome, out: Path) -> dict[str, Path]:
    """Find what the folder channel wrote, and put the e-mail's HTML beside it for looking at."""
    found: dict[str, Path] = {}
    for delivery in outcome.deliveries:
        folder = Path(delivery.location)
        for path in sorted(folder.iterdir()) if delivery.location else ():
            found[path.name if delivery.surface == "card" else "mail"] = path
    if mail := found.get("mail"):
        page = out / "mails" / f"{mail.parent.name}.html"
        message = email.message_from_bytes(mail.read_bytes(), policy=email.policy.default)
        part = message.get_body(("html",))
        _write(page, str(part.get_content()) if part else "")
        found["mail_page"] = page
    return found


def _logged(shop: Retention, shown: Shown) -> dict[str, Any]:
    with shop.store.reading() as connection:
        stored = shop.store.inbox.get(connection, shown.outcome.event_id)
        subject_id = stored.subject_id if stored else ""
        entries = shop.ledger.history(connection, subject_id) if shop.ledger else ()
    return {
        "source": shown.step.source,
        "note": shown.step.badge,
        "outcome": shown.outcome.model_dump(mode="json"),
        "why": [explain(decision) for decision in shown.outcome.decisions],
        "postings": [str(entry) for entry in entries],
    }


def is_worth_showing(shown: Shown) -> bool:
    """Tell the events that somebody gets something from, apart from the others."""
    return shown.outcome.event_type in {"order_paid", "order_refunded", "order_delivered"}


def _entry(shown: Shown, out: Path) -> Entry:
    outcome, made = shown.outcome, shown.files
    if not outcome.is_new:
        return _repetition(shown)

    def link(name: str) -> str:
        return made[name].resolve().relative_to(out.resolve()).as_posix() if name in made else ""

    by_surface = {each.surface: each for each in outcome.deliveries}
    card, mail = by_surface.get("card"), by_surface.get("email")
    return Entry(
        who=shown.who,
        locale=outcome.locale,
        source=f"{shown.step.source}, {outcome.event_type.replace('_', ' ')}",
        badge=shown.step.badge,
        front=link("card-front.png"),
        back=link("card-back.png"),
        pdf=link("card.pdf"),
        mail=link("mail"),
        mail_page=link("mail_page"),
        points=_points(outcome),
        card_sentence=f"{card.template.replace('_', ' ')}, {card.state}" if card else "",
        mail_sentence=mail.template.replace("_", " ") if mail else "none was due or allowed",
        decisions=[explain(decision) for decision in outcome.decisions],
    )


def _repetition(shown: Shown) -> Entry:
    return Entry(
        who=shown.who,
        locale=shown.outcome.locale,
        source=shown.step.source,
        badge=shown.step.badge,
        no_card="Seen before: nothing is printed, sent or posted a second time.",
    )


def _points(outcome: Outcome) -> str:
    if not outcome.points_earned:
        return ""
    return f"{outcome.points_earned:+d}, balance {outcome.points_balance}"


def _figures(shown: Sequence[Shown]) -> list[tuple[str, str]]:
    new = [each for each in shown if each.outcome.is_new]
    made = [delivery for each in new for delivery in each.outcome.deliveries]
    decided = sum(len(each.outcome.decisions) for each in new)
    return [
        (str(len(shown)), "events"),
        (str(sum(each.surface == "card" for each in made)), "cards"),
        (str(len({each.outcome.locale.partition("-")[0] for each in shown} - {""})), "languages"),
        (str(sum(each.surface == "email" for each in made)), "e-mails"),
        (str(decided), "consent decisions"),
        (str(sum(each.outcome.points_earned for each in new)), "points"),
    ]


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
