"""What becomes of a reward that somebody redeems. Pure.

``held``: points are set aside and a code is drawn; the platform may have it, or not yet.
``issued``: the points are paid and the reward is the customer's; ``refused``: the points are back,
and what the platform may have of it is still to be voided, after which it is ``returned``.
``fulfilled``: handed over, and ``issued`` again where its parcel was not sent; ``redeemed``: an
order used the code. ``cancelling``: to be void on the platform before the points go back, after
which it is ``cancelled``.
"""

from __future__ import annotations

from enum import StrEnum

from ...errors import LedgerError


class IssueState(StrEnum):
    """Where a reward stands: the state of its newest step."""

    HELD = "held"
    ISSUED = "issued"
    REFUSED = "refused"
    RETURNED = "returned"
    FULFILLED = "fulfilled"
    REDEEMED = "redeemed"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done about it."""
        return self in _OPEN

    @property
    def is_gone(self) -> bool:
        """Whether it is the customer's, and so counts against stock and limits."""
        return self not in _BACK


_OPEN = frozenset({IssueState.HELD, IssueState.REFUSED, IssueState.CANCELLING})
_BACK = frozenset({IssueState.REFUSED, IssueState.RETURNED, IssueState.CANCELLED})
_NEXT: dict[IssueState, frozenset[IssueState]] = {
    IssueState.HELD: frozenset({IssueState.ISSUED, IssueState.REFUSED}),
    IssueState.REFUSED: frozenset({IssueState.RETURNED}),
    IssueState.ISSUED: frozenset(
        {IssueState.FULFILLED, IssueState.REDEEMED, IssueState.CANCELLING, IssueState.CANCELLED}
    ),
    # The parcel that a gift was put into was not sent.
    IssueState.FULFILLED: frozenset({IssueState.ISSUED}),
    # An order may use a code until the platform has voided it; and where that is not possible,
    # the reward stays what it was.
    IssueState.CANCELLING: frozenset(
        {IssueState.CANCELLED, IssueState.REDEEMED, IssueState.ISSUED}
    ),
    # An order that was placed before is told of after it.
    IssueState.CANCELLED: frozenset({IssueState.REDEEMED}),
}


def may_become(state: IssueState, after: IssueState) -> bool:
    """Whether a step may follow another."""
    return after in _NEXT.get(state, frozenset())


def require_step(state: IssueState, after: IssueState) -> None:
    """Return if the step may follow.

    Raises:
        LedgerError: it may not.
    """
    if not may_become(state, after):
        raise LedgerError(f"a reward that is {state} cannot be {after}")
