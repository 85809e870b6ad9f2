"""Themed plans (专项): one class of rules, one kind of provider or one disease, under a capacity of its own."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from models.config import Config
from models.contracts.cases import CASES
from models.engine.duck import Engine
from models.planning import Frame, Plan, make_plan
from models.planning.lots import lot
from models.planning.plan import quarters, sequence
from models.rules.themes import rules_of
from models.scores.draws import priority
from models.scores.planned import days_of, draw_rows, facts_of, warnings_of
from models.scores.provider_rates import as_floats, shrunk_rate, usual_rate
from models.scores.provider_table import Evidence
from models.scores.ranking import Ranked
from models.scores.risk import finding_evidence
from models.scores.store import columns_of, empty
from models.scores.window import Window
from models.settings_planning import Theme

TABLES = ("score.theme_plan", "score.theme_draw")
NORM = "finding_norm"


@dataclass
class Themed:
    """Rows of the lists `theme_plan` and `theme_draw`, warnings, and what the manifest says of each theme."""

    plan: pl.DataFrame
    draw: pl.DataFrame
    warnings: list[str]
    facts: list[dict[str, Any]]


def themed(engine: Engine, window: Window, config: Config, evidence: Evidence, made: Ranked) -> Themed:
    """Plan every theme of the configuration; none gives empty lists.

    A theme's providers are those of its kind, those with cases of its disease, or for rules everybody active. Priority
    is what the annual plan's is, with the theme's own evidence: for a kind of provider the risk score, else the share
    of (the disease's) payments that (the theme's) rules put forward, by the same scale. Complaints stay with the annual
    plan, so the lot speaks of everybody in the theme. Raises UsageError for rules that are not in the catalogue.
    """
    found = Themed(empty(TABLES[0]), empty(TABLES[1]), [], [])
    plans, draws = [found.plan], [found.draw]
    for theme in config.planning.themes:
        table = _evidence(engine, window, theme, evidence, made, config.params.peer_min_providers)
        if table.is_empty():
            found.warnings.append(f"专项“{theme.name}”：没有符合的机构 / theme without providers: {theme.subject}")
            continue
        frame = _part(made.frame, table["fixmedins_code"].to_list())
        label = f"{made.year}|{theme.name}"
        order = priority(as_floats(table, "points"), as_floats(table, "worth"))
        plan = make_plan(frame, order, theme, config.seed, label)
        plans.append(_rows(theme, table, frame, plan, order, config.seed, made.year))
        lots = draw_rows(plan, frame, label, config.seed, TABLES[1]).with_columns(theme=pl.lit(theme.name))
        draws.append(lots.select(found.draw.columns))
        found.facts.append(facts_of(plan, frame, theme, config.seed, label))
        found.warnings += [f"专项“{theme.name}”：{one}" for one in warnings_of(plan, theme.random_share)]
    found.plan, found.draw = (pl.concat(some, how="vertical_relaxed") for some in (plans, draws))
    return found


def _evidence(
    engine: Engine, window: Window, theme: Theme, evidence: Evidence, made: Ranked, least: int
) -> pl.DataFrame:
    """The theme's providers by code: cases, fund_amount, finding_amount, points (0–100) and worth (yuan)."""
    subject, value = theme.subject
    active = made.table.select("fixmedins_code", "fixmedins_name", "peer_group", "cases", "fund_amount")
    if subject == "provider_type":
        kinds = dict(zip(made.frame.codes, made.frame.kinds, strict=True))
        own = [code for code in made.frame.codes if kinds[code] == value]
        scores = made.table.select(
            "fixmedins_code", "finding_amount", points="risk_score",
            worth=pl.Series(made.found.expected)
            + pl.col("exposure_amount").cast(pl.Float64) - pl.col("finding_amount").cast(pl.Float64),
        )  # fmt: skip
        return active.join(scores, on="fixmedins_code").filter(pl.col("fixmedins_code").is_in(own))
    if subject == "rules":
        return _scored(active.join(_of_rules(evidence.claims, rules_of(theme)), on="fixmedins_code", how="left"), least)
    asked: dict[str, str | None] = {"dise_codg": None, "diagnosis": None, "grp_code": None}
    asked["grp_code" if subject == "group" else subject] = value
    bounds = {"start": window.start, "until": window.until, "decided_cases": list(CASES)}
    cases = engine.query("scores/theme_disease", **bounds, **asked)
    return _scored(active.drop("cases", "fund_amount").join(cases, on="fixmedins_code"), least)


def _of_rules(claims: pl.DataFrame, rules: set[str]) -> pl.DataFrame:
    own = claims.filter(pl.col("rule_id").is_in(sorted(rules))).sort("fixmedins_code", "rule_id")
    expected = pl.col("fund_amount") * pl.col("confidence").cast(pl.Decimal(5, 4))
    return own.group_by("fixmedins_code", maintain_order=True).agg(
        finding_amount=pl.col("fund_amount").sum(), expected_amount=expected.sum()
    )


def _scored(table: pl.DataFrame, least: int) -> pl.DataFrame:
    table = table.with_columns(pl.col("finding_amount", "expected_amount").fill_null(0)).sort("fixmedins_code")
    rate = pl.min_horizontal(
        (pl.col("finding_amount").cast(pl.Float64) / pl.col("fund_amount").cast(pl.Float64)).fill_nan(0),
        shrunk_rate("finding_amount", "fund_amount"),
    ).fill_null(0)
    held, norm = (
        table.select(rate.alias("rate"))["rate"].to_numpy(),
        as_floats(usual_rate(table, least).to_frame(), NORM),
    )
    return table.with_columns(
        points=pl.Series(np.round(100 * finding_evidence(held, norm), 2)),
        worth=pl.col("expected_amount").cast(pl.Float64),
    )


def _part(frame: Frame, codes: list[str]) -> Frame:
    """The frame of some of the providers (codes ascending), nobody complained of."""
    place = {code: i for i, code in enumerate(frame.codes)}
    own = [place[code] for code in codes]
    kinds, districts = [frame.kinds[i] for i in own], [frame.districts[i] for i in own]
    return Frame(codes, kinds, districts, frozenset(), frame.last_visit)


def _rows(
    theme: Theme, table: pl.DataFrame, frame: Frame, plan: Plan, order: np.ndarray, seed: int, year: str
) -> pl.DataFrame:
    """Rows of `theme_plan` (grain: theme, provider of the theme)."""
    rank = sequence(plan.planned, order, plan.lots)
    quarter = quarters(plan, rank)
    label = f"{year}|{theme.name}"
    team = [plan.team.get(i) for i in range(len(frame.codes))]
    made = table.with_columns(
        theme=pl.lit(theme.name),
        subject=pl.lit(" ".join(theme.subject)),
        rank=pl.Series(rank),
        mode=pl.Series(plan.mode),
        planned=pl.Series(plan.planned.astype(np.int64)),
        team=pl.Series([None if one is None else one + 1 for one in team], dtype=pl.Int64),
        quarter=pl.Series(
            [f"{year}Q{quarter[i]}" if i in quarter else None for i in range(len(team))], dtype=pl.String
        ),
        days=pl.Series([days_of(int(half)) for half in plan.half_days], dtype=pl.Decimal(6, 1)),
        kind=pl.Series(frame.kinds),
        admdvs=pl.Series([one or None for one in frame.districts], dtype=pl.String),
        priority=pl.Series(order.round(2)),
        finding_amount=pl.col("finding_amount").cast(pl.Decimal(16, 2)),
        fund_amount=pl.col("fund_amount").cast(pl.Decimal(16, 2)),
        team_lot=pl.Series(
            [None if one is None else lot(seed, label, frame.codes[i], one + 1) for i, one in enumerate(team)],
            dtype=pl.String,
        ),
    )
    return made.select([name for name in columns_of(TABLES[0]) if name != "period"]).sort("rank")
