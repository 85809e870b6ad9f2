"""The plan as rows: who visits whom, when and for how long; the public draw; what a manifest says of both."""

from collections import Counter
from decimal import Decimal
from typing import Any

import numpy as np
import polars as pl

from models.config import Config
from models.planning.lots import PROVIDER_LOT, TEAM_LOT, lot
from models.planning.plan import quarters
from models.scores.ranking import Ranked
from models.scores.store import columns_of


def _days(half_days: int) -> Decimal:
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
            "days": [_days(plan.half_days[i]) for i in index],
            "admdvs": [frame.districts[i] or None for i in index],
            "kind": [frame.kinds[i] for i in index],
            "priority": [float(made.table["priority"][i]) for i in index],
            "last_inspected_on": [frame.last_visit.get(frame.codes[i]) for i in index],
            "team_lot": [lot(config.seed, made.year, frame.codes[i], plan.team[i] + 1) for i in index],
        },
        schema_overrides={"days": pl.Decimal(6, 1), "last_inspected_on": pl.Date, "admdvs": pl.String},
    )


def draw_rows(made: Ranked, config: Config) -> pl.DataFrame:
    """Rows of `inspection_draw` (grain: provider of the frame of the random stratum)."""
    rows = []
    for one in made.plan.strata:
        for place, i in enumerate(one.members, start=1):
            chance = one.units / len(one.members)
            code = made.frame.codes[i]
            number = lot(config.seed, made.year, code)
            rows.append(
                (
                    one.name,
                    place,
                    code,
                    number,
                    len(one.members),
                    one.units,
                    chance,
                    int(place <= one.units),
                    config.seed,
                )
            )
    names = [name for name in columns_of("score.inspection_draw") if name != "period"]
    kinds = (pl.String, pl.Int64, pl.String, pl.String, pl.Int64, pl.Int64, pl.Float64, pl.Int64, pl.Int64)
    return pl.DataFrame(rows, schema=dict(zip(names, kinds, strict=True)), orient="row")


def warnings_of(made: Ranked) -> list[str]:
    """What a planner must know of the plan, a line each."""
    plan, found = made.plan, []
    left_out = int(((np.array(plan.mode) == "complaint") & ~plan.planned).sum())
    if left_out:
        found.append(
            f"检查能力不足：{left_out} 家被举报机构未能列入，尚缺 {_days(plan.short)} 天，须增加检查组或天数 / "
            f"complaints exceed the capacity: {left_out} providers complained of are not planned, "
            f"{_days(plan.short)} days short. Add teams or days."
        )
    for district, number in plan.missed.items():
        found.append(f"{district}：比区划下限少 {number} 家 / {number} visits short of the district's quota")
    return found


def facts_of(made: Ranked, config: Config) -> dict[str, Any]:
    """What the manifest says of the plan, so that anybody can replay the draw: settings, lots, strata."""
    plan, settings = made.plan, config.planning
    modes = Counter(plan.mode[i] for i in np.flatnonzero(plan.planned))
    return {
        "seed": config.seed,
        "provider_lot": f"{PROVIDER_LOT}, smallest first inside each stratum of inspection_draw",
        "team_lot": f"{TEAM_LOT}, teams from 1; longest visits first, then by provider lot; "
        "smallest lot after which the rest still fits",
        "settings": settings.model_dump(mode="json"),
        "days": {
            "capacity": str(settings.teams * settings.team_days),
            "planned": str(_days(int(plan.half_days[plan.planned].sum()))),
        },
        "planned": dict(sorted(modes.items())),
        "strata": [{"stratum": one.name, "population": len(one.members), "drawn": one.units} for one in plan.strata],
    }
