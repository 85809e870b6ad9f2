"""Before anything is read: is the cluster there, does it work, and do its workers see the warehouse."""

import shutil
import socket
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit
from uuid import uuid4

import duckdb

from models.engine.cluster import check_installed, session_of
from models.errors import UsageError
from models.settings_engine import EngineSettings

CONNECT = 5.0  # seconds to reach a port
CONNECT_PORT = 15002  # of Spark Connect where the address names none
ROWS, PARTS = 1000, 4
ON_CLUSTER = "核心表、规则、凡读费用明细的查询 / core tables, rules, every query that reads fee lines"
ON_DRIVER = "入库、质量、金额、评分、就医聚集、人员、清单 / loading, quality, money, scores, gathering, persons, lists"

_passed: set[str] = set()


def check_engine(settings: EngineSettings) -> list[str]:
    """What runs where, a line each, once the cluster has answered; nothing for the embedded engine.

    Raises one UsageError that says what is missing: pyspark, Java, the address, the warehouse, an answer within
    `patience` seconds, or workers that see the warehouse. Asked again in the same process it only repeats the lines.
    """
    if settings.kind != "spark":
        return []
    assert settings.warehouse is not None
    if repr(settings) not in _passed:
        check_installed(settings)
        check_address(str(settings.address))
        _check_folder(settings.warehouse)
        _in_time(settings, lambda: _check_shared(settings))
        _passed.add(repr(settings))
    return [
        f"集群 {settings.address} 上运行 / on the cluster: {ON_CLUSTER}；仓库 / warehouse {settings.warehouse}",
        f"本机运行 / on this machine: {ON_DRIVER}",
    ]


def check_address(address: str) -> None:
    """Raise UsageError where nobody listens at an address; of several masters one is enough."""
    if address.startswith("local"):
        return
    plain = address.split("/;")[0]
    reasons = []
    for one in plain.split("://", 1)[1].split(","):
        place = urlsplit(f"//{one}")
        try:
            with socket.create_connection((str(place.hostname), place.port or CONNECT_PORT), CONNECT):
                return
        except OSError as fault:
            reasons.append(f"{one} ({fault.strerror or type(fault).__name__})")
    raise UsageError(
        f"连不上集群 / the cluster cannot be reached: {', '.join(reasons)}. Check engine.address, the master or Spark "
        "Connect server, and the network between."
    )


def _check_folder(warehouse: Path) -> None:
    probe = warehouse / f"check-{uuid4().hex[:12]}"
    try:
        probe.mkdir(parents=True)
        probe.rmdir()
    except OSError as fault:
        raise UsageError(
            f"仓库目录不可写 / the warehouse folder cannot be written: {warehouse} ({fault.strerror}). Give "
            "engine.warehouse a folder that this machine and every worker may write."
        ) from None


def _check_shared(settings: EngineSettings) -> None:
    """A small table goes there through this machine, through the workers, and back."""
    assert settings.warehouse is not None
    folder = settings.warehouse / f"check-{uuid4().hex[:12]}"
    (folder / "given").mkdir(parents=True)
    try:
        with duckdb.connect(":memory:") as con:
            text = str(folder).replace("'", "''")
            con.execute(f"copy (select range as n from range({ROWS})) to '{text}/given/part.parquet' (format parquet)")
            rows = session_of(settings).read.parquet(f"{folder}/given")
            rows.repartition(PARTS).write.parquet(f"{folder}/taken")
            found = con.execute(f"select count(*), sum(n) from read_parquet('{text}/taken/*.parquet')").fetchall()[0]
        if found != (ROWS, ROWS * (ROWS - 1) // 2):
            raise UsageError(_not_shared(settings, f"{found[0]} of {ROWS} rows came back"))
    except duckdb.IOException:
        raise UsageError(_not_shared(settings, "no file came back")) from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _not_shared(settings: EngineSettings, why: str) -> str:
    return (
        f"各节点看不到同一仓库 / the workers do not see the same warehouse: {settings.warehouse} ({why}). Mount one "
        "folder under this path on this machine and on every worker, writable for both."
    )


def _in_time(settings: EngineSettings, work: Callable[[], None]) -> None:
    """Do the work, or raise UsageError: when it fails, and when it has not ended after `patience` seconds."""
    faults: list[BaseException] = []

    def kept() -> None:
        try:
            work()
        except BaseException as fault:
            faults.append(fault)

    thread = Thread(target=kept, name="preflight", daemon=True)
    thread.start()
    thread.join(settings.patience)
    if thread.is_alive():
        raise UsageError(
            f"集群 {settings.patience} 秒内没有应答 / the cluster did not answer within {settings.patience} s: "
            f"{settings.address}. Has it free workers with the memory asked for? engine.patience waits longer."
        )
    for fault in faults:
        if isinstance(fault, UsageError):
            raise fault
        text = " ".join(str(fault).split())[:400]
        raise UsageError(f"集群不能工作 / the cluster does not work: {settings.address}: {text}") from fault
