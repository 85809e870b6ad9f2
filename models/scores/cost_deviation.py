"""Cost deviation: what a unit spends on a group against what its peers spend on it (DESIGN §10, METHODS §3)."""

import numpy as np
import polars as pl

from models.config import Config
from models.engine.duck import Engine
from models.scores.cases import prepare_cases, prepare_peers
from models.scores.cost_judgement import judge
from models.scores.cost_norms import cost_norms
from models.scores.cost_rows import group_rows, total_rows
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


#: the list's families of tests and how much of its error each may spend (in parts)
FAMILY_PARTS = {"provider together": 12.0}


def corrected(judged: pl.DataFrame) -> pl.DataFrame:
    """Add q_value and q_value_by, corrected over the whole list.

    A family is a level, a type of group, and single groups or all together. Providers' totals, which a bureau reads
    first, may spend more than the other families.
    """
    kind = pl.when(pl.col("grp_code").is_null()).then(pl.lit("together")).otherwise(pl.lit("group"))
    label = pl.concat_str("level", kind, separator=" ")
    family = judged.select(label=label, name=pl.concat_str(label, "grp_type", separator=" "))
    names = family.unique().sort("name")
    number = family["name"].replace_strict(names["name"], range(names.height), return_dtype=pl.Int64).to_numpy()
    parts = np.array([FAMILY_PARTS.get(one, 1.0) for one in names["label"]])
    p = judged["p_value"].cast(pl.Float64).fill_null(float("nan")).to_numpy()
    found = {
        "q_value": selective(p, number, parts),
        "q_value_by": selective(p, number, parts, dependent=True),
    }
    return judged.with_columns(**{name: pl.Series(q.round(6)).fill_nan(None) for name, q in found.items()})


def _as_list(rows: pl.DataFrame) -> pl.DataFrame:
    listed = rows.with_columns(
        observed_cost=pl.col("cost").cast(pl.Decimal(18, 2)),
        expected_cost=yuan(rows["expected"]),
    ).with_columns(amount=pl.col("observed_cost") - pl.col("expected_cost"))
    columns = [*(name for name in columns_of("score.deviation") if name != "period"), "q_value_by"]
    order = ["level", "grp_type", "grp_ver", "grp_code", "fixmedins_code", "unit_code"]
    return listed.select(columns).sort(order, nulls_last=False)
