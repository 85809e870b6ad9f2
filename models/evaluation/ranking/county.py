"""One invented county: made, loaded, scored and planned, and how the planted providers stand in each order."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from models import core, gathering, ingest, persons, quality, rules
from models.config import Config
from models.engine import Engine, open_engine
from models.evaluation.truth import codes, read_truth
from models.home import Home
from models.money import claims
from models.money.register import Register
from models.periods import Quarter
from models.planning.lots import lot
from models.sample import write_world
from models.scores import deviation, inspection, outlier, provider_score, upcoding
from models.scores.window import year_window

MONTHS = 12
FIRST = "202401"
YEAR = "2025"
KEY = bytes(32)
#: single scores a bureau might rank by, each a column of the provider table; `-` = the lowest first
SINGLE = {
    "finding": "finding_rate",
    "finding_amount": "finding_amount",
    "upcoding": "upcoding_score",
    "over": "deviation_z",
    "under": "-deviation_z",
    "gathering": "gathering_score",
    "person": "person_score",
    "split_stay": "split_stay_rate",
    "outlier": "outlier_score",
    "quality": "quality_rate",
}
PLAN, RISK, PAID = "plan", "risk_score", "paid"


@dataclass(frozen=True)
class County:
    """Orders of the active providers (first to last) by method, and the planted ones.

    `roles`: providers whose own conduct is planted, by scheme; `meeting`: where planted gangs meet.
    """

    seed: int
    orders: dict[str, list[str]]
    roles: dict[str, str]
    meeting: set[str] = field(default_factory=set)


def county(seed: int, people: int, config: Config) -> County:
    """Make a county of twelve months in a folder of its own, score it as a run does, and read the orders."""
    with TemporaryDirectory(prefix="county-") as folder:
        landing = Path(folder) / "landing"
        write_world(landing, people=people, months=MONTHS, seed=seed, messy=False, first_month=FIRST)
        truth = read_truth(landing)
        engine = open_engine(Home(Path(folder) / "home"), config)
        engine.con.execute("set enable_progress_bar = false")
        try:
            _score(engine, landing, Home(Path(folder) / "home"), config)
            found = _orders(engine, config)
        finally:
            engine.close()
    bad = truth.providers.filter(~pl.col("scheme").str.starts_with("lookalike"))
    roles = dict(bad.select("fixmedins_code", "scheme").sort("fixmedins_code").rows())
    return County(seed, found, roles, codes(truth.groups.filter(pl.col("scheme") == "gathering"), "fixmedins_code"))


def _score(engine: Engine, landing: Path, home: Home, config: Config) -> None:
    """Load, then every score and claim that the plan of the year after takes."""
    ingest.load(engine, landing, home, KEY, config)
    ingest.resolve(engine)
    core.build(engine, config)
    quarters = [str(Quarter(int(FIRST[:4]), number)) for number in (1, 2, 3, 4)]
    quality.run(engine, config, home, quarters)
    rules.raise_failures(rules.run_rules(engine, None, config, quarters))
    for quarter in quarters:
        with engine.transaction():
            claims(engine, quarter, config, Register(home), date(int(YEAR), 1, 1))
    for stage in (deviation, upcoding, outlier, gathering.gathering, persons.persons, provider_score):
        stage(engine, quarters[-1], config)
    inspection(engine, YEAR, config)


def _orders(engine: Engine, config: Config) -> dict[str, list[str]]:
    ranked = engine.frame("select * from score.inspection where period = $year order by rank", {"year": YEAR})
    table = engine.frame("select * from score.provider_score where period = $year", {"year": YEAR})
    table = table.filter(pl.col("fixmedins_code").is_in(ranked["fixmedins_code"].implode()))
    paid = engine.query("scores/baseline_provider", **year_window(engine, YEAR).bounds())
    found = {PLAN: ranked["fixmedins_code"].to_list(), RISK: order_by(ranked, "risk_score")}
    found[PAID] = order_by(
        ranked.select("fixmedins_code").join(paid.rename({paid.columns[1]: "paid"}), on="fixmedins_code", how="left"),
        "paid",
    )
    return found | {name: order_by(table, column) for name, column in SINGLE.items()}


def order_by(table: pl.DataFrame, column: str) -> list[str]:
    """Codes by a column, the highest first (`-column`: the lowest), unknown ones last.

    Equal and unknown ones go by a lot: codes of planted providers are no accident in an invented county.
    """
    name = column.removeprefix("-")
    value = pl.col(name).cast(pl.Float64).fill_nan(None)
    lots = pl.Series("lot", [lot(0, name, code) for code in table["fixmedins_code"]])
    known = table.with_columns(lots, value=-value if column.startswith("-") else value)
    return list(known.sort(["value", "lot"], descending=[True, False], nulls_last=True)["fixmedins_code"])
