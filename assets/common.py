"""What all stages share: the pool, turning a user's error into a readable failure, column metadata."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import dagster as dg
import polars as pl

from models.engine.spill import told
from models.errors import JichaError
from models.session import Session

POOL = "warehouse"
# of steps that are ready these go first: what is begun beside them (models/beside.py) gets the time it needs
FIRST = {"dagster/priority": "1"}
SITE_PORT, DEFAULT_SITE_PORT = "JICHA_SITE_PORT", "3001"


@contextmanager
def readable_errors() -> Iterator[None]:
    """A user's error fails the step with its message instead of a traceback."""
    try:
        yield
    except JichaError as error:
        raise dg.Failure(
            description=str(error), metadata={"exit_code": error.exit_code}, allow_retries=False
        ) from error


@contextmanager
def stage(jicha: Session) -> Iterator[None]:
    """The work of a step: a user's error is readable, and what went to disk for want of memory is said."""
    jicha.spill.take()
    try:
        with readable_errors():
            yield
    finally:
        most = jicha.spill.take()
        if most:
            context = dg.OpExecutionContext.get()
            name = context.op_handle.name + (f" {context.partition_key}" if context.has_partition_key else "")
            line = told(name, most, jicha.config.engine.memory_limit)
            context.log.info(line)
            if jicha.options.remark:
                jicha.options.remark(line)


def table_schema(columns: Mapping[str, str]) -> dg.TableSchema:
    """Column metadata from names and SQL types."""
    return dg.TableSchema(columns=[dg.TableColumn(name=name, type=kind) for name, kind in columns.items()])


def schema_of(frame: pl.DataFrame) -> dg.TableSchema:
    """Column metadata of a frame."""
    return table_schema({name: str(kind) for name, kind in frame.schema.items()})


def report_address(address: str) -> str:
    """Where `jicha ui` serves what lies below the reports folder on this machine."""
    return f"http://127.0.0.1:{os.environ.get(SITE_PORT, DEFAULT_SITE_PORT)}/{address}"


def site_link(address: str = "index.html") -> dg.UrlMetadataValue:
    """A page of the report site."""
    return dg.MetadataValue.url(report_address(f"site/zh/{address}"))
