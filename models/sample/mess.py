"""What happens to rows on their way.

Duplicates, older versions, late and re-delivered rows, orphans, cancellations on top of valid rows.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from models.sample.months import DAY

HEADERS = ("setl_d", "outmed_setl_d")
VERSIONED = (*HEADERS, "fee_list_d")
DUPLICATE, OLDER, LATE, AGAIN = 0.003, 0.004, 0.004, 0.004


@dataclass
class Delivery:
    """Rows of one table in one folder; `late` rows belong to the month before and come in a part of their own."""

    table: str
    month: int
    rows: pl.DataFrame
    late: pl.DataFrame


def _older(rows: pl.DataFrame, table: str, days: int) -> pl.DataFrame:
    """Earlier versions of rows, with other amounts, so that a wrong winner is seen in the money."""
    back = rows.with_columns(pl.col("updt_time") - days * DAY)
    if table in HEADERS:
        up, down = (
            [pl.col(c) + 100 for c in ("psn_cash_pay", "psn_part_amt")],
            [pl.col(c) - 100 for c in ("hifp_pay", "fund_pay_sumamt")],
        )
        return back.with_columns(up + down)
    return back.with_columns(pl.col("bilg_dept_codg").fill_null("K00") + "X")


def _pick(rng: np.random.Generator, n: int, share: float) -> np.ndarray:
    k = min(n, int(n * share) + 1)
    return np.sort(rng.choice(n, k, replace=False)).astype(np.int64)


def _orphans(rows: pl.DataFrame, month: int) -> pl.DataFrame:
    """Lines whose settlement is nowhere."""
    some = rows.head(3).with_row_index("orphan")
    return some.with_columns(
        bkkp_sn=pl.format("F9{}{}", pl.lit(f"{month:02d}"), pl.col("orphan").cast(pl.String).str.zfill(10)),
        setl_id=pl.format("330999S99{}{}", pl.lit(f"{month:02d}"), pl.col("orphan").cast(pl.String).str.zfill(8)),
        init_feedetl_sn=pl.lit(None, pl.String),
    ).select(rows.columns)


def deliveries(frame: pl.DataFrame, table: str, months: int, rng: np.random.Generator) -> list[Delivery]:
    """Spread one table over its folders, with the usual accidents."""
    out = []
    late = frame.clear()
    for m in range(months):
        rows = frame.filter(pl.col("month") == m)
        extra: list[pl.DataFrame] = []
        coming = frame.clear()
        if table in VERSIONED and rows.height > 20:
            plain = rows.filter(pl.col("vali_flag") == "1")
            if table in HEADERS:
                plain = plain.filter(pl.col("hifp_pay") > 200)
            extra.append(rows[_pick(rng, rows.height, DUPLICATE)])
            extra.append(_older(plain[_pick(rng, plain.height, OLDER)], table, 1))
            gone = rows.filter(pl.col("vali_flag") == "0")
            extra.append(_older(gone[::2], table, 2).with_columns(vali_flag=pl.lit("1")))
            if table == "fee_list_d":
                extra.append(_orphans(plain, m))
            if m + 1 < months:
                rows, coming = _held_back(rows, plain, table, rng)
        out.append(Delivery(table, m, pl.concat([rows, *extra]), late))
        late = coming
    return out


def _held_back(
    rows: pl.DataFrame, plain: pl.DataFrame, table: str, rng: np.random.Generator
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows that come a month later: some for the first time, some again and corrected."""
    key = "bkkp_sn" if table == "fee_list_d" else "setl_id"
    late = plain[_pick(rng, plain.height, LATE)]
    again = plain.filter(~pl.col(key).is_in(late[key].implode()))
    again = again[_pick(rng, again.height, AGAIN)]
    wrong = _older(again, table, 0)
    stay = rows.filter(~pl.col(key).is_in(pl.concat([late[key], again[key]]).implode()))
    return pl.concat([stay, wrong]), pl.concat([late, again.with_columns(pl.col("updt_time") + 25 * DAY)])
