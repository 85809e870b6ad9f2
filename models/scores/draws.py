"""Posterior draws: how sure expected recoveries and ranks are."""

from dataclasses import dataclass
from functools import partial

import numpy as np
import polars as pl

from models.feedback.confidence import PRIOR_CASES
from models.planning.plan import Plan, quick_plan, sequence
from models.plans.report import Calibration
from models.scores import risk
from models.scores.provider_rates import as_floats

DRAWS = 400
#: how far providers' coding differs (log odds of a dearer level), the prior of its posterior draws
CODING_SPREAD = 0.3


@dataclass(frozen=True)
class Recovery:
    """Expected recovery of each provider (yuan) and its draws (providers × draws)."""

    expected: np.ndarray
    draws: np.ndarray


def recovery(
    codes: list[str], claims: pl.DataFrame, rng: np.random.Generator, calibrated: Calibration | None = None
) -> Recovery:
    """Σ fund money × chance of being upheld, with draws.

    The chance of a rule is one beta draw for everybody (a rule that fails, fails everywhere); the money of a provider
    varies as if its insured persons were drawn anew (gamma with the mean and variance of that bootstrap). `calibrated`
    multiplies all of it by what random visits found per yuan expected, drawn with its own error.
    """
    place = {code: i for i, code in enumerate(codes)}
    rows = claims.filter(pl.col("fixmedins_code").is_in(codes)).sort("fixmedins_code", "rule_id")
    total, spread = np.zeros(len(codes)), np.zeros((len(codes), DRAWS))
    rules = rows.group_by("rule_id").agg(pl.col("confidence").max(), pl.col("decided").max()).sort("rule_id")
    chance = {}
    for rule, confidence, decided in rules.rows():
        c = min(max(float(confidence if confidence is not None else 0.5), 0.01), 0.99)
        weight = PRIOR_CASES + float(decided or 0)
        chance[rule] = (c, rng.beta(c * weight, (1 - c) * weight, DRAWS))
    for code, rule, amount, square in rows.select("fixmedins_code", "rule_id", "fund_amount", "fund_square").rows():
        money, variance = float(amount), float(square)
        if money <= 0 or variance <= 0:
            continue
        c, upheld = chance[rule]
        total[place[code]] += money * c
        spread[place[code]] += upheld * rng.gamma(money * money / variance, variance / money, DRAWS)
    if calibrated is not None:
        drawn = np.maximum(calibrated.ratio + calibrated.error * rng.standard_normal(DRAWS), 0)
        return Recovery(total * calibrated.ratio, spread * drawn)
    return Recovery(total, spread)


def priority(risk_score: np.ndarray, worth: np.ndarray) -> np.ndarray:
    """Risk, halved for those with least money to recover: rates first, but inspectors' days are few."""
    below = np.searchsorted(np.sort(worth), worth, side="left") / max(len(worth) - 1, 1)
    return np.asarray(np.round(risk_score * (0.5 + 0.5 * below), 6))


def rank_interval(
    table: pl.DataFrame, plan: Plan, teams: int, found: Recovery, stake: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """95% interval of each provider's rank, each provider on its own (marginal), over posterior draws.

    Drawn are what evidence is made of: money of findings (persons resampled, chances of rules), the provider's own
    difference in cost and coding. Complaints, lots and coverage stay as they are; the rest of the days goes by risk.
    """
    column = partial(as_floats, table)
    known = np.maximum(found.expected, 1e-9)
    information = column("upcoding_cases") * column("expected_share") * (1 - column("expected_share"))
    coding_error = shrunk_error(np.where(information > 0, 1 / np.sqrt(np.maximum(information, 1)), 0), CODING_SPREAD)
    fixed = {name: column(f"point_{name}") for name in risk.FIXED}
    held, norm, coded = column("finding_held"), column("finding_norm"), column("upcoding_score")
    own, error = column("deviation_own"), column("deviation_error")
    ranks = np.empty((table.height, DRAWS), dtype=np.int32)
    for d in range(DRAWS):
        drawn = found.draws[:, d]
        rate = held * np.where(found.expected > 0, drawn / known, 1)
        z = own + error * rng.standard_normal(table.height)
        score = coded + coding_error * rng.standard_normal(table.height)
        scores = risk.combine(risk.evidence_of(rate, norm, z, score, fixed))
        order = priority(scores, drawn + stake)
        ranks[:, d] = sequence(quick_plan(plan, order, teams), order, plan.lots)
    low, high = np.percentile(ranks, [2.5, 97.5], axis=1, method="nearest")
    return low.astype(np.int64), high.astype(np.int64)


def shrunk_error(error: np.ndarray, spread: float) -> np.ndarray:
    """Posterior standard deviation of an effect of this sampling error, honest providers differing by `spread`."""
    return np.asarray(error * spread / np.sqrt(error**2 + spread**2))
