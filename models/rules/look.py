"""Looking with rules over several quarters without storing: for models that build on the same templates."""

from collections.abc import Iterable

import polars as pl

from models.config import Config
from models.engine import Engine
from models.rules.run import FRESH, chosen, fresh, make_shared, passes, prepare_run, values_of

SHOWN = "rule_id, period, fixmedins_code, setl_id, gross_amount, evidence, reason"


def look(engine: Engine, rule_ids: Iterable[str], config: Config, first: str, last: str) -> pl.DataFrame:
    """What rules find in the quarters from first to last, in the columns of `SHOWN`.

    Leaves `finding.finding` as it is; joins the caller's transaction.
    Raises UsageError for rules that are unknown or not implemented.
    """
    prepare_run(engine)
    found = []
    for together in passes(chosen(rule_ids), config):
        values = values_of(together, config, first, last)
        make_shared(engine, together[0], values)
        fresh(engine, together[0], values)
        found.append(engine.frame(f"select {SHOWN} from {FRESH} order by rule_id, period, setl_id, bkkp_sn"))
    return pl.concat(found)
