"""Makes the counties and pools where the planted providers stand."""

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from typing import Any

import polars as pl

from models.config import Config
from models.evaluation.measures import Result
from models.evaluation.pooled.intervals import wilson
from models.evaluation.ranking.county import PAID, PLAN, RISK, SINGLE, County, county
from models.evaluation.ranking.coverage import coverage_table

Progress = Callable[[int, int, str], None]
TOP = 10
LIFT, ENOUGH = 1.5, 0.9
WORLDS = 5  # of ranks with a known truth, a county
WIDER = 1.5  # providers differing more than the model believes


def ranking(
    counties: int, seed: int, people: int, config: Config | None = None, progress: Progress | None = None, jobs: int = 1
) -> list[Result]:
    """The plan's first ten against the planted providers of `counties` counties (seeds seed, seed + 1, …), pooled.

    `jobs` counties are made at a time, each in a process of its own; the tables do not depend on it.
    """
    config, tell = config or Config(), progress or (lambda done, total, text: None)
    found: dict[int, County] = {}
    with ProcessPoolExecutor(jobs or min(os.cpu_count() or 1, 4), mp_context=get_context("spawn")) as pool:
        waiting = {pool.submit(county, seed + n, people, config): seed + n for n in range(counties)}
        for done in as_completed(waiting):
            found[waiting[done]] = done.result()
            tell(len(found), counties, _said(found[waiting[done]]))
    made = [found[one] for one in sorted(found)]
    worlds = WORLDS * counties
    covered = [coverage_table(worlds, seed, spread) for spread in (1.0, WIDER)]
    return [methods_table(made), schemes_table(made), *covered]


def hits(one: County, method: str, wanted: Iterable[str]) -> int:
    """How many of the wanted stand among the first ten."""
    return len(set(one.orders[method][:TOP]) & set(wanted))


def methods_table(counties: Sequence[County]) -> Result:
    """Recall in the first ten by method, pooled, with the bar and with places where planted gangs meet counted too."""
    planted = sum(len(one.roles) for one in counties)
    methods = (PLAN, RISK, PAID, *SINGLE)
    recall = {method: sum(hits(one, method, one.roles) for one in counties) / planted for method in methods}
    rows: list[tuple[Any, ...]] = []
    for method, value in recall.items():
        low, high = wilson(value * planted, planted)
        wider = sum(hits(one, method, {*one.roles, *one.meeting}) for one in counties) / (TOP * len(counties))
        rows.append(
            (method, round(value * planted), planted, round(value, 4), f"{low:.3f} – {high:.3f}", round(wider, 4),
             _judged(recall) if method == PLAN else "")
        )  # fmt: skip
    schema = {
        "方法 / method": pl.String, f"前 {TOP} 名 / in the top {TOP}": pl.Int64, "植入 / planted": pl.Int64,
        "查全率 / recall": pl.Float64, "95% 区间 / interval": pl.String,
        "前十名中有植入情形（含聚集地点） / top ten with anything planted": pl.Float64, "达到 / met": pl.String,
    }  # fmt: skip
    title = f"年度计划，{len(counties)} 个县 / annual plan, {len(counties)} counties, seeds from {counties[0].seed}"
    return Result(title, pl.DataFrame(rows, schema=schema, orient="row"))


def _judged(recall: dict[str, float]) -> str:
    """The bar: 1.5 times total paid or nine of ten, and no single score better."""
    enough = recall[PLAN] >= ENOUGH or recall[PLAN] >= LIFT * recall[PAID]
    single = max(recall[name] for name in SINGLE)
    best = [name for name in SINGLE if recall[name] > recall[PLAN]]
    return f"{'是 / yes' if enough and recall[PLAN] >= single else '否 / no'} {' '.join(best)}".strip()


def schemes_table(counties: Sequence[County]) -> Result:
    """Where the plan puts the planted providers, by scheme."""
    places: dict[str, list[int]] = {}
    for one in counties:
        for code, scheme in one.roles.items():
            order = one.orders[PLAN]
            places.setdefault(scheme, []).append(order.index(code) + 1 if code in order else len(order) + 1)
    rows = [
        (scheme, len(own), sum(place <= TOP for place in own), sorted(own)[len(own) // 2], max(own))
        for scheme, own in sorted(places.items())
    ]
    schema = {
        "情形 / scheme": pl.String, "植入 / planted": pl.Int64, f"前 {TOP} 名 / in the top {TOP}": pl.Int64,
        "名次中位数 / median rank": pl.Int64, "最后名次 / last rank": pl.Int64,
    }  # fmt: skip
    return Result("植入机构的名次 / ranks of the planted", pl.DataFrame(rows, schema=schema, orient="row"))


def _said(one: County) -> str:
    own = ", ".join(f"{method} {hits(one, method, one.roles)}" for method in one.orders)
    return f"seed {one.seed}: {len(one.roles)} planted; in the top {TOP}: {own}"
