"""Scores of providers: cost deviation, upcoding share, outliers, the provider table and the inspection ranking."""

from models.scores.coding.stage import upcoding
from models.scores.cost_deviation import deviation
from models.scores.indicators import indicator
from models.scores.inspection_plan import inspection
from models.scores.outlier import outlier
from models.scores.outlier_detect import ready
from models.scores.provider_table import provider_score
from models.scores.store import ScoreSummary

__all__ = ["ScoreSummary", "deviation", "indicator", "inspection", "outlier", "provider_score", "ready", "upcoding"]
