"""Amounts that a rule finds over many drawn lists of lines, side by side in one warehouse."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from models import core, rules
from models.config import Config
from models.engine.duck import memory_engine
from tests.given import given


@dataclass(frozen=True)
class Example:
    """Fee lines of one visit (bkkp_sn B0, B1, …), the limits of their code, and what each must show; `drawn` names it.

    Lines name no code, or the end of one; `wildcard`: the limits are for every code that begins so.
    """

    drawn: object
    fees: list[dict[str, Any]]
    limits: dict[str, Any]
    expected: dict[str, Decimal]
    wildcard: bool = False


def check(rule_id: str, knowledge: str, examples: Iterable[Example], **settlement: Any) -> None:
    """Every example has a person, a settlement, a code and a point of `knowledge` of its own."""
    visits, fees, points, wanted = [], [], [], []
    for place, one in enumerate(examples):
        setl_id, code = f"S{place}", f"ITEM{place:04d}-"
        visits.append({**settlement, "setl_id": setl_id, "psn_no": f"P{place}"})
        for row in one.fees:
            named = {"bkkp_sn": f"{row['bkkp_sn']}.{setl_id}", "med_list_codg": code + row.get("med_list_codg", "")}
            fees.append({**row, **named, "setl_id": setl_id})
        point = {"rule_id": rule_id, "valid_from": "2020-01-01", "subject_code": code + "*" * one.wildcard}
        points.append({**point, **one.limits})
        wanted.append((one, {f"{line}.{setl_id}": amount for line, amount in one.expected.items()}))
    engine = given(memory_engine(), setl_d=visits, fee_list_d=fees, **{knowledge: points})
    core.build(engine, Config())
    assert rules.run_rules(engine, [rule_id], Config())[rule_id].error is None
    statement = "select setl_id, bkkp_sn, gross_amount from finding.finding where rule_id = $r"
    found: dict[str, dict[str, Decimal]] = {row["setl_id"]: {} for row in visits}
    for setl_id, line, amount in engine.con.execute(statement, {"r": rule_id}).fetchall():
        assert line not in found[setl_id], f"{line} is found twice"
        found[setl_id][line] = amount
    for visit, (one, expected) in zip(visits, wanted, strict=True):
        assert found[visit["setl_id"]] == expected, one.drawn


def to_fen(value: Fraction) -> Decimal:
    """Rounded half up."""
    whole, rest = divmod(value * 100, 1)
    return Decimal(int(whole) + (1 if rest >= Fraction(1, 2) else 0)) / 100


def rounded(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)
