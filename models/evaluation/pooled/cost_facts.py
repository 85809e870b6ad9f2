"""What the deviation list found in one world, beside the truth."""

import numpy as np
import polars as pl
from scipy import stats

from models.evaluation.pooled.worlds import Facts, Scored, count_within
from models.sample.hospitals import SPENDERS, UPCODERS

#: direction in which a role moves its groups' costs; of chronic outpatients only where the whole hospital spends so
_WHOLE = {**SPENDERS, "thrifty": "under"}
_DIRECTION = {**_WHOLE, **dict.fromkeys(UPCODERS, "under"), "dept_over": "over", "doctor_over": "over"}
_UNIT_ROLES = ("dept_over", "doctor_over")


def totals_of(deviation: pl.DataFrame) -> pl.DataFrame:
    """Providers' inpatient groups together."""
    return deviation.filter(
        (pl.col("level") == "provider") & pl.col("grp_code").is_null() & (pl.col("grp_type") != "DISE")
    )


def cost_facts(facts: Facts, world: int, found: Scored, q_limit: float) -> None:
    """Add the measures of deviation of a planted world."""
    totals = totals_of(found.deviation).join(
        found.truth.providers.select("fixmedins_code", "role"), on="fixmedins_code"
    )
    for role, direction in SPENDERS.items():
        mine = totals.filter(pl.col("role") == role)
        known = mine.filter(pl.col("assessable"))
        right = pl.col("direction") == direction
        facts.add(f"{role}_direction", world, mine.filter(right).height, mine.height)
        facts.add(f"{role}_found", world, known.filter(right & (pl.col("q_value") <= q_limit)).height, known.height)
    _top(facts, world, totals.filter(pl.col("assessable")))
    _reachable(facts, world, found, q_limit)
    for level in ("department", "doctor"):
        _unit(facts, world, found, level, q_limit)
    judged = marked(found, q_limit)
    provider = judged.filter(pl.col("level") == "provider")
    for name, rows in (("fdp_deviation_provider", provider), ("fdp_deviation_all", judged)):
        wrong = rows.filter(~pl.col("true")).height
        facts.add(name, world, wrong / max(rows.height, 1), 1)
    _roles(facts, totals, q_limit)
    coverage_facts(facts, world, found)


def _top(facts: Facts, world: int, totals: pl.DataFrame) -> None:
    """Planted spenders among the first of their direction by |z|, twice as many as it has planted spenders.

    What a reader who goes down the list meets, whatever q says; upcoders are counted in the same way.
    """
    for role, direction in SPENDERS.items():
        alike = pl.col("role").is_in([one for one, other in SPENDERS.items() if other == direction])
        listed = totals.filter(pl.col("direction") == direction)
        first = listed.sort(pl.col("z").abs(), "fixmedins_code", descending=[True, False])
        first = first.head(2 * totals.filter(alike).height)
        facts.add(f"{role}_top", world, *(one.filter(pl.col("role") == role).height for one in (first, totals)))


def _reachable(facts: Facts, world: int, found: Scored, q_limit: float) -> None:
    """What someone who knew every true ratio, and how far honest hospitals differ, could list at this limit.

    Two-sided normal p of each provider's true log ratio against the spread of the honest ones, Benjamini–Hochberg: a
    planted ratio that honest hospitals reach too cannot be told apart by costs, however many cases there are.
    """
    known = found.truth.providers.with_columns(pl.col("cost_ratio_typical").fill_nan(None))
    known = known.drop_nulls("cost_ratio_typical")  # a hospital without cases in the window has no true ratio
    log = np.log(known["cost_ratio_typical"].to_numpy())
    honest = log[known["role"].is_in(["honest", "mid_honest"]).to_numpy()]
    z = np.abs(log - np.median(honest)) / max(float(honest.std()), 1e-9)
    q = stats.false_discovery_control(2 * stats.norm.sf(z))
    for role in SPENDERS:
        mine = (known["role"] == role).to_numpy()
        facts.add(f"{role}_reachable", world, float((q[mine] <= q_limit).sum()), float(mine.sum()))


def _unit(facts: Facts, world: int, found: Scored, level: str, q_limit: float) -> None:
    """Planted departments and doctors of which any row is over with q at most the limit."""
    units = found.truth.units.filter(pl.col("level") == level)
    hit = found.deviation.filter(
        (pl.col("level") == level) & (pl.col("q_value") <= q_limit) & (pl.col("direction") == "over")
    ).select("fixmedins_code", "unit_code")
    caught = units.join(hit.unique(), on=["fixmedins_code", "unit_code"], how="semi")
    facts.add(f"{level}_found", world, caught.height, units.height)


def marked(found: Scored, q_limit: float) -> pl.DataFrame:
    """Rows with q at most the limit, and whether something planted moves that unit's costs in that direction."""
    rows = found.deviation.filter(pl.col("q_value") <= q_limit)
    rows = rows.join(found.truth.providers.select("fixmedins_code", "role"), on="fixmedins_code")
    planted = found.truth.units.select("fixmedins_code", planted_unit="unit_code", planted_level="level")
    rows = rows.join(planted, on="fixmedins_code", how="left")
    wanted = pl.col("role").replace_strict(_DIRECTION, default=None, return_dtype=pl.String)
    same = (wanted == pl.col("direction")) | (pl.col("role") == "upcoder_padding")
    outpatient = (pl.col("grp_type") == "DISE") & ~pl.col("role").is_in(list(_WHOLE))
    inside = (pl.col("level") == "provider") | ~pl.col("role").is_in(_UNIT_ROLES) | _concerned()
    return rows.with_columns(true=(same & ~outpatient & inside).fill_null(False))


def _concerned() -> pl.Expr:
    """The planted unit, a doctor of the planted department, or the department of the planted doctor."""
    own = _department("unit_code", "level")
    planted = _department("planted_unit", "planted_level")
    same_unit = pl.col("unit_code") == pl.col("planted_unit")
    return same_unit | ((pl.col("level") != pl.col("planted_level")) & (own == planted))


def _department(unit: str, level: str) -> pl.Expr:
    """Department of a unit: its own code, or the two digits of a doctor's code before the last two."""
    return pl.when(pl.col(level) == "doctor").then("K" + pl.col(unit).str.slice(-4, 2)).otherwise(pl.col(unit))


def _roles(facts: Facts, totals: pl.DataFrame, q_limit: float) -> None:
    for role, rows in totals.group_by("role", maintain_order=True):
        flagged = rows.filter(pl.col("q_value") <= q_limit).height
        facts.roles.append((str(role[0]), 0.0, 0.0, 0.0, 0.0, float(flagged)))


def coverage_facts(facts: Facts, world: int, found: Scored) -> None:
    """Intervals of assessable providers against the true ratios (inpatient groups together)."""
    totals = totals_of(found.deviation).filter(pl.col("assessable"))
    both = totals.join(found.truth.providers, on="fixmedins_code")
    for name, column in (("coverage", "cost_ratio"), ("coverage_typical", "cost_ratio_typical")):
        known = both.with_columns(pl.col(column).fill_nan(None)).drop_nulls([column, "ratio_low", "ratio_high"])
        low, value, high = (known[c].to_numpy() for c in ("ratio_low", column, "ratio_high"))
        facts.add(name, world, count_within(low, np.asarray(value), high), known.height)


def null_facts(facts: Facts, world: int, found: Scored, q_limit: float) -> None:
    """Lists of a world without schemes: any row with q at most the limit is one too many."""
    rows = found.deviation.filter(pl.col("q_value") <= q_limit)
    total = totals_of(rows)
    provider = rows.filter(pl.col("level") == "provider")
    coding = found.provider.filter(pl.col("q_value") <= q_limit)
    for name, some in (
        ("null_totals", total), ("null_provider", provider), ("null_deviation", rows), ("null_upcoding", coding),
    ):  # fmt: skip
        facts.add(name, world, float(some.height > 0), 1)
    coverage_facts(facts, world, found)
