"""Cost deviation: what a unit spends on a group against what its peers spend on it (DESIGN §10, METHODS §3)."""

import numpy as np
import polars as pl
from scipy import stats

from models.config import Config
from models.engine.duck import Engine
from models.scores.cases import prepare_cases, prepare_peers
from models.scores.cost_norms import cost_norms
from models.scores.cost_rows import floats, group_rows, total_rows
from models.scores.peers import PRIOR_MEMBERS, between_variance, blended_variance, false_discovery, shrink, two_sided_p
from models.scores.store import ScoreSummary, all_or_nothing, columns_of, empty, store, yuan
from models.scores.window import Window, quarter_window

NOTES = {
    "peers": "同级别、同类型、同专科的其他机构 / other providers of the same level class, type and specialty",
    "expected_cost": "病例数 × 同类机构同组费用，不含本机构 / cases times what peers spend, itself left out",
    "ratio": "由对数费用得出，病例少者收缩，区间未收缩 / from log costs, shrunk for few cases; the interval is not",
    "grp_code": "空 = 各组合计，只含可比的组 / null: the groups together, comparable groups only",
    "cases": "住院一次一例，门诊慢特病一人一年一例 / a stay; of an outpatient chronic disease a person's year",
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
    return ScoreSummary(window.period, {"score.deviation": rows}, NOTES)


def deviation_frame(engine: Engine, window: Window, config: Config) -> pl.DataFrame:
    """The rows of the `deviation` list for any window."""
    prepare_peers(engine)
    prepare_cases(engine, window, config)
    least_peers, least_cases = config.params.peer_min_providers, config.params.peer_min_cases
    units = engine.query("scores/unit_cost")
    norms = cost_norms(units, least_peers, least_cases)
    if norms.is_empty():
        return empty("score.deviation")
    rows = group_rows(units, norms)
    together = total_rows(rows)
    shown = rows.filter((pl.col("level") == "provider") | (pl.col("cases") >= least_cases))
    columns = together.columns
    judged = pl.concat([_judge(together, least_cases), _judge(shown.select(columns), least_cases)])
    return _as_list(judged)


def _judge(rows: pl.DataFrame, least_cases: int) -> pl.DataFrame:
    """Add ratio, interval, z and q to rows of one kind (single groups, or groups together)."""
    effect, own, factor, noise, peers, cases = floats(rows, "effect", "own_noise", "factor", "noise", "peers", "cases")
    assessable = rows["comparable"].to_numpy() & (cases >= least_cases)
    tau2, provider_tau2, members = _heterogeneity(rows, effect, own, factor, noise, assessable)
    norm = provider_tau2 * factor + noise
    error2 = own + norm
    with np.errstate(divide="ignore", invalid="ignore"):
        freedom = error2**2 / (norm**2 / np.maximum(peers - 1, 1))
        z = effect / np.sqrt(tau2 + error2)
        trial = (tau2 + error2) ** 2 / ((tau2 + norm) ** 2 / np.maximum(members - 1, 1))
    reach = stats.t.ppf(0.975, np.clip(np.nan_to_num(freedom, nan=3, posinf=1e6), 3, 1e6)) * np.sqrt(error2)
    p = np.where(assessable, two_sided_p(z, np.nan_to_num(trial, nan=3, posinf=1e6)), np.nan)
    family = rows.select(pl.struct("grp_type", "level").rank("dense"))[:, 0].to_numpy().astype(np.int64)
    found = {
        "ratio": np.exp(shrink(effect, tau2, error2)).round(4),
        "ratio_low": np.exp(effect - reach).round(4),
        "ratio_high": np.exp(effect + reach).round(4),
        "z": z.round(4),
        "q_value": false_discovery(p, family).round(6),
    }
    return rows.with_columns(
        **{name: pl.Series(values).fill_nan(None) for name, values in found.items()},
        assessable=pl.Series(assessable),
        direction=pl.when(pl.col("effect") > 0).then(pl.lit("over")).when(pl.col("effect") <= 0).then(pl.lit("under")),
    )


def _heterogeneity(
    rows: pl.DataFrame, effect: np.ndarray, own: np.ndarray, factor: np.ndarray, noise: np.ndarray, usable: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Per row: variance between units of its class and level, that between providers, and the members it rests on.

    Rows that are too small to be judged take the variance of their level over all classes.
    """
    key = rows.select("grp_type", "level", "peer_group")
    wide_mask = dict(_masks(key.select("grp_type", "level")))
    tau2, provider, members = (np.zeros(len(effect)) for _ in range(3))
    overall: dict[tuple[str, ...], float] = {}
    for name, mask in wide_mask.items():
        use = np.flatnonzero(mask & usable)
        overall[name] = between_variance(effect[use], own[use] + noise[use], factor[use])
    by_class: dict[tuple[str, ...], float] = {}
    codes = rows["fixmedins_code"].to_numpy()
    for name, mask in _masks(key):
        index = np.flatnonzero(mask)
        use = index[usable[index]]
        own_tau2 = between_variance(effect[use], own[use] + noise[use], factor[use])
        by_class[name] = blended_variance(own_tau2, len(use), overall[name[:2]])
        tau2[index] = by_class[name]
        others = len(np.unique(codes[usable & wide_mask[name[:2]]])) - len(np.unique(codes[use]))
        members[index] = max(len(np.unique(codes[use])) + min(PRIOR_MEMBERS, others), 2)
    for name, mask in _masks(key):
        provider[mask] = by_class.get((name[0], "provider", name[2]), overall.get((name[0], "provider"), 0.0))
    return tau2, provider, members


def _masks(key: pl.DataFrame) -> list[tuple[tuple[str, ...], np.ndarray]]:
    """Every combination of values with the rows that hold it, in a fixed order."""
    ids = key.select(pl.struct(key.columns).rank("dense"))[:, 0].to_numpy()
    names = key.unique().sort(key.columns).rows()
    return [(tuple(name), ids == place) for place, name in enumerate(names, 1)]


def _as_list(rows: pl.DataFrame) -> pl.DataFrame:
    listed = rows.with_columns(
        observed_cost=pl.col("cost").cast(pl.Decimal(18, 2)),
        expected_cost=yuan(rows["expected"]),
    ).with_columns(amount=pl.col("observed_cost") - pl.col("expected_cost"))
    columns = [name for name in columns_of("score.deviation") if name != "period"]
    order = ["level", "grp_type", "grp_ver", "grp_code", "fixmedins_code", "unit_code"]
    return listed.select(columns).sort(order, nulls_last=False)
