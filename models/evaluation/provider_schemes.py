"""Schemes of whole providers: upcoding, over- and under-spending, stock, and the plan; look-alikes beside them."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from models.evaluation.measures import NOT_BUILT, Result, area, over, precision_recall, top_recall
from models.evaluation.truth import Lists, Truth, codes

SCHEMA: dict[str, Any] = {
    "scheme": pl.String, "method": pl.String, "planted": pl.Int64, "flagged": pl.Int64, "precision": pl.Float64,
    "recall": pl.Float64, "auc": pl.Float64, "recall_top_2n": pl.Float64, "note": pl.String,
}  # fmt: skip
Q_VALUE = 0.05
Score = Mapping[str, float | None]


def _totals(lists: Lists) -> pl.DataFrame | None:
    frame = lists.get("deviation")
    if frame is None:
        return None
    return frame.filter((pl.col("level") == "provider") & pl.col("grp_code").is_null() & (pl.col("grp_type") != "DISE"))


def models_of(lists: Lists) -> dict[str, tuple[Score, set[str]] | None]:
    """Scores and flagged providers of each model: upcoding, over, under; None where the list is not there."""
    upcoding, totals = lists.get("upcoding_provider"), _totals(lists)
    found: dict[str, tuple[Score, set[str]] | None] = dict.fromkeys(("upcoding", "over", "under"))
    if upcoding is not None:
        flagged = upcoding.filter((pl.col("q_value") <= Q_VALUE) & (pl.col("score") > 0))
        found["upcoding"] = (dict(upcoding.select("fixmedins_code", "score").rows()), codes(flagged, "fixmedins_code"))
    if totals is not None:
        for direction, sign in (("over", 1.0), ("under", -1.0)):
            z = totals.group_by("fixmedins_code").agg((pl.col("z") * sign).max()).sort("fixmedins_code")
            flagged = totals.filter((pl.col("q_value") <= Q_VALUE) & (pl.col("direction") == direction))
            found[direction] = (dict(z.rows()), codes(flagged, "fixmedins_code"))
    return found


def provider_table(truth: Truth, lists: Lists, paid: Score, tiers: Score) -> Result:
    """Precision and recall (flagged at q ≤ 0.05), AUC and recall in the top 2n, beside the naive rankings.

    The population is the providers that the model scores, and the planted ones.
    """
    models = models_of(lists)
    schemes = {
        "upcoding": (("upcoding", "upcoding_padding"), "upcoding"),
        "overspending": (("overspending",), "over"),
        "underspending": (("underspending",), "under"),
    }
    rows: list[tuple[Any, ...]] = []
    for scheme, (names, model) in schemes.items():
        planted = codes(truth.providers.filter(pl.col("scheme").is_in(names)), "fixmedins_code")
        if not planted:
            continue
        made = models[model]
        score, flagged = made if made is not None else ({}, set())
        everyone = sorted(planted | set(score or paid))
        note = NOT_BUILT if made is None else _unassessed(planted, lists, model)
        rows.append(_row(scheme, "jicha", planted, flagged, over(everyone, score), note))
        rows.append(_row(scheme, "按基金支付 / total paid", planted, None, over(everyone, paid)))
        if model == "upcoding":
            rows.append(_row(scheme, "MCC/CC 占比 / MCC-CC share", planted, None, over(everyone, tiers)))
    rows += _plan(truth, lists, paid)
    return Result("机构 / providers", pl.DataFrame(rows, schema=SCHEMA, orient="row"))


def _unassessed(planted: set[str], lists: Lists, model: str) -> str:
    """How many of the planted the model may not assess (too few peers or cases): they can rank, but not be flagged."""
    frame = lists["upcoding_provider"] if model == "upcoding" else _totals(lists)
    if frame is None:
        return ""
    some = len(planted - codes(frame.filter(pl.col("q_value").is_not_null()), "fixmedins_code"))
    return f"{some} 家病例或同类不足，不作评价 / not assessable" if some else ""


def _row(
    scheme: str, method: str, planted: set[str], flagged: set[str] | None, score: dict[str, float], note: str = ""
) -> tuple[Any, ...]:
    counts: tuple[Any, ...] = (None, None, None)
    if flagged is not None:
        precision, recall = precision_recall(flagged, planted)
        counts = (len(flagged), precision, recall)
    return (scheme, method, len(planted), *counts, area(score, planted), top_recall(score, planted), note)


def _plan(truth: Truth, lists: Lists, paid: Score) -> list[tuple[Any, ...]]:
    """The inspection list against every planted provider scheme."""
    bad = truth.providers.filter(~pl.col("scheme").str.starts_with("lookalike"))
    planted = codes(bad, "fixmedins_code")
    if not planted:
        return []
    plan = lists.get("inspection")
    if plan is None:
        return [("inspection", "jicha", len(planted), None, None, 0.0, None, None, NOT_BUILT)]
    everyone = sorted(codes(plan, "fixmedins_code") | planted)
    planned = codes(plan.filter(pl.col("planned") == 1), "fixmedins_code")
    risk = over(everyone, dict(plan.select("fixmedins_code", "risk_score").rows()))
    return [
        _row("inspection", "jicha", planted, planned, risk, "计划内 / planned; AUC: risk_score"),
        _row("inspection", "按基金支付 / total paid", planted, None, over(everyone, paid)),
    ]


def _flagged(code: str, made: tuple[Score, set[str]] | None) -> str:
    if made is None:
        return NOT_BUILT
    return "是 / yes" if code in made[1] else "否 / no"


def lookalike_table(truth: Truth, lists: Lists) -> Result:
    """Innocent look-alikes: which models flag them (a flag is unusual against peers, and here known to be innocent)."""
    models = models_of(lists)
    plan = lists.get("inspection")
    rank = dict(plan.select("fixmedins_code", "rank").rows()) if plan is not None else {}
    rows = []
    for scheme, code in truth.providers.select("scheme", "fixmedins_code").sort("scheme", "fixmedins_code").rows():
        if not scheme.startswith("lookalike"):
            continue
        rows.append((scheme, code, *(_flagged(code, made) for made in models.values()), rank.get(code)))
    schema = {
        "look_alike": pl.String,
        "fixmedins_code": pl.String,
        **dict.fromkeys(models, pl.String),
        "inspection_rank": pl.Int64,
    }
    return Result("无辜的相似者 / innocent look-alikes", pl.DataFrame(rows, schema=schema, orient="row"))
