"""The cases that the cost scores rest on, and who is whose peer."""

from models.config import Config
from models.engine.duck import Engine
from models.scores.window import Window


def prepare_peers(engine: Engine) -> None:
    """Make `score.peer`: one row a provider with its peer group."""
    engine.replace("score.peer", "scores/peer")


def prepare_cases(engine: Engine, window: Window, config: Config) -> int:
    """Make `score.case_dept` and `score.cost_case` of a window; returns the number of cases.

    The department is that of the visit record; where no visits are delivered, the one that ordered most of the charges.
    """
    bounds = window.bounds(config.params.look_back_days)
    visits = engine.replace("score.case_dept", "scores/case_dept_visit") if engine.exists("cur.mdtrt_d") else 0
    if not visits:
        engine.replace("score.case_dept", "scores/case_dept_line", **bounds)
    return engine.replace("score.cost_case", "scores/cost_case", **bounds)
