"""Known-truth evaluation of every list."""

from models.evaluation.evaluate import evaluate
from models.evaluation.measures import Result

__all__ = ["Result", "evaluate"]
