"""Why a provider stands where it stands, in data and in one Chinese sentence, and what to look at there."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import polars as pl

from models.engine.duck import Engine
from models.scores.provider_table import Evidence
from models.scores.risk import TEXT, WEIGHTS, shares
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


def _parts(row: Mapping[str, Any]) -> dict[str, float]:
    """Points by kind of evidence; they sum to the risk score."""
    return shares({name: float(row[f"point_{name}"] or 0) for name in WEIGHTS}, float(row["risk_score"] or 0))


def _ordered(row: Mapping[str, Any]) -> list[tuple[float, str]]:
    """Kinds of evidence with their points, the weightiest first."""
    return sorted(((points, name) for name, points in _parts(row).items() if points), key=lambda one: (-one[0], one[1]))


def _weighty(row: Mapping[str, Any]) -> list[tuple[float, str]]:
    """Kinds of evidence that carry at least one point, the weightiest first."""
    return [one for one in _ordered(row) if one[0] >= 1]


def _moved(row: Mapping[str, Any], before: Mapping[str, Any]) -> list[tuple[float, str]]:
    """Kinds whose points moved by at least one since last year, what moved most first."""
    now, then = _parts(row), _parts(before)
    change = ((round(now.get(name, 0.0) - then.get(name, 0.0), 2), name) for name in WEIGHTS)
    return sorted([one for one in change if abs(one[0]) >= 1], key=lambda one: (-abs(one[0]), one[1]))


def reasons_of(row: Mapping[str, Any], before: Mapping[str, Any] | None = None) -> str:
    """Ordered JSON: the mode; each kind of evidence with value, percentile and points, which sum to the risk score;
    what carries none; last year's rank and score (`before`) and which points moved since.
    """
    facts: list[dict[str, Any]] = [{"reason": "mode", "value": row["mode"]}]
    for points, name in _ordered(row):
        value, percentile = VALUES[name]
        facts.append({"reason": name, "value": row[value], "percentile": row[percentile], "points": points})
    if _unlike_peers(row):
        value, percentile = row["outlier_score"], row["outlier_percentile"]
        facts.append({"reason": "outlier", "value": value, "percentile": percentile, "points": 0.0})
    if before is not None:
        moved = [{"reason": name, "change": change} for change, name in _moved(row, before)]
        facts.append(
            {"reason": "last_year", "rank": before["rank"], "risk_score": before["risk_score"], "moved": moved}
        )
    return json.dumps(facts, ensure_ascii=False, sort_keys=True)


def _unlike_peers(row: Mapping[str, Any]) -> bool:
    """Whether the outlier score is worth a mention: only beside evidence, never as the one reason."""
    percentile = row.get("outlier_percentile")
    return percentile is not None and percentile >= _UNLIKE_PEERS and bool(_weighty(row))


def sentence(row: Mapping[str, Any], before: Mapping[str, Any] | None = None) -> str:
    """One Chinese sentence; it says what is unusual, never what it proves."""
    parts = []
    for _, name in _weighty(row)[:3]:
        percentile = row[VALUES[name][1]]
        among = "" if percentile is None else f"（同类第 {percentile:.0f} 百分位）"
        what = TEXT[name]
        # the share itself: that of the peers is not taken off
        if name == "finding" and row["finding_rate"] is not None:
            what = f"规则疑点金额占基金支付 {row['finding_rate']:.2%}，高于同类"
        parts.append(f"{what}{among}")
    if _unlike_peers(row):
        parts.append(f"另有多项指标合在一起居同类第 {row['outlier_percentile']:.0f} 百分位（不计入风险得分）")
    what = "；".join(parts) if parts else "各项得分与同类相当"
    since = "" if before is None else f"；{_since(row, before)}"
    return f"{MODE_TEXT[row['mode']]}：{what}{since}，供安排检查时参考。"


def _since(row: Mapping[str, Any], before: Mapping[str, Any]) -> str:
    """What moved since last year, in Chinese."""
    up = int(before["rank"]) - int(row["rank"])
    place = "名次未变" if up == 0 else f"{'上升' if up > 0 else '下降'} {abs(up)} 位"
    moved = [f"“{TEXT[name]}”{change:+.1f} 分" for change, name in _moved(row, before)[:2]]
    return f"上年第 {before['rank']} 位，{place}" + (f"（{'、'.join(moved)}）" if moved else "")


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
