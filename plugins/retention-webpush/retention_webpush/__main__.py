"""Prints a new pair of keys: ``python -m retention_webpush``."""

from __future__ import annotations

import sys

from .keys import ShopKey


def main() -> None:
    """Write the table for ``retention.toml``, and the key for the shop's script."""
    key = ShopKey.new()
    sys.stdout.write(
        "# retention.toml (keep it secret)\n"
        "[channels.webpush]\n"
        f'private_key = "{key.private_text}"\n'
        'subject = "mailto:you@your-shop.example"\n\n'
        "# applicationServerKey, for the script in your pages\n"
        f"# {key.public_text}\n"
    )


if __name__ == "__main__":
    main()
