"""``retention loyalty rewards``, ``redeem`` and what follows: rewards at the counter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from ..app import Retention
from .choices import refuse
from .loyalty_people import Customer, Points, find_person, number_table, open_ledger
from .output import DEFAULT_CONFIG, ConfigFile, Json, console, emit, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..loyalty.rewards import IssueState, RewardOffer
    from ..pipeline.rewards.redeem import Redemption, RewardDesk
    from ..pipeline.rewards.standing import Market

AGAIN, REFUSED = 8, 5

Currency = Annotated[str, typer.Option(help="ISO 4217; without, the shop's.")]
Country = Annotated[str, typer.Option(help="ISO 3166; without, as last told of the person.")]
Locale = Annotated[str, typer.Option(help="BCP 47; without, as last told of the person.")]
Issue = Annotated[str, typer.Argument(help="As `retention loyalty issued` shows it.")]


def rewards(
    customer: Customer,
    points: Points = "",
    currency: Currency = "",
    country: Country = "",
    locale: Locale = "",
    config: ConfigFile = DEFAULT_CONFIG,
    json: Json = False,
) -> None:
    """Show the catalogue as somebody stands: what can be had now, and why not the rest."""
    with Retention.from_file(config) as shop:
        ledger, subject_id = _who(shop, customer, points)
        market = _market(currency, country, locale)
        offers = _desk(shop).offers(subject_id, program=points, market=market)
    language = locale or shop.config.shop.language
    answer = [_offer_json(offer, language) for offer in offers]
    unit = ledger.program.unit
    emit(answer, as_json=json, human=lambda: _show_offers(offers, language, unit))


def redeem(
    customer: Customer,
    reward: Annotated[str, typer.Argument(help="The reward's id, as in [[loyalty.rewards]].")],
    key: Annotated[
        str, typer.Option(help="A name of your own: repeating it redeems nothing twice.")
    ] = "",
    points: Points = "",
    currency: Currency = "",
    country: Country = "",
    locale: Locale = "",
    config: ConfigFile = DEFAULT_CONFIG,
    json: Json = False,
) -> int:
    """Pay a reward with points; exit 8 while the platform is away, 5 if it refused for good."""
    with Retention.from_file(config) as shop:
        ledger, subject_id = _who(shop, customer, points)
        market = _market(currency, country, locale)
        done = _desk(shop).redeem(subject_id, reward, key=key, program=points, market=market)
    emit(_json(done), as_json=json, human=lambda: _show(done, ledger.program.unit))
    return _exit_code(done)


def cancel(
    issue: Issue,
    reason: Annotated[str, typer.Option(help="Why; stored in clear: name no person.")],
    grace_days: Annotated[
        int, typer.Option(min=0, max=3650, help="Let points live on whose expiry has passed.")
    ] = 0,
    config: ConfigFile = DEFAULT_CONFIG,
    json: Json = False,
) -> int:
    """Void a reward and give its points back; exit 8 while the platform is away."""
    with Retention.from_file(config) as shop:
        done = _desk(shop).cancel(issue, reason=reason, grace_days=grace_days)
        unit = shop.ledgers[done.program].program.unit
    emit(_json(done), as_json=json, human=lambda: _show(done, unit))
    return _exit_code(done)


def issued(
    customer: Annotated[str, typer.Argument(help="Only those of one person.")] = "",
    state: Annotated[
        list[str] | None, typer.Option(help="Only in this state; may be repeated.")
    ] = None,
    kind: Annotated[
        list[str] | None, typer.Option(help="Only of this kind, such as gift; may be repeated.")
    ] = None,
    order: Annotated[
        str, typer.Option(help="Only gifts that may lie in the parcel of this order.")
    ] = "",
    config: ConfigFile = DEFAULT_CONFIG,
    json: Json = False,
) -> None:
    """List rewards: what is to be packed is `--state issued --kind gift`. Codes need --json."""
    states = _states(state or [])
    with Retention.from_file(config) as shop:
        desk = _desk(shop)
        who = _who(shop, customer, "")[1] if customer else None
        found = desk.to_pack(order) if order else desk.list(who, states=states, kinds=kind or [])
    emit([_json(each) for each in found], as_json=json, human=lambda: _show_list(found))


def hand_over(
    issue: Issue,
    note: Annotated[str, typer.Option(help="Where to; stored in clear: name no person.")] = "",
    config: ConfigFile = DEFAULT_CONFIG,
    json: Json = False,
) -> None:
    """Say that a reward was handed over: packed into a parcel, let in, donated."""
    with Retention.from_file(config) as shop:
        done = _desk(shop).fulfil(issue, reason=note)
        unit = shop.ledgers[done.program].program.unit
    emit(_json(done), as_json=json, human=lambda: _show(done, unit))


def take_back(
    issue: Issue,
    reason: Annotated[str, typer.Option(help="Why; stored in clear: name no person.")],
    config: ConfigFile = DEFAULT_CONFIG,
    json: Json = False,
) -> None:
    """Let a gift wait for the next parcel again: the one it was packed into was not sent."""
    from ..pipeline.rewards.parcel_gifts import ParcelGifts

    with Retention.from_file(config) as shop:
        book = _desk(shop).book
        found = ParcelGifts(book).take_back(issue, reason=reason, now=shop.clock())
        name = book.name_of(found)
    answer = {"id": found.id, "name": name, "state": found.state, "reason": found.reason}
    words = f"{name} waits for the next parcel"
    emit(answer, as_json=json, human=lambda: console().print(words, markup=False))


def retry(config: ConfigFile = DEFAULT_CONFIG, json: Json = False) -> int:
    """Go on with everything that a platform or a crash left open; exit 8 if some still waits."""
    with Retention.from_file(config) as shop:
        report = _desk(shop).retry_open()
    emit(
        report.model_dump(mode="json"),
        as_json=json,
        human=lambda: console().print(f"{len(report.ended)} ended, {len(report.waiting)} wait"),
    )
    return AGAIN if report.waiting else 0


def _desk(shop: Retention) -> RewardDesk:
    open_ledger(shop)
    assert shop.loyalty is not None, "a shop with a ledger has a desk"
    return shop.loyalty.rewards


def _who(shop: Retention, customer: str, points: str) -> tuple[Any, str]:
    ledger = open_ledger(shop, points)
    with shop.store.reading() as connection:
        return ledger, find_person(shop, connection, customer)


def _market(currency: str, country: str, locale: str) -> Market:
    from ..pipeline.rewards.standing import Market

    return Market(currency=currency, country=country, locale=locale)


def _states(names: Sequence[str]) -> list[IssueState]:
    from ..loyalty.rewards import IssueState

    known = {state.value: state for state in IssueState}
    for name in names:
        if name not in known:
            refuse("--state", f"{name!r} is none of {', '.join(known)}")
    return [known[name] for name in names]


def _exit_code(done: Redemption) -> int:
    if done.state.is_open:
        return AGAIN
    return REFUSED if done.state == "returned" else 0


def _json(done: Redemption) -> dict[str, Any]:
    return done.model_dump(mode="json")


def _offer_json(offer: RewardOffer, language: str) -> dict[str, Any]:
    reward = offer.reward
    return {
        "reward": reward.id,
        "kind": reward.kind,
        "name": reward.names.pick(language),
        "points": reward.points,
        "is_available": offer.is_available,
        "missing": offer.missing,
        "left": offer.left,
        "refusals": [refusal.model_dump(mode="json") for refusal in offer.refusals],
    }


def _show_offers(offers: Sequence[RewardOffer], language: str, unit: str) -> None:
    out = console()
    if not offers:
        out.print(
            "The catalogue is empty: add [[loyalty.rewards]], as docs/howto/rewards.md shows."
        )
        return
    rows = [
        (
            offer.reward.id,
            f"{offer.reward.points:,}",
            offer.reward.names.pick(language),
            Text("yes", "green") if offer.is_available else Text(_reasons(offer), "yellow"),
        )
        for offer in offers
    ]
    out.print(number_table(("reward", unit, "name", "can be had"), rows, numbers=(1,)))


def _reasons(offer: RewardOffer) -> str:
    return "; ".join(refusal.reason for refusal in offer.refusals)


def _show(done: Redemption, unit: str) -> None:
    out = console()
    told = {
        "held": f"{done.points:,} {unit} are set aside; the platform is away, try again later",
        "issued": f"{done.name} for {done.points:,} {unit}",
        "refused": f"refused; the {done.points:,} {unit} are back",
        "returned": f"refused: {done.reason}; the {done.points:,} {unit} are back",
        "fulfilled": f"{done.name} was handed over",
        "redeemed": f"{done.name} was used: {done.reason}",
        "cancelling": "the platform is away; points come back when the code is void",
        "cancelled": f"void; the {done.points:,} {unit} are back",
    }
    out.print(told[done.state])
    if done.code:
        ends = f", until {done.ends_at:%Y-%m-%d %H:%M} UTC" if done.ends_at else ""
        out.print(f"code {done.code}{ends}")
    out.print(f"issue {done.id}", style="dim")


def _show_list(found: Sequence[Redemption]) -> None:
    out = console()
    if not found:
        out.print("There are none.")
        return
    rows = [
        (each.id, each.made_at.date().isoformat(), each.reward, each.kind, each.state, each.reason)
        for each in found
    ]
    out.print(table(("issue", "day", "reward", "kind", "state", "why"), rows))
