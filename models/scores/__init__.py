"""Scores of providers: cost deviation, upcoding share, the provider table and the inspection ranking."""

from models.scores.cost_deviation import deviation
from models.scores.upcoding_share import upcoding

__all__ = ["deviation", "upcoding"]
