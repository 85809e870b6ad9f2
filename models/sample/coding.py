"""Settlement-list diagnoses and operations.

The main ones of the family, and the comorbidities that carry the billed tier.
"""

import polars as pl

from models.sample import ids
from models.sample.draft import Draft
from models.sample.groups import CHRONIC_DISEASES, COMORBIDITIES, FAMILIES

LEVEL_OF_DIGIT = {1: "MCC", 3: "CC"}
#: the one code an upcoder adds, by the tier he wants
FAVOURITE = {1: ("A41.900", "脓毒症"), 3: ("J90.x00", "胸腔积液")}
BENIGN = [c for c in COMORBIDITIES if not c[2]]


def _listed(settlements: pl.DataFrame) -> pl.DataFrame:
    """Final settlements that have a settlement list: stays and chronic visits, neither refunds nor cancelled."""
    return settlements.filter(
        (pl.col("refd_setl_flag") == "0")
        & (pl.col("vali_flag") == "1")
        & ~pl.col("mid")
        & ((pl.col("fam") >= 0) | (pl.col("dise") >= 0))
    )


def _secondary(vid: int, tier: int, true_tier: int) -> list[tuple[str, str]]:
    out = []
    level = LEVEL_OF_DIGIT.get(true_tier)
    if level:
        choices = [c for c in COMORBIDITIES if c[2] == level]
        out.append(choices[vid % len(choices)][:2])
        if level == "MCC" and vid % 3:
            minor = [c for c in COMORBIDITIES if c[2] == "CC"]
            out.append(minor[vid % len(minor)][:2])
    if tier != true_tier:
        out.append(FAVOURITE[tier])
    out += [BENIGN[(vid + k) % len(BENIGN)][:2] for k in range(vid % 4)]
    return out


def diagnoses(settlements: pl.DataFrame, d: Draft) -> pl.DataFrame:
    """One row a diagnosis: setl_id, code, rank; the first is the main one."""
    planted: dict[int, list[tuple[str, str]]] = {}
    for row in d.diagnoses:
        planted.setdefault(row["vid"], []).append((row["code"], row["name"]))
    rows = []
    headless: set[int] = set()
    columns = ("sid", "vid", "month", "fam", "tier", "true_tier", "dise")
    for sid, vid, month, fam, tier, true, dise in _listed(settlements).select(columns).iter_rows():
        if fam >= 0:
            found = [(FAMILIES[fam].diag, FAMILIES[fam].diag_name), *_secondary(vid, tier, true), *planted.get(vid, [])]
        else:
            name = CHRONIC_DISEASES[dise] if dise < 4 else ("", "慢性肾脏病5期", "N18.001")
            found = [(name[2], name[1])]
        headless |= {sid} if vid in d.headless else set()
        seen: set[str] = set()
        for code, name_ in found:
            if code not in seen:
                seen.add(code)
                rows.append(
                    (sid, month, code, name_, len(seen), "4" if fam >= 0 and vid % 23 == 0 and len(seen) > 2 else "1")
                )
    frame = pl.DataFrame(
        rows,
        schema={
            "sid": pl.Int64,
            "month": pl.Int64,
            "diag_code": pl.String,
            "diag_name": pl.String,
            "diag_srt_no": pl.Int64,
            "adm_cond_type": pl.String,
        },
        orient="row",
    )
    return frame.with_columns(
        setl_id=ids.setl_id(),
        diag_type=pl.lit("1"),
        maindiag_flag=((pl.col("diag_srt_no") == 1) & ~pl.col("sid").is_in(sorted(headless)))
        .cast(pl.Int8)
        .cast(pl.String),
    )


def operations(settlements: pl.DataFrame, d: Draft) -> pl.DataFrame:
    """One row an operation of a stay."""
    planted: dict[int, list[tuple[str, str]]] = {}
    for row in d.operations:
        planted.setdefault(row["vid"], []).append((row["code"], row["name"]))
    rows = []
    for sid, vid, month, fam, begin, end, provider in (
        _listed(settlements)
        .filter(pl.col("fam") >= 0)
        .select("sid", "vid", "month", "fam", "begin", "end", "provider")
        .iter_rows()
    ):
        main = FAMILIES[fam].operation
        for i, (code, name) in enumerate([*([main] if main else []), *planted.get(vid, [])]):
            day = min(begin + 1 + vid % 2, end)
            rows.append(
                (
                    sid,
                    month,
                    code,
                    name,
                    day,
                    "1" if i == 0 else "2",
                    f"D{provider:03d}{vid % 9 + 1:02d}",
                    f"0{1 + vid % 3}",
                )
            )
    columns = (
        "sid",
        "month",
        "oprn_oprt_code",
        "oprn_oprt_name",
        "oprn_oprt_date",
        "main_oprn_flag",
        "oper_dr_code",
        "anst_way",
    )
    types = (pl.Int64, pl.Int64, pl.String, pl.String, pl.Int64, pl.String, pl.String, pl.String)
    return pl.DataFrame(rows, schema=dict(zip(columns, types, strict=True)), orient="row").with_columns(
        setl_id=ids.setl_id()
    )
