"""The cost scores over many invented worlds: every bar with its numerator, denominator and interval."""

from models.evaluation.pooled.run import pooled
from models.evaluation.pooled.worlds import varied

__all__ = ["pooled", "varied"]
