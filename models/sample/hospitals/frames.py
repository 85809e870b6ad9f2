"""Shapes the drawn world as rows of the core tables. Money stays in whole fen until it is a decimal."""

import numpy as np
import polars as pl

from models.sample.hospitals import codes
from models.sample.hospitals.spec import HospitalSpec

MONEY = pl.Decimal(16, 2)


def amount(name: str) -> pl.Expr:
    """Yuan (float, already a whole number of fen) as an exact decimal."""
    return pl.col(name).round(2).cast(MONEY)


def core_settlement(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of core.settlement from settlement frames (stays or outpatient visits)."""
    return rows.select(
        "setl_id", pl.lit("setl_d").alias("source"), "mdtrt_id", "psn_id", "gend",
        pl.col("age").cast(pl.Decimal(6, 1)), "insutype",
        pl.when(pl.col("insutype") == "310").then(pl.lit("11")).otherwise(pl.lit("1501")).alias("psn_type"),
        pl.lit("339900").alias("insu_admdvs"), "fixmedins_code", "fixmedins_name", "hosp_lv", "med_type",
        "is_inpatient", "begndate", "enddate", "setl_time",
        pl.col("setl_time").dt.month_start().dt.date().alias("month"), _quarter().alias("quarter"),
        "hi_paymtd", pl.col("hi_paymtd").is_in(["3", "4"]).cast(pl.Int32).alias("bundled"),
        pl.lit("2").alias("setl_type"), pl.lit("2").alias("pay_loc"), "dise_codg", "dscg_way", "chfpdr_code",
        "mid_setl_flag", pl.lit("0").alias("ttp_pay_flag"), pl.lit("none").alias("refund_state"),
        amount("cost").alias("medfee_sumamt"), (pl.col("cost") * 0.94).round(2).cast(MONEY).alias("inscp_scp_amt"),
        amount("cost").alias("net_medfee_sumamt"),
        *_payers("net", "fund"), amount("fund").alias("net_fund"), amount("person").alias("psn_part_amt"),
        amount("pay_std"), "grp_type", "grp_ver", "grp_code", pl.col("wt").cast(pl.Decimal(14, 6)),
        amount("paid"), *_payers("paid", "paid"),
        pl.lit("provider").alias("liable"), pl.lit("local").alias("recovery_route"),
    )  # fmt: skip


def _quarter() -> pl.Expr:
    year, quarter = (part.cast(pl.String) for part in (pl.col("setl_time").dt.year(), pl.col("setl_time").dt.quarter()))
    return year + "Q" + quarter


def _payers(prefix: str, column: str) -> list[pl.Expr]:
    """The pool pays all; the other payers nothing."""
    others = ("cvlserv", "hifes", "hifmi", "hifob", "hifdm", "maf", "oth", "acct", "acct_mulaid")
    zero = pl.lit(0).cast(MONEY)
    return [amount(column).alias(f"{prefix}_hifp_pay"), *(zero.alias(f"{prefix}_{one}_pay") for one in others)]


def inpatient(stays: pl.DataFrame, names: pl.DataFrame, versions: pl.DataFrame) -> pl.DataFrame:
    """Settlement frames of stays completed by provider (`names`: hospital, fixmedins_name, hosp_lv) and version."""
    moment = pl.col("end").cast(pl.Datetime("us")) + pl.duration(hours="hour", minutes="minute")
    named = stays.join(names, on="hospital", maintain_order="left")
    return named.join(versions, on="case", maintain_order="left").with_columns(
        setl_time=moment, enddate=pl.col("end"), begndate=pl.col("end") - pl.duration(days="los"),
        med_type=pl.lit("21"), is_inpatient=pl.lit(True), dise_codg=pl.lit(None, pl.String),
        chfpdr_code=pl.col("doctor"), mid_setl_flag=pl.col("mid"),
        grp_ver=pl.when(pl.col("grp_code").is_not_null()).then("grp_ver"),
    ).with_columns(pl.col("enddate", "begndate").cast(pl.Date))  # fmt: skip


def outpatient(
    chronic: pl.DataFrame, names: pl.DataFrame, diseases: tuple[str, ...], spec: HospitalSpec
) -> pl.DataFrame:
    """Settlement frames of chronic-disease visits."""
    n = chronic.height
    number = pl.int_range(n, dtype=pl.Int64)
    first = pl.lit(spec.start).dt.offset_by(pl.col("month").cast(pl.String) + "mo")
    day = first + pl.duration(days=(number * 7919) % 28)
    rows = chronic.join(names, on="hospital", maintain_order="left").with_columns(
        setl_id=codes.number("O", np.arange(n), 10), enddate=day.cast(pl.Date),
        psn_id=codes.person_code(chronic["person"].to_numpy() + 50_000_000),
        fixmedins_code=codes.provider_code(chronic["hospital"].to_numpy()),
        dise_codg=pl.col("disease").replace_strict(dict(enumerate(diseases)), return_dtype=pl.String),
    )  # fmt: skip
    return rows.with_columns(
        mdtrt_id=pl.concat_str([pl.lit("V"), "setl_id"]), begndate=pl.col("enddate"), case=pl.lit(-1),
        gend=pl.when(pl.col("male") == 1).then(pl.lit("1")).otherwise(pl.lit("2")),
        insutype=pl.when(pl.col("person") % 3 == 0).then(pl.lit("310")).otherwise(pl.lit("390")), med_type=pl.lit("14"),
        is_inpatient=pl.lit(False), hi_paymtd=pl.lit("1"), dscg_way=pl.lit(None, pl.String),
        chfpdr_code=pl.lit(None, pl.String), mid_setl_flag=pl.lit("0"), fund=(pl.col("cost") * 0.6).round(2),
        setl_time=pl.col("enddate").cast(pl.Datetime("us")) + pl.duration(hours=8 + number % 9, minutes=number % 60),
        grp_type=pl.lit(None, pl.String), grp_ver=pl.lit(None, pl.String), grp_code=pl.lit(None, pl.String),
        wt=pl.lit(None, pl.Float64), pay_std=pl.lit(None, pl.Float64),
    ).with_columns(person=pl.col("cost") - pl.col("fund"), paid=pl.col("fund"))  # fmt: skip


def core_stay(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of core.stay from those of core.settlement."""
    return (
        rows.filter("is_inpatient")
        .sort("mdtrt_id", "setl_time", "setl_id")
        .group_by("mdtrt_id", maintain_order=True)
        .agg(
            pl.col("psn_id", "fixmedins_code").first(), pl.col("begndate").min(), pl.col("enddate").max(),
            pl.len().cast(pl.Int32).alias("settlements"), pl.col("setl_id").first().alias("first_setl_id"),
            pl.col("setl_id").last().alias("last_setl_id"), pl.col("setl_time").last().alias("last_setl_time"),
            (pl.col("mid_setl_flag") == "1").any().alias("interim"), pl.col("net_fund").sum(),
        )
    )  # fmt: skip


def core_fee_line(lines: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of core.fee_line; a line goes to the interim settlement of its stay when it is early."""
    keys = rows.filter("is_inpatient").select(
        "mdtrt_id", "setl_id", "psn_id", "fixmedins_code", "setl_time", "month", "quarter",
        early=pl.col("mid_setl_flag") == "1",
    )  # fmt: skip
    with_id = lines.with_columns(mdtrt_id=codes.number("M", lines["case"].to_numpy(), 10))
    joined = with_id.join(keys, on=["mdtrt_id", "early"], maintain_order="left")
    money = amount("amount")
    zero = pl.lit(0).cast(MONEY)
    return joined.select(
        codes.number("B", pl.arange(0, joined.height, eager=True).to_numpy(), 10).alias("bkkp_sn"),
        "setl_id", "mdtrt_id", "psn_id", "fixmedins_code", "setl_time", "month", "quarter",
        (pl.col("day").cast(pl.Datetime("us")) + pl.duration(hours=9)).alias("fee_ocur_time"),
        pl.col("day").cast(pl.Date).alias("service_date"), "item_code", pl.col("item_code").alias("hilist_code"),
        pl.col("item_code").alias("item_name"), pl.lit("201").alias("list_type"), "med_chrgitm_type",
        pl.lit("01").alias("chrgitm_lv"), pl.lit(1).cast(pl.Decimal(16, 4)).alias("cnt"),
        money.cast(pl.Decimal(16, 6)).alias("pric"), money.alias("det_item_fee_sumamt"),
        (pl.col("amount") * 0.94).round(2).cast(MONEY).alias("inscp_scp_amt"), zero.alias("overlmt_amt"),
        zero.alias("fulamt_ownpay_amt"), (pl.col("amount") * 0.06).round(2).cast(MONEY).alias("preselfpay_amt"),
        "dept_code", "dr_code", pl.lit("settled").alias("state"), pl.lit(False).alias("refunded"),
    )  # fmt: skip
