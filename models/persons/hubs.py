"""Providers and doctors behind many flagged persons: how many, against how many such units would have."""

import json
from typing import Any

import numpy as np
import polars as pl
from scipy import stats

from models.config import Config
from models.engine.duck import Engine
from models.scores.peers import false_discovery
from models.scores.store import columns_of

#: shown are units with so many flagged persons
LEAST = 2
#: bounds of the shape of a gamma over units' rates: how far honest units differ
SHAPES = (1.0, 4.0)
#: flagged persons that the other units have at least when a p is reckoned: their rate is itself uncertain
LEAST_ELSEWHERE = 1.0
WORDS = {
    "frequent_outpatient": "频繁门诊", "frequent_purchase": "频繁购药", "many_providers": "多机构取药",
    "hoarding": "超量取药", "overlap_stay": "住院重叠", "outpatient_in_stay": "住院期间门诊或购药",
    "after_death": "死亡后结算", "sex_age_conflict": "诊断与性别年龄不符",
}  # fmt: skip


def hubs(engine: Engine, period: str, linked: pl.DataFrame, config: Config) -> pl.DataFrame:
    """The rows of the `person_hub` list: every provider with settlements, and doctors with two flagged persons or more.

    Needs `score.person_evidence` and `score.person_settlement`; `linked` are the rows of `person_link`.
    """
    units = judged(engine.query("persons/hub", period=period), config.params.peer_min_providers)
    shown = units.filter((pl.col("level") == "provider") | (pl.col("flagged") >= LEAST))
    patterns = _patterns(linked)
    rows = [
        {**row, "patterns": _json(patterns.get(_key(row), {})), "reasons": _reasons(row, patterns)}
        for row in shown.iter_rows(named=True)
    ]
    columns = [name for name in columns_of("score.person_hub") if name != "period"]
    kinds: dict[str, Any] = {**shown.schema, "patterns": pl.String, "reasons": pl.String}
    return pl.DataFrame(rows, schema=kinds).select(columns)


def judged(units: pl.DataFrame, least_units: int) -> pl.DataFrame:
    """Add expected, ratio, q_value: flagged persons against the rate of the other units of the level and kind.

    Units' rates differ by a gamma (its shape by moments), so counts are negative binomial and the ratio
    (flagged + shape) / (expected + shape) is shrunk towards one: a rate, free of size. q by Benjamini–Hochberg a level;
    with fewer than `least_units` others ratio and q are null. That nobody else has a flagged person does not make one
    impossible: for p the others have one at least.
    """
    units = units.sort("level", "fixmedins_code", "unit_code")
    kind = pl.when(pl.col("fixmedins_type") == "2").then(pl.lit("2")).otherwise(pl.lit("1"))
    units = units.with_columns(kind=kind).with_columns(many=pl.len().over("level", "kind") > least_units)
    units = units.with_columns(kind=pl.when("many").then("kind").otherwise(pl.lit("*")))
    total = {name: pl.col(name).sum().over("level", "kind") - pl.col(name) for name in ("flagged", "persons")}
    units = units.with_columns(rate=total["flagged"] / pl.max_horizontal(total["persons"], 1))
    units = units.with_columns(
        expected=pl.col("rate") * pl.col("persons"), others=pl.len().over("level", "kind") - 1,
        least=LEAST_ELSEWHERE * pl.col("persons") / pl.max_horizontal(total["persons"], 1),
    )  # fmt: skip
    flagged, expected, least = (units[name].to_numpy().astype(float) for name in ("flagged", "expected", "least"))
    assessable = units["others"].to_numpy() >= least_units
    levels = units["level"].to_numpy()
    ratio, p = np.ones(len(flagged)), np.ones(len(flagged))
    for level in np.unique(levels):
        of = levels == level
        shape = _shape(flagged[of], expected[of])
        ratio[of] = (flagged[of] + shape) / (expected[of] + shape)
        p[of] = stats.nbinom.sf(flagged[of] - 1, shape, shape / (shape + np.maximum(expected[of], least[of])))
    family = np.unique(levels, return_inverse=True)[1].astype(np.int64)
    return units.with_columns(
        expected=pl.col("expected").round(4),
        ratio=pl.Series(np.where(assessable, ratio, np.nan).round(4)).fill_nan(None),
        q_value=pl.Series(
            false_discovery(np.where(assessable, np.where(flagged > 0, p, 1.0), np.nan), family).round(6)
        ).fill_nan(None),
    )


def _shape(flagged: np.ndarray, expected: np.ndarray) -> float:
    """Shape of the gamma over units' rates, by moments; the single furthest unit is left out of it."""
    excess = (flagged - expected) ** 2 - expected
    keep = np.arange(len(excess)) != (np.argmax(excess) if len(excess) else 0)
    top, bottom = float((expected[keep] ** 2).sum()), float(excess[keep].sum())
    return float(np.clip(top / bottom, *SHAPES)) if bottom > 0 and top > 0 else SHAPES[1]


def _key(row: dict[str, object]) -> tuple[str, str | None]:
    unit = row["unit_code"]
    return str(row["fixmedins_code"]), None if unit is None else str(unit)


def _patterns(linked: pl.DataFrame) -> dict[tuple[str, str | None], dict[str, int]]:
    """Persons by pattern, of every provider and doctor."""
    found: dict[tuple[str, str | None], dict[str, int]] = {}
    wide = linked.with_columns(dr_code=pl.lit(None, pl.String))
    for frame in (wide, linked.filter(pl.col("dr_code").is_not_null())):
        keys = ["fixmedins_code", "dr_code", "pattern"]
        for code, doctor, pattern, persons in (
            frame.group_by(keys).agg(pl.col("psn_id").n_unique()).sort(*keys).iter_rows()
        ):
            found.setdefault((code, doctor), {})[pattern] = persons
    return found


def _reasons(row: dict[str, Any], patterns: dict[tuple[str, str | None], dict[str, int]]) -> str:
    """Ordered JSON of Chinese sentences: how many against how many expected, by pattern, and through which doctors."""
    if not row["flagged"]:
        return "[]"
    mine = sorted(patterns.get(_key(row), {}).items(), key=lambda one: (-one[1], one[0]))
    texts = [
        f"涉及行为异常参保人{row['flagged']}人，{_against(row)}",
        "、".join(f"{WORDS[name]}{persons}人" for name, persons in mine),
    ]
    if row["unit_code"] is None:
        doctors = sorted(
            (-sum(by.values()), str(doctor)) for (code, doctor), by in patterns.items()
            if code == row["fixmedins_code"] and doctor is not None and sum(by.values()) >= LEAST
        )  # fmt: skip
        texts += [f"其中医师{doctor}涉及{-persons}人次" for persons, doctor in doctors[:3]]
    return _json(texts)


def _against(row: dict[str, Any]) -> str:
    if row["q_value"] is None:
        return "同类机构不足，不作比较"
    return f"按其他机构的比例预期{row['expected']:.1f}人"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
