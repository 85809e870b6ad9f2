"""The plan as rows: who visits whom, when and for how long; the public draw; what a manifest says of both."""

from collections import Counter
from decimal import Decimal
from typing import Any

import numpy as np
import polars as pl

from models.config import Config
from models.planning import Frame, Plan
from models.planning.lots import PROVIDER_LOT, TEAM_LOT, lot
from models.planning.plan import quarters
from models.planning.replay import replay_facts
from models.scores.ranking import Ranked
from models.scores.store import columns_of
from models.settings_planning import Capacity

#: codes that a warning spells out
SHOWN = 10


def days_of(half_days: int) -> Decimal:
    """Half days as the plan counts them, in days."""
    return Decimal(int(half_days)) / 2


def plan_rows(made: Ranked, config: Config) -> pl.DataFrame:
    """Rows of `inspection_plan` (grain: planned provider)."""
    plan, frame = made.plan, made.frame
    rank = made.table["rank"].to_numpy()
    quarter = quarters(plan, rank)
    index = [int(i) for i in np.argsort(rank) if plan.planned[i]]
    return pl.DataFrame(
        {
            "rank": [int(rank[i]) for i in index],
            "fixmedins_code": [frame.codes[i] for i in index],
            "fixmedins_name": [made.table["fixmedins_name"][i] for i in index],
            "mode": [plan.mode[i] for i in index],
            "team": [plan.team[i] + 1 for i in index],
            "quarter": [f"{made.year}Q{quarter[i]}" for i in index],
            "days": [days_of(plan.half_days[i]) for i in index],
            "admdvs": [frame.districts[i] or None for i in index],
            "kind": [frame.kinds[i] for i in index],
            "priority": [float(made.table["priority"][i]) for i in index],
            "last_inspected_on": [frame.last_visit.get(frame.codes[i]) for i in index],
            "team_lot": [lot(config.seed, made.year, frame.codes[i], plan.team[i] + 1) for i in index],
        },
        schema_overrides={"days": pl.Decimal(6, 1), "last_inspected_on": pl.Date, "admdvs": pl.String},
    )


def draw_rows(plan: Plan, frame: Frame, year: str, seed: int, table: str = "score.inspection_draw") -> pl.DataFrame:
    """Rows of `inspection_draw` (grain: provider of the frame of the random stratum); `year` as the lots have it."""
    rows = [
        (one.name, place, frame.codes[i], lot(seed, year, frame.codes[i]), len(one.members), one.units,
         one.units / len(one.members), int(place <= one.units), seed)
        for one in plan.strata
        for place, i in enumerate(one.members, start=1)
    ]  # fmt: skip
    names = [name for name in columns_of(table) if name not in ("period", "theme")]
    kinds = (pl.String, pl.Int64, pl.String, pl.String, pl.Int64, pl.Int64, pl.Float64, pl.Int64, pl.Int64)
    return pl.DataFrame(rows, schema=dict(zip(names, kinds, strict=True)), orient="row")


def warnings_of(plan: Plan, random_share: float) -> list[str]:
    """What a planner must know of the plan, a line each; `random_share` of the days was asked for the random draw."""
    found = []
    left_out = int(((np.array(plan.mode) == "complaint") & ~plan.planned).sum())
    if left_out:
        found.append(
            f"检查能力不足：{left_out} 家被举报机构未能列入，尚缺 {days_of(plan.short)} 天，须增加检查组或天数 / "
            f"complaints exceed the capacity: {left_out} providers complained of are not planned, "
            f"{days_of(plan.short)} days short. Add teams or days."
        )
    if random_share > 0 and plan.strata and not sum(one.units for one in plan.strata):
        found.append(
            "举报核查之外所余天数不足，未能随机抽查任何机构（双随机），须增加检查组或天数 / "
            "complaints leave too few days: nobody is drawn at random. Add teams or days."
        )
    for district, number in plan.missed.items():
        found.append(f"{district}：比区划下限少 {number} 家 / {number} visits short of the district's quota")
    return found


def unplannable(frame: Frame, settings: Capacity) -> list[str]:
    """What was asked for of somebody who is not there, a line each: complaints of providers without settlements in the
    twelve months, quotas of districts without providers."""
    found = []
    gone = sorted(frame.complained - set(frame.codes))
    if gone:
        more = "" if len(gone) <= SHOWN else " …"
        found.append(
            f"{len(gone)} 家被举报机构十二个月内无结算，未列入计划，请核对机构编码：{'、'.join(gone[:SHOWN])}{more} / "
            f"{len(gone)} providers complained of have no settlements in the twelve months and are not in the plan. "
            "Check their codes."
        )
    unknown = sorted(set(settings.district_quota) - set(frame.districts))
    if unknown:
        found.append(
            f"区划 {'、'.join(unknown)} 无定点机构，其名额无效，请核对 planning.district_quota / "
            f"no provider is in district {', '.join(unknown)}: check planning.district_quota."
        )
    return found


def facts_of(plan: Plan, frame: Frame, settings: Capacity, seed: int, year: str) -> dict[str, Any]:
    """What the manifest says of a plan, so that anybody can replay the draw: settings, lots, strata, what they gave.

    `year` as the lots have it: the plan's, for a theme `year|theme`.
    """
    modes = Counter(plan.mode[i] for i in np.flatnonzero(plan.planned))
    return {
        "seed": seed,
        "provider_lot": f"{PROVIDER_LOT}, smallest first inside each stratum of the draw; year here: {year}",
        "team_lot": f"{TEAM_LOT}, teams from 1; longest visits first, then by provider lot; "
        "smallest lot after which the rest still fits",
        "settings": settings.model_dump(mode="json", exclude={"themes"}),
        "days": {
            "capacity": str(settings.teams * settings.team_days),
            "planned": str(days_of(int(plan.half_days[plan.planned].sum()))),
        },
        "planned": dict(sorted(modes.items())),
        "strata": [{"stratum": one.name, "population": len(one.members), "drawn": one.units} for one in plan.strata],
        "replay": replay_facts(plan, frame),
    }
