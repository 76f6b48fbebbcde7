"""receive → context → decide → compose → render → deliver; each step recorded, each repeatable."""

from .outcome import DeliveryOutcome, Outcome
from .run import STAGES, Pipeline

__all__ = ["STAGES", "DeliveryOutcome", "Outcome", "Pipeline"]
