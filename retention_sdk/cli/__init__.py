"""The ``retention`` command. Help is a plain table; a command's module is imported when it runs."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from .. import __version__

# name: (module, what it does)
COMMANDS = {
    "demo": ("demo", "take two dozen events through the whole pipeline and build a gallery"),
    "init": ("init", "write retention.toml, brand.toml and a key for a new shop"),
    "insert": ("insert", "print one card: PDF for the press, PNG to look at"),
    "preflight": ("preflight", "examine a file before it is printed; exit 1 on an error"),
    "print": ("print_", "print the cards of many orders, resumable, each once"),
    "pack": ("pack", "at the packing desk: scan an order number, get its card"),
    "receive": ("receive", "take one webhook delivery through the pipeline"),
    "import": ("imports", "take the orders of a file or an API through the pipeline"),
    "sync": ("sync", "read a platform's past, and close the gaps lost webhooks leave"),
    "resume": ("resume", "finish what a crash or a refusal left open"),
    "run-due": ("run_due", "do what time brought about: points, notices, birthdays"),
    "explain": ("explain", "tell in sentences what happened to an event, and why"),
    "plugins": ("plugins", "list what is installed, and what is wrong with it"),
    "template": ("template", "copy a style of cards to change it, and draw samples of it"),
    "brand": ("brand", "check the brand, or draft it from a shop"),
    "doctor": ("doctor", "check configuration, fonts, store and channels"),
    "locales": ("locales", "check, update and export the catalogues"),
    "new-adapter": ("new_adapter", "write the package of a new platform adapter"),
    "consent": ("consent", "list, check and sign the rules that decide what may leave"),
    "rights": ("rights", "answer what people ask about their data: export, correct, erase"),
    "loyalty": ("loyalty", "tell and change points, prove the books, report what is owed"),
    "cards": ("cards", "report scans, orders after a scan, and coupons used"),
    "lift": ("lift", "measure what cards change, or plan how many customers that takes"),
    "whatsapp": ("whatsapp", "print the texts to have approved for WhatsApp"),
    "serve": ("serve", "serve the codes of cards, webhooks and /health"),
    "x": ("extra", "run a command that a plugin brings"),
}
EXIT_CODES = {
    0: "done",
    1: "something unexpected, or `locales`, `preflight`, `… verify` found a fault",
    2: "the command line is wrong",
    3: "a setting or an input file is wrong or missing",
    4: "a plugin is broken or missing",
    5: "a platform sent or answered something unusable",
    6: "a card cannot be printed as it should be",
    7: "consent does not allow it",
    8: "a channel refused; exit 8 is worth a retry",
    9: "the store or the ledger refused",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if not arguments or arguments[0] in {"-h", "--help", "help"}:
        print(_help())
        return 0
    if arguments[0] in {"-V", "--version"}:
        print(f"retention {__version__}")
        return 0
    if arguments[0] not in COMMANDS:
        print(_unknown(arguments[0]), file=sys.stderr)
        return 2
    from .run import run_command

    return run_command(arguments[0], COMMANDS[arguments[0]][0], arguments[1:])


def _help() -> str:
    width = max(map(len, COMMANDS))
    rows = [f"  {name:<{width}}  {what}" for name, (_, what) in COMMANDS.items()]
    codes = [f"  {code}  {meaning}" for code, meaning in EXIT_CODES.items()]
    return "\n".join(
        [
            "Thank-you notes, messages, consent decisions and loyalty points for online shops.",
            "",
            "usage: retention COMMAND [OPTIONS]      retention COMMAND --help",
            "",
            "commands:",
            *rows,
            "",
            "Every command takes --json for machines. Exit codes:",
            *codes,
        ]
    )


def _unknown(name: str) -> str:
    import difflib

    near = difflib.get_close_matches(name, COMMANDS, n=1)
    hint = f"did you mean `retention {near[0]}`?" if near else "`retention --help` lists them"
    return f"retention: there is no command {name!r}; {hint}"
