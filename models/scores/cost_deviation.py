"""Cost deviation: what a unit spends on a group against what its peers spend on it (DESIGN §10, METHODS §3)."""

import numpy as np
import polars as pl

from models.config import Config
from models.engine.duck import Engine
from models.scores.cases import prepare_cases, prepare_peers
from models.scores.cost_judgement import judge
from models.scores.cost_norms import cost_norms
from models.scores.cost_rows import group_rows, total_rows
from models.scores.kept import remember
from models.scores.selective import selective
from models.scores.store import ScoreSummary, all_or_nothing, columns_of, empty, store, yuan
from models.scores.window import Window, quarter_window

LEVELS = ("provider", "department", "doctor")
NOTES = {
    "peers": "同级别、同类型、同专科的其他机构 / other providers of the same level class, type and specialty",
    "expected_cost": "病例数 × 同类机构同组费用，不含本机构 / cases times what peers spend, itself left out",
    "ratio": "由对数费用得出，病例少者收缩，区间未收缩 / from log costs, shrunk for few cases; the interval is not",
    "grp_code": "空 = 各组合计，只含可比的组 / null: the groups together, comparable groups only",
    "cases": "住院一次一例，门诊慢特病一人一年一例 / a stay; of an outpatient chronic disease a person's year",
    "q_value": "全清单校正；BY 值见机构评分 deviation_q_by / over the whole list; BY in provider_score",
    "amount": "实际 − 预期，描述性，不是拟追回金额 / observed less expected: descriptive, no claim",
    "assessable": "同级机构不足或病例不足时为否，仅供参考 / false where peers or cases are too few: descriptive only",
}


def deviation(engine: Engine, period: str, config: Config) -> ScoreSummary:
    """Make the rows of `score.deviation` for the twelve months up to the end of a quarter.

    Reads core.settlement, core.provider, core.stay, core.fee_line, cur.mdtrt_d; leaves score.cost_case and score.peer
    behind for drill-down. Ratios, z and q have 4, 4 and 6 decimals; amounts are yuan.
    Raises UsageError when `period` is no quarter.
    """
    window = quarter_window(period)
    with all_or_nothing(engine):
        frame = deviation_frame(engine, window, config)
        rows = store(engine, "score.deviation", window.period, frame)
        _keep_cautious(engine, window.period, frame)
        remember(engine, "score.deviation", window, config)
    return ScoreSummary(window.period, {"score.deviation": rows}, NOTES)


def deviation_frame(engine: Engine, window: Window, config: Config) -> pl.DataFrame:
    """The rows of the `deviation` list for any window, with q_value_by (Benjamini–Yekutieli) beside its columns."""
    prepare_peers(engine)
    prepare_cases(engine, window, config)
    least_peers, least_cases = config.params.peer_min_providers, config.params.peer_min_cases
    providers = engine.query("scores/unit_cost", level="provider")
    norms = cost_norms(providers, least_peers, least_cases)
    if norms.is_empty():
        return empty("score.deviation").with_columns(q_value_by=pl.lit(None, pl.Float64))
    together, single = [], []
    for level in LEVELS:  # one after the other: a doctor's groups are many and mostly of one case
        units = providers if level == "provider" else engine.query("scores/unit_cost", level=level)
        rows = group_rows(units, norms)
        together.append(total_rows(rows))
        shown = rows.filter((pl.col("level") == "provider") | (pl.col("cases") >= least_cases))
        single.append(shown.select(together[0].columns))
    judged = pl.concat([judge(pl.concat(rows), least_cases) for rows in (together, single)])
    return _as_list(corrected(judged))


def _keep_cautious(engine: Engine, period: str, frame: pl.DataFrame) -> None:
    """Keep q_value_by of the providers' totals for the provider table: the list itself has no column for it."""
    engine.con.execute(
        "create table if not exists score.deviation_by "
        "(period varchar, fixmedins_code varchar, grp_type varchar, q_value_by double)"
    )
    engine.con.execute("delete from score.deviation_by where period = $period", {"period": period})
    totals = frame.filter((pl.col("level") == "provider") & pl.col("grp_code").is_null())
    engine.con.register("totals", totals.select("fixmedins_code", "grp_type", "q_value_by").to_arrow())
    engine.con.execute("insert into score.deviation_by select $period, * from totals", {"period": period})
    engine.con.unregister("totals")


#: share of the list's error that the providers' totals may spend: a bureau reads them first, all else explains them
TOTALS_PART = 0.8


def corrected(judged: pl.DataFrame) -> pl.DataFrame:
    """Add q_value and q_value_by, corrected over the whole list.

    The providers' totals are one family of tests and may spend TOTALS_PART of the list's error; all other rows share
    the rest, in families by level, type of group, and single groups or all together.
    """
    together = pl.col("grp_code").is_null()
    kind = pl.when(together).then(pl.lit("together")).otherwise(pl.lit("group"))
    is_total = together & (pl.col("level") == "provider")
    name = pl.when(is_total).then(pl.lit("")).otherwise(pl.concat_str("level", kind, "grp_type", separator=" "))
    rows = judged.select(total=is_total, family=name.rank("dense").cast(pl.Int64) - 1)
    total, family = rows["total"].to_numpy(), rows["family"].to_numpy()
    p = judged["p_value"].cast(pl.Float64).fill_null(float("nan")).to_numpy()
    found = {}
    for column, dependent in (("q_value", False), ("q_value_by", True)):
        q = np.full(len(p), np.nan)
        for part, share in ((total, TOTALS_PART), (~total, 1 - TOTALS_PART)):
            q[part] = np.minimum(selective(p[part], family[part], dependent) / share, 1.0)
        found[column] = pl.Series(q.round(6)).fill_nan(None)
    return judged.with_columns(**found)


def _as_list(rows: pl.DataFrame) -> pl.DataFrame:
    listed = rows.with_columns(
        observed_cost=pl.col("cost").cast(pl.Decimal(18, 2)),
        expected_cost=yuan(rows["expected"]),
    ).with_columns(amount=pl.col("observed_cost") - pl.col("expected_cost"))
    columns = [*(name for name in columns_of("score.deviation") if name != "period"), "q_value_by"]
    order = ["level", "grp_type", "grp_ver", "grp_code", "fixmedins_code", "unit_code"]
    return listed.select(columns).sort(order, nulls_last=False)
