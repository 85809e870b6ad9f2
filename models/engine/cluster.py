"""Opening a Spark cluster: standalone, local threads or Spark Connect; one session a process and address."""

import atexit
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

from models.errors import QueryFailed, UsageError
from models.settings_engine import EngineSettings

# as DuckDB: times without a zone, JSON that says null; an overflow or a bad cast stops the statement, gives no null
SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.jsonGenerator.ignoreNullFields": "false",
}

# of a driver in this process; a server of Spark Connect has its own
OF_DRIVER = {"spark.ui.showConsoleProgress": "false"}

_open: dict[str, Any] = {}
# what a session's views stand for: a folder, or a query and the folders that it reads; of all homes of this process
_views: dict[str, dict[str, str]] = {}


def is_installed() -> bool:
    """Whether pyspark is there: a folder that its workers left behind is found under its name as well."""
    found = find_spec("pyspark")
    return found is not None and found.origin is not None


def check_installed(settings: EngineSettings) -> None:
    """Raise UsageError where pyspark is not installed, or Java where this process needs it (not for Spark Connect)."""
    if not is_installed():
        raise UsageError("没有安装 pyspark / pyspark is not installed: pip install 'jicha[spark]', and Java 17.")
    if is_remote(settings):
        return
    if "JAVA_HOME" not in os.environ and shutil.which("java") is None:
        raise UsageError(
            f"没有找到 Java / no Java was found, which {settings.address} needs on this machine: install a Java 17 "
            "runtime or set JAVA_HOME, or give the address of Spark Connect (sc://host:port)."
        )


def is_remote(settings: EngineSettings) -> bool:
    """Whether the address is one of Spark Connect, whose driver runs elsewhere."""
    return str(settings.address).startswith("sc://")


def session_of(settings: EngineSettings) -> Any:
    """The session of an address, opened when first asked for; it lasts as long as the process.

    Raises UsageError as `check_installed` does.
    """
    address = str(settings.address)
    if address not in _open:
        check_installed(settings)
        from pyspark.sql import SparkSession

        builder = SparkSession.builder.appName("jicha")
        builder = builder.remote(address) if is_remote(settings) else builder.master(address)
        own = {} if is_remote(settings) else OF_DRIVER
        for name, value in {**SETTINGS, **own, **settings.settings}.items():
            builder = builder.config(name, value)
        _open[address], _views[address] = builder.getOrCreate(), {}
        if not is_remote(settings):
            _open[address].sparkContext.setLogLevel("ERROR")  # its warnings are about small data and single windows
    return _open[address]


def views_of(settings: EngineSettings) -> dict[str, str]:
    """What the views of the session of an address stand for, by name: to be kept up to date by who makes one."""
    session_of(settings)
    return _views[str(settings.address)]


@contextmanager
def readable(what: str) -> Iterator[None]:
    """What Spark raises, as one message."""
    from pyspark.errors import PySparkException

    try:
        yield
    except PySparkException as fault:
        text = " ".join(str(fault).split())[:400]
        raise QueryFailed(f"集群未能算出 / the cluster failed at {what}: {text}") from fault


def stop_sessions() -> None:
    """Give the cluster back what its sessions hold."""
    while _open:
        _open.popitem()[1].stop()


atexit.register(stop_sessions)
