"""What a run settles first, before Dagster, whose import takes seconds: what stands against it is told at once."""

from collections.abc import Callable
from dataclasses import dataclass

from models import ingest
from models.config import load_config
from models.engine.preflight import check_engine
from models.errors import UsageError, no_landing
from models.home import Home
from models.ingest.misplaced import home_inside
from models.rules.registry import use_local_rules
from models.session import Options, open_session
from models.settings_check import check_settings
from pipelines.beside import begin_apart


@dataclass(frozen=True)
class Opening:
    """A home that may be run: is there anything new in landing, and remarks on files that are not read."""

    home: Home
    new: bool
    remarks: list[str]


def open_run(options: Options, tell: Callable[[str], None] = lambda line: None) -> Opening:
    """Look at settings, engine, key and every new file; raises the user's error before any run is recorded.

    `tell` is handed, before anything is read, what a cluster will run, where the configuration names one.
    """
    home = Home(options.home.resolve())
    if options.landing and (inside := home_inside(options.landing, home.root)):
        raise UsageError(inside)
    home.prepare()
    use_local_rules(home.rules)
    config = load_config(home.config_file)
    check_settings(config)
    for line in check_engine(config.engine):
        tell(line)
    if options.landing is None:
        raise UsageError("没有给出数据目录 / no landing folder given: pass --landing DIR, or set JICHA_LANDING.")
    if not options.landing.is_dir():
        raise no_landing(options.landing)
    # a wrong key, another writer and all unreadable files, whatever their folder
    with open_session(options) as session:
        new, remarks = ingest.refuse_unreadable(session.engine, session.landing)
    begin_apart(bool(new))
    return Opening(home, bool(new), remarks)
