"""What the bureau already knows: warnings given at the time of billing, and money already returned."""

import numpy as np
import polars as pl

from models.sample import ids
from models.sample.draft import Draft
from models.sample.months import Calendar
from models.sample.providers import Providers
from models.sample.settle import Ledger
from models.sample.truth import Books


def pre_alerts(ledger: Ledger, d: Draft, providers: Providers, rng: np.random.Generator) -> pl.DataFrame:
    """Warnings overridden before half of the planted lines, and heeded ones, which left no line behind."""
    marked = ledger.lines.filter((pl.col("mark") > 0) & (pl.col("sid") >= 0)).select(
        "lid", "sid", "vid", "mark", "at", "month", "provider"
    )
    rules = {number: sorted(mark.rules)[0] for number, mark in d.marks.items()}
    rows = []
    for lid, sid, vid, mark, at, month, provider in marked.iter_rows():
        if lid % 2:
            rows.append((month, at - 30, provider, rules[mark], vid, sid, "0"))
    plain = ledger.settlements.filter(
        (pl.col("fam") < 0) & (pl.col("vali_flag") == "1") & (pl.col("refd_setl_flag") == "0")
    )
    pick = np.sort(rng.choice(plain.height, min(plain.height, 2 * len(rows) + 6), replace=False))
    names = sorted(set(rules.values())) or ["R67"]
    for n, (sid, vid, at, month, provider) in enumerate(
        plain[pick.astype(np.int64)].select("sid", "vid", "at", "month", "provider").iter_rows()
    ):
        rows.append((month, at - 400, provider, names[n % len(names)], vid, sid, "1"))
    columns = {
        "month": pl.Int64,
        "alert_time": pl.Int64,
        "provider": pl.Int64,
        "rule_id": pl.String,
        "vid": pl.Int64,
        "sid": pl.Int64,
        "heeded": pl.String,
    }
    frame = (
        pl.DataFrame(rows, schema=columns, orient="row")
        .sort("alert_time", "sid", "rule_id", "heeded")
        .with_row_index("n")
    )
    return frame.with_columns(
        alert_id=pl.format("YJ{}", pl.col("n").cast(pl.String).str.zfill(9)),
        fixmedins_code=pl.Series(providers.code[frame["provider"].to_numpy()], dtype=pl.String),
        bilg_dr_codg=pl.format(
            "D{}{}",
            pl.col("provider").cast(pl.String).str.zfill(3),
            (pl.col("vid") % 9 + 1).cast(pl.String).str.zfill(2),
        ),
        mdtrt_id=ids.mdtrt_id(),
        setl_id=ids.setl_id(),
    )


def recoveries(ledger: Ledger, d: Draft, cal: Calendar, rng: np.random.Generator) -> tuple[pl.DataFrame, set[int]]:
    """recovered_d: parts of unplanted settlements, and one planted line in full (its lid is returned beside)."""
    used = sorted(d.used)
    plain = ledger.settlements.filter(
        (pl.col("origin") == "")
        & ~pl.col("vid").is_in(used)
        & (pl.col("vali_flag") == "1")
        & (pl.col("refd_setl_flag") == "0")
        & (pl.col("fund_pay_sumamt") > 3_000)
    )
    pick = np.sort(rng.choice(plain.height, min(plain.height, 6), replace=False))
    on = cal.end_day - 3
    rows: list[tuple[str | None, str | None, int, str, int]] = [
        (ids.one_setl_id(sid), None, fund // 3, "refused", on)
        for sid, fund in plain[pick.astype(np.int64)].select("sid", "fund_pay_sumamt").iter_rows()
    ]
    single = {
        n
        for n, mark in d.marks.items()
        if mark.kind == "whole" and len(mark.rules) == 1 and mark.rules[0] in ("R07", "R66")
    }
    lines = ledger.lines.filter(pl.col("mark").is_in(sorted(single)) & (pl.col("sid") >= 0)).sort("lid")
    spared: set[int] = set()
    if lines.height > 1:
        lid, sid = lines.select("lid", "sid").row(0)
        rows.append((ids.one_setl_id(sid), ids.one_bkkp_sn(lid), Books(ledger, [sid]).fund(sid), "self", on))
        spared.add(lid)
    return pl.DataFrame(
        {
            "recovery_id": [f"ZH{n + 1:06d}" for n in range(len(rows))],
            "setl_id": [r[0] for r in rows],
            "bkkp_sn": [r[1] for r in rows],
            "fund_amount": [r[2] for r in rows],
            "source": [r[3] for r in rows],
            "decided_on": [r[4] for r in rows],
        },
        schema={
            "recovery_id": pl.String,
            "setl_id": pl.String,
            "bkkp_sn": pl.String,
            "fund_amount": pl.Int64,
            "source": pl.String,
            "decided_on": pl.Int64,
        },
    ), spared
