"""The printed tables: every bar with figure, numerator, denominator, 95% interval, and the naive rankings beside it."""

from collections.abc import Callable
from dataclasses import dataclass
from math import isnan
from typing import Any

import numpy as np
import polars as pl

from models.evaluation.measures import Result
from models.evaluation.pooled.intervals import by_world, wilson
from models.evaluation.pooled.worlds import Facts


@dataclass(frozen=True)
class Figure:
    """The pooled figure of one measure."""

    value: float
    numerator: float
    denominator: float
    low: float
    high: float
    error: float  # standard error over worlds


@dataclass(frozen=True)
class Bar:
    """One line of the table. `meets` judges the figure (None: only reported); `independent`: trials stand alone."""

    measure: str
    title: str
    wanted: str = ""
    meets: Callable[[Figure], bool] | None = None
    independent: bool = True
    baselines: tuple[str, ...] = ()


def _none(figure: Figure) -> bool:
    return figure.numerator == 0


def _fdp(figure: Figure) -> bool:
    return figure.value <= 0.05 + 1.96 * figure.error


def _all(figure: Figure) -> bool:
    return figure.numerator == figure.denominator


def _five(figure: Figure) -> bool:
    return figure.value >= 5


def _rare(figure: Figure) -> bool:
    """At most 6 of 50."""
    return figure.value <= 0.12


def _covers(figure: Figure) -> bool:
    return 0.90 <= figure.value <= 0.98


_NAIVE = ("|tier", "|paid")
BARS = (
    Bar("auc", "高编机构 AUC / provider AUC, upcoding", "≥ 0.95", lambda f: f.value >= 0.95, False, _NAIVE),
    Bar("auc_overt", "  其中不含堆砌与 DIP / without padding and DIP", "", None, False),
    Bar("top_2n", "高编机构在前 2n 名 / planted upcoders in the top 2n", "全部 / all", _all, True, _NAIVE),
    Bar("upcoder_flagged", "高编机构 q ≤ 0.05 / upcoders listed at q ≤ 0.05"),
    Bar("padding", "堆砌收费者被发现 / padding upcoder found (q ≤ 0.05)", "报告 / reported"),
    Bar("innocent_severe", "重症三级医院误列 / severe tertiary with q ≤ 0.05", "0", _none),
    Bar("innocent_thrifty", "节约诚信医院误列 / thrifty honest with q ≤ 0.05", "0", _none),
    Bar("innocent_mid_honest", "中等规模诚信医院误列 / mid-size honest with q ≤ 0.05", "0", _none),
    Bar("innocent_new", "新开医院误列 / new hospital with q ≤ 0.05", "0", _none),
    Bar("innocent_took_over", "接管科室医院误列 / hospital that took over a department", "0", _none),
    Bar("lift", "查 5% 病例所得高编金额倍数（概率×差额） / lift of 5%, probability × difference",
        "≥ 5", _five, False, _NAIVE),
    Bar("lift_probability", "  按概率 / by probability", "", None, False),
    Bar("listed_cases", "  列出的病例占比 / share of cases listed", "", None, False),
    Bar("overspend_top", "高耗费机构在偏高前 2n 名 / over-spenders in the top 2n", "全部 / all", _all),
    Bar("overspend_found", "高耗费机构 q ≤ 0.05 且方向正确 / over-spenders, q ≤ 0.05", "全部 / all", _all),
    Bar("overspend_reachable", "  已知真值时可列出 / with the truth known"),
    Bar("overspend_direction", "  方向正确 / direction right"),
    Bar("overspend_mild_found", "  轻度高耗费（在诚信范围内）/ mild over-spenders, q ≤ 0.05"),
    Bar("overspend_mild_top", "  轻度，前 2n 名 / mild, in the top 2n"),
    Bar("overspend_mild_reachable", "  轻度，已知真值时可列出 / mild, with the truth known"),
    Bar("overspend_mild_direction", "  轻度，方向正确 / mild, direction right"),
    Bar("underspend_top", "低耗费机构在偏低前 2n 名 / under-spenders in the top 2n", "全部 / all", _all),
    Bar("underspend_found", "低耗费机构 q ≤ 0.05 且方向正确 / under-spenders, q ≤ 0.05", "全部 / all", _all),
    Bar("underspend_reachable", "  已知真值时可列出 / with the truth known"),
    Bar("underspend_direction", "  方向正确 / direction right"),
    Bar("underspend_mild_found", "  轻度低耗费（在诚信范围内）/ mild under-spenders, q ≤ 0.05"),
    Bar("underspend_mild_top", "  轻度，前 2n 名 / mild, in the top 2n"),
    Bar("underspend_mild_reachable", "  轻度，已知真值时可列出 / mild, with the truth known"),
    Bar("underspend_mild_direction", "  轻度，方向正确 / mild, direction right"),
    Bar("department_found", "高耗费科室被发现 / over-spending department found"),
    Bar("doctor_found", "高耗费医师被发现 / over-spending doctor found"),
    Bar("null_totals", "无舞弊世界有误列：机构合计 / null worlds listing anyone: providers, groups together"),
    Bar("null_provider", "无舞弊世界有误列：机构层级 / null worlds listing anyone: provider level", "≤ 12%", _rare),
    Bar("null_deviation", "无舞弊世界有误列：偏差全部层级 / null worlds: deviation, all levels", "≤ 12%", _rare),
    Bar("null_upcoding", "无舞弊世界有误列：高编清单 / null worlds: upcoding", "≤ 12%", _rare),
    Bar("fdp_deviation_provider", "误报占比：偏差机构层级 / false discoveries, deviation provider",
        "≤ 0.05+MC", _fdp, False),
    Bar("fdp_deviation_all", "误报占比：偏差全部层级 / false discoveries, deviation all levels",
        "≤ 0.05+MC", _fdp, False),
    Bar("fdp_upcoding", "误报占比：高编机构 / false discoveries, upcoding", "≤ 0.05+MC", _fdp, False),
    Bar("coverage", "费用比区间覆盖率（对诚信同类） / interval coverage, ratio to honest peers",
        "90–98%", _covers, False),
    Bar("coverage_typical", "  对无自身偏差的典型医院 / against a hospital without effects of its own",
        "", None, False),
)  # fmt: skip
_SCHEMA: dict[str, Any] = {
    "指标 / measure": pl.String, "数值 / value": pl.Float64, "分子 / num": pl.Float64, "分母 / den": pl.Float64,
    "95% 区间 / interval": pl.String, "要求 / bar": pl.String, "达到 / met": pl.String,
    "MCC/CC 占比 / MCC share": pl.Float64, "按支付额 / by paid": pl.Float64,
}  # fmt: skip


def figure(facts: Facts, measure: str, independent: bool) -> Figure | None:
    """Sum of numerators over sum of denominators, with its interval; None where nothing was measured."""
    rows = [(world, a, b) for name, world, a, b in facts.pairs if name == measure]
    if not rows or not sum(b for _, _, b in rows):
        return None
    a, b = (np.array([row[i] for row in rows]) for i in (1, 2))
    value = float(a.sum() / b.sum())
    error, low, high = by_world(a, b)
    if independent:
        low, high = wilson(float(a.sum()), float(b.sum()))
    return Figure(value, float(a.sum()), float(b.sum()), low, high, error)


def bars_table(facts: Facts, worlds: int, null_worlds: int, seed: int) -> Result:
    """Every bar of the two cost scores."""
    rows = []
    for bar in BARS:
        found = figure(facts, bar.measure, bar.independent)
        if found is None:
            continue
        met = "" if bar.meets is None else ("是 / yes" if bar.meets(found) else "否 / no")
        interval = "" if isnan(found.low) else f"{found.low:.3f} – {found.high:.3f}"
        naive = [figure(facts, bar.measure + one, bar.independent) for one in bar.baselines] or [None, None]
        rows.append(
            (bar.title, round(found.value, 4), round(found.numerator, 2), round(found.denominator, 2), interval,
             bar.wanted, met, *(None if one is None else round(one.value, 4) for one in naive))
        )  # fmt: skip
    title = f"有舞弊世界 {worlds} 个，无舞弊世界 {null_worlds} 个 / planted and null worlds, seeds from {seed}"
    return Result(title, pl.DataFrame(rows, schema=_SCHEMA, orient="row"))


def role_table(facts: Facts) -> Result:
    """How the lists treat each role: percentile of the upcoding score, places in the top 2n, rows with q ≤ 0.05."""
    names = ["role", "providers", "place", "top", "listed", "deviation"]
    frame = (
        pl.DataFrame(facts.roles, schema=names, orient="row").group_by("role").agg(pl.col(names[1:]).sum()).sort("role")
    )
    shown = frame.select(
        pl.col("role").alias("角色 / role"), pl.col("providers").cast(pl.Int64).alias("家数 / providers"),
        (pl.col("place") / pl.col("providers")).round(3).alias("高编得分百分位 / mean percentile of the score"),
        pl.col("top").cast(pl.Int64).alias("前 2n / in top 2n"),
        pl.col("listed").cast(pl.Int64).alias("高编 q ≤ 0.05 / upcoding"),
        pl.col("deviation").cast(pl.Int64).alias("偏差 q ≤ 0.05 / deviation"),
    )  # fmt: skip
    return Result("按角色 / by role", shown)
