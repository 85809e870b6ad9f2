"""Findings and the registry of rules, for tests of money: `find(engine, [{...}])` makes finding.finding."""

from typing import Any

import polars as pl

from models.engine.duck import Engine

FINDING = {
    "rule_id": "varchar", "period": "varchar", "fixmedins_code": "varchar", "setl_id": "varchar", "bkkp_sn": "varchar",
    "item_code": "varchar", "item_name": "varchar", "cnt": "decimal(16,4)", "pric": "decimal(16,6)",
    "allowed": "decimal(18,4)", "excess": "decimal(18,4)", "gross_amount": "decimal(16,2)", "part_num": "decimal(20,4)",
    "part_den": "decimal(20,4)", "claim_kind": "varchar", "evidence": "varchar", "reason": "varchar",
    "basis_id": "varchar",
}  # fmt: skip
PLAIN = {
    "rule_id": "R01", "period": "2025Q1", "fixmedins_code": "H1", "setl_id": "S1", "gross_amount": 1, "part_num": 1,
    "part_den": 1, "evidence": "{}", "reason": "与规则所述情形相符。",
}  # fmt: skip


def find(engine: Engine, findings: list[dict[str, Any]]) -> None:
    """Make finding.finding; a finding names only what the test is about, and is about a line where it names one."""
    engine.con.execute(f"create or replace table finding.finding ({', '.join(f'{n} {t}' for n, t in FINDING.items())})")
    if not findings:
        return
    full = [{**PLAIN, "claim_kind": "line" if row.get("bkkp_sn") else "case", **row} for row in findings]
    texts = [{name: None if (value := row.get(name)) is None else str(value) for name in FINDING} for row in full]
    engine.con.register("found_rows", pl.DataFrame(texts, schema=dict.fromkeys(FINDING, pl.String)))
    engine.con.execute("insert into finding.finding by name select * from found_rows")
    engine.con.unregister("found_rows")


def rules(engine: Engine, known: list[tuple[str, str, str]]) -> None:
    """Make finding.rule from (rule_id, track, confidence)."""
    engine.con.execute(
        "create or replace table finding.rule (rule_id varchar, rule_name varchar, track varchar, "
        "confidence decimal(5,4), template varchar, version varchar)"
    )
    for rule_id, track, confidence in known:
        row = [rule_id, f"规则{rule_id}", track, confidence, "kp_sex", "1"]
        engine.con.execute("insert into finding.rule values (?, ?, ?, ?, ?, ?)", row)
