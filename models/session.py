"""What every stage is handed: where the data are, the open engine, the configuration, the key."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from models.beside import Beside
from models.config import Config, load_config
from models.engine import Engine, open_engine
from models.engine.spill import SpillWatch
from models.errors import UsageError, no_landing
from models.home import Home
from models.rules.registry import use_local_rules

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Options:
    """What the user asked for; paths as given."""

    landing: Path | None
    home: Path
    key_file: Path | None = None
    as_of: datetime | None = None
    accept_quality: str | None = None
    progress: Progress | None = None  # what is under way
    remark: Progress | None = None  # what stages have to say of themselves


@dataclass
class Session:
    """One open home: engine, configuration, key; lives as long as one run."""

    options: Options
    home: Home
    config: Config
    engine: Engine
    key: bytes = field(repr=False)
    beside: Beside = field(repr=False)
    spill: SpillWatch = field(repr=False)
    told: dict[tuple[str, str], list[str]] = field(default_factory=dict, repr=False)  # models/lists/facts.py

    @property
    def landing(self) -> Path:
        """The landing folder; raises UsageError or InputRefused when there is none."""
        folder = self.options.landing
        if folder is None:
            raise UsageError("没有给出数据目录 / no landing folder: pass --landing DIR.")
        if not folder.is_dir():
            raise no_landing(folder)
        return folder


@contextmanager
def open_session(options: Options, with_key: bool = True) -> Iterator[Session]:
    """Open a home for writing, one process at a time; closes the warehouse whatever happens.

    `with_key=False` is for what neither loads nor reveals: the key need not be at hand.
    """
    from models.ingest.keys import read_or_make_key

    home = Home(options.home.resolve())
    use_local_rules(home.rules)
    with home.writer_lock():
        config = load_config(home.config_file)
        engine = open_engine(home, config)
        beside, spill = Beside(), SpillWatch(home.tmp)
        try:
            key = read_or_make_key(home, engine, options.key_file) if with_key else b""
            yield Session(options, home, config, engine, key, beside, spill)
        finally:
            beside.close()
            spill.close()
            engine.close()
