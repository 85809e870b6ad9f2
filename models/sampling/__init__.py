"""Second review (复审): a public stratified draw from what passed the rules, and what its results say of the rest."""

from models.sampling.stage import ReviewSummary, monthly_draw, published, second_review, workload_line

__all__ = ["ReviewSummary", "monthly_draw", "published", "second_review", "workload_line"]
