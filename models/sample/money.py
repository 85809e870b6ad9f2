"""Money of lines and settlements in whole fen, by the identities of the national settlement record."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from models.sample.catalogue import Catalogue
from models.sample.groups import COEF, HIGH_MULT, LOW_MULT, RATE_FEN
from models.sample.people import People
from models.sample.providers import CLINIC, PHARMACY, SECONDARY, TERTIARY, TOWNSHIP, Providers

FUND_PAYERS = ("hifp_pay", "cvlserv_pay", "hifes_pay", "hifmi_pay", "hifob_pay", "hifdm_pay", "maf_pay", "oth_pay")
LINE_MONEY = ("det_item_fee_sumamt", "inscp_scp_amt", "overlmt_amt", "fulamt_ownpay_amt", "preselfpay_amt")
HEADER_OF = {
    "det_item_fee_sumamt": "medfee_sumamt",
    "inscp_scp_amt": "inscp_scp_amt",
    "overlmt_amt": "overlmt_selfpay",
    "fulamt_ownpay_amt": "fulamt_ownpay_amt",
    "preselfpay_amt": "preselfpay_amt",
}
#: pool ratio in basis points by provider class: (employees, residents)
RATIO_OUT = {
    PHARMACY: (5000, 4000),
    CLINIC: (7000, 6000),
    TOWNSHIP: (7000, 6000),
    SECONDARY: (6000, 5000),
    TERTIARY: (5500, 4000),
}
RATIO_CHRONIC, RATIO_STAY = (
    (8500, 7000),
    {CLINIC: (9000, 8500), TOWNSHIP: (9200, 8800), SECONDARY: (8800, 7800), TERTIARY: (8500, 6800)},
)
DEDUCTIBLE = {CLINIC: 10_000, TOWNSHIP: 20_000, SECONDARY: 50_000, TERTIARY: 80_000}


def half_up(numerator: np.ndarray, denominator: int | np.ndarray) -> np.ndarray:
    """Integer division rounded half up; for amounts that are not negative."""
    return (2 * numerator + denominator) // (2 * denominator)


def _by_class(values: Mapping[int, Any], default: Any) -> np.ndarray:
    """Values of all provider classes, by the number of the class."""
    return np.array(
        [values.get(cls, default) for cls in (PHARMACY, CLINIC, TOWNSHIP, SECONDARY, TERTIARY)], dtype=np.int64
    )


def line_money(lines: pl.DataFrame, catalogue: Catalogue) -> pl.DataFrame:
    """Add the five money columns (fen) to lines that carry item, cnt and pric."""
    item, cnt, pric = (lines[c].to_numpy() for c in ("item", "cnt", "pric"))
    total = half_up(pric * cnt, 10_000)
    cap = catalogue.cap[item]
    over = np.where((cap > 0) & (pric > cap), half_up(np.maximum(pric - cap, 0) * cnt, 10_000), 0)
    own = np.where(catalogue.own[item], total, 0)
    over = np.where(catalogue.own[item], 0, over)
    pre = np.where(catalogue.own[item], 0, half_up((total - over) * catalogue.share[item], 10_000))
    values = (total, total - over - own - pre, over, own, pre)
    return lines.with_columns(**{n: pl.Series(v, dtype=pl.Int64) for n, v in zip(LINE_MONEY, values, strict=True)})


def headers(settlements: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Add the lines' sums to settlements (grain: sid)."""
    sums = lines.group_by("sid").agg(pl.col(c).sum().alias(HEADER_OF[c]) for c in LINE_MONEY)
    return settlements.join(sums, on="sid", how="left", maintain_order="left").with_columns(
        pl.col(c).fill_null(0) for c in HEADER_OF.values()
    )


def payers(s: pl.DataFrame, people: People, providers: Providers, rng: np.random.Generator) -> pl.DataFrame:
    """Add deductible, payers, the person's part and accounts. Residents and employees have different benefits."""
    person, provider = s["person"].to_numpy(), s["provider"].to_numpy()
    cls, n = providers.cls[provider], s.height
    worker = people.insutype[person] == "310"
    stay = (s["fam"] >= 0).to_numpy()
    chronic = (s["med_type"] == "14").to_numpy()
    scope = s["inscp_scp_amt"].to_numpy()
    total = s["medfee_sumamt"].to_numpy()
    side = np.where(worker, 0, 1)
    dedc = np.where(stay & (s["part"] == 0).to_numpy(), _by_class(DEDUCTIBLE, 0)[cls], 0)
    dedc = np.minimum(dedc, scope)
    out = _by_class(RATIO_OUT, (0, 0))[cls, side]
    inside = _by_class(RATIO_STAY, (9000, 8500))[cls, side]
    ratio = np.where(stay, inside, np.where(chronic, np.array(RATIO_CHRONIC)[side], out))
    hifp = half_up((scope - dedc) * ratio, 10_000)
    rest = scope - hifp
    civil = people.civil[person] & (stay | (rest > 20_000))
    cvlserv = np.where(civil, half_up(rest * 6, 10), 0)
    rest = rest - cvlserv
    hifmi = np.where(~worker & stay, half_up(np.maximum(rest - 600_000, 0) * 6, 10), 0)
    hifob = np.where(worker & stay, half_up(np.maximum(rest - 400_000, 0) * 8, 10), 0)
    rest = rest - hifmi - hifob
    hifes = np.where(people.hifes[person] & stay, half_up(rest * 3, 10), 0)
    rest = rest - hifes
    maf = np.where(people.aided[person], half_up(rest * 5, 10), 0)
    rest = rest - maf
    oth = np.where(stay & (person % 37 == 0), np.minimum(rest, 20_000), 0)
    fund = hifp + cvlserv + hifmi + hifob + hifes + maf + oth
    borne = np.where(stay & (rng.random(n) < 0.01), (total - fund) // 20, 0)
    psn = total - fund - borne
    keep = np.where(rng.random(n) < 0.7, psn, psn // 3)
    acct = np.where(worker & ~people.outside[person], np.minimum(keep, 300_000), 0)
    family = np.where(~worker & (rng.random(n) < 0.04), psn // 2, 0)
    zero = np.zeros(n, dtype=np.int64)
    columns = {
        "act_pay_dedc": dedc,
        "hifp_pay": hifp,
        "cvlserv_pay": cvlserv,
        "hifes_pay": hifes,
        "hifmi_pay": hifmi,
        "hifob_pay": hifob,
        "hifdm_pay": zero,
        "maf_pay": maf,
        "oth_pay": oth,
        "fund_pay_sumamt": fund,
        "hosp_part_amt": borne,
        "psn_part_amt": psn,
        "acct_pay": acct,
        "acct_mulaid_pay": family,
        "psn_cash_pay": psn - acct - family,
    }
    return s.with_columns(**{k: pl.Series(v, dtype=pl.Int64) for k, v in columns.items()})


def payment_standard(wt: np.ndarray, insutype: np.ndarray, cls: np.ndarray, total: np.ndarray) -> np.ndarray:
    """What the payment method prices a case at, in fen: weight × rate × coefficient, with the low and high cost rules.

    wt in millionths; total is the case's cost in fen.
    """
    rate = np.array([RATE_FEN[i] for i in insutype], dtype=np.int64)
    coef = _by_class(COEF, 10_000)[cls]
    standard = half_up(wt * rate * (coef // 100), 1_000_000 * 100)
    low = total * 10 < standard * LOW_MULT
    high = total * 10 > standard * HIGH_MULT
    return np.where(low, total, np.where(high, standard + total - half_up(standard * HIGH_MULT, 10), standard))
