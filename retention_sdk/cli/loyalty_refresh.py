"""``retention loyalty refresh``: apply a changed programme to everybody, silently."""

from __future__ import annotations

from ..app import Retention
from ..errors import ConfigError
from .output import DEFAULT_CONFIG, ConfigFile, Json, emit


def command(config: ConfigFile = DEFAULT_CONFIG, json: Json = False) -> int:
    """Look at every member after a programme was changed; nobody is told. Run-due goes on."""
    with Retention.from_file(config) as shop:
        if shop.loyalty is None:
            raise ConfigError("this shop has no programme", key="loyalty")
        planned = shop.loyalty.refresh()
        report = shop.run_due()
    answer = {"members": planned, "due": report.model_dump(mode="json")}

    def human() -> None:
        print(f"{planned} members looked at, {report.postponed} rows to be tried again")

    emit(answer, as_json=json, human=human)
    return 9 if report.postponed else 0
