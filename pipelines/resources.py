"""The one resource: an open session on a home, configured from the environment or by overrides."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg

from assets.common import readable_errors
from models.config import load_config
from models.engine.preflight import check_engine
from models.home import Home
from models.periods import parse_moment
from models.session import Options, Session, open_session

ENVIRONMENT = {
    "landing": "JICHA_LANDING",
    "home": "JICHA_HOME",
    "key_file": "JICHA_KEY_FILE",
    "as_of": "JICHA_AS_OF",
    "accept_quality": "JICHA_ACCEPT_QUALITY",
}


def options_from_environment() -> Options:
    """Options of runs that the UI or a schedule starts."""
    found = {name: os.environ.get(variable) or None for name, variable in ENVIRONMENT.items()}
    return Options(
        landing=Path(found["landing"]) if found["landing"] else None,
        home=Path(found["home"] or "home"),
        key_file=Path(found["key_file"]) if found["key_file"] else None,
        as_of=parse_moment(found["as_of"]) if found["as_of"] else None,
        accept_quality=found["accept_quality"],
    )


def session_resource(
    options: Options | None, held: Callable[[], Session | None] = lambda: None
) -> dg.ResourceDefinition:
    """A session per run: opened at the first step that needs it, closed when the run ends.

    `held` gives the one that several runs of this process share, while there is one.
    """

    @contextmanager
    def _open(context: dg.InitResourceContext) -> Iterator[Session]:
        shared = held()
        if shared is not None:
            yield shared
            return
        given = options or options_from_environment()
        with readable_errors():
            for line in check_engine(load_config(Home(given.home.resolve()).config_file).engine):
                if context.log:
                    context.log.info(line)
        with open_session(given) as session:
            yield session

    return dg.ResourceDefinition(resource_fn=_open, description="An open home: engine, configuration, key")
