"""Scores of providers: cost deviation, upcoding share, the provider table and the inspection ranking."""

from models.scores.cost_deviation import deviation
from models.scores.indicators import indicator
from models.scores.inspection_plan import inspection
from models.scores.provider_table import provider_score
from models.scores.store import ScoreSummary
from models.scores.upcoding_share import upcoding

__all__ = ["ScoreSummary", "deviation", "indicator", "inspection", "provider_score", "upcoding"]
