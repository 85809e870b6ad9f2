"""Core on a real standalone cluster and on the embedded engine: the same rows. Skips without pyspark or Java."""

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
from models.engine import open_engine
from models.engine.spark import open_spark, publish_inputs
from models.home import Home
from models.ingest import load, resolve

TABLES = ("settlement", "stay", "fee_line", "diagnosis", "operation", "provider", "unmatched_refund")


def _port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """A master and two workers on loopback."""
    pyspark = pytest.importorskip("pyspark", reason="pyspark is not installed: pip install 'jicha[spark]'")
    if shutil.which("java") is None:
        pytest.skip("Java is not installed: a Spark cluster needs a Java 17 runtime")
    script, port = Path(pyspark.__file__).parent / "bin" / "spark-class", _port()
    address, here = f"spark://127.0.0.1:{port}", "org.apache.spark.deploy"
    env = {**os.environ, "SPARK_LOCAL_IP": "127.0.0.1"}
    local = ["--host", "127.0.0.1", "--webui-port", "0"]
    worker = [f"{here}.worker.Worker", *local, "--cores", "1", "--memory", "1g", address]
    with ExitStack() as stack:
        for words in ([f"{here}.master.Master", *local, "--port", str(port)], worker, worker):
            process = subprocess.Popen(
                [str(script), *words], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            stack.callback(process.wait)
            stack.callback(process.kill)
            if words is not worker:
                _wait_for(port)
        yield address


def _wait_for(port: int) -> None:
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise TimeoutError("the master did not start")


@pytest.mark.slow
def test_core_is_the_same(landing: Path, cluster: str, tmp_path: Path) -> None:
    config, home = Config(), Home(tmp_path / "home")
    duck = open_engine(home, config)
    load(duck, landing, home, bytes(32), config)
    resolve(duck)
    core.build(duck, config)
    small = {
        "spark.driver.host": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.warehouse.dir": str(tmp_path / "unused"),
    }
    spark = open_spark(cluster, str(tmp_path / "tables"), small)
    try:
        publish_inputs(duck, spark, str(tmp_path))
        core.build(spark, config)
        for table in TABLES:
            statement = f"select * from core.{table}"
            one, other = duck.frame(statement), spark.frame(statement)
            assert one.columns == other.columns
            assert one.height > 0 or table == "unmatched_refund"
            assert sorted(map(repr, one.rows())) == sorted(map(repr, other.rows())), table
    finally:
        spark.close()
        duck.close()
