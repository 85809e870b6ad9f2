"""The risk score: transparent points from rates, never from size (DESIGN §10, METHODS §5)."""

import math
from collections.abc import Mapping

import numpy as np
import polars as pl

#: how far one kind of evidence alone can carry a provider (1 = to 100)
WEIGHTS = {
    "finding": 0.8,
    "upcoding": 0.7,
    "over": 0.6,
    "gathering": 0.5,
    "split_stay": 0.5,
    "person": 0.3,
    "under": 0.3,
    "quality": 0.15,
}
#: kinds that are taken as they are, without draws of their own
FIXED = ("gathering", "person", "quality", "split_stay")
TEXT = {
    "finding": "规则疑点金额占基金支付的比例高于同类",
    "upcoding": "高严重程度病组占比高于同类",
    "over": "同病组费用高于同类",
    "under": "同病组费用低于同类（医疗服务不足的线索）",
    "split_stay": "短期内再入同一机构的住院占比",
    "quality": "数据质量问题占比",
    "gathering": "有未获解释的同来就医人群",
    "person": "异常行为参保人占比高于其他机构",
}
#: share of payments put forward by rules that is full evidence; the norm it begins at lies within these bounds
FULL_FINDING = 0.1
NORM = (1e-4, 0.03)


#: shrunk excess (log odds per level) that is full evidence
FULL_UPCODING = 0.8


def finding_evidence(rate: np.ndarray, norm: np.ndarray) -> np.ndarray:
    """0 up to the share of payments usual among peers (`norm`), 1 at a tenth of the payments, on a logarithmic scale.

    A norm below one in ten thousand counts as that: who alone has findings at all needs more than a trifle. A bureau
    whose rules hit everybody alike learns nothing of whom to visit; the money at stake has its place in the priority.
    """
    usual = np.clip(norm, *NORM)
    return np.asarray(np.clip(np.log(np.maximum(rate, 1e-12) / usual) / np.log(FULL_FINDING / usual), 0, 1))


def standardised_evidence(z: np.ndarray) -> np.ndarray:
    """0 at the norm, 1 at four standard deviations above."""
    return np.asarray(np.clip(z / 4, 0, 1))


def upcoding_evidence(score: np.ndarray) -> np.ndarray:
    """0 at the norm, 1 where the odds of a dearer level are e^0.8 = 2.2 times those of peers, after shrinking.

    That is every fifth case billed too high where peers have two in five dear cases; the 12.9% that re-abstraction of
    records found on average are odds of 1.7, two thirds of full evidence.
    """
    return np.asarray(np.clip(score / FULL_UPCODING, 0, 1))


def gathering_evidence(score: np.ndarray) -> np.ndarray:
    """0 up to a group's limit of 2 (one in a hundred by chance), 1 at 12."""
    return np.asarray(np.clip((score - 2) / 10, 0, 1))


def person_evidence(ratio: np.ndarray, q_value: np.ndarray) -> np.ndarray:
    """0 where chance explains the persons listed (q above 0.05), 1 at five times the others' share."""
    return np.asarray(np.clip((ratio - 1) / 4, 0, 1) * (np.nan_to_num(q_value, nan=1.0) <= 0.05))


def combine(evidence: dict[str, np.ndarray]) -> np.ndarray:
    """100 × (1 − Π (1 − weight × evidence)): one strong kind suffices, several add up, none can exceed 100."""
    left = np.ones_like(next(iter(evidence.values())))
    for name, value in evidence.items():
        left = left * (1 - WEIGHTS[name] * value)
    return np.asarray(100 * (1 - left))


def evidence_of(
    finding: np.ndarray, norm: np.ndarray, z: np.ndarray, score: np.ndarray, fixed: dict[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """Evidence by kind from the shrunk finding rate and its norm, the cost z and the upcoding score.

    `fixed` is taken as it is.
    """
    return {
        "finding": finding_evidence(finding, norm),
        "upcoding": upcoding_evidence(score),
        "over": standardised_evidence(z),
        "under": standardised_evidence(-z),
        **fixed,
    }


def risk_points(table: pl.DataFrame) -> pl.DataFrame:
    """Add `point_<kind>` (0–1) for every kind of evidence; what is not known is no evidence."""

    def column(name: str) -> np.ndarray:
        return table[name].cast(pl.Float64).fill_null(0.0).to_numpy()

    percentile = {name: np.clip((column(f"{name}_percentile") - 80) / 20, 0, 1) for name in ("split_stay", "quality")}
    present = {name: (column(f"{name}_shrunk") > 0) for name in percentile}
    fixed = {name: value * present[name] for name, value in percentile.items()}
    fixed["split_stay"] = fixed["split_stay"] * np.clip(column("split_stay_shrunk") / 0.1, 0, 1)
    fixed["gathering"] = gathering_evidence(column("gathering_score"))
    fixed["person"] = person_evidence(column("person_score"), table["person_q"].cast(pl.Float64).to_numpy())
    points = evidence_of(
        column("finding_held"), column("finding_norm"), column("deviation_own"), column("upcoding_score"), fixed
    )
    return table.with_columns(**{f"point_{name}": pl.Series(value) for name, value in points.items()})


def risk_score(table: pl.DataFrame) -> pl.Series:
    """The risk score of rows that have their points, two decimals."""
    return pl.Series("risk_score", combine({n: table[f"point_{n}"].to_numpy() for n in WEIGHTS}).round(2))


def shares(points: Mapping[str, float], score: float) -> dict[str, float]:
    """What each kind of evidence adds to a score of two decimals: they sum to it, to the hundredth.

    The score is 100 less a product, so its parts go by the logarithms of the factors; hundredths by largest remainder.
    """
    logs = {name: -math.log1p(-WEIGHTS[name] * min(float(point), 1.0)) for name, point in points.items() if point > 0}
    whole, total = sum(logs.values()), round(score * 100)
    if whole <= 0:
        return {}
    exact = {name: total * value / whole for name, value in logs.items()}
    parts = {name: int(value) for name, value in exact.items()}
    first = sorted(exact, key=lambda name: (parts[name] - exact[name], name))
    for name in first[: total - sum(parts.values())]:
        parts[name] += 1
    return {name: part / 100 for name, part in parts.items()}
