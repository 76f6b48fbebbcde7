"""``retention consent verify``, ``export`` and ``history``: the record of what people agreed to."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..app import Retention
from ..errors import ConfigError
from .output import DEFAULT_CONFIG, ConfigFile, Json, console, counted, emit, table

if TYPE_CHECKING:
    from ..storage import ChainFinding, ConsentEntry

Account = Annotated[str, typer.Option("--customer", help="The platform's id of the account.")]
Email = Annotated[str, typer.Option("--email", help="The e-mail address of the person.")]


def verify(
    export: Annotated[
        Path | None, typer.Option("--export", help="Check a file that was exported, too.")
    ] = None,
    config: ConfigFile = DEFAULT_CONFIG,
    json: Json = False,
) -> None:
    """Check the whole chain of consent records; exit 1 and name the first that is broken.

    Files that were exported earlier and kept elsewhere prove what no check of the store alone
    can: that nobody with the shop's key wrote the history anew, or put an old copy in its place.
    """
    with Retention.from_file(config) as shop:
        found = _found(shop, export)
        with shop.store.reading() as connection:
            count, last_hash = shop.store.consents.end(connection, shop.config.shop.id)
    answer = {
        "is_whole": not found,
        "records_count": count,
        "last_hash": last_hash.hex(),
        "first_broken": found[0].seq if found else None,
        "findings": [{"record": each.seq, "what": each.what} for each in found],
    }
    emit(answer, as_json=json, human=lambda: _show_findings(found, count))
    if found:
        raise typer.Exit(1)


def export(
    out: Annotated[Path, typer.Option("--out", "-o", help="The file to write.")],
    customer: Account = "",
    email: Email = "",
    config: ConfigFile = DEFAULT_CONFIG,
    json: Json = False,
) -> None:
    """Write consent receipts as signed JSON-LD: of one person, or of the whole shop.

    After ISO/IEC TS 27560 in terms of the W3C Data Privacy Vocabulary. The file names the person's
    answers: handle it as personal data.
    """
    with Retention.from_file(config) as shop:
        data, count = _receipt(shop, customer, email)
        key = shop.store.signer.public_key.hex()
    out.write_bytes(data)
    answer = {"file": str(out), "records_count": count, "public_key": key}
    emit(answer, as_json=json, human=lambda: _show_export(out, count, key))


def history(
    customer: Account = "",
    email: Email = "",
    config: ConfigFile = DEFAULT_CONFIG,
    json: Json = False,
) -> None:
    """Tell everything a person answered, in the order in which it reached us."""
    with Retention.from_file(config) as shop, shop.store.reading() as connection:
        entries = shop.store.consents.entries(connection, _subject(shop, customer, email))
    rows = [_as_json(each) for each in entries]
    emit(rows, as_json=json, human=lambda: _show_history(entries))


def _found(shop: Retention, file: Path | None) -> list[ChainFinding]:
    shop_id, log = shop.config.shop.id, shop.store.consents
    with shop.store.reading() as connection:
        chains = sorted({shop_id, *log.shops(connection)})
        findings = [each for name in chains for each in log.verify(connection, name).findings]
        if file is not None:
            findings += _contradictions(shop, file)
    return sorted(findings, key=lambda each: each.seq)


def _contradictions(shop: Retention, file: Path) -> list[ChainFinding]:
    """Return what is wrong with an exported file, or with the store it came from."""
    from ..consent.receipts_check import check_receipt
    from ..storage import ChainFinding, is_signature

    trusted = shop.store.signer.public_keys
    report = check_receipt(_read(file), trusted=trusted, is_signature=is_signature)
    with shop.store.reading() as connection:
        kept = shop.store.consents.hashes(connection, report.shop_id, report.hashes)
    differing = [
        ChainFinding(seq, "the record was another one when the file was exported")
        for seq, told in report.hashes.items()
        if seq and (seq not in kept or kept[seq].hex() != told)
    ]
    return [*report.findings, *differing]


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise ConfigError(error.strerror or "cannot be read", file=str(file)) from None


def _receipt(shop: Retention, customer: str, email: str) -> tuple[bytes, int]:
    from ..consent.receipts import ChainEnd, Signing, person_receipt, shop_receipt

    store, shop_id = shop.store, shop.config.shop.id
    is_person = bool(customer or email)
    with store.reading() as connection:
        end = ChainEnd(*store.consents.end(connection, shop_id))
        entries: Sequence[ConsentEntry]
        if is_person:
            subject = _subject(shop, customer, email)
            entries = store.consents.entries(connection, subject)
        else:
            entries = tuple(store.consents.ledger(connection, shop_id))
    build = person_receipt if is_person else shop_receipt
    signing = Signing(store.signer.public_key, store.signer.sign)
    data = build(entries, shop=shop.config.shop, end=end, signing=signing, now=shop.clock())
    return data, len(entries)


def _subject(shop: Retention, customer: str, email: str) -> str:
    if bool(customer) == bool(email):
        raise typer.BadParameter("give one of --customer and --email")
    reference = f"id:{customer}" if customer else f"email:{email.casefold()}"
    with shop.store.reading() as connection:
        found = shop.store.subjects.find(connection, shop.config.shop.id, reference)
    if found is None:
        raise ConfigError("nobody of that name is known; who was erased is not found either")
    return found


def _as_json(entry: ConsentEntry) -> dict[str, Any]:
    consent = entry.consent.model_dump(mode="json") if entry.consent else None
    return {
        "record": entry.seq,
        "kind": entry.kind,
        "received_at": entry.received_at.isoformat(),
        "counts_from": entry.answered_at.isoformat() if entry.answered_at else None,
        "hash": entry.hash.hex(),
        "answer": consent,
    }


def _show_history(entries: Sequence[ConsentEntry]) -> None:
    rows = [
        (
            str(each.seq),
            f"{each.answered_at or each.received_at:%Y-%m-%d %H:%M} UTC",
            each.state or each.kind,
            each.channel,
            each.purpose,
            each.consent.source if each.consent else "two accounts became one",
        )
        for each in entries
    ]
    console().print(table(("record", "when", "state", "channel", "purpose", "where"), rows))


def _show_findings(found: Sequence[ChainFinding], count: int) -> None:
    out = console()
    if not found:
        out.print(f"The chain is whole: {counted(count, 'record')}.")
        return
    for each in found:
        where = f"record {each.seq}" if each.seq else "the file"
        out.print(f"{where}: {each.what}")


def _show_export(file: Path, count: int, key: str) -> None:
    out = console()
    out.print(f"{file}: {counted(count, 'record')}, signed with the key {key}")
