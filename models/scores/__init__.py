"""Scores of providers: cost deviation, upcoding share, the provider table and the inspection ranking."""

from models.scores.cost_deviation import deviation

__all__ = ["deviation"]
