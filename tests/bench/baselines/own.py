"""jicha's own way to the same: the rules with evidence and money, the deviation list, the search for groups."""

from pathlib import Path

from models.config import Config
from models.engine import Engine, open_engine
from models.home import Home
from tests.bench.baselines.work import RULES

QUARTERS = ["2025Q1", "2025Q2", "2025Q3", "2025Q4"]
#: the obvious ways know nothing of births: without these codes lines that may be a newborn's are found here as well
CONFIG = Config.model_validate({"engine": {"threads": 2}, "params": {"birth_diagnoses": []}})


def _engine(folder: Path) -> Engine:
    return open_engine(Home(folder.parent / "home"), CONFIG)


def rules(folder: Path) -> dict[str, int]:
    from models.rules import run_rules

    engine = _engine(folder)
    run_rules(engine, list(RULES), CONFIG, QUARTERS)
    rows = engine.con.execute("select rule_id, count(*) from finding.finding group by rule_id").fetchall()
    engine.close()
    return {rule: dict(rows).get(rule, 0) for rule in RULES}


def deviation(folder: Path) -> dict[str, int]:
    from models import scores

    engine = _engine(folder)
    scores.deviation(engine, QUARTERS[-1], CONFIG)
    query = "select count(*) from score.deviation where level = 'provider' and grp_code is not null and assessable"
    found = int(engine.con.execute(query).fetchall()[0][0])
    engine.close()
    return {"groups compared": found}


def pairs(folder: Path) -> dict[str, int]:
    from models.gathering import gathering

    engine = _engine(folder)
    gathering(engine, QUARTERS[-1], CONFIG)
    found = engine.count("score.gathering_group")
    engine.close()
    return {"groups": found}
