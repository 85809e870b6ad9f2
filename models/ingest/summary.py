"""What ingestion reports back: plain data, no cell of any file in it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from models.errors import InputRefused
from models.ingest.reasons import told

Progress = Callable[[str], None]
_ALIKE = 5  # files of one folder and reason that are told one by one


@dataclass(frozen=True)
class Refusal:
    """A file that cannot be read at all, and why (found, allowed, what to do)."""

    file: str
    reason: str


class Unreadable(Exception):
    """Raised inside ingestion for one file; becomes a Refusal, never reaches the user by itself."""


def refuse(refusals: list[Refusal], advice: str = "") -> None:
    """Raise InputRefused naming every file at once, then the advice; does nothing for an empty list."""
    if not refusals:
        return
    lines = "\n".join([*(f"  {line}" for line in lines_of(refusals)), *([advice] if advice else [])])
    raise InputRefused(f"{len(refusals)} 个文件无法读取，未装载任何内容 / files refused, nothing was loaded:\n{lines}")


def lines_of(refusals: list[Refusal]) -> list[str]:
    """A line a file; many of one folder refused for one reason share a line, which names the first and counts all."""
    groups: dict[tuple[str, str], list[Refusal]] = {}
    for one in sorted(refusals, key=lambda one: (one.file, one.reason)):
        groups.setdefault((one.file.rpartition("/")[0], one.reason), []).append(one)
    lines: list[str] = []
    for (_, reason), many in groups.items():
        if len(many) > _ALIKE:
            lines.append(f"{many[0].file} 等 {len(many)} 个文件 / and {len(many) - 1} more there: {reason}")
        else:
            lines += [f"{one.file}: {reason}" for one in many]
    return lines


@dataclass
class LoadSummary:
    """What a load did. Units are named `<folder>/<table>`; rows count the units loaded now."""

    loaded_units: list[str] = field(default_factory=list)
    removed_units: list[str] = field(default_factory=list)
    unchanged_units: list[str] = field(default_factory=list)
    rows_read: int = 0
    rows_quarantined: int = 0
    rows_by_table: dict[str, int] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class FileReport:
    """What would become of one (file, table): reasons map to (rows, first line numbers)."""

    file: str
    table: str
    rows_read: int
    loaded: int
    quarantined: int
    reasons: dict[str, tuple[int, list[int]]]


@dataclass
class CheckReport:
    """The outcome of a trial read; nothing was changed."""

    files: list[FileReport] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def text(self) -> str:
        """One line a file, its reasons indented below, refusals and warnings at the end."""
        lines = []
        for one in self.files:
            lines.append(
                f"{one.file} → {one.table}: 读取 {one.rows_read:,} 行 / rows, 装载 / loaded {one.loaded:,}, "
                f"隔离 / quarantined {one.quarantined:,}"
            )
            for reason, (rows, first) in sorted(one.reasons.items()):
                shown = ", ".join(map(str, first)) + (" …" if rows > len(first) else "")
                lines.append(f"    {reason}: {rows:,} (行 / lines {shown})  {told(one.table, reason)}".rstrip())
        lines += [f"拒收 / refused {line}" for line in lines_of(self.refused)]
        lines += [f"注意 / note: {line}" for line in self.warnings]
        return "\n".join(lines) or "没有可读取的文件 / no files to read."
