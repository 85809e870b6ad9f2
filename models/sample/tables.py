"""Monthly tables in the landing contract's columns.

Amounts stay whole fen, prices millionths, days and seconds integers: the writer formats.
"""

import numpy as np
import polars as pl

from models.sample import ids
from models.sample.catalogue import Catalogue
from models.sample.draft import Draft
from models.sample.groups import CHRONIC_DISEASES, DIALYSIS_DISEASE, FAMILIES, GRP_VER
from models.sample.people import People
from models.sample.providers import PHARMACY, Providers
from models.sample.settle import Ledger


def _take(values: np.ndarray, index: np.ndarray) -> pl.Series:
    return pl.Series(values).gather(index)  # few values, many rows: text is converted before it is repeated


def setl(ledger: Ledger, people: People, providers: Providers, d: Draft) -> pl.DataFrame:
    """One row a settlement, refunds and cancelled ones included.

    Names and certificates beside the contract's columns.
    """
    s = ledger.settlements
    person, provider, fam, dise = (s[c].to_numpy() for c in ("person", "provider", "fam", "dise"))
    begin = s["begin"].to_numpy()
    wrong = s["vid"].is_in(sorted(d.misborn)).to_numpy()
    birth = np.where(wrong, begin - 4_000, people.birth[person])
    names = [*CHRONIC_DISEASES, *[("", "", "")] * 5, DIALYSIS_DISEASE, ("", "", "")]
    pharmacy = providers.cls[provider] == PHARMACY
    age = np.floor((begin - birth) / 365.25 + 0.0027)
    doctor = pl.format(
        "D{}{}", pl.col("provider").cast(pl.String).str.zfill(3), (pl.col("vid") % 9 + 1).cast(pl.String).str.zfill(2)
    )
    return s.with_columns(
        setl_id=ids.setl_id(),
        mdtrt_id=ids.mdtrt_id(),
        psn_no=_take(people.psn_no, person),
        psn_name=_take(people.psn_name, person),
        certno=_take(people.certno, person),
        gend=pl.Series(
            np.where(s["vid"].is_in(sorted(d.flipped)).to_numpy(), 3 - people.gend[person], people.gend[person])
        ).cast(pl.String),
        brdy=pl.Series(birth),
        age=pl.Series(age.astype(np.int64)),
        insutype=_take(people.insutype, person),
        psn_type=_take(people.psn_type, person),
        insu_admdvs=_take(people.admdvs, person),
        fixmedins_code=_take(providers.code, provider),
        fixmedins_name=_take(providers.name, provider),
        hosp_lv=_take(providers.hosp_lv, provider),
        begndate="begin",
        enddate="end",
        setl_time="at",
        setl_type=pl.when(pl.col("pay_loc") == "1").then(pl.lit("1")).otherwise(pl.lit("2")),
        clr_type=pl.Series(np.where(fam >= 0, "21", np.where(pharmacy, "41", "11"))),
        clr_ym=pl.from_epoch("at", time_unit="s").dt.strftime("%Y%m"),
        dise_codg=pl.Series([names[i][0] for i in dise]),
        dise_name=pl.Series([names[i][1] for i in dise]),
        chfpdr_code=pl.when(pl.col("fam") >= 0).then(doctor),
        ttp_pay_flag=pl.col("ttp").cast(pl.Int8).cast(pl.String),
        mid_setl_flag=pl.col("mid").cast(pl.Int8).cast(pl.String),
        init_setl_id=ids.setl_id("init_sid"),
        external=pl.Series(providers.external[provider]),
    )


def fee_list(ledger: Ledger, people: People, providers: Providers, catalogue: Catalogue) -> pl.DataFrame:
    """One row a fee line, settled or not."""
    f = ledger.lines
    item, person, provider = (f[c].to_numpy() for c in ("item", "person", "provider"))
    items = catalogue.items
    code = np.array([i.code for i in items])
    pharmacy = providers.cls[provider] == PHARMACY
    supply = catalogue.days[item] * f["cnt"].to_numpy()
    shown = (catalogue.days[item] > 0) & ((f["lid"].to_numpy() % 5 == 0) | (catalogue.days[item] >= 10))
    two = pl.col("provider").cast(pl.String).str.zfill(3)
    return f.with_columns(
        bkkp_sn=ids.bkkp_sn(),
        setl_id=ids.setl_id(),
        mdtrt_id=ids.mdtrt_id(),
        psn_no=_take(people.psn_no, person),
        fee_ocur_time="at",
        med_list_codg=_take(code, item),
        hilist_code=_take(code, item),
        hilist_name=_take(np.array([i.name for i in items]), item),
        medins_list_codg=pl.format("{}-{}", two, pl.Series(item)),
        list_type=_take(np.array([i.list_type for i in items]), item),
        med_chrgitm_type=_take(catalogue.chrg, item),
        chrgitm_lv=_take(np.array([i.level for i in items]), item),
        selfpay_prop=_take(np.where(catalogue.own, 10_000, catalogue.share), item),
        prd_days=pl.Series(np.where(shown, np.abs(supply), 0)).replace(0, None),
        bilg_dept_codg=pl.when(pl.Series(~pharmacy)).then(
            pl.format("K{}", (pl.col("vid") % 7 + 1).cast(pl.String).str.zfill(2))
        ),
        bilg_dr_codg=pl.when(pl.Series(~pharmacy)).then(
            pl.format("D{}{}", two, (pl.col("vid") % 9 + 1).cast(pl.String).str.zfill(2))
        ),
        rxno=pl.when(pl.Series(catalogue.is_drug[item])).then(pl.format("RX{}", pl.col("vid"))),
        init_feedetl_sn=ids.bkkp_sn("init_lid"),
    )


def drg_grp(ledger: Ledger) -> pl.DataFrame:
    """Grouping result of every case paid by DRG or DIP; refunds and cancelled settlements have none."""
    s = ledger.settlements.filter(pl.col("grouped") & (pl.col("refd_setl_flag") == "0") & (pl.col("vali_flag") == "1"))
    names = pl.Series([FAMILIES[f].name for f in s["fam"].to_list()], dtype=pl.String)
    return s.with_columns(
        setl_id=ids.setl_id(),
        grp_type=pl.when(pl.col("hi_paymtd") == "3").then(pl.lit("DIP")).otherwise(pl.lit("DRG")),
        grp_ver=pl.lit(GRP_VER),
        grp_name=names,
    )


def mdtrt(ledger: Ledger, visits: pl.DataFrame) -> pl.DataFrame:
    """One row an inpatient visit, in the month of its settlement; those still in hospital in the last month."""
    months = ledger.settlements.group_by("vid").agg(pl.col("month").max())
    v = visits.filter(pl.col("fam") >= 0).join(months, on="vid", how="left", maintain_order="left")
    last = int(ledger.settlements["month"].to_numpy().max())
    return v.with_columns(
        month=pl.col("month").fill_null(last),
        mdtrt_id=ids.mdtrt_id(),
        ipt_otp_no=pl.format("ZY{}", pl.col("vid").cast(pl.String).str.zfill(8)),
        adm_dept_codg=pl.format("K{}", (pl.col("vid") % 7 + 1).cast(pl.String).str.zfill(2)),
        dscg_dept_codg=pl.format("K{}", (pl.col("vid") % 7 + 1).cast(pl.String).str.zfill(2)),
        adm_bed=pl.format("{}床", pl.col("vid") % 60 + 1),
        inhosp_stas=pl.when(pl.col("month").is_null()).then(pl.lit("1")).otherwise(pl.lit("0")),
        mdtrt_cert_type=pl.format("0{}", pl.col("vid") % 3 + 1),
    )
