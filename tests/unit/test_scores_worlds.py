"""Small simulated worlds with a known truth, and the check that they are what they say."""

from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

from models.engine.duck import Engine, memory_engine
from tests.given import given

CORE = {
    "setl_id": pl.String, "source": pl.String, "mdtrt_id": pl.String, "psn_id": pl.String, "fixmedins_code": pl.String,
    "is_inpatient": pl.Boolean, "setl_time": pl.Datetime("us"), "month": pl.Date, "age": pl.Decimal(6, 1),
    "gend": pl.String, "chfpdr_code": pl.String, "mid_setl_flag": pl.String, "dise_codg": pl.String,
    "net_medfee_sumamt": pl.Decimal(16, 2), "paid": pl.Decimal(16, 2), "net_fund": pl.Decimal(16, 2),
    "grp_type": pl.String, "grp_ver": pl.String, "grp_code": pl.String, "wt": pl.Decimal(14, 6),
    "pay_std": pl.Decimal(16, 2), "med_type": pl.String, "refund_state": pl.String, "begndate": pl.Date,
    "enddate": pl.Date, "medfee_sumamt": pl.Decimal(16, 2), "inscp_scp_amt": pl.Decimal(16, 2),
    "insutype": pl.String, "hosp_lv": pl.String, "dscg_way": pl.String, "bundled": pl.Int32,
    "psn_part_amt": pl.Decimal(16, 2),
}  # fmt: skip
PROVIDER = ["fixmedins_code", "fixmedins_name", "fixmedins_type", "hosp_lv", "spec_type", "admdvs"]
STAY = {
    "mdtrt_id": pl.String, "psn_id": pl.String, "fixmedins_code": pl.String, "begndate": pl.Date, "enddate": pl.Date,
    "first_setl_id": pl.String, "last_setl_id": pl.String, "last_setl_time": pl.Datetime("us"),
}  # fmt: skip


def engine_with(settlements: list[dict[str, Any]], providers: list[tuple[str, str]], **cur: Any) -> Engine:
    """An engine whose core tables hold these settlements and providers (code, hosp_lv); `cur` as `given` takes it."""
    engine = given(memory_engine(), **cur)
    plain = {
        "source": "setl_d", "is_inpatient": True, "mid_setl_flag": "0", "age": "50", "gend": "1", "grp_ver": "1.1",
        "grp_type": "DRG", "wt": "1", "paid": "1",
        "med_type": "21", "refund_state": "none",
    }  # fmt: skip
    rows = []
    for place, row in enumerate(settlements):
        full = {**dict.fromkeys(CORE), **plain, "setl_id": f"S{place:07d}", "mdtrt_id": f"M{place:07d}", **row}
        full.setdefault("psn_id", None)
        full["psn_id"] = full["psn_id"] or f"P{place:07d}"
        full["setl_time"] = full["setl_time"] or datetime(2025, 2, 10, 12)
        full["month"] = full["setl_time"].date().replace(day=1)
        full["net_fund"] = full["net_fund"] or full["paid"]
        full["enddate"] = full["enddate"] or full["setl_time"].date()
        full["begndate"] = full["begndate"] or full["enddate"] - timedelta(days=5)
        rows.append(full)
    texts = {name: pl.String if isinstance(kind, pl.Decimal) else kind for name, kind in CORE.items()}
    frame = pl.DataFrame(rows, schema=texts).cast(CORE)
    _table(engine, "core.settlement", frame)
    stays = [
        {
            "mdtrt_id": r["mdtrt_id"], "psn_id": r["psn_id"], "fixmedins_code": r["fixmedins_code"],
            "begndate": r["setl_time"].date() - timedelta(days=5), "enddate": r["setl_time"].date(),
            "first_setl_id": r["setl_id"], "last_setl_id": r["setl_id"], "last_setl_time": r["setl_time"],
        }
        for r in rows if r["is_inpatient"]
    ]  # fmt: skip
    _table(engine, "core.stay", pl.DataFrame(stays, schema=STAY))
    _table(
        engine,
        "core.provider",
        pl.DataFrame(
            [(c, f"机构{c}", "1", lv, "general", "330999") for c, lv in providers], schema=PROVIDER, orient="row"
        ),
    )
    engine.con.execute(
        "create table core.fee_line (setl_id varchar, mdtrt_id varchar, setl_time timestamp, dept_code varchar, "
        "dr_code varchar, med_chrgitm_type varchar, det_item_fee_sumamt decimal(16, 2), refunded boolean, "
        "item_code varchar, hilist_code varchar, "
        "state varchar)"
    )
    engine.con.execute(
        "create table core.diagnosis (setl_id varchar, diag_code varchar, is_main boolean, is_icd boolean default true)"
    )
    engine.con.execute("create table core.operation (setl_id varchar, oprn_oprt_code varchar)")
    return engine


def _table(engine: Engine, name: str, frame: pl.DataFrame) -> None:
    engine.con.register("made", frame.to_arrow())
    engine.con.execute(f"create or replace table {name} as select * from made")
    engine.con.unregister("made")


def spread_times(rng: np.random.Generator, n: int) -> list[datetime]:
    """Moments spread over the twelve months up to 2025Q1."""
    start = datetime(2024, 4, 1, 12)
    return [start + timedelta(days=int(d)) for d in rng.integers(0, 364, n)]


def cost_world(
    seed: int, providers: int = 24, stays: int = 150, planted: dict[int, float] | None = None, between: float = 0.12
) -> tuple[Engine, dict[str, float]]:
    """Stays in 8 groups; providers differ by a normal effect (SD `between`) and planted ones by a factor on top.

    Returns the engine and every provider's true ratio to the typical provider.
    """
    rng = np.random.default_rng(seed)
    planted = planted or {}
    base = rng.uniform(7.5, 9.5, 8)
    truth, rows = {}, []
    for i in range(providers):
        code = f"H{i:03d}"
        effect = float(rng.normal(0, between) + np.log(planted.get(i, 1.0)))
        truth[code] = float(np.exp(effect))
        n = int(rng.integers(stays // 3, stays * 2))
        group = rng.integers(0, 8, n)
        cost = np.exp(base[group] + (0.3 if i % 2 else 0) + effect + rng.normal(0, 0.5, n))
        for g, c, at in zip(group, cost, spread_times(rng, n), strict=True):
            rows.append(
                {"fixmedins_code": code, "grp_code": f"AA{g}5", "net_medfee_sumamt": f"{c:.2f}", "setl_time": at,
                 "paid": f"{c * 0.6:.2f}", "chfpdr_code": f"D{at.day % 3}"}
            )  # fmt: skip
    return engine_with(rows, [(f"H{i:03d}", "02" if i % 2 else "06") for i in range(providers)]), truth


def test_a_world_holds_what_it_was_given() -> None:
    engine, truth = cost_world(1, providers=4, stays=30)
    assert engine.count("core.provider") == len(truth) == 4
    months = engine.con.execute("select min(month), max(month) from core.settlement").fetchone()
    assert months == (date(2024, 4, 1), date(2025, 3, 1))


def moment(day: str) -> datetime:
    """Noon of a day."""
    return datetime.fromisoformat(f"{day}T12:00:00")
