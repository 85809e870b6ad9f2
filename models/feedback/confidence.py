"""How far each rule is trusted: its prior confidence, drawn towards what final decisions say (beta-binomial)."""

from collections import defaultdict
from decimal import Decimal

import polars as pl

from models.config import Config
from models.engine.duck import Engine
from models.feedback.decided import Case, decided_cases, decisions_of, drawn_of, known_candidates, weighted

#: decided cases that a rule's prior confidence is worth
PRIOR_CASES = 20.0
PRIOR = "prior"
TRUST: dict[str, pl.DataType | type[pl.DataType]] = {
    "rule_id": pl.String,
    "confidence": pl.Decimal(5, 4),
    "confidence_basis": pl.String,
}


def cases_of(engine: Engine, issued: pl.DataFrame, config: Config) -> list[Case]:
    """All decided cases of a home; reads cur.decision_d, and score.review_sample where it is there."""
    known = known_candidates(issued)
    return decided_cases(decisions_of(engine), known, drawn_of(engine), config.review.final_stages)


def posterior(prior: float, cases: list[Case]) -> float:
    """Mean of the beta distribution with the prior worth PRIOR_CASES and the cases at their effective number."""
    mean, size = weighted(cases)
    return (prior * PRIOR_CASES + mean * size) / (PRIOR_CASES + size)


def trust(engine: Engine, issued: pl.DataFrame, config: Config) -> pl.DataFrame:
    """Confidence of every rule of finding.rule (grain: rule_id): confidence, confidence_basis.

    The basis is `prior`, or the number of decided cases behind it. `issued` is `Register.issued_candidates()`.
    """
    by_rule: dict[str, list[Case]] = defaultdict(list)
    for case in cases_of(engine, issued, config):
        by_rule[case.rule_id].append(case)
    rows = []
    for rule_id, prior in engine.frame("select rule_id, confidence from finding.rule order by rule_id").iter_rows():
        cases = by_rule.get(rule_id, [])
        learned = Decimal(f"{posterior(float(prior), cases):.4f}") if cases else Decimal(prior)
        rows.append((rule_id, learned, str(len(cases)) if cases else PRIOR))
    return pl.DataFrame(rows, schema=TRUST, orient="row")
