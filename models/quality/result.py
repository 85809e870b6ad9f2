"""What the quality stage found: one result a check and period, and what stops the lists."""

from dataclasses import dataclass, field
from pathlib import Path

from models.quality.catalogue import Check, Severity


@dataclass(frozen=True)
class CheckResult:
    """One check of one period. `applicable` is false where its columns, tables or codes were not delivered; such a
    check succeeds with rate None. `examples` is a JSON list of identifiers of violating records, never of people."""

    check_id: str
    table: str
    severity: Severity
    success: bool
    rows: int
    violations: int
    rate: float | None
    period: str
    message: str
    max_rate: float
    applicable: bool
    suite: str
    title_zh: str
    title_en: str
    examples: str


@dataclass(frozen=True)
class QualityResult:
    """Results of all checks of all periods asked for, in the order of period and suite files."""

    periods: list[str]
    checks: list[CheckResult] = field(default_factory=list)
    docs: Path | None = None

    @property
    def blocked(self) -> list[CheckResult]:
        """Failed checks of severity `fail`: they stop the lists of their period."""
        return [check for check in self.checks if check.severity == "fail" and not check.success]


def describe(check: Check, rows: int, violations: int, examples: str) -> str:
    """One readable line: what was checked, what was found, what is allowed."""
    if rows == 0:
        return (
            f"{check.title_zh}：不适用，所需的列、表或字典没有交付 / not applicable: {check.title_en}; "
            "its columns, table or dictionary were not delivered"
        )
    share = f"{violations:,}/{rows:,} = {violations / rows:.2%}"
    allowed = f"{check.max_rate:.2%}"
    text = f"{check.title_zh}：不符 {share}，限度 {allowed} / {check.title_en}: violated by {share}, allowed {allowed}"
    return f"{text}，例 / e.g. {examples}" if violations else text
