"""What people read about the work itself: progress of candidates, reports on rules and on teams."""

from models.review.cases import attention, review_cases
from models.review.rules import rule_report
from models.review.teams import team_report

__all__ = ["attention", "review_cases", "rule_report", "team_report"]
