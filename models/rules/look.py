"""Looking with rules over quarters, for models that build on the same templates; each quarter is looked at once."""

import json
from collections.abc import Iterable
from typing import Any

import polars as pl

from models.config import Config
from models.engine import Engine
from models.periods import parse_quarter
from models.rules.ahead import quarters_on
from models.rules.passes import FRESH, LOOKED, chosen, fresh, made_of, make_shared, passes, values_of
from models.rules.registry import Rule
from models.rules.run import prepare_run

SHOWN = "rule_id, period, fixmedins_code, setl_id, gross_amount, evidence, reason"
TABLE = f"""create table {LOOKED} (
    place integer, rule_id varchar, period varchar, fixmedins_code varchar, setl_id varchar, bkkp_sn varchar,
    gross_amount decimal(16, 2), evidence varchar, reason varchar
)"""


def look(engine: Engine, rule_ids: Iterable[str], config: Config, first: str, last: str) -> pl.DataFrame:
    """What rules find in the quarters from first to last, in the columns of `SHOWN`.

    Leaves `finding.finding` as it is; joins the caller's transaction. What a quarter gave is kept until core, a
    template, a rule or a value changes: a quarter found alone equals the same quarter found with others. The tables
    that the templates share are there afterwards.
    Raises UsageError for rules that are unknown or not implemented.
    """
    together = [(rules, values_of(rules, config, first, last)) for rules in passes(chosen(rule_ids), config)]
    digest = made_of(engine, together)
    there = _kept(engine, digest)
    missing = [quarter for quarter in _quarters(first, last) if quarter not in there]
    if missing and digest:
        missing = [quarter for quarter in quarters_on(engine, missing) if quarter not in there]
    if missing:
        prepare_run(engine)
    for place, (rules, values) in enumerate(together):
        make_shared(engine, rules[0], values)
        if missing:
            _find(engine, place, rules, {**values, "period_from": missing[0], "period_to": missing[-1]}, missing)
    remark = json.dumps([digest, sorted({*there, *missing})])
    engine.con.execute(f"comment on table {LOOKED} is '{remark}'")
    return engine.frame(
        f"select {SHOWN} from {LOOKED} where period between $first and $last "
        "order by place, rule_id, period, setl_id, bkkp_sn",
        {"first": first, "last": last},
    )


def _find(engine: Engine, place: int, rules: list[Rule], values: dict[str, Any], missing: list[str]) -> None:
    line = "bkkp_sn" if "bkkp_sn" in fresh(engine, rules[0], values) else "cast(null as varchar) as bkkp_sn"
    engine.con.execute(
        f"insert into {LOOKED} by name select {place} as place, {SHOWN}, {line} from {FRESH} "
        "where list_contains($missing, period)",
        {"missing": missing},
    )


def _quarters(first: str, last: str) -> list[str]:
    one, end, quarters = parse_quarter(first), parse_quarter(last), []
    while one <= end:
        quarters.append(str(one))
        one = one.shift(1)
    return quarters


def _kept(engine: Engine, digest: str) -> list[str]:
    """The quarters looked at before with the same; else none, in an empty table."""
    made, quarters = json.loads(engine.remark(LOOKED) or '["", []]')
    if digest and made == digest:
        return list(quarters)
    engine.con.execute(f"drop table if exists {LOOKED}")
    engine.con.execute(TABLE)
    return []
