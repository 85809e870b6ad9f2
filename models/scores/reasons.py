"""Why a provider stands where it stands, in data and in one Chinese sentence, and what to look at there."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import polars as pl

from models.engine.duck import Engine
from models.scores.provider_table import Evidence
from models.scores.risk import TEXT, WEIGHTS
from models.scores.window import Window

VALUES = {
    "finding": ("finding_rate", "finding_percentile"),
    "upcoding": ("upcoding_score", "upcoding_percentile"),
    "over": ("deviation_z", "deviation_percentile"),
    "under": ("deviation_z", "deviation_percentile"),
    "split_stay": ("split_stay_rate", "split_stay_percentile"),
    "quality": ("quality_rate", "quality_percentile"),
    "gathering": ("gathering_score", "gathering_percentile"),
    "person": ("person_score", "person_percentile"),
}
MODE_TEXT = {
    "complaint": "期内有举报投诉",
    "risk": "按风险排列",
    "random": "双随机抽取（种子公开，可复算）",
    "coverage": "距上次检查时间较长",
}
_AT_MOST = 5
#: percentile among peers from which the outlier score is mentioned beside other evidence
_UNLIKE_PEERS = 95.0


def _weighty(row: Mapping[str, Any]) -> list[tuple[float, str]]:
    """Kinds of evidence that carry at least one point, the weightiest first."""
    points = [(round(100 * WEIGHTS[name] * float(row[f"point_{name}"] or 0), 2), name) for name in WEIGHTS]
    return sorted([one for one in points if one[0] >= 1], key=lambda one: (-one[0], one[1]))


def reasons_of(row: Mapping[str, Any]) -> str:
    """Ordered JSON: the mode, every kind of evidence with its value, percentile and points, then what carries none."""
    facts: list[dict[str, Any]] = [{"reason": "mode", "value": row["mode"]}]
    for points, name in _weighty(row):
        value, percentile = VALUES[name]
        facts.append({"reason": name, "value": row[value], "percentile": row[percentile], "points": points})
    if _unlike_peers(row):
        value, percentile = row["outlier_score"], row["outlier_percentile"]
        facts.append({"reason": "outlier", "value": value, "percentile": percentile, "points": 0.0})
    return json.dumps(facts, ensure_ascii=False, sort_keys=True)


def _unlike_peers(row: Mapping[str, Any]) -> bool:
    """Whether the outlier score is worth a mention: only beside evidence, never as the one reason."""
    percentile = row.get("outlier_percentile")
    return percentile is not None and percentile >= _UNLIKE_PEERS and bool(_weighty(row))


def sentence(row: Mapping[str, Any]) -> str:
    """One Chinese sentence; it says what is unusual, never what it proves."""
    parts = []
    for _, name in _weighty(row)[:3]:
        percentile = row[VALUES[name][1]]
        among = "" if percentile is None else f"（同类第 {percentile:.0f} 百分位）"
        share = f" {row['finding_rate']:.2%}" if name == "finding" and row["finding_rate"] is not None else ""
        parts.append(f"{TEXT[name]}{share}{among}")
    if _unlike_peers(row):
        parts.append(f"另有多项指标合在一起居同类第 {row['outlier_percentile']:.0f} 百分位（不计入风险得分）")
    what = "；".join(parts) if parts else "各项得分与同类相当"
    return f"{MODE_TEXT[row['mode']]}：{what}，供安排检查时参考。"


def look_at(engine: Engine, window: Window, evidence: Evidence) -> Callable[[str], str]:
    """Of each provider the departments and doctors whose cost stands out and the cases to pull, as JSON."""
    units = evidence.deviation.filter(
        pl.col("grp_code").is_null() & pl.col("assessable") & (pl.col("z").abs() >= 2) & (pl.col("level") != "provider")
    )
    units = units.with_columns(size=pl.col("z").abs()).sort("size", "unit_code", descending=[True, False])
    standing: dict[tuple[str, str], list[str]] = {}
    for level, code, unit in units.select("level", "fixmedins_code", "unit_code").rows():
        standing.setdefault((level, code), []).append(unit)
    cases: dict[str, list[str]] = {}
    if engine.exists("money.claim"):
        for code, setl_id in engine.query("scores/provider_top_claim", **window.bounds()).rows():
            cases.setdefault(code, []).append(setl_id)
    doubted = evidence.upcoding_cases.sort("payment_difference", "setl_id", descending=[True, False], nulls_last=True)
    for code, setl_id in doubted.select("fixmedins_code", "setl_id").rows():
        listed = cases.setdefault(code, [])
        if len(listed) < 2 * _AT_MOST and setl_id not in listed:
            listed.append(setl_id)

    def of(code: str) -> str:
        found = {
            "departments": standing.get(("department", code), [])[:_AT_MOST],
            "doctors": standing.get(("doctor", code), [])[:_AT_MOST],
            "cases": cases.get(code, []),
        }
        return json.dumps(found, ensure_ascii=False, sort_keys=True)

    return of
