"""The field's indices: formulas on small tables, peers, order of rows and threads."""

from decimal import Decimal
from typing import Any

import numpy as np
import polars as pl
import pytest

from models import core
from models.config import Config
from models.engine.duck import Engine, memory_engine
from models.errors import UsageError
from models.scores import indicator
from models.scores.indicator_peers import among_peers
from tests.given import given
from tests.unit.test_scores_worlds import cost_world


def small(engine: Engine | None = None, **tables: Any) -> Engine:
    """Core tables from stays: provider, group, cost, days, weight."""
    engine = engine or memory_engine()
    given(engine, **tables)
    core.build(engine, Config())
    return engine


def stay(n: int, provider: str, cost: int, days: int = 1, **row: Any) -> dict[str, Any]:
    return {
        "setl_id": f"S{n}", "psn_no": f"P{n}", "fixmedins_code": provider, "hifp_pay": cost, "hosp_lv": "06",
        "begndate": "2025-02-10", "enddate": f"2025-02-{10 + days}", **row,
    }  # fmt: skip


def group(n: int, code: str = "AA15", ver: str = "1.1", wt: str = "1", kind: str = "DRG") -> dict[str, Any]:
    return {"setl_id": f"S{n}", "grp_type": kind, "grp_ver": ver, "grp_code": code, "wt": wt}


def values(engine: Engine, name: str, provider: str = "H1") -> dict[str, Any]:
    indicator(engine, "2025Q1", Config())
    rows = engine.frame(
        "select * from score.indicator where indicator = $i and fixmedins_code = $p", {"i": name, "p": provider}
    ).to_dicts()
    assert len(rows) == 1
    return rows[0]


def test_cost_and_time_index_follow_the_formula_without_the_provider_itself() -> None:
    """H1: AA15 mean 200 against 100, BB15 mean 50 against 100: (2 × 2 + 1 × 0.5) / 3 = 1.5; nobody else treats CC15."""
    stays = [stay(1, "H1", 150, 4), stay(2, "H1", 250, 8), stay(3, "H1", 50, 2), stay(4, "H1", 900)]
    groups = [group(1), group(2), group(3, "BB15"), group(4, "CC15")]
    stays += [stay(10 + i, "H2", 80 + 10 * i, 3) for i in range(5)] + [stay(20 + i, "H2", 100, 4) for i in range(5)]
    groups += [group(10 + i) for i in range(5)] + [group(20 + i, "BB15") for i in range(5)]
    stays += [stay(30 + i, "H2", 9_999, 9) for i in range(5)]  # another version is another group
    groups += [group(30 + i, ver="2.0") for i in range(5)]
    engine = small(setl_d=stays, drg_grp_d=groups)
    cost = values(engine, "cost_index")
    assert (cost["value"], cost["denominator"], cost["cases"]) == (1.5, 3, 3)
    assert values(engine, "time_index")["value"] == pytest.approx((12 / 3 + 2 / 4) / 3, abs=1e-6)
    alone = values(engine, "cost_index", "H2")
    assert alone["value"] is None and "机构" in alone["note"]  # H1 has too few cases to be a norm


def test_case_mix_index_stays_inside_one_grouping() -> None:
    groups = [group(1, wt="1.5"), group(2, wt="0.5"), group(3, ver="2.0", wt="9")]
    engine = small(setl_d=[stay(n, "H1", 5) for n in range(1, 5)], drg_grp_d=groups)
    found = values(engine, "cmi")
    assert (found["value"], found["numerator"], found["cases"]) == (1.0, Decimal("2.0000"), 2)
    assert found["peer_group"].endswith("·DRG 1.1")


def test_a_weight_of_nothing_is_no_weight() -> None:
    """Ungrouped cases come with weight 0: they would make the mix look lighter, and have no payment standard either."""
    groups = [group(1, wt="1.5"), group(2, wt="0.5"), group(3, "0000", wt="0")]
    engine = small(setl_d=[stay(n, "H1", 5) for n in range(1, 4)], drg_grp_d=groups)
    found = values(engine, "cmi")
    assert (found["value"], found["cases"]) == (1.0, 2)


def test_multiples_are_those_of_the_payment_standard_before_outlier_rules() -> None:
    par = [
        {"insutype": "*", "hosp_lv": "*", "valid_from": "2024-01-01", "rate": "50", "low_mult": "0.9",
         "high_mult": "9"},
        {"insutype": "310", "hosp_lv": "06", "valid_from": "2024-01-01", "rate": "100", "coef": "2",
         "low_mult": "0.4", "high_mult": "2.5"},
    ]  # fmt: skip
    costs = (80, 81, 499, 500, 900)  # standard 200: low up to 80, high from 500
    stays = [stay(n, "H1", cost) for n, cost in enumerate(costs)]
    engine = small(setl_d=stays, drg_grp_d=[group(n) | {"pay_std": "900"} for n in range(5)], pay_par=par)
    assert (values(engine, "low_multiple_share")["value"], values(engine, "high_multiple_share")["value"]) == (0.2, 0.4)
    assert values(engine, "low_multiple_share")["note"] is None


def test_without_a_standard_multiples_are_those_of_the_group_and_it_is_said() -> None:
    stays = [stay(n, "H1", cost) for n, cost in enumerate((50, 100, 100, 100, 400))]  # mean 150
    engine = small(setl_d=stays, drg_grp_d=[group(n) for n in range(5)])
    low, high = values(engine, "low_multiple_share"), values(engine, "high_multiple_share")
    assert (low["value"], high["value"]) == (0.2, 0.2)
    assert "均费" in low["note"]


def test_no_grouping_no_value_and_the_reason() -> None:
    engine = small(setl_d=[stay(1, "H1", 5)])
    for name in ("cmi", "low_multiple_share", "high_multiple_share", "cost_index", "time_index"):
        row = values(engine, name)
        assert row["value"] is None and row["note"]


def test_percentile_and_median_are_those_of_the_others() -> None:
    rng = np.random.default_rng(4)
    n = 9
    rows = pl.DataFrame(
        {
            "fixmedins_code": [f"H{i}" for i in range(n)], "indicator": ["x"] * n, "quarter": ["2025Q1"] * n,
            "peer_group": ["g"] * n, "kind": [""] * n, "value": rng.integers(0, 5, n).astype(float).tolist(),
            "cases": [30] * (n - 1) + [29],
        }
    )  # fmt: skip
    found = among_peers(rows, 5, 30).sort("fixmedins_code")
    value = rows["value"].to_numpy()
    for i in range(n - 1):
        others = np.delete(value[: n - 1], i)
        percentile = ((others < value[i]).mean() + (others == value[i]).mean() / 2) * 100
        assert found["peer_percentile"][i] == pytest.approx(percentile, abs=0.01)
        assert found["peer_median"][i] == np.median(others)
        assert found["peers"][i] == n - 2
    assert found["peer_percentile"][n - 1] is None and found["peers"][n - 1] == n - 1
    assert among_peers(rows.head(5), 5, 30)["peer_percentile"].null_count() == 5  # four peers


def test_rows_are_the_same_whatever_the_threads_and_the_order_of_rows() -> None:
    results = []
    for threads, order in ((1, "asc"), (2, "desc")):
        engine, _ = cost_world(11)
        for column, kind in (("insutype", "varchar"), ("hosp_lv", "varchar"), ("quarter", "varchar")):
            engine.con.execute(f"alter table core.settlement add column if not exists {column} {kind}")
        engine.con.execute("update core.settlement set quarter = year(setl_time) || 'Q' || quarter(setl_time)")
        engine.con.execute("alter table core.diagnosis add column adm_cond_type varchar")
        for column in ("fixmedins_code", "quarter", "med_chrgitm_type", "item_code", "item_name"):
            engine.con.execute(f"alter table core.fee_line add column if not exists {column} varchar")
        engine.con.execute(f"set threads = {threads}")
        engine.con.execute(
            f"create or replace table core.settlement as select * from core.settlement order by setl_id {order}"
        )
        indicator(engine, "2025Q1", Config())
        results.append(engine.frame("select * from score.indicator"))
    assert results[0].height > 100
    assert results[0].equals(results[1])


def test_what_is_no_quarter_is_refused() -> None:
    with pytest.raises(UsageError):
        indicator(memory_engine(), "2025", Config())
