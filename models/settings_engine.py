"""Which engine runs the heavy queries, and its limits; no list depends on any of it."""

import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from models.settings import Strict

_ADDRESS = re.compile(
    r"local(\[(\d+|\*)\])?|spark://[\w.-]+:\d+(,[\w.-]+:\d+)*|sc://[\w.-]+(:\d+)?(/(;[\w.-]+=[^;]*)*)?"
)
EXAMPLE = "engine: {kind: spark, address: 'spark://host:7077', warehouse: /shared/jicha}"
_SIZE = re.compile(r"\d+(\.\d+)? ?([KMGT]i?B|%)", re.IGNORECASE)


def _size(text: str) -> str:
    if not _SIZE.fullmatch(text):
        raise ValueError(f"须如 4GB、512MB / must be like 4GB or 512MB, not {text!r}")
    return text


class EngineSettings(Strict):
    """The embedded engine with its limits and, with `kind: spark`, the cluster that makes core and findings."""

    kind: Literal["duckdb", "spark"] = "duckdb"
    memory_limit: Annotated[str, AfterValidator(_size)] = "4GB"  # of the embedded engine, which every home has
    threads: int | None = Field(default=None, ge=1, le=1024)
    address: str | None = None  # spark://host:7077, sc://host:15002 (Spark Connect) or local[2]
    warehouse: Path | None = None  # a folder that this machine and every worker see under the same path
    settings: dict[str, str] = Field(default={})  # of Spark's, as spark.executor.memory: 8g
    patience: int = Field(default=120, ge=1)  # seconds a cluster may take to answer before anything is read

    @model_validator(mode="before")
    @classmethod
    def _not_a_word(cls, given: Any) -> Any:
        if isinstance(given, str):
            raise ValueError(f"引擎须写成各项设置 / give the settings of the engine, as {EXAMPLE}")
        return given

    @model_validator(mode="after")
    def _whole(self) -> "EngineSettings":
        own = {"address": self.address, "warehouse": self.warehouse, "settings": self.settings or None}
        if self.kind != "spark":
            if strange := [name for name, value in own.items() if value is not None]:
                raise ValueError(f"{', '.join(strange)} 只用于 kind: spark / belongs to kind: spark alone")
            return self
        if missing := [name for name in ("address", "warehouse") if own[name] is None]:
            raise ValueError(f"kind: spark 缺 {'、'.join(missing)} / lacks {', '.join(missing)}, as {EXAMPLE}")
        if not _ADDRESS.fullmatch(str(self.address)):
            raise ValueError(
                f"address 只可为 / must be spark://host:7077, sc://host:15002 or local[2], not {self.address!r}"
            )
        if not Path(str(self.warehouse)).is_absolute():
            raise ValueError(f"warehouse 须为绝对路径 / must be an absolute path, not {str(self.warehouse)!r}")
        return self
