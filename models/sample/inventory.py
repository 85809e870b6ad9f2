"""Stock of pharmacies: what they bought, sold, wrote off and counted. Stock follows from the sales.

A shortfall is planted where sales were only claimed.
"""

import numpy as np
import polars as pl

from models.sample import ids
from models.sample.catalogue import Catalogue
from models.sample.draft import Draft
from models.sample.months import DAY, Calendar
from models.sample.providers import PHARMACY, Providers
from models.sample.settle import Ledger

TRACKED = 14
GHOST_SHARE = 0.4  # of the claimed quantity of two drugs of a `shortfall` pharmacy, never bought


def tracked_items(catalogue: Catalogue) -> np.ndarray:
    """Drugs whose stock is followed: the chronic ones and a few others."""
    return np.r_[catalogue.use("chronic"), catalogue.use("acute")[: TRACKED - 12], catalogue.use("hoard")]


def inventory(
    ledger: Ledger, d: Draft, providers: Providers, catalogue: Catalogue, cal: Calendar, rng: np.random.Generator
) -> dict[str, pl.DataFrame]:
    """purc_d, sel_d, inv_chg_d, inv_count_d (quantities in smallest packs)."""
    tracked = tracked_items(catalogue)
    shops = providers.of_class(PHARMACY)
    sold = ledger.lines.filter(
        pl.col("provider").is_in(shops.tolist())
        & pl.col("item").is_in(tracked.tolist())
        & (pl.col("sid") >= 0)
        & (pl.col("vali_flag") == "1")
    ).select("provider", "item", "month", "cnt", "at", "sid")
    monthly = sold.group_by("provider", "item", "month").agg(pl.col("cnt").sum()).sort("provider", "item", "month")
    claimed: dict[tuple[int, int], dict[int, int]] = {}
    for provider, item, month, cnt in monthly.iter_rows():
        claimed.setdefault((provider, item), {})[month] = cnt
    ghosts = _ghosts(claimed, providers)
    purchases, counts, changes = _stock(claimed, ghosts, cal, rng, d, providers, catalogue)
    schema = {"provider": pl.Int64, "item": pl.Int64, "month": pl.Int64, "cnt": pl.Int64, "at": pl.Int64}
    frames = {
        "purc_d": pl.DataFrame(purchases, schema=schema, orient="row"),
        "sel_d": sold,
        "inv_chg_d": pl.DataFrame(changes, schema=schema, orient="row"),
        "inv_count_d": pl.DataFrame(counts, schema=schema, orient="row"),
    }
    return {name: _documents(frame, name, providers, catalogue) for name, frame in frames.items()}


def _ghosts(claimed: dict[tuple[int, int], dict[int, int]], providers: Providers) -> set[tuple[int, int]]:
    """The two best-selling tracked drugs of each shortfall pharmacy."""
    out: set[tuple[int, int]] = set()
    for shop in providers.of_role("shortfall"):
        mine = sorted(((-sum(m.values()), item) for (p, item), m in claimed.items() if p == shop))
        out |= {(int(shop), item) for _, item in mine[:2]}
    return out


def _stock(
    claimed: dict[tuple[int, int], dict[int, int]],
    ghosts: set[tuple[int, int]],
    cal: Calendar,
    rng: np.random.Generator,
    d: Draft,
    providers: Providers,
    catalogue: Catalogue,
) -> tuple[list[tuple[int, ...]], list[tuple[int, ...]], list[tuple[int, ...]]]:
    """Monthly purchases, counts at the start and at each month's end, and breakage, per pharmacy and drug."""
    purchases: list[tuple[int, ...]] = []
    counts: list[tuple[int, ...]] = []
    changes: list[tuple[int, ...]] = []
    for (p, item), by_month in sorted(claimed.items()):
        ghost = (p, item) in ghosts
        stock = 6 + int(rng.integers(0, 5))
        counts.append((p, item, 0, stock, cal.first_day * DAY + 3600))
        for m in range(len(cal.names)):
            first, last = int(cal.starts[m]) * DAY, int(cal.starts[m + 1]) * DAY
            claims = by_month.get(m, 0)
            real = claims - int(claims * GHOST_SHARE) if ghost else claims
            own = int(rng.integers(0, 2))  # sold for cash, outside insurance: written off as a change of stock
            broken = 1 if m % 5 == 4 and not ghost else 0
            need = max(0, real + own + broken + 5 - stock) + int(rng.integers(0, 3))
            if need:
                purchases.append((p, item, m, need, first + 2 * 3600 + int(rng.integers(0, 3600))))
            if own + broken:
                changes.append((p, item, m, -(own + broken), last - 5 * 3600))
            stock += need - real - own - broken
            counts.append((p, item, m, stock, last - 3600))
            if ghost and claims - real:
                d.note(
                    "inventory",
                    scheme="shortfall",
                    rule_id="R43",
                    fixmedins_code=str(providers.code[p]),
                    item_code=catalogue.items[item].code,
                    month=cal.names[m],
                    claimed_cnt=claims,
                    missing_cnt=claims - real,
                    opening_cnt=stock - need + real + own + broken,
                    purchased_cnt=need,
                )
    return purchases, counts, changes


def _documents(frame: pl.DataFrame, table: str, providers: Providers, catalogue: Catalogue) -> pl.DataFrame:
    code = np.array([i.code for i in catalogue.items])
    frame = frame.with_row_index("n")
    letter = {"purc_d": "CG", "sel_d": "XS", "inv_chg_d": "BD", "inv_count_d": "PC"}[table]
    lot = pl.format("L{}{}", pl.col("item"), pl.col("month").cast(pl.String).str.zfill(2))
    return frame.with_columns(
        doc_sn=pl.format(letter + "{}", pl.col("n").cast(pl.String).str.zfill(10)),
        fixmedins_code=pl.Series(providers.code[frame["provider"].to_numpy()], dtype=pl.String),
        med_list_codg=pl.Series(code[frame["item"].to_numpy()], dtype=pl.String),
        fixmedins_bchno=lot,
        manu_lotnum=lot,
        ocur_time="at",
        setl_id=ids.setl_id() if "sid" in frame.columns else pl.lit(None, pl.String),
        drug_trac_codg=pl.format(
            "8{}{}", pl.col("item").cast(pl.String).str.zfill(6), pl.col("n").cast(pl.String).str.zfill(12)
        )
        if table == "sel_d"
        else pl.lit(None, pl.String),
    )
