"""Real clusters on loopback: a master with two workers, and a Spark Connect server; where pyspark and Java are."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml

from models.engine.cluster import is_installed
from tests.ports import free_port, listens

PATIENCE = 300.0
# a small county is all planning: compiled queries and a good compiler of the JVM cost more than they save
QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
SMALL = {
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
}
DRIVER = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.extraJavaOptions": QUICK,
    "spark.ui.enabled": "false",
}
CLUSTER = SMALL | DRIVER | {"spark.executor.extraJavaOptions": QUICK, "spark.executor.memory": "800m"}


def _lacking() -> str:
    if not is_installed():
        return "pyspark is not installed: make spark"
    if shutil.which("java") is None:
        return "Java is not installed: the cluster needs a Java 17 runtime (apt-get install default-jre-headless)"
    return ""


needs_spark = pytest.mark.skipif(bool(_lacking()), reason=_lacking() or "pyspark and Java are there")


def _scripts() -> Path:
    """Where Spark's own start scripts are."""
    found = find_spec("pyspark")
    assert found is not None and found.origin is not None
    return Path(found.origin).parent / "bin"


@contextmanager
def standalone() -> Iterator[str]:
    """The address of a master with two workers."""
    begin, port, here = _scripts() / "spark-class", free_port(), "org.apache.spark.deploy"
    address, local = f"spark://127.0.0.1:{port}", ["--host", "127.0.0.1", "--webui-port", "0"]
    worker = [f"{here}.worker.Worker", *local, "--cores", "1", "--memory", "1g", address]
    with ExitStack() as stack:
        _begin(stack, [begin, f"{here}.master.Master", *local, "--port", str(port)])
        _wait_for("the master", port)
        for _ in range(2):
            _begin(stack, [begin, *worker])
        yield address


@contextmanager
def connect(unused: Path) -> Iterator[str]:
    """The address of a Spark Connect server with two local threads."""
    port = free_port()
    settings = {
        **DRIVER,
        "spark.connect.grpc.binding.address": "127.0.0.1",
        "spark.connect.grpc.binding.port": str(port),
        "spark.sql.warehouse.dir": str(unused),
    }
    words: list[str | Path] = [_scripts() / "spark-submit", "--master", "local[2]"]
    for name, value in settings.items():
        words += ["--conf", f"{name}={value}"]
    with ExitStack() as stack:
        _begin(stack, [*words, "--class", "org.apache.spark.sql.connect.service.SparkConnectServer", "spark-internal"])
        _wait_for("Spark Connect", port)
        yield f"sc://127.0.0.1:{port}"


def configure(home: Path, address: str, warehouse: Path, settings: dict[str, str]) -> None:
    """Write the configuration of a home whose heavy queries run on a cluster."""
    home.mkdir(parents=True, exist_ok=True)
    warehouse.mkdir(parents=True, exist_ok=True)
    engine = {"kind": "spark", "address": address, "warehouse": str(warehouse), "settings": settings}
    (home / "config.yaml").write_text(yaml.safe_dump({"engine": {**engine, "patience": 300}}), encoding="utf-8")


def _begin(stack: ExitStack, words: list[str | Path]) -> None:
    env = {**os.environ, "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_DAEMON_JAVA_OPTS": QUICK}
    process = subprocess.Popen(words, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    stack.callback(process.wait)
    stack.callback(process.kill)


def _wait_for(what: str, port: int) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if listens(port):
            return
        time.sleep(0.2)
    raise TimeoutError(f"{what} did not start")
