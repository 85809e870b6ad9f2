"""Keeping the warehouse file near the size of its content."""

from models.config import Config
from models.engine import Engine
from models.home import Home


def settle(engine: Engine, home: Home, config: Config) -> None:
    """Write everything into the file and give space that replaced rows held back for reuse."""
    engine.con.execute("checkpoint")
