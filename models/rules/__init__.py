"""The national rule catalogue as data: which rules run, on what, and what they find."""

from models.rules.coverage import Coverage, coverage, latest_period
from models.rules.knowledge import check_knowledge
from models.rules.registry import Missing, Rule, registry
from models.rules.remarks import knowledge_remarks
from models.rules.run import RuleResult, raise_failures, run_rules

__all__ = [
    "Coverage",
    "Missing",
    "Rule",
    "RuleResult",
    "check_knowledge",
    "coverage",
    "knowledge_remarks",
    "latest_period",
    "raise_failures",
    "registry",
    "run_rules",
]
