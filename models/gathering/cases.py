"""Rows of the list `gathering_case`: what to look into at a group that nothing explains, settlement by settlement."""

import polars as pl

from models.contracts.cases import GATHERING, case_ids
from models.engine.duck import Engine
from models.gathering.frames import Described
from models.gathering.grids import GRIDS

TOGETHER = {"day": "当日", "three_hours": "该三小时内", "two_days": "该两日内"}
WAYS = {"outpatient": "门诊", "pharmacy": "购药", "admission": "入院", "discharge": "出院"}


def case_rows(group_id: str, rank: int, one: Described) -> pl.DataFrame:
    """One row a joint settlement of a group: who, when, where, money, and its meeting against what was expected.

    Columns: rank (of the group, 1 = least like chance), group_id, members, setl_id, psn_id, fixmedins_code, way,
    seen_on, setl_time, fund_amount, present (members at the meeting), expected (members the volume makes expected),
    volume (people there in the same slot), reason, candidate_id (under which a decision comes back).
    """
    met, grid = one.group.met, GRIDS[one.group.met.grid]
    meeting = pl.DataFrame(
        {
            "place": met.units.astype("int64") * one.slots + met.slots, "present": met.present.astype("int64"),
            "expected": met.expected.round(4), "volume": met.volume.astype("int64"),
        }
    )  # fmt: skip
    rows = one.joint.filter(pl.col("setl_id").is_not_null()).join(meeting, on="place", maintain_order="left")
    rows = rows.unique("setl_id", keep="first", maintain_order=True)
    when = pl.lit(TOGETHER[grid.name.removesuffix("_odd")])
    told = pl.format(
        "{}该机构{} {} 人，本组 {} 人中到场 {} 人，按就诊量预期 {} 人",
        when, pl.col("way").replace(WAYS), "volume", pl.lit(len(one.members)), "present", pl.col("expected").round(2),
    )  # fmt: skip
    return rows.select(
        pl.lit(rank, dtype=pl.Int64).alias("rank"), pl.lit(group_id).alias("group_id"),
        pl.lit(len(one.members), dtype=pl.Int64).alias("members"), "fixmedins_code", "seen_on", "setl_time", "way",
        "psn_id", "setl_id", "fund_amount", "present", "expected", "volume", told.alias("reason"),
        case_ids(GATHERING, rows["setl_id"]),
    )  # fmt: skip


def named(engine: Engine, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with `fixmedins_name`, in the order of the list."""
    names = engine.frame("select fixmedins_code, fixmedins_name from core.provider order by fixmedins_code")
    names = names.unique("fixmedins_code", keep="first", maintain_order=True)
    return rows.join(names, on="fixmedins_code", how="left").sort("rank", "seen_on", "setl_time", "psn_id", "setl_id")
