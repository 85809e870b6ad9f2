"""The cases that the cost scores rest on, and who is whose peer."""

from models.config import Config
from models.engine.duck import Engine
from models.scores.kept import keep
from models.scores.window import Window


def prepare_peers(engine: Engine) -> None:
    """Have `score.peer`: one row a provider with its peer group."""
    keep(engine, "score.peer", "scores/peer", {})


def prepare_planned(engine: Engine, config: Config) -> None:
    """Have `score.planned_stay`: stays planned by their codes, which are no returns to be held against anybody."""
    keep(engine, "score.planned_stay", "scores/planned_stay", config.params.model_dump())


def prepare_cases(engine: Engine, window: Window, config: Config) -> None:
    """Have `score.case_dept` and `score.cost_case` of a window.

    The department is that of the visit record; where no visits are delivered, the one that ordered most of the charges.
    """
    bounds = window.bounds(config.params.look_back_days)
    named = "scores/case_dept_visit" if _visits_name_departments(engine) else "scores/case_dept_line"
    keep(engine, "score.case_dept", named, bounds)
    keep(engine, "score.cost_case", "scores/cost_case", bounds, of=("score.case_dept",))


def _visits_name_departments(engine: Engine) -> bool:
    if not engine.exists("cur.mdtrt_d"):
        return False
    some = "select 1 from cur.mdtrt_d where coalesce(dscg_dept_codg, adm_dept_codg) is not null limit 1"
    return bool(engine.con.execute(some).fetchall())
