"""Posterior draws: how sure expected recoveries and ranks are."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from models.scores import risk
from models.scores.plan import sequence

DRAWS = 400
#: decided cases that a rule's prior confidence is worth
PRIOR_DECISIONS = 20.0


@dataclass(frozen=True)
class Recovery:
    """Expected recovery of each provider (yuan) and its draws (providers × draws)."""

    expected: np.ndarray
    draws: np.ndarray


def recovery(codes: list[str], claims: pl.DataFrame, rng: np.random.Generator) -> Recovery:
    """Σ fund money × chance of being upheld, with draws.

    The chance of a rule is one beta draw for everybody (a rule that fails, fails everywhere); the money of a provider
    varies as if its insured persons were drawn anew (gamma with the mean and variance of that bootstrap).
    """
    place = {code: i for i, code in enumerate(codes)}
    rows = claims.filter(pl.col("fixmedins_code").is_in(codes)).sort("fixmedins_code", "rule_id")
    total, spread = np.zeros(len(codes)), np.zeros((len(codes), DRAWS))
    rules = rows.group_by("rule_id").agg(pl.col("confidence").max()).sort("rule_id")
    chance = {}
    for rule, confidence in rules.rows():
        c = min(max(float(confidence if confidence is not None else 0.5), 0.01), 0.99)
        chance[rule] = (c, rng.beta(c * PRIOR_DECISIONS, (1 - c) * PRIOR_DECISIONS, DRAWS))
    for code, rule, amount, square in rows.select("fixmedins_code", "rule_id", "fund_amount", "fund_square").rows():
        money, variance = float(amount), float(square)
        if money <= 0 or variance <= 0:
            continue
        c, upheld = chance[rule]
        total[place[code]] += money * c
        spread[place[code]] += upheld * rng.gamma(money * money / variance, variance / money, DRAWS)
    return Recovery(total, spread)


def priority(risk_score: np.ndarray, worth: np.ndarray) -> np.ndarray:
    """Risk, halved for those with least money to recover: rates first, but inspectors' days are few."""
    if not len(worth):
        return risk_score
    below = (worth[:, None] > worth[None, :]).sum(axis=1) / max(len(worth) - 1, 1)
    return np.asarray(np.round(risk_score * (0.5 + 0.5 * below), 6))


def rank_interval(
    table: pl.DataFrame,
    mode: list[str],
    lots: np.ndarray,
    capacity: int,
    found: Recovery,
    stake: np.ndarray,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """95% interval of each provider's rank, over draws of finding rates, cost z and upcoding scores."""

    def column(name: str, missing: float = 0.0) -> np.ndarray:
        return table[name].cast(pl.Float64).fill_null(missing).fill_nan(missing).to_numpy()

    known = np.maximum(found.expected, 1e-9)
    information = column("upcoding_cases") * column("expected_share") * (1 - column("expected_share"))
    upcoding_error = np.where(information > 0, 1 / np.sqrt(np.maximum(information, 1)), 0)
    fixed = {name: column(f"point_{name}") for name in risk.FIXED}
    held, coded = column("finding_held"), column("upcoding_score")
    furthest, error = column("deviation_z"), column("deviation_error")
    ranks = np.empty((table.height, DRAWS), dtype=np.int64)
    for d in range(DRAWS):
        drawn = found.draws[:, d]
        rate = held * np.where(found.expected > 0, drawn / known, 1)
        z = furthest + error * rng.standard_normal(table.height)
        score = coded + upcoding_error * rng.standard_normal(table.height)
        scores = risk.combine(risk.evidence_of(rate, z, score, fixed))
        ranks[:, d] = sequence(mode, priority(scores, drawn + stake), lots, capacity)
    low, high = np.percentile(ranks, [2.5, 97.5], axis=1, method="nearest")
    return low.astype(np.int64), high.astype(np.int64)
