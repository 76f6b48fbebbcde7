"""What a simulation assumes of people. Chance is a digest: the same orders tell the same."""

from __future__ import annotations

from hashlib import blake2b
from typing import Annotated

from pydantic import Field

from ..errors import LedgerError
from ..model import Settings
from .rules import Program

Share = Annotated[float, Field(ge=0, le=1)]
_ONE = 2**56


class Assumptions(Settings):
    """Shares from 0 to 1 of what orders do not tell; nothing is assumed unless it is said.

    ``redeem`` is how often somebody who orders takes the dearest reward they may have,
    ``referral`` how many of those who order for the first time came through somebody who had
    ordered before. ``signup``, ``newsletter`` and ``follow`` are shares of customers, at their
    first order; ``review`` and ``survey`` shares of orders.

    ``redeem_from`` is for programmes without a catalogue: the least number of points anybody
    redeems, always in multiples of it. Another ``seed`` is another draw.
    """

    redeem: Share = 0
    referral: Share = 0
    signup: Share = 0
    newsletter: Share = 0
    follow: Share = 0
    review: Share = 0
    survey: Share = 0
    redeem_from: Annotated[int, Field(ge=0)] = 0
    seed: int = 0

    def happens(self, what: str, reference: str) -> bool:
        """Return whether an assumed thing happens, the same in every programme that is tried."""
        share: float = getattr(self, what)
        return share > 0 and self.draw(what, reference) < share * _ONE

    def draw(self, what: str, reference: str) -> int:
        """Return a whole number from 0 until before 2**56, spread evenly over references."""
        text = f"{self.seed} {what} {reference}"
        return int.from_bytes(blake2b(text.encode(), digest_size=7).digest(), "big")

    def require_sense(self, program: Program) -> None:
        """Return if a programme has what is assumed to be used.

        Raises:
            LedgerError: it has no rewards to redeem, or gives nothing for referrals.
        """
        if self.redeem and not (program.rewards or self.redeem_from):
            raise LedgerError(
                f"programme {program.id} has no rewards to redeem; say from how many points on"
            )
        kinds = {rule.kind for rule in program.rules}
        if self.referral and not (program.referral or "referral" in kinds):
            raise LedgerError(f"programme {program.id} gives nothing for referrals")
        for kind in ("signup", "newsletter", "follow", "review", "survey"):
            if getattr(self, kind) and kind not in kinds:
                raise LedgerError(f"programme {program.id} has no rule for a {kind}")
