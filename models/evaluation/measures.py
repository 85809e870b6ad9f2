"""Precision, recall, area under the curve, recall at the top: plain definitions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

NOT_BUILT = "模型未就绪 / not built yet"


@dataclass(frozen=True)
class Result:
    """One printed table."""

    title: str
    frame: pl.DataFrame


def precision_recall(found: set[str], planted: set[str]) -> tuple[float | None, float | None]:
    """Share of the found that was planted, share of the planted that was found; None for nothing by nothing."""
    hit = len(found & planted)
    precision = round(hit / len(found), 4) if found else None
    return precision, (round(hit / len(planted), 4) if planted else None)


def area(score: Mapping[str, float], planted: set[str]) -> float | None:
    """Chance that a planted member scores above another one (ties half); None without both kinds."""
    inside = [s for code, s in score.items() if code in planted]
    outside = [s for code, s in score.items() if code not in planted]
    if not inside or not outside:
        return None
    won = sum((a > b) + 0.5 * (a == b) for a in inside for b in outside)
    return round(won / (len(inside) * len(outside)), 4)


def top_recall(score: Mapping[str, float], planted: set[str]) -> float | None:
    """Share of the planted among the best 2n of n planted."""
    if not planted:
        return None
    best = sorted(score, key=lambda code: (-score[code], code))[: 2 * len(planted)]
    return round(len(planted & set(best)) / len(planted), 4)


def over(everyone: Iterable[str], score: Mapping[str, float | None]) -> dict[str, float]:
    """Scores of a whole population; who has none stands last."""
    known = [value for value in score.values() if value is not None]
    last = min(known, default=0.0) - 1
    return {code: (last if score.get(code) is None else float(score[code] or 0.0)) for code in everyone}
