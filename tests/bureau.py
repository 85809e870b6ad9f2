"""A home whose extracts and findings a test changes from run to run."""

import json
from pathlib import Path
from typing import Any

import polars as pl

from models.config import Config
from models.engine.duck import Engine, memory_engine
from models.home import Home
from models.money import claims
from models.money.register import Register
from tests.core_once import build
from tests.findings import find, rules
from tests.given import given, rows_of
from tests.served import serve

Q1, Q2 = "2025Q1", "2025Q2"
RULES = [("R01", "clear", "0.9"), ("R02", "clear", "0.8"), ("R03", "suspect", "0.7")]
LINES = [{"bkkp_sn": "A", "pric": 60}, {"bkkp_sn": "B", "pric": 40}]
A, B = {"bkkp_sn": "A"}, {"bkkp_sn": "B"}
HALF_A = {"bkkp_sn": "A", "part_num": 1, "part_den": 2}


class Bureau:
    """A home whose extracts and findings the test changes from run to run."""

    def __init__(self, folder: Path) -> None:
        self.home = Home(folder)
        self.home.prepare()
        self.engine: Engine = memory_engine()
        rules(self.engine, RULES)

    def run(self, findings: list[dict[str, Any]], period: str = Q1, **more: Any) -> "Bureau":
        rows: dict[str, Any] = {"setl_d": [{"setl_id": "S1", "hifp_pay": 100}], "fee_list_d": LINES, **more}
        given(self.engine, **rows)
        build(self.engine, Config())
        find(self.engine, findings)
        claims(self.engine, period, Config(), Register(self.home))
        return self

    def issue(self, period: str = Q1) -> str:
        serve(self.engine, self.home, period)
        return str(Register(self.home).issue(period))

    def rows(self, period: str = Q1) -> list[tuple[Any, ...]]:
        return rows_of(
            self.engine,
            "select rule_id, bkkp_sn, fund_amount::integer, status from money.claim "
            f"where period = '{period}' order by rule_id, bkkp_sn nulls last",
        )

    def listed(self, period: str = Q1) -> list[tuple[Any, ...]]:
        folder = serve(self.engine, self.home, period)
        if folder is None:
            return []
        frame = pl.read_parquet(folder / "clawback.parquet").sort("rule_id", "bkkp_sn", nulls_last=True)
        return frame.select("rule_id", "bkkp_sn", pl.col("fund_amount").cast(pl.Int64), "status").rows()

    def facts(self, rule_id: str) -> Any:
        return json.loads(rows_of(self.engine, f"select evidence from money.claim where rule_id = '{rule_id}'")[0][0])

    def candidate(self, rule_id: str) -> str:
        return str(rows_of(self.engine, f"select candidate_id from money.claim where rule_id = '{rule_id}'")[0][0])
