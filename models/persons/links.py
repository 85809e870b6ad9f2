"""Flagged persons and the providers and doctors they lead to."""

import polars as pl

from models.engine.duck import Engine
from models.scores.window import Window


def settlements(engine: Engine, window: Window) -> int:
    """Make `score.person_settlement`: every settlement of the window, or behind a flag, with its doctor.

    Needs `score.person_evidence` of the period: a visit before the window may lie in a stay settled inside it.
    """
    values = {**window.bounds(), "period": window.period}
    return engine.replace("score.person_settlement", "persons/settlement_doctor", **values)


def links(engine: Engine, period: str) -> pl.DataFrame:
    """The rows of the `person_link` list: person, pattern, provider, doctor, settlements, days, yuan of the fund.

    Needs `score.person_evidence` and `score.person_settlement`.
    """
    return engine.query("persons/link", period=period)
