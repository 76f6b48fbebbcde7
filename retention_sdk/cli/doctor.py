"""``retention doctor``: everything that could be wrong, before it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

from rich.text import Text

from ..app import Retention
from ..config import Config, load_config
from ..errors import ConfigError, RetentionError
from .output import DEFAULT_CONFIG, ConfigFile, Json, console, emit, table

# Whether it is well; None is a warning, which is no reason to fail.
Finding = tuple[str, bool | None, str]
_SYNC_AGE_MAX = timedelta(days=1)


def command(config: ConfigFile = DEFAULT_CONFIG, json: Json = False) -> int:
    """Check configuration, plugins, fonts, store, platforms and channels; exit 3 on a problem."""
    findings = list(_examine(config))
    answer = [{"what": what, "ok": is_ok, "finding": text} for what, is_ok, text in findings]
    emit(answer, as_json=json, human=lambda: _show(findings))
    return 0 if all(is_ok is not False for _, is_ok, _ in findings) else 3


def _examine(file: Path) -> Iterator[Finding]:
    yield _try("fonts", _fonts)
    try:
        config = load_config(file)
    except ConfigError as error:
        yield "configuration", False, str(error)
        return
    yield "configuration", True, f"{file}: shop {config.shop.id}, brand {config.brand.name}"
    with Retention(config) as shop:
        yield from _shop(shop, config)


def _shop(shop: Retention, config: Config) -> Iterator[Finding]:
    for problem in shop.plugins.problems:
        yield "plugins", False, str(problem)
    names = ", ".join(shop.plugins.names)
    yield "plugins", True, f"loaded: {names}"
    yield _try("store", lambda: f"{shop.store.url} opens")
    for platform in config.platforms:
        finding = _try(f"platform {platform}", lambda name=platform: repr(shop.adapter(name)))
        yield finding
        if finding[1]:
            yield from _sync(shop, platform)
    for name in dict.fromkeys((*config.delivery.channels.values(), *config.channels)):
        yield _try(f"channel {name}", lambda name=name: type(shop.channel(name)).__name__)
    yield from _consent(shop)
    yield _try("card", lambda: _card(shop))
    yield _mail(config)
    yield from _links(config)
    yield from _offers(config)


def _sync(shop: Retention, platform: str) -> Iterator[Finding]:
    """Warn of a platform whose orders could be read, and are not: webhooks get lost."""
    from ..adapter import Capability

    if Capability.LIST_ORDERS not in shop.adapter(platform).capabilities:
        return
    what, command = f"sync {platform}", f"run `retention sync --platform {platform}`"
    try:
        with shop.store.reading() as connection:
            state = shop.store.syncs.get(connection, shop.config.shop.id, platform)
    except RetentionError as error:
        yield what, False, str(error)
        return
    if state is None or state.seen_until is None:
        yield what, None, f"its orders were not read to the end yet; {command}"
        return
    is_old = shop.clock() - state.seen_until > _SYNC_AGE_MAX
    told = f"whatever changed before {state.seen_until:%Y-%m-%d %H:%M} UTC is stored"
    yield what, None if is_old else True, f"{told}; {command}" if is_old else told


def _fonts() -> str:
    from ..inserts.fonts import load_fonts

    return f"{len(load_fonts().families)} families"


def _card(shop: Retention) -> str:
    from ..testing.builders import an_order

    printed = shop.print_card(an_order())
    size = len(printed.card.pdf.data) // 1024
    return f"a sample card prints: {printed.candidate.template}, {size} KB"


def _consent(shop: Retention) -> Iterator[Finding]:
    finding = _try("consent rules", lambda: _rules(shop))
    yield finding
    if finding[1]:
        yield from (("consent rules", None, warning) for warning in shop.rules.warnings())


def _rules(shop: Retention) -> str:
    rules = shop.rules
    everything = (*rules.rules, *rules.added)
    signed = sum(map(rules.is_signed, everything))
    return f"{len(everything)} rules, {len(rules.added)} of them added, {signed} signed off"


def _mail(config: Config) -> Finding:
    if not config.shop.email:
        line = 'email = "hello@shop.example"'
        hint = f"e-mails need an address; add below [shop] in retention.toml: {line}"
        return "mail", False, hint
    missing = "" if config.brand.legal_footer else "; no marketing without [legal_footer]"
    return "mail", True, f"comes from {config.shop.email}{missing}"


def _links(config: Config) -> Iterator[Finding]:
    url = config.consent.base_url
    if not url:
        hint = "people unsubscribe by e-mail only; for one click, set consent.base_url"
        yield "unsubscribing", None, hint
    elif not url.startswith("https://"):
        yield "unsubscribing", None, f"{url} is not https: RFC 8058 wants that, so no mail links it"
    else:
        yield "unsubscribing", True, f"one click, at {url}"


def _offers(config: Config) -> Iterator[Finding]:
    """Name offers whose coupon nobody would make: their cards are printed without one."""
    for family, offer in config.inserts.offers.items():
        if not offer.code and not config.codes.coupons:
            hint = "no coupon: write its code, or name the platform that makes it as codes.coupons"
            yield f"offer {family}", None, hint


def _try(what: str, check: Callable[..., str]) -> Finding:
    try:
        return what, True, check()
    except RetentionError as error:
        return what, False, str(error)


def _show(findings: list[Finding]) -> None:
    marks = {
        True: Text("ok", "green"),
        None: Text("warning", "yellow"),
        False: Text("problem", "red"),
    }
    rows = [(what, marks[is_ok], text) for what, is_ok, text in findings]
    console().print(table(("what", "", "finding"), rows))
