"""The field's indices and the national indicator rules: a value a provider, indicator and quarter, among its peers."""

from datetime import timedelta

import polars as pl

from models.config import Config
from models.engine.duck import Engine
from models.periods import Quarter, parse_quarter, quarter_of
from models.rules.registry import Rule, registry
from models.scores.cases import prepare_peers, prepare_planned
from models.scores.indicator_charges import charge_values
from models.scores.indicator_peers import among_peers
from models.scores.indicator_stays import stay_values
from models.scores.store import ScoreSummary, columns_of, empty, store

QUARTERS = 12
#: multiples of the payment standard that count as low and high where `pay_par` gives none (national DIP specification)
LOW_MULTIPLE, HIGH_MULTIPLE = 0.5, 2.0


def indicator(engine: Engine, period: str, config: Config) -> ScoreSummary:
    """Make the rows of `score.indicator` for the twelve quarters up to a period.

    Reads core.settlement, core.stay, core.diagnosis, core.fee_line, core.provider, cur.pay_par. Shares and rates are
    fractions of one, indices have 1 = as the area, CMI is the mean weight. Raises UsageError for what is no quarter.
    """
    quarter = parse_quarter(period)
    with engine.all_or_nothing():
        rows = store(engine, "score.indicator", str(quarter), indicator_frame(engine, quarter, config))
    return ScoreSummary(str(quarter), {"score.indicator": rows})


def indicator_rules() -> dict[str, Rule]:
    """The rules of the registry that are indicators, by the indicator they name."""
    return {rule.indicator: rule for rule in registry() if rule.indicator}


def indicator_frame(engine: Engine, last: Quarter, config: Config) -> pl.DataFrame:
    """The rows of the `indicator` list up to a quarter."""
    rules = indicator_rules()
    first = last.shift(1 - QUARTERS)
    prepare_peers(engine)
    span = {"first_quarter": str(first), "last_quarter": str(last)}
    active = engine.query("scores/indicator_provider", **span)
    if active.is_empty():
        return empty("score.indicator")
    found = [
        stay_values(_stay_cells(engine, first, last, rules, config), _first_whole_quarter(engine)),
        charge_values(_charges(engine, span, rules), active, rules),
    ]
    rows = pl.concat(found).join(active.drop("settlements"), on=["fixmedins_code", "quarter"], how="inner")
    rows = among_peers(rows, config.params.peer_min_providers, config.params.peer_min_cases)
    named = {name: rule.rule_id for name, rule in rules.items()} | {"drug_share_no_herb": rules["drug_share"].rule_id}
    rows = rows.with_columns(rule_id=pl.col("indicator").replace_strict(named, default=None, return_dtype=pl.String))
    columns = [name for name in columns_of("score.indicator") if name != "period"]
    return rows.select(columns).sort("fixmedins_code", "indicator", "quarter")


def _stay_cells(engine: Engine, first: Quarter, last: Quarter, rules: dict[str, Rule], config: Config) -> pl.DataFrame:
    prepare_planned(engine, config)
    engine.replace(
        "score.indicator_stay",
        "scores/indicator_stay",
        start=first.start,
        until=last.end,
        look_back=first.start - timedelta(days=config.params.look_back_days),
        readmission_days=rules["readmission_rate"].params["days"],
        infection=rules["infection_rate"].params["codes"],
    )
    cells = engine.query("scores/indicator_group", low=LOW_MULTIPLE, high=HIGH_MULTIPLE)
    engine.con.execute("drop table score.indicator_stay")  # as large as the stays of three years, and quickly remade
    return cells


def _charges(engine: Engine, span: dict[str, str], rules: dict[str, Rule]) -> pl.DataFrame:
    ct, mr = rules["ct_share"].params, rules["mr_share"].params
    return engine.query(
        "scores/indicator_charge",
        **span,
        imaging=ct["classes"],
        ct_codes=ct["codes"],
        mr_codes=mr["codes"],
        ct_names=ct["names"],
        mr_names=mr["names"],
        not_names=ct["not_names"],
    )


def _first_whole_quarter(engine: Engine) -> str:
    """The first quarter with two months before it: earlier ones cannot see who came back."""
    found = engine.query("scores/indicator_month")["first_month"][0]
    if found is None:
        return "9999Q4"
    at = quarter_of(found)
    while (at.start.year - found.year) * 12 + at.start.month - found.month < 2:
        at = at.shift(1)
    return str(at)
