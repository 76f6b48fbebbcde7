"""Records answers in a process of its own, beside others, until it is done or killed.

Prints the name of each answer after its commit.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime

from retention_sdk.model import Consent, ConsentChannel, ConsentState
from retention_sdk.storage import open_store

KEY = bytes(range(32))
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def main() -> None:
    url, *names = sys.argv[1:]
    with open_store(url, key=KEY) as store:
        for name in names:
            answer = Consent(
                channel=ConsentChannel.EMAIL,
                state=ConsentState.GRANTED,
                recorded_at=NOW,
                source=name,
            )
            with store.begin() as connection:
                person = store.subjects.subject_for(connection, "shop", f"id:{name}", now=NOW)
                store.consents.record(connection, person, [answer], event_id=name, now=NOW)
            sys.stdout.write(f"{name}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
