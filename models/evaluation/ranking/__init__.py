"""The annual ranking over several invented counties: planted providers among the first ten, beside simple rankings."""

from models.evaluation.ranking.run import ranking

__all__ = ["ranking"]
