"""What the reviewed sample says of everything that passed: rows of the list review_estimate, stratum by stratum."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import polars as pl

from models.config import Config
from models.engine.duck import Engine
from models.feedback.decided import STAGES
from models.sampling.coverage import SHARES, Cell, Coverage, Pattern, generator, simulate, wider
from models.sampling.estimators import (
    Estimate,
    Sums,
    combined_ratio,
    expansion,
    plain_ratio,
    separate_ratio,
    sums_of,
    yuan,
)

KINDS = ("inpatient", "outpatient")
MINIMUM_UNITS = 30
COVERAGE = 0.95
#: decided settlements from which on there is a pattern beside the assumed one; of a stratum, provider or kind that it
#: tells apart; and errors among them for shares of their own
ENOUGH_DECIDED, ENOUGH_APART, ENOUGH_ERRORS = 30, 10, 10
#: chance that decisions show so high a rate where it is the least that is simulated
LEAST_RATE = 0.05
MONEY = [
    "plain_ratio", "estimate", "interval_low", "interval_high", "lower_limit", "recoverable_amount", "sample_amount",
    "fund_amount", "ratio_estimate", "ratio_low", "separate_estimate", "separate_low", "case_estimate", "case_low",
]  # fmt: skip


@dataclass(frozen=True)
class Reviewed:
    """One stratum of a month: drawn settlements with what was paid and found (None = not yet decided), in fen."""

    name: str
    kind: str
    population: int
    fen: int
    lines: int
    drawn: list[tuple[int, int, int | None]]  # paid, fee lines, found

    def sums(self, against: str) -> Sums:
        """Sums of what was found against what was paid (`fen`) or the number of fee lines (`lines`).

        What is not decided counts as nothing found: it can only lower what is estimated.
        """
        x = [paid if against == "fen" else lines for paid, lines, _ in self.drawn]
        return sums_of(self.population, [found or 0 for *_, found in self.drawn], x, getattr(self, against))


def rows_of(names: Iterable[str]) -> dict[str, list[int]]:
    """Rows of the list, each with the strata it sums up: total, kinds, providers, strata."""
    rows: dict[str, list[int]] = {}
    for place, name in enumerate(names):
        parts = name.split("|")
        for row in ["total", *("|".join(parts[:length]) for length in range(1, len(parts) + 1))]:
            rows.setdefault(row, []).append(place)
    return rows


def reviewed(engine: Engine, period: str, strata: pl.DataFrame) -> list[Reviewed]:
    """The strata of a draw with the results that came back; reads score.review_sample and cur.decision_d."""
    drawn: dict[tuple[Any, str], list[tuple[int, int, int | None]]] = {}
    results = engine.query("sampling/result", period=period, stages=list(STAGES))
    for month, stratum, fen, lines, found in results.select("month", "stratum", "fen", "lines", "found").iter_rows():
        drawn.setdefault((month, stratum), []).append((fen, lines, found))
    wanted = strata.select("month", "stratum", "kind", "population", "fen", "lines")
    return [
        Reviewed(stratum, kind, population, fen, lines, drawn.get((month, stratum), []))
        for month, stratum, kind, population, fen, lines in wanted.iter_rows()
    ]


def patterns(strata: Sequence[Reviewed], config: Config) -> list[Pattern]:
    """The assumed pattern of errors, and what the decisions of the period show once there are enough of them.

    Told apart are strata, providers and kinds with decisions enough: one provider with everything wrong vanishes in the
    mean of all. With the rates as decided, and with the lowest that the decisions do not speak against, for a sample
    without a settlement in order has no variance, and would pass for certain; each with shares and amounts as found.
    """
    made = [Pattern(dict.fromkeys(KINDS, config.sampling.assumed_error_rate), SHARES)]
    decided: dict[str, list[tuple[float, float]]] = {}  # yuan paid, share of it that was wrong
    for one in strata:
        shares = [(paid / 100, found / paid) for paid, _, found in one.drawn if found is not None]
        for name in wider(one.name):
            decided.setdefault(name, []).extend(shares)
    if len(decided.get("", [])) < ENOUGH_DECIDED or not any(share for _, share in decided[""]):
        return made
    apart = {name: some for name, some in decided.items() if len(some) >= ENOUGH_APART}
    wrong = {name: np.array(sorted(one for one in some if one[1] > 0)) for name, some in apart.items()}
    own = {name: some for name, some in wrong.items() if len(some) >= ENOUGH_ERRORS}
    counts = {name: (len(some), len(apart[name])) for name, some in wrong.items()}
    shown = {name: errors / of for name, (errors, of) in counts.items()}
    least = {name: _least_rate(*count) for name, count in counts.items()}
    made += [Pattern(rate, SHARES, own, same) for rate in (shown, least) for same in (False, True)]
    return made


def _least_rate(errors: int, decided: int) -> float:
    """Lower limit of a rate (Clopper and Pearson)."""
    from scipy.special import betaincinv  # takes a while to import, and a load needs none

    return float(betaincinv(errors, decided - errors + 1, LEAST_RATE)) if errors else 0.0


def covered(engine: Engine, period: str, strata: Sequence[Reviewed], config: Config) -> dict[str, Coverage]:
    """Simulated coverage of every row with enough units, on the frame's own amounts (score.review_placed)."""
    frame = engine.frame("select month, stratum, fen, take from score.review_placed order by month, stratum, lot")
    parts = frame.partition_by("month", "stratum", maintain_order=True)
    cells = [
        Cell(part["fen"].to_numpy() / 100, min(int(part["take"][0]), part.height), str(part["stratum"][0]))
        for part in parts
    ]
    rows = {
        name: places
        for name, places in rows_of(str(part["stratum"][0]) for part in parts).items()
        if sum(cells[place].units for place in places) >= MINIMUM_UNITS
    }
    if not rows:
        return {}
    return simulate(cells, rows, patterns(strata, config), generator(config.seed, f"{period}|coverage"))


def estimates(strata: Sequence[Reviewed], coverage: Mapping[str, Coverage]) -> pl.DataFrame:
    """The rows of review_estimate; amounts that rest on no decision at all are null."""
    sums = [(one.sums("fen"), one.sums("lines")) for one in strata]
    rows = [
        _row(name, [strata[i] for i in at], [sums[i] for i in at], coverage.get(name))
        for name, at in rows_of(one.name for one in strata).items()
    ]
    schema: dict[str, Any] = {
        "stratum": pl.String, "n": pl.Int64, "population": pl.Int64, "drawn": pl.Int64, "usable": pl.Boolean,
        "why_not": pl.String, "degrees": pl.Float64, "interval_coverage": pl.Float64, "lower_coverage": pl.Float64,
        **dict.fromkeys(MONEY, pl.Decimal(16, 2)),
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema)


def _row(
    name: str, strata: Sequence[Reviewed], sums: Sequence[tuple[Sums, Sums]], coverage: Coverage | None
) -> dict[str, Any]:
    drawn = [one for stratum in strata for one in stratum.drawn]
    decided = sum(found is not None for *_, found in drawn)
    in_sample = sum(found or 0 for *_, found in drawn)
    row: dict[str, Any] = {
        "stratum": name,
        "n": decided,
        "population": sum(stratum.population for stratum in strata),
        "drawn": len(drawn),
        "sample_amount": yuan(in_sample),
        "fund_amount": yuan(sum(stratum.fen for stratum in strata)),
        "interval_coverage": coverage.interval if coverage else None,
        "lower_coverage": coverage.lower if coverage else None,
    }
    reasons = _reasons(len(drawn), decided, in_sample, coverage)
    if decided:
        row |= _amounts([paid for paid, _ in sums], [cases for _, cases in sums])
    row["usable"] = not reasons
    row["recoverable_amount"] = row["sample_amount"] if reasons else row["lower_limit"]
    found = f"。只能追回样本中已查实的 {row['sample_amount']} 元" if in_sample else ""
    row["why_not"] = f"{'；'.join(reasons)}{found}" if reasons else None
    return row


def _amounts(paid: Sequence[Sums], cases: Sequence[Sums]) -> dict[str, Any]:
    made = expansion(paid)
    low, high = made.interval()
    found = sum(one.y for one in paid)
    most = sum(one.y + one.total_x - one.x for one in paid)  # as if all that was not drawn were wrong, whole
    amounts = {
        "plain_ratio": yuan(plain_ratio(paid)),
        "estimate": yuan(made.value),
        "interval_low": yuan(low),
        "interval_high": yuan(high),
        "lower_limit": min(max(yuan(low), yuan(found)), yuan(most)),
        "degrees": made.degrees,
    }
    for name, sums, estimator in (
        ("ratio", paid, combined_ratio),
        ("separate", paid, separate_ratio),
        ("case", cases, combined_ratio),
    ):
        amounts |= _other(name, sums, estimator)
    return amounts


def _other(name: str, sums: Sequence[Sums], estimator: Callable[[Sequence[Sums]], Estimate]) -> dict[str, Decimal]:
    made = estimator(sums)
    return {f"{name}_estimate": yuan(made.value), f"{name}_low": yuan(made.lower_limit())}


def _reasons(drawn: int, decided: int, in_sample: int, coverage: Coverage | None) -> list[str]:
    """Why recovery may not stand on the lower limit, in Chinese; empty where it may."""
    if not decided:
        return ["尚无复审结果"]
    reasons = []
    if decided < drawn:
        reasons.append(f"尚有 {drawn - decided} 份未复审（暂按 0 计）")
    if decided < MINIMUM_UNITS:
        reasons.append(f"已复审 {decided} 份，不足 {MINIMUM_UNITS} 份")
    if not in_sample:
        reasons.append("样本中未查实问题")
    if coverage is None:
        if decided >= MINIMUM_UNITS:
            reasons.append("未能模拟覆盖率")
    elif coverage.lower < COVERAGE:
        reasons.append(f"下限模拟覆盖率 {coverage.lower:.1%}，低于 {COVERAGE:.0%}")
    return reasons
