"""One month at a real city's volume, for benchmarks.

Plain CSV of settlements and fee lines, written in chunks with bounded memory.
"""

from pathlib import Path

import numpy as np
import polars as pl

from models.contracts import tables
from models.sample import knowledge
from models.sample.catalogue import Catalogue
from models.sample.months import DAY, calendar
from models.sample.seeds import stream
from models.sample.write import as_text

CHUNK = 50_000  # settlements
PROVIDERS, PEOPLE = 2_000, 1_100_000
ZERO = (
    "hifes_pay",
    "hifmi_pay",
    "hifob_pay",
    "hifdm_pay",
    "oth_pay",
    "hosp_part_amt",
    "acct_mulaid_pay",
    "overlmt_selfpay",
    "fulamt_ownpay_amt",
)


def _number(prefix: str, values: np.ndarray, width: int) -> pl.Series:
    return pl.select(pl.concat_str([pl.lit(prefix), pl.Series(values).cast(pl.String).str.zfill(width)])).to_series()


def _lines(
    rng: np.random.Generator,
    catalogue: Catalogue,
    first: int,
    line0: int,
    counts: np.ndarray,
    at: np.ndarray,
    person: np.ndarray,
    codes: np.ndarray,
) -> pl.DataFrame:
    n = int(counts.sum())
    owner = np.repeat(np.arange(len(counts)), counts)
    item = (len(catalogue.items) * rng.random(n) ** 2.6).astype(np.int64)
    cnt = rng.integers(1, 4, n)
    total = (catalogue.price[item] * cnt + 5_000) // 10_000
    pre = total * catalogue.share[item] // 10_000
    return pl.DataFrame(
        {
            "owner": owner,
            "bkkp_sn": _number("F", np.arange(line0, line0 + n), 14),
            "setl_id": _number("330999S", first + owner, 12),
            "mdtrt_id": _number("330999M", first + owner, 12),
            "psn_no": _number("3309990000", 7_000_000 + person[owner], 10),
            "fee_ocur_time": at[owner] - rng.integers(60, 7_200, n),
            "med_list_codg": codes[item],
            "hilist_code": codes[item],
            "med_chrgitm_type": catalogue.chrg[item],
            "chrgitm_lv": np.where(catalogue.share[item] > 0, "02", "01"),
            "cnt": cnt,
            "pric": catalogue.price[item],
            "det_item_fee_sumamt": total,
            "inscp_scp_amt": total - pre,
            "preselfpay_amt": pre,
            "overlmt_amt": np.zeros(n, np.int64),
            "fulamt_ownpay_amt": np.zeros(n, np.int64),
            "selfpay_prop": catalogue.share[item],
            "bilg_dept_codg": _number("K", owner % 40, 2),
            "bilg_dr_codg": _number("D", owner % 9_000, 5),
            "vali_flag": np.full(n, "1"),
            "updt_time": at[owner] + 7_200,
        }
    )


def _settlements(
    rng: np.random.Generator, lines: pl.DataFrame, first: int, at: np.ndarray, person: np.ndarray
) -> pl.DataFrame:
    n = len(at)
    money = ("det_item_fee_sumamt", "inscp_scp_amt", "preselfpay_amt")
    sums = [np.bincount(lines["owner"], weights=lines[c], minlength=n).astype(np.int64) for c in money]
    hifp = sums[1] * 7 // 10
    provider = (PROVIDERS * rng.random(n) ** 2.2).astype(np.int64)
    day = at // DAY
    stay = rng.random(n) < 0.06
    psn = sums[0] - hifp
    return pl.DataFrame(
        {
            "setl_id": _number("330999S", first + np.arange(n), 12),
            "mdtrt_id": _number("330999M", first + np.arange(n), 12),
            "psn_no": _number("3309990000", 7_000_000 + person, 10),
            "gend": 1 + person % 2,
            "brdy": -9_000 + person % 24_000,
            "age": 20 + person % 60,
            "insutype": np.where(person % 3 == 0, "310", "390"),
            "psn_type": np.where(person % 3 == 0, "11", "1501"),
            "insu_admdvs": np.full(n, "330999"),
            "fixmedins_code": _number("H3309", provider, 7),
            "hosp_lv": np.array(["02", "05", "09", "11"])[provider % 4],
            "med_type": np.where(stay, "21", "11"),
            "begndate": np.where(stay, day - 6, day),
            "enddate": day,
            "setl_time": at,
            "medfee_sumamt": sums[0],
            "inscp_scp_amt": sums[1],
            "preselfpay_amt": sums[2],
            "act_pay_dedc": np.zeros(n, np.int64),
            "hifp_pay": hifp,
            "cvlserv_pay": np.zeros(n, np.int64),
            "maf_pay": np.zeros(n, np.int64),
            "fund_pay_sumamt": hifp,
            "psn_part_amt": psn,
            "acct_pay": psn // 2,
            "psn_cash_pay": psn - psn // 2,
            **{name: np.zeros(n, np.int64) for name in ZERO},
            "hi_paymtd": np.full(n, "1"),
            "setl_type": np.full(n, "2"),
            "clr_type": np.where(stay, "21", "11"),
            "pay_loc": np.full(n, "2"),
            "mid_setl_flag": np.full(n, "0"),
            "refd_setl_flag": np.full(n, "0"),
            "vali_flag": np.full(n, "1"),
            "updt_time": at + 3_600,
        }
    )


def write_month(
    out: Path, settlements: int = 600_000, lines: int = 8_000_000, seed: int = 1, month: str = "202503"
) -> None:
    """Write `<month>/setl_d.csv`, `<month>/fee_list_d.csv` and `reference/medins_info_b.csv`.

    Lines sum to their headers.
    """
    rng, catalogue, cal = stream(seed, f"bench{month}"), Catalogue(knowledge.ITEMS), calendar(month, 1)
    codes = np.array([item.code for item in catalogue.items])
    folder = out / month
    folder.mkdir(parents=True, exist_ok=True)
    base, done, line0 = int(month) * 10_000_000 % 10**11, 0, 0
    with (folder / "setl_d.csv").open("wb") as heads, (folder / "fee_list_d.csv").open("wb") as details:
        while done < settlements:
            n = min(CHUNK, settlements - done)
            mean = (lines - line0) / (settlements - done)
            counts = np.maximum(1, rng.poisson(mean, n)) if done + n < settlements else _rest(lines - line0, n)
            at = rng.integers(cal.first_day * DAY, cal.end_day * DAY, n)
            person = rng.integers(0, PEOPLE, n)
            detail = _lines(rng, catalogue, base + done, base + line0, counts, at, person, codes)
            head = _settlements(rng, detail, base + done, at, person)
            as_text(head, "setl_d").write_csv(heads, include_header=done == 0)
            as_text(detail, "fee_list_d").write_csv(details, include_header=done == 0)
            done, line0 = done + n, line0 + detail.height
    (folder / "_SUCCESS").write_bytes(b"")
    _providers(out)


def _rest(lines: int, n: int) -> np.ndarray:
    """The last chunk's counts, so that the total is exact."""
    lines = max(lines, n)
    return np.full(n, lines // n) + (np.arange(n) < lines % n)


def _providers(out: Path) -> None:
    number = np.arange(PROVIDERS)
    frame = pl.DataFrame(
        {
            "fixmedins_code": _number("H3309", number, 7),
            "fixmedins_name": _number("医院", number, 4),
            "fixmedins_type": np.full(PROVIDERS, "1"),
            "hosp_lv": np.array(["02", "05", "09", "11"])[number % 4],
            "biznat": np.full(PROVIDERS, "1"),
            "spec_type": np.full(PROVIDERS, "general"),
        }
    )
    columns = [c for c in tables()["medins_info_b"].columns if c in frame.columns]
    (out / "reference").mkdir(parents=True, exist_ok=True)
    frame.select(columns).write_csv(out / "reference" / "medins_info_b.csv")
    (out / "reference" / "_SUCCESS").write_bytes(b"")
