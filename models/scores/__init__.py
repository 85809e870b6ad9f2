"""Scores of providers: cost deviation, upcoding share, outliers, the provider table and the inspection ranking.

Each comes in where it is first asked for: what brings scipy and scikit-learn takes seconds to import, and lists made
anew of tables as they stand need the provider table alone.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from models.scores.coding.stage import upcoding
    from models.scores.cost_deviation import deviation
    from models.scores.indicators import indicator
    from models.scores.inspection_plan import inspection
    from models.scores.outlier_detect import ready
    from models.scores.outlier_score import outlier
    from models.scores.provider_table import provider_score
    from models.scores.store import ScoreSummary

__all__ = ["ScoreSummary", "deviation", "indicator", "inspection", "outlier", "provider_score", "ready", "upcoding"]

#: the module below this package that each comes from
PARTS = {
    "ScoreSummary": "store",
    "deviation": "cost_deviation",
    "indicator": "indicators",
    "inspection": "inspection_plan",
    "outlier": "outlier_score",
    "provider_score": "provider_table",
    "ready": "outlier_detect",
    "upcoding": "coding.stage",
}


def __getattr__(name: str) -> Any:
    if name not in PARTS:
        raise AttributeError(f"module {__name__} has no attribute {name}")
    return getattr(import_module(f"{__name__}.{PARTS[name]}"), name)


def load() -> None:
    """Import all of it now."""
    for name in __all__:
        __getattr__(name)
