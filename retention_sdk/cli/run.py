"""Runs one command: Typer reads its arguments, errors become one line and an exit code."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from importlib import import_module
from types import ModuleType

import typer

from ..errors import (
    AdapterError,
    ConfigError,
    ConsentError,
    DeliveryError,
    LedgerError,
    MessageError,
    PluginError,
    PrintError,
    RetentionError,
    RightsError,
    StorageError,
)
from .output import Group

_CODES: tuple[tuple[type[RetentionError], int], ...] = (
    (ConfigError, 3),
    (PluginError, 4),
    (AdapterError, 5),
    (PrintError, 6),
    (MessageError, 6),
    (ConsentError, 7),
    (RightsError, 2),
    (DeliveryError, 8),
    (StorageError, 9),
    (LedgerError, 9),
)


def run_command(name: str, module: str, arguments: Sequence[str]) -> int:
    """Run ``retention name``; our own errors print one line and choose the exit code."""
    app = _app(name, import_module(f".{module}", __package__))
    try:
        code = typer.main.get_command(app)(
            list(arguments), prog_name=f"retention {name}", standalone_mode=False
        )
    except RetentionError as error:
        return _fail(error, arguments)
    except OSError as error:
        if error.filename is None:
            raise
        told = ConfigError(error.strerror or "cannot be used", file=str(error.filename))
        return _fail(told, arguments)
    except typer.Exit as stop:
        return stop.exit_code
    except typer.Abort:
        return 130
    except Exception as error:
        if not hasattr(error, "show"):  # only usage errors of the command line know how
            raise
        error.show()
        return 2
    return code if isinstance(code, int) else 0


def _app(name: str, module: ModuleType) -> typer.Typer:
    """Return a command, or a group of them where the module makes one."""
    app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    if hasattr(module, "add_commands"):
        app.callback(cls=Group, no_args_is_help=True, help=module.HELP)(_nothing)
        module.add_commands(app)
        return app
    options = {"ignore_unknown_options": True, "allow_extra_args": True} if name == "x" else {}
    app.command(context_settings=options)(module.command)
    return app


def _nothing() -> None:
    """A group does nothing by itself."""


def _fail(error: RetentionError, arguments: Sequence[str]) -> int:
    _tell(error, as_json="--json" in arguments)
    return _code(error)


def _code(error: RetentionError) -> int:
    return next((code for kind, code in _CODES if isinstance(error, kind)), 1)


def _tell(error: RetentionError, *, as_json: bool) -> None:
    if as_json:
        answer = {"error": {"type": type(error).__name__, "message": str(error)}}
        print(json.dumps(answer, ensure_ascii=False), file=sys.stderr)
    else:
        print(f"retention: {error}", file=sys.stderr)
