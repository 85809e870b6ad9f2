"""How long a city's longest list takes to write: 208,000 claims of one quarter as Parquet, CSV and Excel.

    python -m tests.bench.relist [--rows 208000]

Writes invented claims as a run does, the workbook in the process beside, and beside them only Parquet. Prints wall
time, processor time of both processes, their ratio to Parquet alone, the files' sizes and the peak of each process;
exit code 1 where both processes together may have held more than 3 GB.
"""

import argparse
import os
import resource
import sys
import tempfile
import time
from datetime import date, datetime
from pathlib import Path

import polars as pl

from models import apart
from models.contracts import lists
from models.lists import canonical, write_list
from models.lists.flat import write_parquet

MEMORY = 3.0
PROVIDERS, PEOPLE, ITEMS, RULES = 2_000, 60_000, 900, 40


def claims(rows: int) -> pl.DataFrame:
    """Claims of a quarter: identifiers of their own, evidence and amounts that seldom come again, few codes."""
    row = pl.int_range(rows)
    amount = (row * 7919 % 90_000 + 100) / 100
    day = pl.lit(date(2025, 10, 1)) + pl.duration(days=row * 31 % 92)
    given = {
        "candidate_id": _long(row, 2_654_435_761),
        "period": pl.lit("2025Q4"),
        "fixmedins_code": _code("H33018", row * 104_729 % PROVIDERS, 6),
        "fixmedins_name": pl.format("云江市第{}医院", row * 104_729 % PROVIDERS),
        "setl_id": _code("S", row, 9),
        "bkkp_sn": pl.when(row % 8 < 5).then(_code("F", row, 10)),
        "mdtrt_id": _code("M", row, 9),
        "ipt_otp_no": pl.when(row % 5 == 0).then(_code("ZY", row, 8)),
        "psn_id": _long(row * 7 % PEOPLE, 40_503),
        "insutype": pl.when(row % 3 == 0).then(pl.lit("310")).otherwise(pl.lit("390")),
        "med_type": pl.when(row % 4 == 0).then(pl.lit("21")).otherwise(pl.lit("11")),
        "setl_time": day.cast(pl.Datetime("us")) + pl.duration(seconds=row * 613 % 86_400),
        "fee_ocur_time": pl.when(row % 8 < 5).then(day.cast(pl.Datetime("us")) + pl.duration(hours=row % 24)),
        "item_code": _code("XA10BA02A0010101", row * 17 % ITEMS, 7),
        "item_name": pl.format("第{}号注射剂", row * 17 % ITEMS),
        "cnt": (row % 19 + 1).cast(pl.Decimal(16, 4)),
        "pric": (amount / 7).round(4).cast(pl.Decimal(16, 6)),
        "allowed": pl.when(row % 2 == 0).then((row % 9).cast(pl.Decimal(18, 4))),
        "excess": pl.when(row % 2 == 0).then((row % 20).cast(pl.Decimal(18, 4))),
        "dept_code": _code("A", row % 60, 2),
        "dr_code": _code("D", row * 31 % 9_000, 6),
        "rule_id": _code("R", row % RULES + 1, 2),
        "rule_name": pl.format("限定支付范围之{}", row % RULES),
        "track": pl.when(row % 3 == 0).then(pl.lit("clear")).otherwise(pl.lit("suspect")),
        "gross_amount": amount.cast(pl.Decimal(16, 2)),
        "fund_amount": (amount * 0.7).round(2).cast(pl.Decimal(16, 2)),
        "acct_amount": pl.lit(0).cast(pl.Decimal(16, 2)),
        "fund_split": _json(
            *((name, pl.lit("0.00")) for name in ("acct", "cvlserv", "hifdm", "hifes", "hifmi", "hifob", "maf", "oth")),
            ("hifp", (amount * 0.7).round(2).cast(pl.Decimal(16, 2)).cast(pl.String)),
        ),
        "amount_method": pl.lit("average_share"),
        "amount_status": pl.lit("final"),
        "bundled": row % 2,
        "liable": pl.lit("provider"),
        "recovery_route": pl.lit("local"),
        "confidence": (row % 8) / 10 + 0.2,
        "confidence_basis": pl.lit("prior"),
        "also_found_by": pl.lit("[]"),
        "evidence": _json(
            ("cnt", (row % 19 + 1).cast(pl.Decimal(16, 4)).cast(pl.String)),
            ("dept_code", _code("A", row % 60, 2)),
            ("insutype", pl.lit("390")),
            ("med_type", pl.lit("21")),
            ("service_date", day.cast(pl.String)),
            ("subject_code", _code("XA10BA02A0010101", row * 17 % ITEMS, 7)),
            ("valid_from", pl.lit("2020-01-01")),
            ("with_bkkp_sn", _code("F", row * 3, 10)),
        ),
        "reason": pl.format("“第{}号注射剂”限{}次，当日{}次，与规则所述情形相符", row * 17 % ITEMS, row % 9, row % 19),
        "basis": pl.lit("本地支付规定 第一条"),
        "first_seen_period": pl.lit("2025Q4"),
        "status": pl.lit("new"),
        "notice_no": _code("2025Q4-H33018", row * 104_729 % PROVIDERS, 6),
        "notified_on": pl.lit(None, pl.Date),
        "reply_due_on": pl.lit(None, pl.Date),
    }
    return pl.select([one.alias(name) for name, one in given.items()])


def _code(start: str, number: pl.Expr, digits: int) -> pl.Expr:
    return pl.lit(start) + number.cast(pl.String).str.zfill(digits)


def _long(number: pl.Expr, factor: int) -> pl.Expr:
    """64 letters that no archive makes short."""
    parts = ((number * factor + place * 7_368_787) % 9_999_999_967 for place in range(1, 7))
    return pl.concat_str(number.cast(pl.String).str.zfill(4), *(part.cast(pl.String).str.zfill(10) for part in parts))


def _json(*parts: tuple[str, pl.Expr]) -> pl.Expr:
    said = ",".join(f'"{name}":"{{}}"' for name, _ in sorted(parts, key=lambda one: one[0]))
    return pl.lit("{") + pl.format(said, *(value for _, value in sorted(parts, key=lambda one: one[0]))) + pl.lit("}")


def _spent() -> float:
    """Processor seconds of this process and of those that ended."""
    return sum(os.times()[:4])


def main() -> int:
    """Print what it took; 1 where it was too much."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--rows", type=int, default=208_000)
    rows = options.parse_args().rows
    frame = claims(rows)
    apart.collect_seldom()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        before = _spent()
        write_parquet(canonical(lists()["clawback"], frame), root / "alone.parquet")
        alone = _spent() - before
        apart.begin()
        apart.submit(datetime.now).result()
        before, wall = _spent(), time.perf_counter()
        write_list("clawback", frame, root)
        took = time.perf_counter() - wall
        apart.end()  # its processor time counts from here on, its start with it
        spent = _spent() - before
        sizes = {kind: (root / f"clawback.{kind}").stat().st_size / 1e6 for kind in ("parquet", "csv", "xlsx")}
    peaks = [resource.getrusage(who).ru_maxrss / 1e6 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(
        f"{rows:,} claims: {took:.1f} s, {spent:.1f} s of processor time in both processes, {spent / alone:.1f} times "
        f"Parquet alone; {', '.join(f'{kind} {size:.0f} MB' for kind, size in sizes.items())}; peaks "
        f"{peaks[0]:.2f} and {peaks[1]:.2f} GB"
    )
    return int(sum(peaks) > MEMORY)


if __name__ == "__main__":
    sys.exit(main())
