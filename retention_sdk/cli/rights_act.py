"""``retention rights open``, ``advance``, ``export``, ``rectify`` and ``erase``."""

from __future__ import annotations

from datetime import datetime, time
from pathlib import Path
from secrets import token_hex
from typing import Annotated

import typer

from ..app import Retention
from ..consent.rights import RequestKind, RequestState
from ..errors import ConfigError, RightsError
from ..model import AccessRequest
from ..pipeline.cards.corrections import Correction
from .choices import one_of, refuse
from .output import DEFAULT_CONFIG, ConfigFile, Json, console, emit
from .rights_show import RequestId, as_json, show_report, show_request

_KINDS = {kind.value: kind for kind in RequestKind}
_STATES = {state.value: state for state in RequestState}
_OWNER_ONLY = 0o600

Kind = Annotated[str, typer.Argument(help=f"What is asked for: {', '.join(_KINDS)}.")]
Reason = Annotated[str, typer.Option(help="Why; sealed, and forgotten with the person.")]


def open_request(
    kind: Kind,
    customer: Annotated[str, typer.Option(help="The platform's id of the account.")] = "",
    email: Annotated[str, typer.Option(help="The e-mail address of the person.")] = "",
    phone: Annotated[
        str, typer.Option(help="The number, with +49 or the like; it finds nobody alone.")
    ] = "",
    order: Annotated[
        list[str] | None, typer.Option(help="The platform's id of an order; may be repeated.")
    ] = None,
    received: Annotated[str, typer.Option(help="The day it arrived, 2026-11-20.")] = "",
    law: Annotated[
        list[str] | None, typer.Option(help="DE, US-CA …; without, where the person lives.")
    ] = None,
    reference: Annotated[str, typer.Option(help="Your own name of it, so that it is one.")] = "",
    reason: Reason = "",
    config: ConfigFile = DEFAULT_CONFIG,
    json: Json = False,
) -> None:
    """Record what somebody asks. Objections, opt-outs and restrictions take effect at once."""
    wanted = one_of(kind, _KINDS, option="KIND")
    asked = AccessRequest(
        reference=f"cli:{reference or token_hex(8)}",
        customer_id=customer or None,
        email=email,
        phone=phone,
        order_ids=tuple(order or ()),
    )
    with Retention.from_file(config) as shop:
        view = shop.rights.open(
            wanted,
            asked,
            jurisdictions=tuple(law or ()),
            reason=reason,
            received_at=_received(received, shop),
        )
    emit(as_json(view), as_json=json, human=lambda: show_request(view))


def advance(
    request_id: RequestId,
    state: Annotated[str, typer.Argument(help=f"One of {', '.join(_STATES)}.")],
    reason: Reason = "",
    citation: Annotated[str, typer.Option(help="The law that allows a delay or refusal.")] = "",
    config: ConfigFile = DEFAULT_CONFIG,
    json: Json = False,
) -> None:
    """Take a request one step on; `retention rights show` tells which steps there are."""
    goal = one_of(state, _STATES, option="STATE")
    with Retention.from_file(config) as shop:
        view = shop.rights.advance(request_id, goal, reason=reason, citation=citation)
    emit(as_json(view), as_json=json, human=lambda: show_request(view))


def export(
    request_id: RequestId,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="The zip to write.")] = None,
    config: ConfigFile = DEFAULT_CONFIG,
    json: Json = False,
) -> None:
    """Write what is kept of a person as a zip of JSON and CSV, for the shop to look at and send.

    An erasure of the person deletes the file, unless it was moved or changed.
    """
    file = (out or Path(f"request-{request_id}.zip")).absolute()
    with Retention.from_file(config) as shop:
        packed = shop.rights.export(request_id)
        # Noted first: a crash between the two must not leave a file that no erasure finds.
        shop.rights.note_export(request_id, str(file), packed)
        _write(file, packed)
    answer = {"file": str(file), "bytes": len(packed)}
    emit(answer, as_json=json, human=lambda: _show_export(file, request_id))


def rectify(
    request_id: RequestId,
    given_name: Annotated[str | None, typer.Option(help="The right given name.")] = None,
    family_name: Annotated[str | None, typer.Option(help="The right family name.")] = None,
    full_name: Annotated[str | None, typer.Option(help="The right whole name.")] = None,
    email: Annotated[str | None, typer.Option(help="The right e-mail address.")] = None,
    phone: Annotated[str | None, typer.Option(help="The right number.")] = None,
    language: Annotated[str | None, typer.Option(help="The right language.")] = None,
    config: ConfigFile = DEFAULT_CONFIG,
    json: Json = False,
) -> None:
    """Correct what is known of a person; cards that wait for a printer are written anew."""
    right = Correction(
        given_name=given_name,
        family_name=family_name,
        full_name=full_name,
        email=email,
        phone=phone,
        language=language,
    )
    with Retention.from_file(config) as shop:
        changed = shop.rights.rectify(request_id, right)
    answer = {"cards_changed": changed}
    human = f"Corrected; {changed} waiting cards were written anew. Correct the platform too."
    emit(answer, as_json=json, human=lambda: console().print(human))


def erase(
    request_id: RequestId,
    yes: Annotated[
        str, typer.Option("--yes", help="The id again, instead of being asked for it.")
    ] = "",
    config: ConfigFile = DEFAULT_CONFIG,
    json: Json = False,
) -> None:
    """Erase the person of a request, for good; tell what was done, and what remains and why."""
    with Retention.from_file(config) as shop:
        view = shop.rights.get(request_id)
        if view.kind is not RequestKind.ERASURE:
            raise RightsError(f"{request_id} asks for {view.kind}, not for erasure")
        given = yes or ("" if json else typer.prompt(f"Type {request_id} to erase for good"))
        if given.strip() != request_id:
            refuse("--yes", "is not the id of the request; nothing was erased")
        report = shop.rights.erase(request_id)
    answer = report.model_dump(mode="json")
    emit(answer, as_json=json, human=lambda: show_report(report))


def _received(day: str, shop: Retention) -> datetime | None:
    """Return the noon of a day in the shop's zone, None for today."""
    if not day:
        return None
    try:
        at = datetime.combine(datetime.fromisoformat(day).date(), time(12), shop.rights.zone)
    except ValueError:
        refuse("--received", f"{day!r} is not a day like 2026-11-20")
    if at.date() > shop.clock().astimezone(shop.rights.zone).date():
        refuse("--received", f"{day} is not over yet")
    return min(at, shop.clock())


def _write(file: Path, data: bytes) -> None:
    """Write a file that nobody else on the machine may read."""
    try:
        file.touch(mode=_OWNER_ONLY, exist_ok=True)
        file.chmod(_OWNER_ONLY)
        file.write_bytes(data)
    except OSError as error:
        raise ConfigError(error.strerror or "cannot be written", file=str(file)) from None


def _show_export(file: Path, request_id: str) -> None:
    out = console()
    out.print(f"{file}")
    out.print("Look into it before you send it: it may tell of others, such as who got a present.")
    out.print(f"Then: retention rights advance {request_id} reviewed; … answered")
