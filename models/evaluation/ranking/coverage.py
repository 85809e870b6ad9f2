"""How often rank intervals hold the true rank: worlds whose providers' own conduct is known, seen through chance.

A world draws what the model assumes (a provider's effect normal, a rule's chance beta, money of persons log-normal by
Poisson), shows it with the error that cases and persons bring, and asks whether the 95% interval of each rank holds
the rank that the truth would have. `spread` makes honest providers differ more than the model believes.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from models.evaluation.measures import Result
from models.feedback.confidence import PRIOR_CASES
from models.planning import Frame, Plan, make_plan
from models.planning.plan import quick_plan, sequence
from models.planning.units import KINDS
from models.scores.draws import CODING_SPREAD, priority, rank_interval, recovery
from models.scores.risk import FIXED, combine, evidence_of
from models.settings_planning import Planning

RULES = ("R06", "R24", "R31")
PRIOR = 0.7
NORM = 0.002


@dataclass(frozen=True)
class Covered:
    """Of one world: whether each interval holds the true rank, and how wide it is as a share of all ranks."""

    inside: np.ndarray
    width: np.ndarray
    first: np.ndarray  # among the first ten as printed


def world(seed: int, providers: int = 120, spread: float = 1.0) -> Covered:
    """One world of so many providers."""
    rng = np.random.default_rng(seed)
    codes = [f"H{i:04d}" for i in range(providers)]
    fixed = {name: np.zeros(providers) for name in FIXED}
    # cost: effect in standard deviations between honest providers, seen with reliability B
    reliable = rng.uniform(0.2, 0.95, providers)
    effect = spread * rng.standard_normal(providers)
    z = np.sqrt(reliable) * effect + np.sqrt(1 - reliable) * rng.standard_normal(providers)
    # coding: effect in log odds, seen with the error that the information of the cases leaves
    cases = rng.integers(40, 900, providers)
    coding = spread * CODING_SPREAD * rng.standard_normal(providers)
    information = cases * 0.25
    seen = coding + rng.standard_normal(providers) / np.sqrt(information)
    shrunk = seen * CODING_SPREAD**2 / (CODING_SPREAD**2 + 1 / information)
    claims, truth = _money(rng, codes)
    found = recovery(codes, claims, np.random.default_rng([seed, 1]))
    paid = rng.uniform(2e5, 5e6, providers)
    norm = np.full(providers, NORM)
    table = pl.DataFrame(
        {
            "fixmedins_code": codes, "finding_held": found.expected / paid, "finding_norm": norm,
            "deviation_own": np.sqrt(reliable) * z, "deviation_error": np.sqrt(1 - reliable),
            "upcoding_score": shrunk, "upcoding_cases": cases, "expected_share": np.full(providers, 0.5),
            **{f"point_{name}": value for name, value in fixed.items()},
        }
    )  # fmt: skip
    stake = np.zeros(providers)
    order = priority(
        combine(evidence_of(found.expected / paid, norm, np.sqrt(reliable) * z, shrunk, fixed)), found.expected
    )
    real = priority(combine(evidence_of(truth / paid, norm, effect, coding, fixed)), truth)
    frame = Frame(codes, [KINDS[i] for i in rng.integers(0, 5, providers)], [""] * providers, frozenset(), {})
    planning = Planning()
    plan = make_plan(frame, order, planning, seed, "2026")
    rank, true_rank = sequence(plan.planned, order, plan.lots), _true_rank(plan, real, planning.teams)
    low, high = rank_interval(table, plan, planning.teams, found, stake, np.random.default_rng([seed, 2]))
    low, high = np.minimum(low, rank), np.maximum(high, rank)
    return Covered((low <= true_rank) & (true_rank <= high), (high - low) / providers, rank <= 10)


def _true_rank(plan: Plan, real: np.ndarray, teams: int) -> np.ndarray:
    return np.asarray(sequence(quick_plan(plan, real, teams), real, plan.lots))


def _money(rng: np.random.Generator, codes: list[str]) -> tuple[pl.DataFrame, np.ndarray]:
    """Claims as a year shows them, and what each provider's would bring back in truth."""
    upheld = {rule: rng.beta(PRIOR * PRIOR_CASES, (1 - PRIOR) * PRIOR_CASES) for rule in RULES}
    rows, truth = [], np.zeros(len(codes))
    for i, code in enumerate(codes):
        for rule in RULES:
            persons, level = rng.gamma(2.0, 15.0), rng.normal(4.5, 0.5)
            money = np.exp(rng.normal(level, 0.6, rng.poisson(persons)))
            truth[i] += upheld[rule] * persons * np.exp(level + 0.18)
            if len(money):
                rows.append((code, rule, PRIOR, 0, float(money.sum()), float((money**2).sum())))
    names = ["fixmedins_code", "rule_id", "confidence", "decided", "fund_amount", "fund_square"]
    return pl.DataFrame(rows, schema=names, orient="row"), truth


def coverage_table(worlds: int, seed: int, spread: float = 1.0) -> Result:
    """Coverage of all ranks and of the first ten, with the intervals' mean width, pooled over worlds."""
    made = [world(seed + n, spread=spread) for n in range(worlds)]
    rows = []
    for name, chosen in (("全部 / all", False), ("前十名 / first ten", True)):
        inside = np.concatenate([one.inside[one.first] if chosen else one.inside for one in made])
        width = np.concatenate([one.width[one.first] if chosen else one.width for one in made])
        rows.append((name, len(inside), round(float(inside.mean()), 4), round(float(width.mean()), 4)))
    schema = {
        "名次 / ranks": pl.String, "个数 / number": pl.Int64, "覆盖率 / coverage": pl.Float64,
        "平均宽度（占全部名次） / mean width": pl.Float64,
    }  # fmt: skip
    title = f"名次区间，{worlds} 个模拟世界，差异 {spread:g} 倍 / rank intervals, {worlds} worlds, spread {spread:g}"
    return Result(title, pl.DataFrame(rows, schema=schema, orient="row"))
