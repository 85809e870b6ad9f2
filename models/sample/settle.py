"""From visits and lines to settlements: numbering, interim settlements, money, grouping results."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from models.sample import money
from models.sample.catalogue import Catalogue
from models.sample.draft import Draft
from models.sample.groups import FAMILIES, dip_weight, group_code
from models.sample.months import DAY, Calendar
from models.sample.people import People
from models.sample.providers import Providers


@dataclass
class Ledger:
    """The settled world: money in fen, prices in millionths, days and seconds as integers."""

    settlements: pl.DataFrame
    lines: pl.DataFrame


def number_settlements(d: Draft, cal: Calendar) -> pl.DataFrame:
    """One settlement a visit, two where an interim one was made; numbered in order of time."""
    v = d.visits.frame().filter(pl.col("settled") & (pl.col("at") < cal.end_day * DAY))
    interim = v.filter(pl.col("cut") > 0).with_columns(
        end=pl.col("cut"), at=pl.col("cut") * DAY + 15 * 3600, part=pl.lit(0, pl.Int64), mid=pl.lit(True)
    )
    final = v.with_columns(
        begin=pl.when(pl.col("cut") > 0).then("cut").otherwise("begin"),
        part=pl.when(pl.col("cut") > 0).then(1).otherwise(0).cast(pl.Int64),
        mid=pl.lit(False),
    )
    both = pl.concat([interim, final]).sort("at", "vid", "part")
    both = both.with_columns(sid=pl.int_range(both.height, dtype=pl.Int64))
    month = cal.month_of(both["at"].to_numpy() // DAY)
    return both.with_columns(month=pl.Series(month, dtype=pl.Int64))


def number_lines(d: Draft, settlements: pl.DataFrame) -> pl.DataFrame:
    """Lines with the settlement they belong to (-1 = not settled), numbered in order of settlement and time."""
    lines = d.lines.frame()
    v = d.visits.frame().select("vid", "cut", "settled", "person", "provider", "fam")
    lines = lines.join(v, on="vid", how="inner", maintain_order="left")
    part = ((pl.col("cut") > 0) & (pl.col("at") >= pl.col("cut") * DAY)).cast(pl.Int64)
    lines = lines.with_columns(part=part)
    keys = settlements.select("vid", "part", "sid", "month")
    lines = lines.join(keys, on=["vid", "part"], how="left", maintain_order="left").with_columns(
        pl.col("sid").fill_null(-1)
    )
    lines = lines.with_row_index("drawn").sort("sid", "at", "vid", "drawn").drop("drawn")
    return lines.with_columns(lid=pl.int_range(lines.height, dtype=pl.Int64))


def grouping(s: pl.DataFrame, people: People, providers: Providers) -> pl.DataFrame:
    """Add hi_paymtd, group, weight (millionths) and payment standard (fen) of cases paid by DRG or DIP."""
    fam, tier, true = (s[c].to_numpy() for c in ("fam", "tier", "true_tier"))
    provider, person = s["provider"].to_numpy(), s["person"].to_numpy()
    stay = fam >= 0
    psychiatric = np.array([spec.adrg == "TR1" for spec in FAMILIES])[np.maximum(fam, 0)] & stay
    local = ~people.outside[person] & ~providers.external[provider]
    method = np.where(stay, np.where(psychiatric, "5", np.where(local, providers.paymtd[provider], "1")), "1")
    grouped = np.isin(method, ("3", "4"))
    code, wt, true_wt = np.full(s.height, "", dtype="<U20"), np.zeros(s.height, np.int64), np.zeros(s.height, np.int64)
    cases = np.flatnonzero(grouped)
    for i in cases:
        f, m = int(fam[i]), str(method[i])
        code[i] = group_code(f, int(tier[i]), m)
        weights = FAMILIES[f].weights
        wt[i] = round((dip_weight(f) if m == "3" else weights[int(tier[i])]) * 1_000_000)
        true_wt[i] = round((dip_weight(f) if m == "3" else weights[int(true[i])]) * 1_000_000)
    total, insutype, cls = (
        s["medfee_sumamt"].to_numpy()[cases],
        people.insutype[person[cases]],
        providers.cls[provider[cases]],
    )
    standard, fair = np.zeros(s.height, np.int64), np.zeros(s.height, np.int64)
    standard[cases] = money.payment_standard(wt[cases], insutype, cls, total)
    fair[cases] = money.payment_standard(true_wt[cases], insutype, cls, total)
    return s.with_columns(
        hi_paymtd=pl.Series(method),
        grouped=pl.Series(grouped),
        grp_code=pl.Series(code),
        wt=pl.Series(wt),
        pay_std=pl.Series(standard),
        fair_std=pl.Series(fair),
    )


def settle(
    d: Draft, cal: Calendar, people: People, providers: Providers, catalogue: Catalogue, rng: np.random.Generator
) -> Ledger:
    """Compute every settlement and line of the draft."""
    settlements = number_settlements(d, cal)
    lines = money.line_money(number_lines(d, settlements), catalogue)
    settlements = money.headers(settlements, lines)
    settlements = money.payers(settlements, people, providers, rng)
    return Ledger(grouping(settlements, people, providers), lines)
