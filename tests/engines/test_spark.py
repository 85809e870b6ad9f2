"""Core on a real standalone cluster, by Spark Connect, and on the embedded engine: the same rows.

Skips without pyspark or Java.
"""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from models import core
from models.config import Config
from models.engine import Engine, open_engine
from models.engine.spark import open_spark, publish_inputs
from models.errors import UsageError
from models.home import Home
from models.ingest import load, resolve

TABLES = ("settlement", "stay", "fee_line", "diagnosis", "operation", "provider", "unmatched_refund")
SMALL = {"spark.sql.shuffle.partitions": "2", "spark.sql.codegen.wholeStage": "false"}
DRIVER = {"spark.driver.host": "127.0.0.1", "spark.ui.enabled": "false"}
PATIENCE = 300.0


def _port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture(scope="module")
def scripts() -> Path:
    """Where Spark's own start scripts are."""
    pyspark = pytest.importorskip("pyspark", reason="pyspark is not installed: make spark")
    if shutil.which("java") is None:
        pytest.skip("Java is not installed: the cluster needs a Java 17 runtime (apt-get install default-jre-headless)")
    return Path(pyspark.__file__).parent / "bin"


@pytest.fixture(scope="module")
def cluster(scripts: Path) -> Iterator[str]:
    """A master and two workers on loopback."""
    port = _port()
    address, here = f"spark://127.0.0.1:{port}", "org.apache.spark.deploy"
    local = ["--host", "127.0.0.1", "--webui-port", "0"]
    worker = [f"{here}.worker.Worker", *local, "--cores", "1", "--memory", "1g", address]
    with ExitStack() as stack:
        _begin(stack, [scripts / "spark-class", f"{here}.master.Master", *local, "--port", str(port)])
        _wait_for("the master", port)
        for _ in range(2):
            _begin(stack, [scripts / "spark-class", *worker])
        yield address


@pytest.fixture
def connect(scripts: Path, tmp_path: Path) -> Iterator[str]:
    """A Spark Connect server with two local threads on loopback."""
    port = _port()
    settings = {
        **DRIVER,
        "spark.connect.grpc.binding.address": "127.0.0.1",
        "spark.connect.grpc.binding.port": str(port),
        "spark.sql.warehouse.dir": str(tmp_path / "unused"),
    }
    words = [scripts / "spark-submit", "--master", "local[2]"]
    for name, value in settings.items():
        words += ["--conf", f"{name}={value}"]
    with ExitStack() as stack:
        _begin(stack, [*words, "--class", "org.apache.spark.sql.connect.service.SparkConnectServer", "spark-internal"])
        _wait_for("Spark Connect", port)
        yield f"sc://127.0.0.1:{port}"


def _begin(stack: ExitStack, words: list[str | Path]) -> None:
    env = {**os.environ, "SPARK_LOCAL_IP": "127.0.0.1"}
    process = subprocess.Popen(words, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    stack.callback(process.wait)
    stack.callback(process.kill)


def _wait_for(what: str, port: int) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise TimeoutError(f"{what} did not start")


@pytest.fixture(scope="module")
def embedded(landing: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The embedded engine with the core tables of the small county."""
    config, home = Config(), Home(tmp_path_factory.mktemp("embedded") / "home")
    duck = open_engine(home, config)
    load(duck, landing, home, bytes(32), config)
    resolve(duck)
    core.build(duck, config)
    yield duck
    duck.close()


def _same_core(duck: Engine, address: str, folder: Path, settings: dict[str, str]) -> None:
    spark = open_spark(address, str(folder / "tables"), settings)
    try:
        publish_inputs(duck, spark, str(folder))
        core.build(spark, Config())
        for table in TABLES:
            statement = f"select * from core.{table}"
            one, other = duck.frame(statement), spark.frame(statement)
            assert one.columns == other.columns
            assert one.height > 0 or table == "unmatched_refund"
            assert sorted(map(repr, one.rows())) == sorted(map(repr, other.rows())), table
    finally:
        spark.close()


@pytest.mark.slow
def test_core_is_the_same_on_a_cluster(embedded: Engine, cluster: str, tmp_path: Path) -> None:
    _same_core(embedded, cluster, tmp_path, SMALL | DRIVER | {"spark.sql.warehouse.dir": str(tmp_path / "unused")})


@pytest.mark.slow
def test_core_is_the_same_by_spark_connect(embedded: Engine, connect: str, tmp_path: Path) -> None:
    _same_core(embedded, connect, tmp_path, SMALL)


def test_without_java_a_cluster_is_refused_readably(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pytest.importorskip("pyspark", reason="pyspark is not installed: make spark")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match="Java 17"):
        open_spark("local[1]", str(tmp_path))
