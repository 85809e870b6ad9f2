"""The person list: every pattern of the contract over the twelve months up to a quarter's end."""

import polars as pl

from models.config import Config
from models.engine.duck import Engine
from models.engine.frames import put
from models.periods import quarter_of
from models.persons import frequency, screens
from models.persons.drugs import hoarding, many_providers
from models.persons.found import Found, keep_evidence, together
from models.persons.hubs import hubs
from models.persons.links import links, settlements
from models.rules.look import look
from models.rules.passes import drop_shared
from models.scores.store import ScoreSummary, store
from models.scores.window import Window, quarter_window

SCRATCH = ("person_wanted", "person_found", "person_supply", "person_settlement")


def persons(engine: Engine, period: str, config: Config) -> ScoreSummary:
    """Make the rows of `score.person`, `score.person_link` and `score.person_hub` for a quarter.

    Reads core.*, cur.psn_info_b, cur.hilist_b and the knowledge points of R39, R54, R55; looks at the settlements of
    the twelve months up to the quarter's end. fund_amount is yuan of the fund's net payments. Raises UsageError for
    no quarter.
    """
    window = quarter_window(period)
    with engine.all_or_nothing():
        found = find(engine, window, config)
        keep_evidence(engine, window.period, found.evidence)
        settlements(engine, window)
        linked = links(engine, window.period)
        rows = {
            "score.person": store(engine, "score.person", window.period, person_frame(found)),
            "score.person_link": store(engine, "score.person_link", window.period, linked),
            "score.person_hub": store(
                engine, "score.person_hub", window.period, hubs(engine, window.period, linked, config)
            ),
        }
        for table in SCRATCH:
            engine.con.execute(f"drop table if exists score.{table}")
    return ScoreSummary(window.period, rows)


def find(engine: Engine, window: Window, config: Config) -> Found:
    """All patterns: flagged persons, and the settlements behind them with what the fund paid."""
    first, last = str(quarter_of(window.start)), window.period
    findings = _with_person(engine, look(engine, (*frequency.RULES, *screens.RULES), config, first, last))
    often = findings.filter(pl.col("rule_id").is_in(frequency.RULES))
    found = [
        frequency.frequent(engine, often),
        many_providers(engine, window, config),
        hoarding(engine, window, config),
        screens.screened(findings),
    ]
    drop_shared(engine)
    return together(found)


def person_frame(found: Found) -> pl.DataFrame:
    """The rows of the `person` list."""
    keys = ["psn_id", "pattern"]
    money = found.evidence.group_by(keys).agg(pl.col("fund_amount").sum())
    frame = found.flags.join(money, on=keys, how="left").with_columns(
        pl.col("fund_amount").fill_null(0).cast(pl.Decimal(16, 2))
    )
    return frame.sort("pattern", "fund_amount", "psn_id", descending=[False, True, False])


def _with_person(engine: Engine, findings: pl.DataFrame) -> pl.DataFrame:
    put(engine, "score.person_found", findings.select("setl_id").unique(maintain_order=True))
    return findings.join(engine.query("persons/found_fund"), on="setl_id", how="inner", maintain_order="left")
