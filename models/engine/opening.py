"""Opening the engine that a home's configuration names, and what it has published."""

from pathlib import Path

import duckdb

from models.config import Config
from models.engine.away import come_home
from models.engine.duck import Engine, apply_limits, connect
from models.home import Home


def open_engine(home: Home, config: Config, read_only: bool = False) -> Engine:
    """Open the working database of a home with the configured limits, for writing with the engine it names.

    Who only reads needs no cluster: what the cluster made is read from its files. A cluster is asked for nothing, and
    pyspark not even loaded, before the first query that runs there.
    """
    con = connect(home, config, read_only)
    if read_only:
        return Engine(con)
    if config.engine.kind == "spark":
        from models.engine.spark import SparkEngine

        return SparkEngine(con, home, config.engine)
    come_home(con)
    return Engine(con)


def open_published(path: Path, config: Config) -> Engine:
    """Open a published snapshot for reading, within the configured memory and threads."""
    con = duckdb.connect(str(path), read_only=True)
    apply_limits(con, config)
    return Engine(con)
